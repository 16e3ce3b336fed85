import {
  type F32,
  type F64,
  type I32,
  type I64,
  add,
  and,
  ctz,
  eqz,
  extendUnsigned,
  geUnsigned,
  gtUnsigned,
  i64Const,
  ltUnsigned,
  or,
  select,
  shl,
  sub,
  wrap,
} from '../../wasm/Expression.ts';
import {
  bitsOfF32,
  bitsOfF64,
  f32FromBits,
  f64FromBits,
  floatAdd,
  floatDiv,
  floatMul,
  floatNe,
  floatSqrt,
  floatSub,
  promote,
} from '../../wasm/floats.ts';
import { ONE64, c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import { RAISED } from '../routines.ts';
import { DOUBLE, type ElementFormat, SINGLE, isDenormal, magnitudeOf } from './elements.ts';
import { MXCSR } from './mxcsr.ts';

/**
 * The usual case of an operation: Wasm's own result, and whether that is exact. Serves when rounding is to nearest,
 * no operand is denormal and the result is normal: above the smallest such number, which a tiny result may have become.
 */
export type NativeOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'squareRoot';

const BINARY = { add: floatAdd, subtract: floatSub, multiply: floatMul, divide: floatDiv } as const;

function nativeResult<F extends F32 | F64>(operation: NativeOperation, a: F, b: F): F {
  return operation === 'squareRoot' ? floatSqrt(a) : BINARY[operation](a, b);
}

/** What a sum of doubles is too large or too small by, exactly (Knuth vol. 2, 4.2.2, theorem B). */
function errorOfSum(f: RoutineFunction, a: F64, b: F64, sum: F64): F64 {
  const second = f.let(floatSub(sum, a));
  return floatAdd(floatSub(a, floatSub(sum, second)), floatSub(b, second)) as F64;
}

const ZERO_FLOAT = f64FromBits(i64Const(0));

/** Of singles, doubles hold products and squares exactly, and sums but for what is far below. */
function isSingleInexact(f: RoutineFunction, operation: NativeOperation, a: F32, b: F32, result: F32): I32 {
  const [x, y, z] = [a, b, result].map((one) => f.let(promote(one)) as F64);
  switch (operation) {
    case 'multiply':
      return floatNe(floatMul(x, y), z);
    case 'divide':
      return floatNe(floatMul(z, y), x);
    case 'squareRoot':
      return floatNe(floatMul(z, z), x);
    default: {
      const term = operation === 'add' ? y : (f.let(floatSub(ZERO_FLOAT, y)) as F64);
      const sum = f.let(floatAdd(x, term)) as F64;
      return or(floatNe(sum, z), floatNe(errorOfSum(f, x, term, sum), ZERO_FLOAT));
    }
  }
}

/** Zeros at the end of a normal number's 53 bits. */
function trailingZeros(bits: I64): I64 {
  return ctz(or(bits, shl(ONE64, i64Const(DOUBLE.fractionBits))));
}

function returnDouble(f: RoutineFunction, operation: NativeOperation, a: F64, b: F64, result: F64, bits: I64): void {
  const precisionIf = (condition: I32): I32 => select(condition, c(RAISED.precision), c(0)) as I32;
  if (operation === 'add' || operation === 'subtract') {
    const term = operation === 'add' ? b : (f.let(floatSub(ZERO_FLOAT, b)) as F64);
    f.return(bits, precisionIf(floatNe(errorOfSum(f, a, term, result), ZERO_FLOAT)));
    return;
  }
  // A product of 53 by 53 bits has 105 or 106, less the zeros at the factors' ends. What has more than 53 is none of the
  // numbers; of what has no more, Wasm's product is exact. Between the two the number of bits would have to be known.
  const factors = { multiply: [a, b], divide: [result, b], squareRoot: [result, result] }[operation];
  const [x, y] = factors.map((factor) => trailingZeros(bitsOfF64(factor)));
  const zeros = f.bind64(add(x, y));
  f.if(ltUnsigned(zeros, i64Const(DOUBLE.fractionBits)), () => f.return(bits, c(RAISED.precision)));
  f.if(gtUnsigned(zeros, i64Const(DOUBLE.fractionBits)), () => {
    if (operation === 'multiply') f.return(bits, c(0));
    const product = floatMul(...(factors as [F64, F64]));
    // Near the smallest number the product may be rounded after all.
    const isSafe = gtUnsigned(magnitudeOf(DOUBLE, bitsOfF64(a)), shl(DOUBLE.smallest, ONE64));
    f.if(isSafe, () => f.return(bits, precisionIf(floatNe(product, a))));
  });
}

/** Ends the routine when this is the usual case. Operands may be zero, and a sum, but no product. */
export function returnNative(f: RoutineFunction, format: ElementFormat, operation: NativeOperation, mxcsr: I32): void {
  const isUnary = operation === 'squareRoot';
  const a = f.i64Parameter(0),
    b = isUnary ? a : f.i64Parameter(1);
  const isSum = operation === 'add' || operation === 'subtract';
  f.if(eqz(and(mxcsr, c(MXCSR.roundingControl))), () => {
    const result: F32 | F64 =
      format === SINGLE
        ? f.let(nativeResult(operation, f32FromBits(wrap(a)), f32FromBits(wrap(b))))
        : f.let(nativeResult(operation, f64FromBits(a), f64FromBits(b)));
    // The same type by the format, which the compiler does not follow.
    const bits = f.bind64(format === SINGLE ? extendUnsigned(bitsOfF32(result as F32)) : bitsOfF64(result as F64));
    const magnitude = f.bind64(magnitudeOf(format, bits));
    const lowest = add(format.smallest, ONE64);
    const isOutside = geUnsigned(sub(magnitude, lowest), sub(format.infinity, lowest));
    const isUnusual = isSum ? and(isOutside, gtUnsigned(magnitude, i64Const(0))) : isOutside;
    const areDenormal = isUnary ? isDenormal(format, a) : or(isDenormal(format, a), isDenormal(format, b));
    f.if(eqz(or(isUnusual, areDenormal)), () => {
      if (format === SINGLE) {
        const inexact = isSingleInexact(f, operation, f32FromBits(wrap(a)), f32FromBits(wrap(b)), result as F32);
        f.return(bits, select(inexact, c(RAISED.precision), c(0)));
      } else returnDouble(f, operation, f64FromBits(a), f64FromBits(b), result as F64, bits);
    });
  });
}
