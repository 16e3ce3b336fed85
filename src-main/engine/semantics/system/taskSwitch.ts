import { FLAG } from '../../state/flags.ts';
import { CS, DS, ES, FS, GS, LDTR, SS, STATE, TR } from '../../state/layout.ts';
import { CR0, DR7 } from './controlBits.ts';
import {
  type Descriptor,
  type ExternalBit,
  SYSTEM_TYPE,
  fetchDescriptor,
  isNullSelector,
  readDescriptor,
  selectorError,
  writeBusy,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { type IncomingTask, enterTask } from './taskEntry.ts';
import { DEFINED_FLAGS } from './processorMode.ts';
import type { TaskGateEvent } from './TaskGateEvent.ts';
import type { SystemContext } from './SystemContext.ts';
import { TSS16_LAYOUT, TSS32_LAYOUT, type TssLayout } from './tssLayout.ts';

/** JMP; CALL, an interrupt or an exception, which nest; IRET with NT set, which goes back. */
export type TaskSwitchReason = 'jump' | 'call' | 'return';

const NO_EVENT: TaskGateEvent = { external: 0, errorCode: -1, resumeFlag: false };

/**
 * Switches to the task of a TSS (SDM vol. 3A, 8.3). The old task resumes at `state.eip`.
 *
 * Throws a plain GuestFault while nothing has changed. Once the new task's registers are loaded, faults
 * are the new task's, and thrown as {@link TaskSwitchFault}.
 */
export function switchTask(
  c: SystemContext,
  selector: number,
  descriptor: Descriptor,
  reason: TaskSwitchReason,
  event: TaskGateEvent = NO_EVENT,
): void {
  const { state } = c;
  const { external } = event;
  requireLoadable(descriptor, selector, reason, external);
  const oldTask = readDescriptor(c, state.selector(TR));
  const incoming = readTask(c, descriptor, layoutOf(descriptor.type));
  probeOldTask(c, oldTask);
  if (reason === 'call') c.memory.probeWrite(descriptor.base, 2, 'supervisor');
  c.memory.probeWrite((descriptor.address + 5) >>> 0, 1, 'supervisor');

  const cleared = reason === 'return' ? FLAG.NT : 0;
  saveOldTask(c, (state.eflags & ~cleared) | (event.resumeFlag ? FLAG.RF : 0));
  if (reason !== 'call' && oldTask !== undefined) writeBusy(c, oldTask, false);
  if (reason === 'call') c.memory.write16(descriptor.base, state.selector(TR), 'supervisor');
  if (reason !== 'return') writeBusy(c, descriptor, true);

  descriptor.load(state, TR, selector);
  state.setControlRegister(0, state.controlRegister(0) | CR0.TS);
  loadRegisters(c, incoming, reason === 'call' ? FLAG.NT : 0);
  enterTask(c, incoming, event);
}

/** The TSS that a task gate names: #GP(TSS), or #NP(TSS) when it is not present (SDM vol. 3A, 8.2.5). */
export function fetchGatedTss(c: SystemContext, selector: number, external: ExternalBit): Descriptor {
  const descriptor = (selector & 4) !== 0 ? undefined : readDescriptor(c, selector);
  const isAvailable =
    descriptor !== undefined &&
    descriptor.isSystem &&
    (descriptor.type === SYSTEM_TYPE.TSS16 || descriptor.type === SYSTEM_TYPE.TSS32);
  if (!isAvailable) throw new GuestFault(VECTOR.GP, selectorError(selector, external));
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector, external));
  return descriptor;
}

/** IRET with NT set: back to the task whose selector the current TSS keeps as its link. */
export function returnToPreviousTask(c: SystemContext): void {
  const link = c.memory.read16(c.state.segmentBase(TR), 'supervisor');
  if ((link & 4) !== 0) throw new GuestFault(VECTOR.TS, selectorError(link));
  const descriptor = fetchDescriptor(c, link, VECTOR.TS);
  const isBusy = descriptor.type === SYSTEM_TYPE.TSS16_BUSY || descriptor.type === SYSTEM_TYPE.TSS32_BUSY;
  if (!descriptor.isSystem || !isBusy) throw new GuestFault(VECTOR.TS, selectorError(link));
  switchTask(c, link, descriptor, 'return');
}

function layoutOf(type: number): TssLayout {
  return type & 8 ? TSS32_LAYOUT : TSS16_LAYOUT;
}

