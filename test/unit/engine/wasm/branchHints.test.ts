import { expect, test } from 'vitest';
import { i32Const } from '../../../../src-main/engine/wasm/Expression.ts';
import { FunctionBuilder } from '../../../../src-main/engine/wasm/FunctionBuilder.ts';
import { ModuleBuilder } from '../../../../src-main/engine/wasm/ModuleBuilder.ts';

const IF = 0x04;

/** A module whose one own function, of index 1, is as `build` has it; and that function's code, its size first. */
function moduleWith(build: (f: FunctionBuilder) => void): { module: WebAssembly.Module; code: Uint8Array } {
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 1 });
  module.importFunction('imported', { parameters: [], results: [] });
  const index = module.declare({ parameters: ['i32'], results: [] });
  const f = new FunctionBuilder(['i32']);
  build(f);
  module.define(index, f);
  return { module: new WebAssembly.Module(module.encode()), code: f.encode() };
}

function hintsOf({ module }: { module: WebAssembly.Module }): number[] {
  return WebAssembly.Module.customSections(module, 'metadata.code.branch_hint').flatMap((bytes) => [
    ...new Uint8Array(bytes),
  ]);
}

test('an unlikely branch is hinted at by its function and its place behind the size of the body', () => {
  const made = moduleWith((f) => {
    f.newLocal('i64');
    f.ifUnlikely(f.get(f.parameters[0]) as ReturnType<typeof i32Const>, () => f.return());
  });
  const [functions, index, count, place, size, isLikely] = hintsOf(made);
  expect({ functions, index, count, size, isLikely }).toEqual({
    functions: 1,
    index: 1,
    count: 1,
    size: 1,
    isLikely: 0,
  });
  const sizeBytes = 1;
  expect(made.code[sizeBytes + place]).toBe(IF);
});

test('a module without unlikely branches has no section of hints', () => {
  expect(hintsOf(moduleWith((f) => f.if(i32Const(0), () => f.return())))).toEqual([]);
});
