import { ATTRIBUTE } from '../../state/CpuState.ts';
import { RSP, SS, TR } from '../../state/layout.ts';
import {
  type Descriptor,
  type ExternalBit,
  fetchDescriptor,
  isNullSelector,
  markAccessed,
  selectorError,
} from './Descriptor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { checkStackSegment } from './segmentLoads.ts';
import { SegmentStack } from './SegmentStack.ts';
import type { SystemContext } from './SystemContext.ts';

/** The stack of a more privileged level, from the TSS, before anything is committed. */
export interface InnerStack {
  readonly stack: SegmentStack;
  readonly selector: number;
  readonly descriptor: Descriptor;
}

/**
 * Reads and checks SSn:ESPn of the current TSS (SDM vol. 3A, 5.8.5). Faults: #TS(TSS) when the TSS is too
 * short, #TS(SS) when the selector is bad, #SS(SS) when its segment is not present or has no room.
 */
export function innerStack(c: SystemContext, level: number, external: ExternalBit): InnerStack {
  const { state, memory } = c;
  const is32Bit = (state.segmentAttributes(TR) & ATTRIBUTE.CODE) !== 0;
  const offset = is32Bit ? 4 + level * 8 : 2 + level * 4;
  const address = (state.segmentBase(TR) + offset) >>> 0;
  if (offset + (is32Bit ? 5 : 3) > state.segmentLimit(TR)) {
    throw new GuestFault(VECTOR.TS, selectorError(state.selector(TR), external));
  }
  const pointer = is32Bit ? memory.read32(address, 'supervisor') : memory.read16(address, 'supervisor');
  const selector = memory.read16((address + (is32Bit ? 4 : 2)) >>> 0, 'supervisor');
  if (isNullSelector(selector)) throw new GuestFault(VECTOR.TS, external);
  const descriptor = fetchDescriptor(c, selector, VECTOR.TS, external);
  checkStackSegment(descriptor, selector, level, VECTOR.TS, external);
  const errorCode = selectorError(selector, external);
  return { stack: SegmentStack.of(c, descriptor, pointer, 'supervisor', errorCode), selector, descriptor };
}

/** Makes it current. The caller has reserved, marked as accessed and pushed. */
export function commitInnerStack(c: SystemContext, inner: InnerStack): void {
  inner.descriptor.load(c.state, SS, inner.selector);
  inner.stack.writePointer(c.state);
}

/** SS and ESP as an inner-level frame saves them. */
export function pushOuterStack(c: SystemContext, inner: InnerStack, size: 2 | 4): void {
  inner.stack.push(c.state.selector(SS), size);
  inner.stack.push(c.state.register(RSP), size);
}

/** Marks the new stack's segment as accessed; may throw #PF, so before the first push. */
export function markInnerStack(c: SystemContext, inner: InnerStack): void {
  markAccessed(c, inner.descriptor);
}
