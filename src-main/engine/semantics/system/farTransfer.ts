import { CS } from '../../state/layout.ts';
import { checkDirectTarget, commitCode, fetchGateTarget, fetchTarget, requireWithin } from './codeSegments.ts';
import { type Descriptor, SYSTEM_TYPE, markAccessed, selectorError } from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { commitInnerStack, innerStack, markInnerStack, pushOuterStack } from './innerStack.ts';
import { usesDescriptors } from './processorMode.ts';
import { loadRealSegment } from './segmentLoads.ts';
import { SegmentStack, type SlotSize } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';
import { fetchGatedTss, switchTask } from './taskSwitch.ts';

/** JMP far (SDM vol. 2A, JMP): in real and v86 mode, to code, through a call gate or to a task. */
export function jumpFar(c: SystemContext, selector: number, offset: number, operandSize: number): void {
  const { state } = c;
  selector &= 0xffff;
  const eip = operandSize === 16 ? offset & 0xffff : offset >>> 0;
  c.count('farTransfer');
  if (!usesDescriptors(state)) {
    requireWithin(state.segmentLimit(CS), eip);
    loadRealSegment(state, CS, selector);
    state.eip = eip;
    c.modeChanged();
    return;
  }
  const descriptor = fetchTarget(c, selector);
  if (descriptor.isCode) {
    checkDirectTarget(descriptor, selector, state.cpl);
    jumpWithinLevel(c, selector, descriptor, eip);
  } else if (isCallGate(descriptor)) {
    checkGate(descriptor, selector, state.cpl);
    const target = fetchGateTarget(c, descriptor.gateSelector, 0);
    if (!target.isConformingCode && target.dpl !== state.cpl) {
      throw new GuestFault(VECTOR.GP, selectorError(descriptor.gateSelector));
    }
    jumpWithinLevel(c, descriptor.gateSelector, target, descriptor.gateOffset);
  } else {
    transferToTask(c, selector, descriptor, 'jump');
  }
}

function jumpWithinLevel(c: SystemContext, selector: number, target: Descriptor, eip: number): void {
  requireWithin(target.limit, eip);
  markAccessed(c, target);
  commitCode(c, selector, target, c.state.cpl, eip);
  c.modeChanged();
}

/** CALL far (SDM vol. 2A, CALL): as {@link jumpFar}, and a call gate may lead to a more privileged level. */
export function callFar(c: SystemContext, selector: number, offset: number, operandSize: number): void {
  const { state } = c;
  selector &= 0xffff;
  const eip = operandSize === 16 ? offset & 0xffff : offset >>> 0;
  const size: SlotSize = operandSize === 16 ? 2 : 4;
  c.count('farTransfer');
  if (!usesDescriptors(state)) {
    const stack = reserveReturnAddress(c, size);
    requireWithin(state.segmentLimit(CS), eip);
    pushReturnAddress(c, stack, size);
    loadRealSegment(state, CS, selector);
    state.eip = eip;
    c.modeChanged();
    return;
  }
  const descriptor = fetchTarget(c, selector);
  if (descriptor.isCode) {
    checkDirectTarget(descriptor, selector, state.cpl);
    callWithinLevel(c, selector, descriptor, eip, size);
  } else if (isCallGate(descriptor)) {
    checkGate(descriptor, selector, state.cpl);
    const target = fetchGateTarget(c, descriptor.gateSelector, 0);
    if (!target.isConformingCode && target.dpl < state.cpl) callInnerLevel(c, descriptor, target);
    else callWithinLevel(c, descriptor.gateSelector, target, descriptor.gateOffset, gateSlotSize(descriptor));
  } else {
    transferToTask(c, selector, descriptor, 'call');
  }
}

function callWithinLevel(c: SystemContext, selector: number, target: Descriptor, eip: number, size: SlotSize): void {
  const stack = reserveReturnAddress(c, size);
  requireWithin(target.limit, eip);
  markAccessed(c, target);
  pushReturnAddress(c, stack, size);
  commitCode(c, selector, target, c.state.cpl, eip);
  c.modeChanged();
}

/** Through a call gate to a lower CPL: a new stack, onto which the gate's count of parameters is copied (SDM vol. 3A, 5.8.5). */
function callInnerLevel(c: SystemContext, gate: Descriptor, target: Descriptor): void {
  const { state } = c;
  const size = gateSlotSize(gate);
  const parameterCount = gate.high & 0x1f;
  const inner = innerStack(c, target.dpl, 0);
  inner.stack.reserve(4 + parameterCount, size);
  const outer = SegmentStack.current(c);
  const parameters: number[] = [];
  for (let index = 0; index < parameterCount; index++) parameters.push(outer.peek(index, size));
  requireWithin(target.limit, gate.gateOffset);
  markAccessed(c, target);
  markInnerStack(c, inner);
  pushOuterStack(c, inner, size);
  for (let index = parameterCount - 1; index >= 0; index--) inner.stack.push(parameters[index], size);
  inner.stack.push(state.selector(CS), size);
  inner.stack.push(state.eip, size);
  commitCode(c, gate.gateSelector, target, target.dpl, gate.gateOffset);
  commitInnerStack(c, inner);
  c.modeChanged();
}

function reserveReturnAddress(c: SystemContext, size: SlotSize): SegmentStack {
  const stack = SegmentStack.current(c);
  stack.reserve(2, size);
  return stack;
}

function pushReturnAddress(c: SystemContext, stack: SegmentStack, size: SlotSize): void {
  stack.push(c.state.selector(CS), size);
  stack.push(c.state.eip, size);
  stack.writePointer(c.state);
}

function isCallGate(descriptor: Descriptor): boolean {
  return (
    descriptor.isSystem && (descriptor.type === SYSTEM_TYPE.CALL_GATE16 || descriptor.type === SYSTEM_TYPE.CALL_GATE32)
  );
}

function gateSlotSize(gate: Descriptor): SlotSize {
  return gate.type === SYSTEM_TYPE.CALL_GATE32 ? 4 : 2;
}

/** A gate or TSS may be named from levels up to its DPL: #GP(selector); and must be present: #NP(selector). */
function checkGate(descriptor: Descriptor, selector: number, cpl: number): void {
  if (descriptor.dpl < cpl || descriptor.dpl < (selector & 3)) {
    throw new GuestFault(VECTOR.GP, selectorError(selector));
  }
  if (!descriptor.isPresent) throw new GuestFault(VECTOR.NP, selectorError(selector));
}

/** To a TSS, directly or through a task gate; anything else in the table is #GP(selector). */
function transferToTask(c: SystemContext, selector: number, descriptor: Descriptor, reason: 'jump' | 'call'): void {
  const isTss = descriptor.type === SYSTEM_TYPE.TSS16 || descriptor.type === SYSTEM_TYPE.TSS32;
  if (!descriptor.isSystem || !(isTss || descriptor.type === SYSTEM_TYPE.TASK_GATE)) {
    throw new GuestFault(VECTOR.GP, selectorError(selector));
  }
  checkGate(descriptor, selector, c.state.cpl);
  if (isTss) switchTask(c, selector, descriptor, reason);
  else switchTask(c, descriptor.gateSelector, fetchGatedTss(c, descriptor.gateSelector, 0), reason);
}
