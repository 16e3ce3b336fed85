import { ATTRIBUTE } from '../../state/CpuState.ts';
import { CS, DS, ES, FS, GS, SS } from '../../state/layout.ts';
import { commitCode, fetchReturnTarget, requireWithin } from './codeSegments.ts';
import { type Descriptor, fetchDescriptor, isNullSelector, markAccessed, setNullSegment } from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { usesDescriptors } from './processorMode.ts';
import { checkStackSegment, loadRealSegment } from './segmentLoads.ts';
import { SegmentStack, type SlotSize } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';

/** RETF and RETF imm16 (SDM vol. 2B, RET). `popBytes` parameters are released on both stacks. */
export function returnFar(c: SystemContext, operandSize: number, popBytes: number): void {
  const { state } = c;
  const size: SlotSize = operandSize === 16 ? 2 : 4;
  const released = popBytes & 0xffff;
  const stack = SegmentStack.current(c);
  const eip = stack.peek(0, size);
  const selector = stack.peek(1, size) & 0xffff;
  c.count('farTransfer');
  if (!usesDescriptors(state)) {
    requireWithin(state.segmentLimit(CS), eip);
    loadRealSegment(state, CS, selector);
    state.eip = eip;
  } else {
    const target = fetchReturnTarget(c, selector);
    if ((selector & 3) !== state.cpl) {
      returnToOuterLevel(c, stack, { selector, target, eip, frameSlots: 2, size, released });
      return;
    }
    requireWithin(target.limit, eip);
    markAccessed(c, target);
    commitCode(c, selector, target, state.cpl, eip);
  }
  stack.release(2 * size + released);
  stack.writePointer(state);
  c.modeChanged();
}

export interface OuterReturn {
  readonly selector: number;
  readonly target: Descriptor;
  readonly eip: number;
  /** Slots below the saved (E)SP: 2 for RETF, 3 for IRET. */
  readonly frameSlots: number;
  readonly size: SlotSize;
  /** Parameters in bytes, on the inner and on the outer stack. */
  readonly released: number;
}

const DATA_SEGMENTS = [ES, DS, FS, GS] as const;

/** The part of RETF and IRET that goes to a less privileged level and its stack (SDM vol. 3A, 5.8.6). */
export function returnToOuterLevel(c: SystemContext, stack: SegmentStack, to: OuterReturn): void {
  const { state } = c;
  const level = to.selector & 3;
  const outerPointer = stack.peek(to.frameSlots, to.size, to.released);
  const outerSelector = stack.peek(to.frameSlots + 1, to.size, to.released) & 0xffff;
  if (isNullSelector(outerSelector)) throw new GuestFault(VECTOR.GP, 0);
  const stackSegment = fetchDescriptor(c, outerSelector, VECTOR.GP);
  checkStackSegment(stackSegment, outerSelector, level, VECTOR.GP);
  requireWithin(to.target.limit, to.eip);
  markAccessed(c, to.target);
  markAccessed(c, stackSegment);
  commitCode(c, to.selector, to.target, level, to.eip);
  stackSegment.load(state, SS, outerSelector);
  const outer = SegmentStack.of(c, stackSegment, outerPointer, 'current', 0);
  outer.release(to.released);
  outer.writePointer(state);
  for (const segment of DATA_SEGMENTS) releasePrivilegedSegment(c, segment, level);
  c.modeChanged();
}

/** Data and nonconforming code that the outer level may not use becomes the null selector. */
function releasePrivilegedSegment(c: SystemContext, segment: number, level: number): void {
  if (c.state.selector(segment) === 0) return;
  const attributes = c.state.segmentAttributes(segment);
  const conformingCode = ATTRIBUTE.CODE | ATTRIBUTE.CONFORMING_EXPAND_DOWN;
  const isConformingCode = (attributes & conformingCode) === conformingCode;
  const dpl = (attributes & ATTRIBUTE.DPL) >> ATTRIBUTE.DPL_SHIFT;
  if (dpl < level && !isConformingCode) setNullSegment(c.state, segment, 0);
}
