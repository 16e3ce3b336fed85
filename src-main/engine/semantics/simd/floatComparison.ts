import {
  type F32,
  type F64,
  type I32,
  type I64,
  type V128,
  and,
  i32Const,
  or,
  shl,
  shr,
  sub,
} from '../../wasm/Expression.ts';
import { floatEq, floatLt } from '../../wasm/floats.ts';
import { splat, vector } from '../../wasm/vectors.ts';
import type { Emitter, Semantics } from '../Emitter.ts';
import { combineBy, onVectors } from './instructions.ts';
import { callRoutine, unlessUnusual } from './mxcsr.ts';
import { DOUBLES_BITS, SINGLES_BITS, isNoPlainNumber } from './ordinary.ts';
import { DOUBLE, SINGLE, type Scalar } from './scalars.ts';

const c = i32Const;

/**
 * Masks where a predicate of CMPPS holds for plain numbers: the upper four are the lower four's opposites, which are
 * equal, less, less or equal, and unordered.
 */
function relation(e: Emitter, shape: 'f32x4' | 'f64x2', left: V128, right: V128, predicate: I32): V128 {
  const base = and(predicate, c(3));
  const where = (bit: I32): V128 => splat('i32x4.splat', sub(c(0), and(bit, c(1))));
  // Bits 0 and 2: EQ and LE hold of equals. Bits 1 and 2: LT and LE of less.
  const equal = vector('v128.and', vector(`${shape}.eq`, left, right), where(shr(c(0b0101), base)));
  const less = vector('v128.and', vector(`${shape}.lt`, left, right), where(shr(c(0b0110), base)));
  return vector('v128.xor', vector('v128.or', equal, less), where(shr(predicate, c(2))));
}

/** CMPPS, CMPPD. Of the immediate three bits count. */
function compareVectors(shape: 'f32x4' | 'f64x2'): Semantics {
  const isSingle = shape === 'f32x4';
  const bits = isSingle ? SINGLES_BITS : DOUBLES_BITS;
  return combineBy((left, right, immediate, e) => {
    const predicate = e.let(and(immediate, c(7)));
    return unlessUnusual(
      e,
      relation(e, shape, left, right, predicate),
      () => isNoPlainNumber(e, bits, [left, right]),
      () => callRoutine(e, isSingle ? 'compareSingles' : 'compareDoubles', [left, right], [predicate]) as V128,
    );
  });
}

/** CMPSS, CMPSD. */
function compareScalars<B extends I32 | I64, F extends F32 | F64>(
  format: Scalar<B, F>,
  shape: 'f32x4' | 'f64x2',
): Semantics {
  return combineBy((left, right, immediate, e) => {
    const predicate = e.let(and(immediate, c(7)));
    const operands = [e.let(format.bitsIn(left)), e.let(format.bitsIn(right))];
    const result = unlessUnusual(
      e,
      format.floatIn(relation(e, shape, left, right, predicate)),
      () => isNoPlainNumber(e, format.bits, operands),
      () => {
        const elements = [format.elementIn(left), format.elementIn(right)];
        return format.fromElement(callRoutine(e, `compare${format.precision}`, elements, [predicate]) as I64);
      },
    );
    return format.put(left, result);
  });
}

/** COMISS and its like: ZF, PF and CF; OF, SF and AF are cleared. */
function order<B extends I32 | I64, F extends F32 | F64>(format: Scalar<B, F>, isQuietInvalid: 0 | 1): Semantics {
  const CF = 0,
    PF = 2,
    ZF = 6;
  return onVectors((e, [first, second]) => {
    const right = e.let(e.readVector(second));
    const left = e.let(e.readVector(first));
    const operands = [e.let(format.bitsIn(left)), e.let(format.bitsIn(right))];
    const [a, b] = [format.floatIn(left), format.floatIn(right)];
    const flags = unlessUnusual<I32>(
      e,
      or(shl(floatEq(a, b), c(ZF)), floatLt(a, b)),
      () => isNoPlainNumber(e, format.bits, operands),
      () => {
        const elements = [format.elementIn(left), format.elementIn(right)];
        return callRoutine(e, `order${format.precision}`, elements, [c(isQuietInvalid)]) as I32;
      },
    );
    const bit = (number: number): I32 => and(shr(flags, c(number)), c(1));
    e.flags.setAll({ carry: bit(CF), parity: bit(PF), zero: bit(ZF), adjust: c(0), sign: c(0), overflow: c(0) });
  });
}

export const floatComparisonSemantics: Readonly<Record<string, Semantics>> = {
  cmpps: compareVectors('f32x4'),
  cmppd: compareVectors('f64x2'),
  cmpss: compareScalars(SINGLE, 'f32x4'),
  cmpsd: compareScalars(DOUBLE, 'f64x2'),
  comiss: order(SINGLE, 1),
  comisd: order(DOUBLE, 1),
  ucomiss: order(SINGLE, 0),
  ucomisd: order(DOUBLE, 0),
};
