import type { SystemContext } from './SystemContext.ts';

export function readDebug(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function writeDebug(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
