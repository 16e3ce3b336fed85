import { defineRoutines } from '../../../src-main/engine/softfloat/defineRoutines.ts';
import type { RoutineName } from '../../../src-main/engine/softfloat/routines.ts';
import { ModuleBuilder } from '../../../src-main/engine/wasm/ModuleBuilder.ts';

type Word = number | bigint;

/** The 80-bit library as a module of its own. A routine of one result returns it, of several an array. */
export function loadSoftFloat(): Record<RoutineName, (...parameters: Word[]) => Word[] | Word> {
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 1 });
  for (const [name, index] of defineRoutines(module, 0)) module.exportFunction(name, index);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory } });
  return instance.exports as Record<RoutineName, (...parameters: Word[]) => Word[] | Word>;
}
