import { describe, expect, test } from 'vitest';
import {
  type I32,
  add,
  and,
  divSigned,
  eq,
  eqz,
  extendSigned,
  gtUnsigned,
  i32Const,
  i64Const,
  ltSigned,
  mul,
  rotl,
  select,
  shl,
  shr,
  shrSigned,
  signExtend,
  sub,
  wrap,
} from '../../../../src-main/engine/wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../../../../src-main/engine/wasm/FunctionBuilder.ts';
import { ModuleBuilder } from '../../../../src-main/engine/wasm/ModuleBuilder.ts';

/** Compiles a function of two numbers and calls it. */
function evaluate(build: (f: FunctionBuilder, a: I32, b: I32) => I32, a = 0, b = 0): number {
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 1 });
  const signature = { parameters: ['i32', 'i32'] as const, results: ['i32'] as const };
  const index = module.declare(signature);
  const f = new FunctionBuilder(signature.parameters);
  const [first, second] = f.parameters as [Local<'i32'>, Local<'i32'>];
  f.emit(build(f, f.get(first), f.get(second)).code);
  module.define(index, f);
  module.exportFunction('run', index);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return (instance.exports['run'] as (a: number, b: number) => number)(a, b);
}

describe('expressions compute what they say', () => {
  test.each([
    { name: 'add wraps', build: add, a: 0x7fff_ffff, b: 1, value: 0x8000_0000 | 0 },
    { name: 'sub', build: sub, a: 1, b: 2, value: -1 },
    { name: 'mul', build: mul, a: 0x1_0001, b: 0x1_0001, value: 0x2_0001 },
    { name: 'rotl', build: rotl, a: 0x8000_0001 | 0, b: 1, value: 3 },
    { name: 'shr is unsigned', build: shr, a: -1, b: 28, value: 15 },
    { name: 'shrSigned', build: shrSigned, a: -16, b: 2, value: -4 },
    { name: 'divSigned truncates', build: divSigned, a: -7, b: 2, value: -3 },
    { name: 'ltSigned', build: ltSigned, a: -1, b: 0, value: 1 },
    { name: 'gtUnsigned', build: gtUnsigned, a: -1, b: 0, value: 1 },
  ])('$name', ({ build, a, b, value }) => {
    expect(evaluate((_f, left, right) => build(left, right) as I32, a, b)).toBe(value);
    // Constants may be folded: the result is the same.
    expect(evaluate(() => build(i32Const(a), i32Const(b)) as I32)).toBe(value);
  });

  test('sign extension from 8 and 16 bits, and to 64 and back', () => {
    expect(evaluate((_f, a) => signExtend(a, 8), 0x180)).toBe(-128);
    expect(evaluate((_f, a) => signExtend(a, 16), 0x1_8000)).toBe(-32768);
    expect(evaluate((_f, a) => wrap(shr(extendSigned(a), i64Const(32))), -5)).toBe(-1);
  });

  test('large constants of both widths', () => {
    for (const value of [63, 64, -64, -65, 8191, 8192, 0x7fff_ffff, -0x8000_0000]) {
      expect(evaluate(() => i32Const(value))).toBe(value);
      expect(evaluate(() => wrap(i64Const(value)))).toBe(value);
    }
  });

  test('select takes its first choice when the condition holds', () => {
    expect(evaluate((_f, a) => select(eqz(a), i32Const(1), i32Const(2)) as I32, 0)).toBe(1);
    expect(evaluate((_f, a) => select(eqz(a), i32Const(1), i32Const(2)) as I32, 5)).toBe(2);
  });
});

describe('statements', () => {
  test('let binds a value once, before what follows changes it', () => {
    const result = evaluate(
      (f, a) => {
        const place = f.newLocal('i32');
        f.set(place, a);
        const bound = f.let(add(f.get(place), i32Const(1)));
        f.set(place, i32Const(100));
        return add(bound, f.get(place));
      },
      5,
      0,
    );
    expect(result).toBe(106);
  });

  test('loops and branches', () => {
    const sum = evaluate((f, a) => {
      const total = f.newLocal('i32'),
        left = f.newLocal('i32');
      f.set(left, a);
      f.block((done) => {
        f.loop((again) => {
          f.breakIf(eq(f.get(left), i32Const(0)), done);
          f.if(
            and(f.get(left), i32Const(1)),
            () => f.set(total, add(f.get(total), f.get(left))),
            () => f.set(total, add(f.get(total), shl(f.get(left), i32Const(1)))),
          );
          f.set(left, sub(f.get(left), i32Const(1)));
          f.breakTo(again);
        });
      });
      return f.get(total);
    }, 4);
    expect(sum).toBe(8 + 3 + 4 + 1);
  });
});

test.each([
  { index: 0, way: 10 },
  { index: 1, way: 20 },
  { index: 2, way: 30 },
  { index: -1, way: 30 },
])('a table of two ways leads $index to $way', ({ index, way }) => {
  const ways = (f: FunctionBuilder, a: I32): I32 => {
    f.block((third) => {
      f.block((second) => {
        f.block((first) => f.breakTable(a, [first, second], third));
        f.return(i32Const(10));
      });
      f.return(i32Const(20));
    });
    return i32Const(30);
  };
  expect(evaluate(ways, index)).toBe(way);
});
