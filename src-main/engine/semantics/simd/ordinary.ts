import {
  type Expression,
  type I32,
  type I64,
  type V128,
  add,
  and,
  i32Const,
  i64Const,
  ltSigned,
  or,
  sub,
} from '../../wasm/Expression.ts';
import { splat, vector, vectorBits, vectorOfWords } from '../../wasm/vectors.ts';
import type { Emitter } from '../Emitter.ts';

/**
 * Whether numbers are ordinary, told by their bits as integers: sums and differences of which only the sign bit counts,
 * so that several may be gathered before one test.
 */
export interface Bits<T extends Expression> {
  readonly zero: T;
  /** One more than the smallest normal number, which may be what a tiny result was rounded to. */
  readonly smallest: T;
  readonly infinity: T;
  magnitude(a: T): T;
  and(a: T, b: T): T;
  or(a: T, b: T): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  /** Whether a sign bit is set in any lane. */
  isAnyNegative(a: T): I32;
}

export const SINGLE_BITS: Bits<I32> = {
  zero: i32Const(0),
  smallest: i32Const(0x0080_0001),
  infinity: i32Const(0x7f80_0000),
  magnitude: (a) => and(a, i32Const(0x7fff_ffff)),
  and,
  or,
  add,
  sub,
  isAnyNegative: (a) => ltSigned(a, i32Const(0)),
};

export const DOUBLE_BITS: Bits<I64> = {
  zero: i64Const(0),
  smallest: i64Const(1, 0x0010_0000),
  infinity: i64Const(0, 0x7ff0_0000),
  magnitude: (a) => and(a, i64Const(-1, 0x7fff_ffff)),
  and,
  or,
  add,
  sub,
  isAnyNegative: (a) => ltSigned(a, i64Const(0)),
};

function vectorBitsOf(shape: 'i32x4' | 'i64x2', smallest: V128, infinity: V128): Bits<V128> {
  return {
    zero: vectorOfWords(0, 0, 0, 0),
    smallest,
    infinity,
    magnitude: (a) => vector(`${shape}.shr_u`, vector(`${shape}.shl`, a, i32Const(1)), i32Const(1)),
    and: (a, b) => vector('v128.and', a, b),
    or: (a, b) => vector('v128.or', a, b),
    add: (a, b) => vector(`${shape}.add`, a, b),
    sub: (a, b) => vector(`${shape}.sub`, a, b),
    isAnyNegative: (a) => vectorBits(`${shape}.bitmask`, a),
  };
}

export const SINGLES_BITS = vectorBitsOf(
  'i32x4',
  splat('i32x4.splat', SINGLE_BITS.smallest),
  splat('i32x4.splat', SINGLE_BITS.infinity),
);

export const DOUBLES_BITS = vectorBitsOf(
  'i64x2',
  splat('i64x2.splat', DOUBLE_BITS.smallest),
  splat('i64x2.splat', DOUBLE_BITS.infinity),
);

/**
 * 0 when an operation on `operands` raised nothing but perhaps that its result is not exact: the result is a normal number,
 * and no operand is denormal. Zeros are left to the routines as well. What is not finite comes out in the result, or as zero.
 */
export function isOutOfRange<T extends Expression>(e: Emitter, bits: Bits<T>, operands: readonly T[], result: T): I32 {
  const smallest = e.let(bits.smallest);
  const magnitude = e.let(bits.magnitude(result));
  // Infinity and NaNs are less than the smallest number below the sign bit.
  const tooLarge = bits.add(magnitude, smallest);
  const tooSmall = [magnitude, ...operands.map((operand) => bits.magnitude(operand))].map((one) =>
    bits.sub(one, smallest),
  );
  return bits.isAnyNegative(tooSmall.reduce(bits.or, tooLarge));
}

/** 0 when all operands are positive and normal. */
export function isNotPositive<T extends Expression>(e: Emitter, bits: Bits<T>, operand: T): I32 {
  const smallest = e.let(bits.smallest);
  return bits.isAnyNegative(bits.or(operand, bits.or(bits.add(operand, smallest), bits.sub(operand, smallest))));
}

/** 0 when no operand is a NaN or denormal. */
export function isNoPlainNumber<T extends Expression>(e: Emitter, bits: Bits<T>, operands: readonly T[]): I32 {
  const smallest = e.let(bits.smallest);
  const infinity = e.let(bits.infinity);
  const found = operands.flatMap((operand) => {
    const magnitude = e.let(bits.magnitude(operand));
    const isBelowNormal = bits.sub(magnitude, smallest);
    const isAboveZero = bits.sub(bits.zero, magnitude);
    return [bits.and(isBelowNormal, isAboveZero), bits.sub(infinity, magnitude)];
  });
  return bits.isAnyNegative(found.reduce(bits.or));
}
