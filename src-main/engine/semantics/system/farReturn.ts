import type { SystemContext } from './SystemContext.ts';

export function returnFar(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
