import type { SystemContext } from './SystemContext.ts';

export function interruptReturn(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
