import type { SystemContext } from './SystemContext.ts';

export function checkPort(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function portIn(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function portOut(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
