import { FLAG } from '../../state/flags.ts';
import { CS, DS, ES, FS, GS, RSP, SS, STATE } from '../../state/layout.ts';
import { commitCode, fetchReturnTarget, requireWithin } from './codeSegments.ts';
import { CR4 } from './controlBits.ts';
import { markAccessed } from './Descriptor.ts';
import { returnToOuterLevel } from './farReturn.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { DEFINED_FLAGS, ioPrivilegeLevel, isProtected, isVirtual8086, writeFlags } from './processorMode.ts';
import { loadRealSegment } from './segmentLoads.ts';
import { SegmentStack, type SlotSize } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';
import { returnToPreviousTask } from './taskSwitch.ts';
import { refusePendingVirtualInterrupt } from './virtual8086Interrupts.ts';

/** Flags that every IRET restores. */
const PLAIN_FLAGS = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.TF | FLAG.DF | FLAG.OF | FLAG.NT;
/** And those of the upper half, with a 32-bit operand. */
const PLAIN_FLAGS32 = PLAIN_FLAGS | FLAG.RF | FLAG.AC | FLAG.ID;

/** IRET and IRETD (SDM vol. 2A, IRET). Ends the blocking of NMIs, even when it faults (SDM vol. 3A, 6.7.1). */
export function interruptReturn(c: SystemContext, operandSize: number): void {
  const { state } = c;
  const size: SlotSize = operandSize === 16 ? 2 : 4;
  state.setInt(STATE.nmiBlocked, 0);
  c.count('farTransfer');
  if (!isProtected(state)) returnInRealMode(c, size);
  else if (isVirtual8086(state)) returnInVirtual8086Mode(c, size);
  else if ((state.getInt(STATE.systemFlags) & FLAG.NT) !== 0) returnToPreviousTask(c);
  else returnInProtectedMode(c, size);
}

function returnInRealMode(c: SystemContext, size: SlotSize): void {
  const stack = SegmentStack.current(c);
  const eip = stack.peek(0, size);
  const selector = stack.peek(1, size) & 0xffff;
  const flags = stack.peek(2, size);
  requireWithin(c.state.segmentLimit(CS), eip);
  writeFlags(c.state, flags, (size === 4 ? PLAIN_FLAGS32 : PLAIN_FLAGS) | FLAG.IF | FLAG.IOPL);
  enterRealCode(c, stack, size, selector, eip);
}

function enterRealCode(c: SystemContext, stack: SegmentStack, size: SlotSize, selector: number, eip: number): void {
  loadRealSegment(c.state, CS, selector);
  c.state.eip = eip;
  stack.release(3 * size);
  stack.writePointer(c.state);
  c.modeChanged();
}

/** With IOPL < 3 only CR4.VME lets a 16-bit IRET through, which then works on VIF (SDM vol. 3B, 21.2.7 and 21.3.3). */
function returnInVirtual8086Mode(c: SystemContext, size: SlotSize): void {
  const { state } = c;
  const isVirtualized = ioPrivilegeLevel(state) < 3;
  if (isVirtualized && (size === 4 || (state.controlRegister(4) & CR4.VME) === 0)) {
    throw new GuestFault(VECTOR.GP, 0);
  }
  const stack = SegmentStack.current(c);
  const eip = stack.peek(0, size);
  const selector = stack.peek(1, size) & 0xffff;
  const flags = stack.peek(2, size);
  requireWithin(state.segmentLimit(CS), eip);
  if (isVirtualized) {
    if (flags & FLAG.TF) throw new GuestFault(VECTOR.GP, 0);
    refusePendingVirtualInterrupt(c, (flags & FLAG.IF) !== 0);
    writeFlags(state, flags | (flags & FLAG.IF ? FLAG.VIF : 0), PLAIN_FLAGS | FLAG.VIF);
  } else {
    writeFlags(state, flags, (size === 4 ? PLAIN_FLAGS32 : PLAIN_FLAGS) | FLAG.IF);
  }
  enterRealCode(c, stack, size, selector, eip);
}

function returnInProtectedMode(c: SystemContext, size: SlotSize): void {
  const { state } = c;
  const { cpl } = state;
  const stack = SegmentStack.current(c);
  const eip = stack.peek(0, size);
  const selector = stack.peek(1, size) & 0xffff;
  const flags = stack.peek(2, size);
  if (size === 4 && cpl === 0 && (flags & FLAG.VM) !== 0) {
    returnToVirtual8086Mode(c, stack, eip, selector, flags);
    return;
  }
  const target = fetchReturnTarget(c, selector);
  // What may be restored depends on the level that executes IRET, not on the one it returns to.
  const mask = restorableFlags(cpl, ioPrivilegeLevel(state), size);
  if ((selector & 3) !== cpl) {
    returnToOuterLevel(c, stack, { selector, target, eip, frameSlots: 3, size, released: 0 });
    writeFlags(state, flags, mask);
    return;
  }
  requireWithin(target.limit, eip);
  markAccessed(c, target);
  commitCode(c, selector, target, cpl, eip);
  writeFlags(state, flags, mask);
  stack.release(3 * size);
  stack.writePointer(state);
  c.modeChanged();
}

function restorableFlags(cpl: number, ioPrivilege: number, size: SlotSize): number {
  let mask: number = size === 4 ? PLAIN_FLAGS32 : PLAIN_FLAGS;
  if (cpl <= ioPrivilege) mask |= FLAG.IF;
  if (cpl === 0) mask |= FLAG.IOPL | (size === 4 ? FLAG.VIF | FLAG.VIP : 0);
  return mask;
}

/** From level 0 into virtual-8086 mode: the frame goes on with ESP SS ES DS FS GS (SDM vol. 3B, 21.2.5). */
function returnToVirtual8086Mode(
  c: SystemContext,
  stack: SegmentStack,
  eip: number,
  selector: number,
  flags: number,
): void {
  const { state } = c;
  const esp = stack.peek(3, 4);
  const selectors = [SS, ES, DS, FS, GS].map((segment, index) => [segment, stack.peek(4 + index, 4) & 0xffff] as const);
  requireWithin(0xffff, eip);
  writeFlags(state, flags, DEFINED_FLAGS);
  for (const [segment, value] of selectors) loadRealSegment(state, segment, value);
  loadRealSegment(state, CS, selector);
  state.eip = eip;
  state.setRegister(RSP, esp);
  state.cpl = 3;
  c.modeChanged();
}
