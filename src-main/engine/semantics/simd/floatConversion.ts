import {
  type F64,
  type I32,
  type I64,
  type V128,
  eqz,
  i32Const,
  i64Const,
  or,
  wrap,
  xor,
} from '../../wasm/Expression.ts';
import {
  demote,
  f32FromSigned,
  f64Const,
  f64FromSigned,
  floatAbs,
  floatLt,
  floatNearest,
  promote,
  truncateToSigned,
} from '../../wasm/floats.ts';
import { replaceLane, shuffle, splat, vector, vectorBits } from '../../wasm/vectors.ts';
import { MXCSR } from '../../softfloat/sse/mxcsr.ts';
import type { Emitter, OperandHandle, Semantics } from '../Emitter.ts';
import { onVectors, transform } from './instructions.ts';
import { callRoutine, inexactnessMatters, mxcsr, precisionMatters, unlessUnusual } from './mxcsr.ts';
import { SINGLES_BITS, SINGLE_BITS, isNoPlainNumber, isOutOfRange } from './ordinary.ts';
import { DOUBLE, SINGLE, combineScalars } from './scalars.ts';

/** The low half alone, zeros above it. */
function lowHalf(value: V128): V128 {
  return replaceLane('i64x2.replace_lane', value, 1, i64Const(0));
}

/** How a conversion to integers rounds: as MXCSR says, or by truncation. */
type Rounding = 'rounded' | 'truncated';

function matters(e: Emitter, rounding: Rounding): I32 {
  return rounding === 'rounded' ? precisionMatters(e) : inexactnessMatters(e);
}

function controlOf(e: Emitter, rounding: Rounding): I32 {
  return rounding === 'rounded' ? mxcsr(e) : or(mxcsr(e), i32Const(MXCSR.chop));
}

/** All numbers smaller than this have an int32, however they are rounded. */
const INTEGER_LIMIT = { Single: 2 ** 31, Double: 2 ** 31 - 1 } as const;

/** CVTSS2SI, CVTSD2SI and their truncating forms. */
function toInteger(precision: 'Single' | 'Double', rounding: Rounding): Semantics {
  return onVectors((e, [dst, src]) => {
    const source = e.let(e.readVector(src));
    const number = e.let<F64>(precision === 'Single' ? promote(SINGLE.floatIn(source)) : DOUBLE.floatIn(source));
    const integer = unlessUnusual<I32>(
      e,
      truncateToSigned(rounding === 'rounded' ? floatNearest(number) : number),
      () => or(matters(e, rounding), eqz(floatLt(floatAbs(number), f64Const(INTEGER_LIMIT[precision])))),
      () => {
        const element = (precision === 'Single' ? SINGLE : DOUBLE).elementIn(source);
        return callRoutine(e, `integerFrom${precision}`, [element], [], controlOf(e, rounding)) as I32;
      },
    );
    e.write(dst, integer);
  });
}

function integersFromSingles(e: Emitter, value: V128, rounding: Rounding): V128 {
  const limit = splat('f32x4.splat', demote(f64Const(INTEGER_LIMIT.Single)));
  const isInRange = vector('f32x4.lt', vector('f32x4.abs', value), limit);
  const rounded = rounding === 'rounded' ? vector('f32x4.nearest', value) : value;
  return unlessUnusual(
    e,
    vector('i32x4.trunc_sat_f32x4_s', rounded),
    () => or(matters(e, rounding), xor(vectorBits('i32x4.bitmask', isInRange), i32Const(0b1111))),
    () => callRoutine(e, 'integersFromSingles', [value], [], controlOf(e, rounding)) as V128,
  );
}

/** In the low half, zeros above. */
function integersFromDoubles(e: Emitter, value: V128, rounding: Rounding): V128 {
  const limit = splat('f64x2.splat', f64Const(INTEGER_LIMIT.Double));
  const isInRange = vector('f64x2.lt', vector('f64x2.abs', value), limit);
  const rounded = rounding === 'rounded' ? vector('f64x2.nearest', value) : value;
  return unlessUnusual(
    e,
    vector('i32x4.trunc_sat_f64x2_s_zero', rounded),
    () => or(matters(e, rounding), xor(vectorBits('i64x2.bitmask', isInRange), i32Const(0b11))),
    () => callRoutine(e, 'integersFromDoubles', [value], [], controlOf(e, rounding)) as V128,
  );
}

/** CVTPS2DQ, CVTTPS2DQ. */
function singlesToIntegers(rounding: Rounding): Semantics {
  return transform((source, e) => integersFromSingles(e, e.let(source), rounding));
}

/** CVTPD2DQ, CVTTPD2DQ. */
function doublesToIntegers(rounding: Rounding): Semantics {
  return transform((source, e) => integersFromDoubles(e, e.let(source), rounding));
}

/** Conversions to and from MMX registers: these are taken into use even by an instruction that ends in #XM. */
function withMmx(operation: (e: Emitter, source: V128, dst: OperandHandle) => V128): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const source = e.let(e.readVector(src));
    commit();
    e.writeVector(dst, operation(e, source, dst));
  });
}

