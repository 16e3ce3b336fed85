import type { SystemContext } from './SystemContext.ts';

export function loadDescriptorTable(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function loadLdt(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function loadTaskRegister(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