function requireLoadable(
  descriptor: Descriptor,
  selector: number,
  reason: TaskSwitchReason,
  external: ExternalBit,
): void {
  if ((selector & 4) !== 0) {
    throw new GuestFault(reason === 'return' ? VECTOR.TS : VECTOR.GP, selectorError(selector, external));
  }
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector, external));
  if (descriptor.limit < layoutOf(descriptor.type).minimumLimit) {
    throw new GuestFault(VECTOR.TS, selectorError(selector, external));
  }
}

function readTask(c: SystemContext, descriptor: Descriptor, layout: TssLayout): IncomingTask {
  const { base } = descriptor;
  const word = (offset: number): number => c.memory.read16((base + offset) >>> 0, 'supervisor');
  const slot = (offset: number): number =>
    layout.is32Bit ? c.memory.read32((base + offset) >>> 0, 'supervisor') : word(offset);
  const registers: number[] = [];
  for (let index = 0; index < 8; index++) registers.push(slot(layout.registers + index * layout.slot));
  const segments: number[] = [];
  for (let index = 0; index < 6; index++) {
    segments.push(index < layout.segmentCount ? word(layout.segments + index * layout.slot) : 0);
  }
  return {
    is32Bit: layout.is32Bit,
    cr3: layout.is32Bit ? slot(layout.cr3) : 0,
    eip: slot(layout.eip),
    eflags: slot(layout.eflags),
    registers,
    segments,
    localTable: word(layout.localTable),
    isTrapped: layout.is32Bit && (word(layout.trap) & 1) !== 0,
  };
}

function probeOldTask(c: SystemContext, oldTask: Descriptor | undefined): void {
  const { state } = c;
  const layout = layoutOf(state.segmentAttributes(TR));
  if (state.segmentLimit(TR) < layout.minimumLimit) {
    throw new GuestFault(VECTOR.TS, selectorError(state.selector(TR)));
  }
  const end = layout.segments + layout.segmentCount * layout.slot;
  c.memory.probeWrite((state.segmentBase(TR) + layout.eip) >>> 0, end - layout.eip, 'supervisor');
  if (oldTask !== undefined) c.memory.probeWrite((oldTask.address + 5) >>> 0, 1, 'supervisor');
}

/** EIP, EFLAGS, general registers and selectors; LDTR, CR3 and the inner stacks are static fields (SDM vol. 3A, 8.2.1). */
function saveOldTask(c: SystemContext, eflags: number): void {
  const { state } = c;
  const layout = layoutOf(state.segmentAttributes(TR));
  const base = state.segmentBase(TR);
  const store = (offset: number, value: number): void => {
    if (layout.is32Bit) c.memory.write32((base + offset) >>> 0, value >>> 0, 'supervisor');
    else c.memory.write16((base + offset) >>> 0, value & 0xffff, 'supervisor');
  };
  store(layout.eip, state.eip);
  store(layout.eflags, eflags);
  for (let index = 0; index < 8; index++) store(layout.registers + index * layout.slot, state.register(index));
  for (let index = 0; index < layout.segmentCount; index++) {
    c.memory.write16((base + layout.segments + index * layout.slot) >>> 0, state.selector(index), 'supervisor');
  }
}

function loadRegisters(c: SystemContext, task: IncomingTask, nested: number): void {
  const { state } = c;
  state.eip = task.eip;
  for (let index = 0; index < 8; index++) {
    // A 16-bit TSS leaves the upper halves undefined: set, as processors since the 486 do.
    state.setRegister(index, task.is32Bit ? task.registers[index] : task.registers[index] | 0xffff_0000);
  }
  // Selectors first; their descriptors are checked and cached one by one, and unusable until then.
  for (const segment of [ES, CS, SS, DS, FS, GS]) {
    state.writeSegment(segment, task.segments[segment], 0, 0, 0);
  }
  const isLdtNull = isNullSelector(task.localTable);
  state.writeSegment(LDTR, isLdtNull ? 0 : task.localTable, 0, 0, 0);
  state.eflags = (task.eflags & DEFINED_FLAGS) | nested;
  state.cpl = (task.eflags & FLAG.VM) !== 0 ? 3 : task.segments[CS] & 3;
  state.setInt(STATE.interruptShadow, 0);
  // Local breakpoints belong to the task that set them (SDM vol. 3B, 18.2.4).
  const control = state.debugRegister(7);
  state.setDebugRegister(7, control & ~DR7.LOCAL);
  if ((control & DR7.LOCAL) !== 0) c.breakpointsChanged();
}
