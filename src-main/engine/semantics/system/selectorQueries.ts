import type { SystemContext } from './SystemContext.ts';

export function accessRights(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function segmentLimit(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function verifyRead(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function verifyWrite(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
