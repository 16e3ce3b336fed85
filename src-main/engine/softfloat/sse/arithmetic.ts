import {
  type I32,
  type I64,
  add,
  and,
  divUnsigned,
  eq,
  eqz,
  extendUnsigned,
  gtUnsigned,
  i64Const,
  mul,
  ne,
  or,
  remUnsigned,
  select,
  shl,
  shr,
  sub,
  wrap,
  xor,
} from '../../wasm/Expression.ts';
import { bitsOfF64, f32FromBits, floatSqrt, promote } from '../../wasm/floats.ts';
import { signBitOf } from '../floats.ts';
import { BIAS, BIT63, ONE64, ZERO64, c, sticky } from '../format.ts';
import type { RoutineFunction, Unpacked } from '../RoutineFunction.ts';
import { RAISED } from '../routines.ts';
import { emitSquareRoot } from '../squareRoot.ts';
import { emitMultiplyWide } from '../wide.ts';
import {
  DOUBLE,
  type ElementFormat,
  isInfinite,
  isZero,
  magnitudeOf,
  returnInvalid,
  returnNan,
  returnRoundedElement,
  signOf,
  takeDenormals,
  unpack,
} from './elements.ts';
import { MXCSR } from './mxcsr.ts';
import { type NativeOperation, returnNative } from './native.ts';

type Body = (f: RoutineFunction) => void;

/** What is left of an operation when it is not the usual case: two operands that are no NaNs, denormals taken as MXCSR says, and MXCSR. */
function takeTwo(
  f: RoutineFunction,
  format: ElementFormat,
  operation: NativeOperation,
): { a: I64; b: I64; mxcsr: I32; raised: I32 } {
  const mxcsr = f.i32Parameter(2);
  returnNative(f, format, operation, mxcsr);
  returnNan(f, format, f.i64Parameter(0), f.i64Parameter(1));
  const { values, raised } = takeDenormals(f, format, [f.i64Parameter(0), f.i64Parameter(1)], mxcsr);
  return { a: values[0], b: values[1], mxcsr, raised };
}

/** a + b, or a - b. */
export function addition(format: ElementFormat, isSubtraction: boolean): Body {
  return (f) => {
    const { a, b: second, mxcsr, raised } = takeTwo(f, format, isSubtraction ? 'subtract' : 'add');
    const b = isSubtraction ? f.bind64(xor(second, format.sign)) : second;
    const haveSameSign = eqz(and(xor(a, b), format.sign));
    f.if(isInfinite(format, a), () => {
      f.if(and(isInfinite(format, b), eqz(haveSameSign)), () => returnInvalid(f, format));
      f.return(a, raised);
    });
    f.if(isInfinite(format, b), () => f.return(b, raised));

    const isSwapped = f.bind(gtUnsigned(magnitudeOf(format, b), magnitudeOf(format, a)));
    const large = unpack(f, format, f.bind64(select(isSwapped, b, a) as I64));
    const small = unpack(f, format, f.bind64(select(isSwapped, a, b) as I64));
    // One place is left free above for the carry; below are enough for a guard and what lies behind it.
    const distance = f.bind(sub(large.exponent, small.exponent));
    const term = f.bind64(shr(small.mantissa, ONE64));
    const by = f.bind64(extendUnsigned(distance));
    const behind = shl(shl(term, ONE64), sub(i64Const(63), by));
    const aligned = f.bind64(
      select(gtUnsigned(distance, c(62)), sticky(term), or(shr(term, by), sticky(behind))) as I64,
    );
    const sum = f.bind64(
      add(shr(large.mantissa, ONE64), select(eq(large.sign, small.sign), aligned, sub(ZERO64, aligned)) as I64),
    );
    f.if(eqz(sum), () => {
      // Zeros of one sign keep it; otherwise a difference of nothing is positive, and negative when rounding down.
      const isDown = eq(and(mxcsr, c(MXCSR.roundingControl)), c(MXCSR.roundDown));
      f.return(select(haveSameSign, and(a, b), select(isDown, format.sign, ZERO64)), raised);
    });
    returnRoundedElement(
      f,
      format,
      { sign: large.sign, exponent: add(large.exponent, c(1)), mantissa: sum },
      mxcsr,
      raised,
    );
  };
}

