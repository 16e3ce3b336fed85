import type { SystemContext } from './SystemContext.ts';

export function callFar(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function jumpFar(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
