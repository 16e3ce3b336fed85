import type { CpuState } from '../../state/CpuState.ts';
import { CR4, DR6 } from './controlBits.ts';

/** What DR7's R/W field of a breakpoint asks for (SDM vol. 3B, 18.2.4); `none` without CR4.DE for I/O. */
export type BreakpointKind = 'execute' | 'write' | 'port' | 'access' | 'none';

/** One of DR0..DR3 as DR7 sets it up. */
export interface Breakpoint {
  readonly kind: BreakpointKind;
  /** Linear address or port, aligned to `length`: the processor ignores the bits below. */
  readonly address: number;
  /** Bytes: 1, 2, 4 or 8. */
  readonly length: number;
  /** By its L or its G bit. LE and GE are ignored: data breakpoints are always exact. */
  readonly isEnabled: boolean;
  /** Its bit of DR6, B0..B3. */
  readonly bit: number;
}

const KINDS = ['execute', 'write', 'port', 'access'] as const;
/** By DR7's LEN field: 10 is 8 bytes where it is defined. */
const LENGTHS = [1, 2, 8, 4] as const;

/** The four breakpoints as the debug registers hold them, enabled or not. */
export function readBreakpoints(state: CpuState): readonly Breakpoint[] {
  const control = state.debugRegister(7);
  const hasPorts = (state.controlRegister(4) & CR4.DE) !== 0;
  return [0, 1, 2, 3].map((index) => {
    const field = (control >>> (16 + 4 * index)) & 15;
    const kind = KINDS[field & 3];
    // Code is matched by an instruction's first byte; other lengths are undefined (18.2.4).
    const length = kind === 'execute' ? 1 : LENGTHS[field >> 2];
    return {
      kind: kind === 'port' && !hasPorts ? 'none' : kind,
      address: (state.debugRegister(index) & -length) >>> 0,
      length,
      isEnabled: ((control >>> (2 * index)) & 3) !== 0,
      bit: 1 << index,
    };
  });
}

/**
 * DR6's B bits for an access of `byteLength` bytes at `address`: of every breakpoint whose condition it meets,
 * enabled or not (SDM vol. 3B, 18.2.3), but 0 unless an enabled one is among them.
 */
export function conditionsMet(
  breakpoints: readonly Breakpoint[],
  kinds: readonly BreakpointKind[],
  address: number,
  byteLength: number,
): number {
  let bits = 0,
    isHit = false;
  for (const breakpoint of breakpoints) {
    if (!kinds.includes(breakpoint.kind)) continue;
    // Apart modulo 2^32: an access may wrap around.
    const isApart =
      (address - breakpoint.address) >>> 0 >= breakpoint.length && (breakpoint.address - address) >>> 0 >= byteLength;
    if (isApart) continue;
    bits |= breakpoint.bit;
    isHit ||= breakpoint.isEnabled;
  }
  return isHit ? bits : 0;
}

/** Records in DR6 why a #DB is raised: B0..B3 are this exception's alone, the other bits stay until software clears them. */
export function recordDebugStatus(state: CpuState, bits: number): void {
  state.setDebugRegister(6, (state.debugRegister(6) & ~DR6.B) | bits);
}
