import type { SystemContext } from './SystemContext.ts';

export function sysenter(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function sysexit(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
