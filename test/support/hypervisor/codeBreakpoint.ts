import type { ArmedBreakpoint } from '../../../src-main/machine/breakpoints/Breakpoint.ts';

/** One that stops at each meeting. */
export function codeBreakpoint(linearAddress: number, id = 1): ArmedBreakpoint {
  return { id, target: { kind: 'code', linearAddress }, condition: null, ignoreCount: 0 };
}
