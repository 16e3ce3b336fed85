import type { SystemContext } from './SystemContext.ts';

export function clearTaskSwitched(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function loadStatusWord(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function readControl(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function writeControl(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
