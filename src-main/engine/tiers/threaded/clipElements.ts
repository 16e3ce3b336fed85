import {
  type Expression,
  type I32,
  type ValueType,
  i32Const,
  load,
  load64,
  ltUnsigned,
  select,
  shr,
  sub,
} from '../../wasm/Expression.ts';
import type { Address } from '../../semantics/Emitter.ts';
import { SEGMENT } from '../../state/layout.ts';

export interface BulkOperation {
  readonly address: Address;
  /** The segment's field that says what may be accessed. */
  readonly span: number;
  /** Log2 of an element's bytes. */
  readonly shift: I32;
  readonly elements: I32;
  readonly addressSize: 16 | 32;
  let<T extends ValueType>(value: Expression<T>): Expression<T>;
  /** The runtime's function of that name. */
  clipToSegment(...parameters: Expression[]): I32;
}

/** Limits a bulk operation's elements to what the segment, and a 16-bit address, allow without wrapping. */
export function clipElements(operation: BulkOperation): I32 {
  const { address, span, shift, elements, addressSize } = operation;
  let clipped = elements;
  if (addressSize === 16) {
    const room = operation.let(shr(sub(i32Const(0x1_0000), address.offset), shift));
    clipped = operation.let(select(ltUnsigned(clipped, room), clipped, room));
  }
  const { segment } = address;
  if (address.isFlat || !segment) return clipped;
  const low = load(segment, 32, SEGMENT.low),
    size = load64(segment, span);
  return operation.let(operation.clipToSegment(address.offset, low, size, shift, clipped));
}