/** CVTPS2PI, CVTTPS2PI: of the low two alone. */
function singlesToMmx(rounding: Rounding): Semantics {
  return withMmx((e, source) => integersFromSingles(e, e.let(lowHalf(source)), rounding));
}

/** CVTPD2PI, CVTTPD2PI. */
function doublesToMmx(rounding: Rounding): Semantics {
  return withMmx((e, source) => integersFromDoubles(e, source, rounding));
}

function singlesFromIntegers(e: Emitter, value: V128): V128 {
  return unlessUnusual(
    e,
    vector('f32x4.convert_i32x4_s', value),
    () => precisionMatters(e),
    () => callRoutine(e, 'singlesFromIntegers', [value]) as V128,
  );
}

const cvtdq2ps = transform((source, e) => singlesFromIntegers(e, e.let(source)));

/** The low two alone; those above stay. */
const cvtpi2ps = withMmx((e, source, dst) => {
  const singles = singlesFromIntegers(e, source);
  return shuffle(singles, e.readVector(dst), [0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31]);
});

/** CVTDQ2PD, CVTPI2PD: always exact. */
const integersToDoubles = transform((source) => vector('f64x2.convert_low_i32x4_s', source));

const cvtsi2ss = onVectors((e, [dst, src]) => {
  const integer = e.let(wrap(e.read(src)));
  const result = unlessUnusual(
    e,
    f32FromSigned(integer),
    () => precisionMatters(e),
    () => SINGLE.fromElement(callRoutine(e, 'singleFromInteger', [integer]) as I64),
  );
  e.writeVector(dst, SINGLE.put(e.readVector(dst), result));
});

const cvtsi2sd = onVectors((e, [dst, src]) => {
  const integer = e.let(wrap(e.read(src)));
  e.writeVector(dst, DOUBLE.put(e.readVector(dst), f64FromSigned(integer)));
});

const cvtss2sd = combineScalars(DOUBLE, (_, right, e) => {
  const operand = e.let(SINGLE.bitsIn(right));
  return unlessUnusual(
    e,
    promote(SINGLE.floatIn(right)),
    () => isNoPlainNumber(e, SINGLE_BITS, [operand]),
    () => DOUBLE.fromElement(callRoutine(e, 'doubleFromSingle', [SINGLE.elementIn(right)]) as I64),
  );
});

const cvtsd2ss = combineScalars(SINGLE, (_, right, e) => {
  return unlessUnusual(
    e,
    demote(DOUBLE.floatIn(right)),
    (single) => or(precisionMatters(e), isOutOfRange(e, SINGLE_BITS, [], SINGLE.bitsOf(single))),
    () => SINGLE.fromElement(callRoutine(e, 'singleFromDouble', [DOUBLE.elementIn(right)]) as I64),
  );
});

const cvtps2pd = transform((source, e) => {
  const value = e.let(lowHalf(source));
  return unlessUnusual(
    e,
    vector('f64x2.promote_low_f32x4', value),
    () => isNoPlainNumber(e, SINGLES_BITS, [value]),
    () => callRoutine(e, 'doublesFromSingles', [value]) as V128,
  );
});

/** Doubles from the first on and below the second are normal singles, with a little to spare. */
const NORMAL_SINGLES = [2 ** -125, 2 ** 127] as const;

const cvtpd2ps = transform((source, e) => {
  const value = e.let(source);
  const [from, to] = NORMAL_SINGLES.map((limit) => splat('f64x2.splat', f64Const(limit)));
  return unlessUnusual(
    e,
    vector('f32x4.demote_f64x2_zero', value),
    () => {
      const magnitude = e.let(vector('f64x2.abs', value));
      const isInRange = vector('v128.and', vector('f64x2.ge', magnitude, from), vector('f64x2.lt', magnitude, to));
      return or(precisionMatters(e), xor(vectorBits('i64x2.bitmask', isInRange), i32Const(0b11)));
    },
    () => callRoutine(e, 'singlesFromDoubles', [value]) as V128,
  );
});

/** Conversions between singles, doubles and 32-bit integers, in XMM, MMX and general registers. */
export const floatConversionSemantics: Readonly<Record<string, Semantics>> = {
  cvtss2si: toInteger('Single', 'rounded'),
  cvtsd2si: toInteger('Double', 'rounded'),
  cvttss2si: toInteger('Single', 'truncated'),
  cvttsd2si: toInteger('Double', 'truncated'),
  cvtps2dq: singlesToIntegers('rounded'),
  cvttps2dq: singlesToIntegers('truncated'),
  cvtps2pi: singlesToMmx('rounded'),
  cvttps2pi: singlesToMmx('truncated'),
  cvtpd2dq: doublesToIntegers('rounded'),
  cvttpd2dq: doublesToIntegers('truncated'),
  cvtpd2pi: doublesToMmx('rounded'),
  cvttpd2pi: doublesToMmx('truncated'),
  cvtdq2ps,
  cvtpi2ps,
  cvtdq2pd: integersToDoubles,
  cvtpi2pd: integersToDoubles,
  cvtsi2ss,
  cvtsi2sd,
  cvtss2sd,
  cvtsd2ss,
  cvtps2pd,
  cvtpd2ps,
};
