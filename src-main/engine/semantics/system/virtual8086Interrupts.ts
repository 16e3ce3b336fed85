import { FLAG } from '../../state/flags.ts';
import { CS, STATE, TR } from '../../state/layout.ts';
import { requireWithin } from './codeSegments.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { ioPrivilegeLevel, setSystemFlags } from './processorMode.ts';
import { loadRealSegment } from './segmentLoads.ts';
import { SegmentStack } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';
import { TSS32_LAYOUT } from './tssLayout.ts';

/**
 * INT n in virtual-8086 mode with CR4.VME: when the TSS's interrupt redirection bitmap says so (bit clear),
 * the 8086 program's own handler runs, without leaving virtual-8086 mode (SDM vol. 3B, 21.3.3).
 *
 * @returns whether the interrupt was redirected
 */
export function redirectVirtual8086Interrupt(c: SystemContext, vector: number): boolean {
  const { state, memory } = c;
  if (!isRedirected(c, vector)) return false;
  const entry = memory.read32(vector * 4, 'current');
  const isVirtualized = ioPrivilegeLevel(state) < 3;
  const stack = SegmentStack.current(c);
  stack.reserve(3, 2);
  requireWithin(state.segmentLimit(CS), entry & 0xffff);
  stack.push(isVirtualized ? virtualFlags(c) : state.eflags, 2);
  stack.push(state.selector(CS), 2);
  stack.push(state.eip, 2);
  stack.writePointer(state);
  loadRealSegment(state, CS, entry >>> 16);
  state.eip = entry & 0xffff;
  setSystemFlags(state, 0, FLAG.TF | FLAG.RF | (isVirtualized ? FLAG.VIF : FLAG.IF));
  c.modeChanged();
  return true;
}

/** FLAGS as an 8086 program below IOPL 3 sees them: IOPL reads as 3, and VIF stands in for IF (SDM vol. 3B, 21.3.2). */
export function virtualFlags(c: SystemContext): number {
  const flags = c.state.eflags;
  return (flags & 0xffff & ~FLAG.IF) | FLAG.IOPL | (flags & FLAG.VIF ? FLAG.IF : 0);
}

/** The bitmap's 32 bytes end where the I/O permission bitmap starts. */
function isRedirected(c: SystemContext, vector: number): boolean {
  const { state, memory } = c;
  const base = state.segmentBase(TR);
  const limit = state.segmentLimit(TR);
  if (limit < TSS32_LAYOUT.minimumLimit) throw new GuestFault(VECTOR.GP, 0);
  const offset = memory.read16((base + 102) >>> 0, 'supervisor') - 32 + (vector >> 3);
  if (offset < 0 || offset > limit) throw new GuestFault(VECTOR.GP, 0);
  return (memory.read8((base + offset) >>> 0, 'supervisor') & (1 << (vector & 7))) === 0;
}

/** Whether EFLAGS.VIP forbids turning virtual interrupts on: then #GP(0) lets the monitor deliver the pending one. */
export function refusePendingVirtualInterrupt(c: SystemContext, isEnabling: boolean): void {
  if (isEnabling && (c.state.getInt(STATE.systemFlags) & FLAG.VIP) !== 0) throw new GuestFault(VECTOR.GP, 0);
}
