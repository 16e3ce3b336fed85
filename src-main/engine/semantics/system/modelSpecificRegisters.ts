import type { SystemContext } from './SystemContext.ts';

export function readMsr(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function readPerformanceCounter(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function readTimestamp(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function writeMsr(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
