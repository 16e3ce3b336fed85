import { ATTRIBUTE, type CpuState } from '../../state/CpuState.ts';
import { CS, DS, INTERRUPT_SHADOW, SS, STATE } from '../../state/layout.ts';
import {
  type Descriptor,
  fetchDescriptor,
  isNullSelector,
  markAccessed,
  selectorError,
  setNullSegment,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { isProtected, isVirtual8086 } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';

/** Present, S, read/write data, accessed: what the 8086 modes give every segment; DPL 3 in virtual-8086 mode. */
const REAL_ATTRIBUTES = 0x93;
const VIRTUAL_8086_ATTRIBUTES = 0xf3;

/**
 * MOV Sreg, POP Sreg and LDS..LGS (SDM vol. 2B, MOV).
 *
 * Loading SS holds interrupts off for one instruction, except by LSS.
 */
export function loadSegment(c: SystemContext, segment: number, selector: number, isLss = 0): void {
  const { state } = c;
  selector &= 0xffff;
  c.count('segmentLoad');
  if (segment === CS) throw new GuestFault(VECTOR.UD);
  if (isProtected(state) && !isVirtual8086(state)) {
    if (segment === SS) loadStackSegment(c, selector);
    else loadDataSegment(c, segment, selector);
  } else {
    loadRealSegment(state, segment, selector);
  }
  if (segment <= DS) c.modeChanged();
  if (segment === SS && isLss !== 1) state.setInt(STATE.interruptShadow, INTERRUPT_SHADOW.movSs);
}

/**
 * A segment load of real or virtual-8086 mode: base = selector * 16.
 *
 * In real mode limit, granularity and default size stay what they were, which is how "unreal" mode
 * outlives a segment load; virtual-8086 mode sets all of them (SDM vol. 3B, 21.1.1 and 21.2).
 */
export function loadRealSegment(state: CpuState, segment: number, selector: number): void {
  if (isVirtual8086(state)) {
    state.writeSegment(segment, selector, VIRTUAL_8086_ATTRIBUTES, selector << 4, 0xffff);
    return;
  }
  const kept = state.segmentAttributes(segment) & (ATTRIBUTE.DB | ATTRIBUTE.G);
  const limit = state.segmentLimit(segment);
  state.writeSegment(segment, selector, REAL_ATTRIBUTES | kept, selector << 4, limit);
}

function loadStackSegment(c: SystemContext, selector: number): void {
  if (isNullSelector(selector)) throw new GuestFault(VECTOR.GP, 0);
  const descriptor = fetchDescriptor(c, selector, VECTOR.GP);
  checkStackSegment(descriptor, selector, c.state.cpl, VECTOR.GP);
  markAccessed(c, descriptor);
  descriptor.load(c.state, SS, selector);
}

/**
 * What every load of SS demands: RPL and DPL equal to the privilege level that will use it, writable
 * data; else `vector`(selector). Not present: #SS(selector).
 */
export function checkStackSegment(
  descriptor: Descriptor,
  selector: number,
  privilegeLevel: number,
  vector: number,
  external: 0 | 1 = 0,
): void {
  if ((selector & 3) !== privilegeLevel || !descriptor.isWritableData || descriptor.dpl !== privilegeLevel) {
    throw new GuestFault(vector, selectorError(selector, external));
  }
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.SS, selectorError(selector, external));
}

function loadDataSegment(c: SystemContext, segment: number, selector: number): void {
  if (isNullSelector(selector)) {
    setNullSegment(c.state, segment, selector);
    return;
  }
  const descriptor = fetchDescriptor(c, selector, VECTOR.GP);
  checkDataSegment(descriptor, selector, c.state.cpl, VECTOR.GP);
  markAccessed(c, descriptor);
  descriptor.load(c.state, segment, selector);
}

/** Data or readable code, and unless it is conforming code, DPL >= CPL and RPL; else `vector`(selector). Not present: #NP. */
export function checkDataSegment(
  descriptor: Descriptor,
  selector: number,
  privilegeLevel: number,
  vector: number,
  external: 0 | 1 = 0,
): void {
  const isOutOfReach =
    !descriptor.isConformingCode && (descriptor.dpl < privilegeLevel || descriptor.dpl < (selector & 3));
  if (!descriptor.isReadable || isOutOfReach) throw new GuestFault(vector, selectorError(selector, external));
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector, external));
}
