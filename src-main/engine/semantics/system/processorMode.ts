import type { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { STATE } from '../../state/layout.ts';
import { CR0 } from './controlBits.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import type { SystemContext } from './SystemContext.ts';

/** Every flag that exists, the reserved bits left out. */
export const DEFINED_FLAGS = 0x003f_7fd5;

/** CR0.PE: protected mode, virtual-8086 mode included. */
export function isProtected(state: CpuState): boolean {
  return (state.controlRegister(0) & CR0.PE) !== 0;
}

export function isVirtual8086(state: CpuState): boolean {
  return (state.getInt(STATE.systemFlags) & FLAG.VM) !== 0;
}

/** Selectors name descriptors: protected mode, and not virtual-8086 mode. */
export function usesDescriptors(state: CpuState): boolean {
  return isProtected(state) && !isVirtual8086(state);
}

/** EFLAGS.IOPL, 0..3. */
export function ioPrivilegeLevel(state: CpuState): number {
  return (state.getInt(STATE.systemFlags) >> 12) & 3;
}

export function setSystemFlags(state: CpuState, set: number, clear: number): void {
  state.setInt(STATE.systemFlags, (state.getInt(STATE.systemFlags) & ~clear) | set);
}

/** Replaces the flags in `mask` by those of `value` and leaves the others. */
export function writeFlags(state: CpuState, value: number, mask: number): void {
  state.eflags = (state.eflags & ~mask) | (value & mask);
}

/** Throws #GP(0) unless CPL is 0, which it also is in real mode. */
export function requireSupervisor(c: SystemContext): void {
  if (c.state.cpl !== 0) throw new GuestFault(VECTOR.GP, 0);
}

/** Throws #UD in real and virtual-8086 mode. */
export function requireDescriptors(c: SystemContext): void {
  if (!usesDescriptors(c.state)) throw new GuestFault(VECTOR.UD);
}
