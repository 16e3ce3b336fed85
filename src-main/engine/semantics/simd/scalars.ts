import { type F32, type F64, type I32, type I64, type V128, extendUnsigned, wrap } from '../../wasm/Expression.ts';
import { bitsOfF32, bitsOfF64, f32FromBits, f64FromBits } from '../../wasm/floats.ts';
import { extractLane, replaceLane } from '../../wasm/vectors.ts';
import type { Precision } from '../../softfloat/sse/signatures.ts';
import type { Emitter, Semantics } from '../Emitter.ts';
import { onVectors } from './instructions.ts';
import { type Bits, DOUBLE_BITS, SINGLE_BITS } from './ordinary.ts';

/** The lowest lane of a register as a float, as an integer of its bits, and as routines take it. */
export interface Scalar<B extends I32 | I64, F extends F32 | F64> {
  readonly precision: Precision;
  readonly bits: Bits<B>;
  bitsIn(a: V128): B;
  floatIn(a: V128): F;
  bitsOf(a: F): B;
  elementIn(a: V128): I64;
  fromElement(a: I64): F;
  /** A register with its lowest lane replaced. */
  put(a: V128, value: F): V128;
}

/** By way of a float, which is the quicker instruction on most hosts. */
function lowQuadword(a: V128): I64 {
  return bitsOfF64(extractLane('f64x2.extract_lane', a, 0));
}

function lowDoubleword(a: V128): I32 {
  return bitsOfF32(extractLane('f32x4.extract_lane', a, 0));
}

export const SINGLE: Scalar<I32, F32> = {
  precision: 'Single',
  bits: SINGLE_BITS,
  bitsIn: lowDoubleword,
  floatIn: (a) => extractLane('f32x4.extract_lane', a, 0),
  bitsOf: bitsOfF32,
  elementIn: (a) => extendUnsigned(lowDoubleword(a)),
  fromElement: (a) => f32FromBits(wrap(a)),
  put: (a, value) => replaceLane('f32x4.replace_lane', a, 0, value),
};

export const DOUBLE: Scalar<I64, F64> = {
  precision: 'Double',
  bits: DOUBLE_BITS,
  bitsIn: lowQuadword,
  floatIn: (a) => extractLane('f64x2.extract_lane', a, 0),
  bitsOf: bitsOfF64,
  elementIn: lowQuadword,
  fromElement: f64FromBits,
  put: (a, value) => replaceLane('f64x2.replace_lane', a, 0, value),
};

/**
 * `dst <- operation(dst, src)` in the lowest lane alone. The destination is read once more for its other lanes, which
 * costs less than to keep a vector across the calls of unusual cases.
 */
export function combineScalars<B extends I32 | I64, F extends F32 | F64>(
  format: Scalar<B, F>,
  operation: (left: V128, right: V128, e: Emitter) => F,
): Semantics {
  return onVectors((e, [dst, src]) => {
    const right = e.let(e.readVector(src));
    const result = operation(e.let(e.readVector(dst)), right, e);
    e.writeVector(dst, format.put(e.readVector(dst), result));
  });
}
