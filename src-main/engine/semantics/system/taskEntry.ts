import type { CpuState } from '../../state/CpuState.ts';
import { CS, DS, ES, FS, GS, LDTR, SS } from '../../state/layout.ts';
import { recordDebugStatus } from './breakpoints.ts';
import { CR0, DR6 } from './controlBits.ts';
import { isPaePaging, requirePagePointers } from './controlRegisters.ts';
import {
  type ExternalBit,
  SYSTEM_TYPE,
  fetchDescriptor,
  isNullSelector,
  markAccessed,
  readDescriptor,
  selectorError,
  setNullSegment,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { requireWithin } from './codeSegments.ts';
import { isVirtual8086 } from './processorMode.ts';
import { SegmentStack, type SlotSize } from './SegmentStack.ts';
import { TaskSwitchFault } from './TaskSwitchFault.ts';
import type { TaskGateEvent } from './TaskGateEvent.ts';
import { checkDataSegment, checkStackSegment, loadRealSegment } from './segmentLoads.ts';
import type { SystemContext } from './SystemContext.ts';

/** The new task's registers, read in full before anything changes. */
export interface IncomingTask {
  readonly is32Bit: boolean;
  readonly cr3: number;
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  /** ES CS SS DS FS GS. */
  readonly segments: readonly number[];
  readonly localTable: number;
  /** The T flag: #DB once the switch is complete. */
  readonly isTrapped: boolean;
}

/**
 * Last part of a task switch: CR3; then LDTR and the segment registers, whose selectors `state` already holds, get
 * their descriptors; then the error code is pushed. Faults are #TS, #NP or #SS of the selector at fault
 * (SDM vol. 3A, table 8-1).
 */
export function enterTask(c: SystemContext, task: IncomingTask, event: TaskGateEvent): void {
  try {
    if (task.is32Bit) loadAddressSpace(c, task.cr3);
    loadTaskLdt(c, task.localTable, event.external);
    if (isVirtual8086(c.state)) loadVirtual8086Segments(c.state, task.segments);
    else loadProtectedSegments(c, task.segments, event.external);
    requireWithin(c.state.segmentLimit(CS), c.state.eip, event.external);
    if (event.errorCode >= 0) pushErrorCode(c, event.errorCode, task.is32Bit ? 4 : 2, event.external);
    if (task.isTrapped) {
      recordDebugStatus(c.state, DR6.BT);
      throw new GuestFault(VECTOR.DB);
    }
  } catch (fault) {
    if (fault instanceof GuestFault) throw new TaskSwitchFault(fault.vector, fault.errorCode, fault.address);
    throw fault;
  } finally {
    c.modeChanged();
  }
}

/** CR3 takes part in task switches while paging is on; invalid PDPTEs are #GP(0), as of MOV to CR3. */
function loadAddressSpace(c: SystemContext, cr3: number): void {
  const { state } = c;
  if ((state.controlRegister(0) & CR0.PG) === 0) return;
  if (isPaePaging(state)) requirePagePointers(c, cr3);
  state.setControlRegister(3, cr3);
  c.flushTlb('non-global');
  c.controlRegisterLoaded?.(3);
}

function pushErrorCode(c: SystemContext, errorCode: number, size: SlotSize, external: ExternalBit): void {
  const stack = SegmentStack.current(c, external);
  stack.reserve(1, size);
  stack.push(errorCode, size);
  stack.writePointer(c.state);
}

function loadTaskLdt(c: SystemContext, selector: number, external: ExternalBit): void {
  if (isNullSelector(selector)) return;
  const descriptor = (selector & 4) !== 0 ? undefined : readDescriptor(c, selector);
  const isUsable =
    descriptor !== undefined && descriptor.isSystem && descriptor.type === SYSTEM_TYPE.LDT && descriptor.isPresent;
  if (!isUsable) throw new GuestFault(VECTOR.TS, selectorError(selector, external));
  descriptor.load(c.state, LDTR, selector);
}

function loadVirtual8086Segments(state: CpuState, selectors: readonly number[]): void {
  for (const segment of [ES, CS, SS, DS, FS, GS]) loadRealSegment(state, segment, selectors[segment]);
}

function loadProtectedSegments(c: SystemContext, selectors: readonly number[], external: ExternalBit): void {
  const { state } = c;
  loadTaskCode(c, selectors[CS], external);
  const stack = selectors[SS];
  if (isNullSelector(stack)) throw new GuestFault(VECTOR.TS, external);
  const descriptor = fetchDescriptor(c, stack, VECTOR.TS, external);
  checkStackSegment(descriptor, stack, state.cpl, VECTOR.TS, external);
  markAccessed(c, descriptor);
  descriptor.load(state, SS, stack);
  for (const segment of [ES, DS, FS, GS]) loadTaskData(c, segment, selectors[segment], external);
}

function loadTaskCode(c: SystemContext, selector: number, external: ExternalBit): void {
  if (isNullSelector(selector)) throw new GuestFault(VECTOR.TS, external);
  const descriptor = fetchDescriptor(c, selector, VECTOR.TS, external);
  const level = selector & 3;
  const isAllowed = descriptor.isConformingCode ? descriptor.dpl <= level : descriptor.dpl === level;
  if (!descriptor.isCode || !isAllowed) throw new GuestFault(VECTOR.TS, selectorError(selector, external));
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector, external));
  markAccessed(c, descriptor);
  descriptor.load(c.state, CS, selector);
}

function loadTaskData(c: SystemContext, segment: number, selector: number, external: ExternalBit): void {
  if (isNullSelector(selector)) {
    setNullSegment(c.state, segment, selector);
    return;
  }
  const descriptor = fetchDescriptor(c, selector, VECTOR.TS, external);
  checkDataSegment(descriptor, selector, c.state.cpl, VECTOR.TS, external);
  markAccessed(c, descriptor);
  descriptor.load(c.state, segment, selector);
}
