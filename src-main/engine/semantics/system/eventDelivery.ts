import { FLAG } from '../../state/flags.ts';
import { CS, DS, ES, FS, GS, STATE } from '../../state/layout.ts';
import { recordDebugStatus } from './breakpoints.ts';
import { commitCode, fetchGateTarget, requireWithin } from './codeSegments.ts';
import { CR4, DR7 } from './controlBits.ts';
import {
  Descriptor,
  type ExternalBit,
  SYSTEM_TYPE,
  markAccessed,
  selectorError,
  setNullSegment,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { commitInnerStack, innerStack, markInnerStack, pushOuterStack } from './innerStack.ts';
import { ioPrivilegeLevel, isProtected, isVirtual8086, setSystemFlags } from './processorMode.ts';
import { loadRealSegment } from './segmentLoads.ts';
import { SegmentStack, type SlotSize } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';
import { fetchGatedTss, switchTask } from './taskSwitch.ts';
import { redirectVirtual8086Interrupt } from './virtual8086Interrupts.ts';

/** Where an event comes from: it decides the EXT bit of error codes, and whether the gate's DPL is checked. */
export type EventSource = 'external' | 'nmi' | 'exception' | 'software';

export interface ProcessorEvent {
  readonly vector: number;
  /** Pushed by delivery in protected mode; -1 for none. */
  readonly errorCode: number;
  readonly source: EventSource;
  /** RF in the pushed EFLAGS image: faults set it, so that an instruction breakpoint is not hit again. */
  readonly resumeFlag?: boolean;
}

/**
 * Delivers an interrupt or exception through the IVT or IDT (SDM vol. 3A, 6.12 and 21.1.4): the handler's
 * first instruction is next. The pushed EIP is `state.eip`.
 *
 * Throws the fault that delivery itself meets, with nothing changed, unless it is a TaskSwitchFault.
 */
export function deliverEvent(c: SystemContext, event: ProcessorEvent): void {
  const { state } = c;
  const returnAddress = (state.segmentBase(CS) + state.eip) >>> 0;
  if (isProtected(state)) deliverThroughGate(c, event);
  else deliverThroughVectorTable(c, event);
  state.setInt(STATE.interruptShadow, 0);
  state.setInt(STATE.halted, 0);
  if (event.source === 'nmi') state.setInt(STATE.nmiBlocked, 1);
  if (event.vector === VECTOR.DB) state.setDebugRegister(7, state.debugRegister(7) & ~DR7.GD);
  c.eventDelivered?.(event, returnAddress);
}

/** Kinds of {@link softwareInterrupt}. */
const INT_N = 0,
  ICEBP = 3;

/** INT n, INT3, INTO and INT1 (SDM vol. 2A, INT). */
export function softwareInterrupt(c: SystemContext, vector: number, kind: number): void {
  const { state } = c;
  c.count('softwareInterrupt', 1, vector);
  if (kind === INT_N && isVirtual8086(state)) {
    const returnAddress = (state.segmentBase(CS) + state.eip) >>> 0;
    if ((state.controlRegister(4) & CR4.VME) !== 0 && redirectVirtual8086Interrupt(c, vector)) {
      c.eventDelivered?.({ vector, errorCode: -1, source: 'software' }, returnAddress);
      return;
    }
    if (ioPrivilegeLevel(state) < 3) throw new GuestFault(VECTOR.GP, 0);
  }
  if (kind !== ICEBP) {
    deliverEvent(c, { vector, errorCode: -1, source: 'software' });
    return;
  }
  // It is a #DB, and so the one that breakpoints met by MOV SS are waiting for.
  const traps = c.takeDebugTraps?.() ?? 0;
  deliverEvent(c, { vector, errorCode: -1, source: 'exception' });
  if (traps !== 0) recordDebugStatus(state, traps);
}

/** Real mode: four bytes per vector at IDTR.base; FLAGS, CS and IP are pushed as words. */
function deliverThroughVectorTable(c: SystemContext, { vector }: ProcessorEvent): void {
  const { state, memory } = c;
  if (vector * 4 + 3 > state.getUint(STATE.idtrLimit)) throw new GuestFault(VECTOR.GP, 0);
  const entry = memory.read32((state.getUint(STATE.idtrBase) + vector * 4) >>> 0, 'supervisor');
  const stack = SegmentStack.current(c);
  stack.reserve(3, 2);
  requireWithin(state.segmentLimit(CS), entry & 0xffff);
  stack.push(state.eflags, 2);
  stack.push(state.selector(CS), 2);
  stack.push(state.eip, 2);
  stack.writePointer(state);
  loadRealSegment(state, CS, entry >>> 16);
  state.eip = entry & 0xffff;
  setSystemFlags(state, 0, FLAG.IF | FLAG.TF | FLAG.AC | FLAG.RF);
  c.modeChanged();
}

function deliverThroughGate(c: SystemContext, event: ProcessorEvent): void {
  const external: ExternalBit = event.source === 'software' ? 0 : 1;
  const gate = fetchGate(c, event, external);
  if (gate.type === SYSTEM_TYPE.TASK_GATE) {
    const { errorCode, resumeFlag = false } = event;
    const descriptor = fetchGatedTss(c, gate.gateSelector, external);
    switchTask(c, gate.gateSelector, descriptor, 'call', { external, errorCode, resumeFlag });
    return;
  }
  const target = fetchGateTarget(c, gate.gateSelector, external);
  const { cpl } = c.state;
  if (!target.isConformingCode && target.dpl < cpl) {
    // Out of virtual-8086 mode only to level 0.
    if (isVirtual8086(c.state) && target.dpl !== 0) {
      throw new GuestFault(VECTOR.GP, selectorError(gate.gateSelector, external));
    }
    deliverToInnerLevel(c, gate, target, event, external);
  } else {
    if (isVirtual8086(c.state)) throw new GuestFault(VECTOR.GP, selectorError(gate.gateSelector, external));
    deliverWithinLevel(c, gate, target, event, external);
  }
}

/** The IDT entry of a vector, checked for being a gate, for privilege and presence. */
function fetchGate(c: SystemContext, event: ProcessorEvent, external: ExternalBit): Descriptor {
  const { state, memory } = c;
  const offset = event.vector * 8;
  // Bit 1 of the error code: the index is one of the IDT.
  const errorCode = offset | 2 | external;
  if (offset + 7 > state.getUint(STATE.idtrLimit)) throw new GuestFault(VECTOR.GP, errorCode);
  const address = (state.getUint(STATE.idtrBase) + offset) >>> 0;
  const low = memory.read32(address, 'supervisor');
  const gate = new Descriptor(address, low, memory.read32((address + 4) >>> 0, 'supervisor'));
  const isGate = gate.isSystem && (gate.type === SYSTEM_TYPE.TASK_GATE || (gate.type & 6) === 6);
  if (!isGate || (event.source === 'software' && gate.dpl < state.cpl)) throw new GuestFault(VECTOR.GP, errorCode);
  if (!gate.isPresent) throw new GuestFault(VECTOR.NP, errorCode);
  return gate;
}

function deliverWithinLevel(
  c: SystemContext,
  gate: Descriptor,
  target: Descriptor,
  event: ProcessorEvent,
  external: ExternalBit,
): void {
  const { state } = c;
  const size: SlotSize = gate.type & 8 ? 4 : 2;
  const stack = SegmentStack.current(c, external);
  stack.reserve(event.errorCode < 0 ? 3 : 4, size);
  requireWithin(target.limit, gate.gateOffset, external);
  markAccessed(c, target);
  pushFrame(c, stack, size, event);
  stack.writePointer(state);
  enterHandler(c, gate, target, state.cpl);
}

function deliverToInnerLevel(
  c: SystemContext,
  gate: Descriptor,
  target: Descriptor,
  event: ProcessorEvent,
  external: ExternalBit,
): void {
  const { state } = c;
  const size: SlotSize = gate.type & 8 ? 4 : 2;
  const wasVirtual8086 = isVirtual8086(state);
  const inner = innerStack(c, target.dpl, external);
  inner.stack.reserve((event.errorCode < 0 ? 5 : 6) + (wasVirtual8086 ? 4 : 0), size);
  requireWithin(target.limit, gate.gateOffset, external);
  markAccessed(c, target);
  markInnerStack(c, inner);
  if (wasVirtual8086) for (const segment of [GS, FS, DS, ES]) inner.stack.push(state.selector(segment), size);
  pushOuterStack(c, inner, size);
  pushFrame(c, inner.stack, size, event);
  if (wasVirtual8086) for (const segment of [GS, FS, DS, ES]) setNullSegment(state, segment, 0);
  commitInnerStack(c, inner);
  enterHandler(c, gate, target, target.dpl);
}

/** EFLAGS, CS, EIP and the error code. */
function pushFrame(c: SystemContext, stack: SegmentStack, size: SlotSize, event: ProcessorEvent): void {
  const { state } = c;
  stack.push(event.resumeFlag === true ? state.eflags | FLAG.RF : state.eflags, size);
  stack.push(state.selector(CS), size);
  stack.push(state.eip, size);
  if (event.errorCode >= 0) stack.push(event.errorCode, size);
}

function enterHandler(c: SystemContext, gate: Descriptor, target: Descriptor, level: number): void {
  // The type's bit 0 tells trap gates, which leave IF alone, from interrupt gates.
  const masked = gate.type & 1 ? 0 : FLAG.IF;
  setSystemFlags(c.state, 0, FLAG.TF | FLAG.NT | FLAG.RF | FLAG.VM | masked);
  commitCode(c, gate.gateSelector, target, level, gate.gateOffset);
  c.modeChanged();
}