export function multiplication(format: ElementFormat): Body {
  return (f) => {
    const { a, b, mxcsr, raised } = takeTwo(f, format, 'multiply');
    const sign = f.bind(signOf(format, xor(a, b)));
    const isAnyZero = f.bind(or(isZero(format, a), isZero(format, b)));
    f.if(or(isInfinite(format, a), isInfinite(format, b)), () => {
      f.if(isAnyZero, () => returnInvalid(f, format));
      f.return(or(signBitOf(format, sign), format.infinity), raised);
    });
    f.if(isAnyZero, () => f.return(signBitOf(format, sign), raised));
    const x = unpack(f, format, a),
      y = unpack(f, format, b);
    returnRoundedElement(
      f,
      format,
      {
        sign,
        exponent: sub(add(x.exponent, y.exponent), c(BIAS - 1)),
        mantissa: f.bind64(productOf(f, format, x, y)),
      },
      mxcsr,
      raised,
    );
  };
}

/** The product's upper 64 of 128 bits. */
function productOf(f: RoutineFunction, format: ElementFormat, x: Unpacked, y: Unpacked): I64 {
  if (format === DOUBLE) {
    const [high, low] = emitMultiplyWide(f, x.mantissa, y.mantissa);
    return or(high, sticky(low));
  }
  // Of singles only the upper 24 bits of a mantissa are in use.
  return shl(mul(shr(x.mantissa, i64Const(40)), shr(y.mantissa, i64Const(40))), i64Const(16));
}

export function division(format: ElementFormat): Body {
  return (f) => {
    const { a, b, mxcsr, raised } = takeTwo(f, format, 'divide');
    const sign = f.bind(signOf(format, xor(a, b)));
    f.if(isInfinite(format, a), () => {
      f.if(isInfinite(format, b), () => returnInvalid(f, format));
      f.return(or(signBitOf(format, sign), format.infinity), raised);
    });
    f.if(isInfinite(format, b), () => f.return(signBitOf(format, sign), raised));
    f.if(isZero(format, b), () => {
      f.if(isZero(format, a), () => returnInvalid(f, format));
      f.return(or(signBitOf(format, sign), format.infinity), c(RAISED.zeroDivide));
    });
    f.if(isZero(format, a), () => f.return(signBitOf(format, sign), raised));
    const x = unpack(f, format, a),
      y = unpack(f, format, b);
    const difference = sub(x.exponent, y.exponent);
    const { quotient, places } = quotientOf(f, format, x, y);
    returnRoundedElement(
      f,
      format,
      { sign, exponent: add(difference, c(BIAS + 63 - places)), mantissa: quotient },
      mxcsr,
      raised,
    );
  };
}

/** The quotient of the mantissas times 2^places. */
function quotientOf(
  f: RoutineFunction,
  format: ElementFormat,
  x: Unpacked,
  y: Unpacked,
): { quotient: I64; places: number } {
  if (format === DOUBLE) {
    // The mantissas' low bits are zeros, so nothing is lost by halving.
    const [quotient, remainder] = f.pair('divideWide', shr(x.mantissa, ONE64), ZERO64, y.mantissa);
    return { quotient: f.bind64(or(quotient, sticky(remainder))), places: 63 };
  }
  const divisor = f.bind64(shr(y.mantissa, i64Const(40)));
  const quotient = or(divUnsigned(x.mantissa, divisor), sticky(remUnsigned(x.mantissa, divisor)));
  return { quotient: f.bind64(quotient), places: 40 };
}

export function squareRoot(format: ElementFormat): Body {
  return (f) => {
    const mxcsr = f.i32Parameter(1);
    returnNative(f, format, 'squareRoot', mxcsr);
    returnNan(f, format, f.i64Parameter(0), f.i64Parameter(0));
    const { values, raised } = takeDenormals(f, format, [f.i64Parameter(0)], mxcsr);
    const [a] = values;
    f.if(isZero(format, a), () => f.return(a, raised));
    f.if(ne(signOf(format, a), c(0)), () => returnInvalid(f, format));
    f.if(isInfinite(format, a), () => f.return(a, raised));
    returnRoundedElement(f, format, rootOf(f, format, a), mxcsr, raised);
  };
}

function rootOf(f: RoutineFunction, format: ElementFormat, a: I64): Unpacked {
  if (format === DOUBLE) {
    const { exponent, root, fraction } = emitSquareRoot(f, unpack(f, format, a));
    return { sign: c(0), exponent, mantissa: f.bind64(or(root, sticky(fraction))) };
  }
  // A double's root of a single is exact, or not so near to a single or halfway between two that rounding it again matters.
  const root = f.bind64(bitsOfF64(floatSqrt(promote(f32FromBits(wrap(a))))));
  return {
    sign: c(0),
    exponent: f.bind(add(wrap(shr(root, i64Const(52))), c(BIAS - DOUBLE.bias))),
    mantissa: f.bind64(or(shl(root, i64Const(11)), BIT63)),
  };
}
