import type { SystemContext } from './SystemContext.ts';

export function popFlags(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function pushFlags(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function setInterruptFlag(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
