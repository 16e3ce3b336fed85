import type { SystemContext } from './SystemContext.ts';

export function cpuid(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function halt(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function invalidatePage(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function notAvailable(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function raise(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function undefinedOpcode(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}

export function writeBackCaches(_c: SystemContext, _a: number, _b: number, _d: number): number {
  throw new Error('not written yet');
}
