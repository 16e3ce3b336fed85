import {
  type I32,
  type I64,
  add,
  and,
  clz,
  eq,
  eqz,
  extendUnsigned,
  geUnsigned,
  i64Const,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import {
  BIAS,
  CLASS,
  INVALID,
  ZERO64,
  c,
  denormalRaised,
  exponentOf,
  infinity,
  isPlain,
  raised,
  returnRounded,
  signOf,
  unpackFinite,
  withRaised,
  zero,
} from './format.ts';
import type { RoutineFunction, Value } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';
import { returnNan } from './special.ts';
import { emitMultiplyWide, fractionOfRemainder } from './wide.ts';

function productSign(a: Value, b: Value): I32 {
  return signOf(xor(a.packed, b.packed));
}

/** FMUL. */
export function multiply(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    control = f.i32Parameter(4);
  f.if(and(isPlain(a), isPlain(b)), () => {
    const exponent = add(exponentOf(a.packed), exponentOf(b.packed));
    returnProduct(f, productSign(a, b), exponent, a.mantissa, b.mantissa, control);
  });
  f.returnValue(f.value('multiplySpecial', a.mantissa, a.packed, b.mantissa, b.packed, control));
}

export function multiplyFinite(f: RoutineFunction): void {
  const [a, b] = [f.i64Parameter(2), f.i64Parameter(3)];
  returnProduct(f, f.i32Parameter(0), f.i32Parameter(1), a, b, f.i32Parameter(4));
}

/** @param exponents sum of both biased exponents */
function returnProduct(f: RoutineFunction, sign: I32, exponents: I32, a: I64, b: I64, control: I32): void {
  const [high, low] = emitMultiplyWide(f, a, b);
  // The product of two numbers in [1, 2) lies in [1, 4).
  const shift = f.bind64(clz(high));
  const exponent = sub(add(exponents, c(1 - BIAS)), wrap(shift));
  const carried = and(shr(low, i64Const(63)), shift);
  returnRounded(f, { sign, exponent, high: or(shl(high, shift), carried), low: shl(low, shift) }, control);
}

export function multiplySpecial(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    control = f.i32Parameter(4);
  const classA = f.classOf(a),
    classB = f.classOf(b);
  returnNan(f, a, classA, b, classB);
  const flags = denormalRaised(f, a, classA, b, classB);
  const sign = f.bind(productSign(a, b));
  const isInfinite = f.bind(or(eq(classA, c(CLASS.infinity)), eq(classB, c(CLASS.infinity))));
  const isZero = f.bind(or(eqz(classA), eqz(classB)));
  f.returnIf(and(isInfinite, isZero), INVALID);
  f.if(isInfinite, () => f.returnValue(withRaised(infinity(sign), flags)));
  f.if(isZero, () => f.returnValue(withRaised(zero(sign), flags)));
  const left = unpackFinite(f, a),
    right = unpackFinite(f, b);
  const exponents = add(left.exponent, right.exponent);
  const product = f.value('multiplyFinite', sign, exponents, left.mantissa, right.mantissa, control);
  f.return(product.mantissa, or(product.packed, flags));
}

/** FDIV. */
export function divide(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    control = f.i32Parameter(4);
  f.if(and(isPlain(a), isPlain(b)), () => {
    const exponent = sub(exponentOf(a.packed), exponentOf(b.packed));
    returnQuotient(f, productSign(a, b), exponent, a.mantissa, b.mantissa, control);
  });
  f.returnValue(f.value('divideSpecial', a.mantissa, a.packed, b.mantissa, b.packed, control));
}

export function divideFinite(f: RoutineFunction): void {
  const [a, b] = [f.i64Parameter(2), f.i64Parameter(3)];
  returnQuotient(f, f.i32Parameter(0), f.i32Parameter(1), a, b, f.i32Parameter(4));
}

/** @param exponents difference of the biased exponents */
function returnQuotient(f: RoutineFunction, sign: I32, exponents: I32, a: I64, b: I64, control: I32): void {
  // The dividend is halved where needed, so that the quotient has 64 bits and fits in them.
  const isHalved = f.bind(geUnsigned(a, b));
  const by = f.bind64(extendUnsigned(isHalved));
  const low = select(isHalved, shl(a, i64Const(63)), ZERO64) as I64;
  const [quotient, remainder] = f.pair('divideWide', shr(a, by), low, b);
  const exponent = add(add(exponents, c(BIAS - 1)), isHalved);
  returnRounded(f, { sign, exponent, high: quotient, low: fractionOfRemainder(f, remainder, b) }, control);
}

export function divideSpecial(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    control = f.i32Parameter(4);
  const classA = f.classOf(a),
    classB = f.classOf(b);
  returnNan(f, a, classA, b, classB);
  const flags = denormalRaised(f, a, classA, b, classB);
  const sign = f.bind(productSign(a, b));
  f.if(eq(classA, c(CLASS.infinity)), () => {
    f.returnIf(eq(classB, c(CLASS.infinity)), INVALID);
    f.returnValue(withRaised(infinity(sign), flags));
  });
  f.if(eq(classB, c(CLASS.infinity)), () => f.returnValue(withRaised(zero(sign), flags)));
  f.if(eqz(classB), () => {
    f.returnIf(eqz(classA), INVALID);
    f.returnValue(withRaised(infinity(sign), raised(RAISED.zeroDivide)));
  });
  f.if(eqz(classA), () => f.returnValue(withRaised(zero(sign), flags)));
  const left = unpackFinite(f, a),
    right = unpackFinite(f, b);
  const exponents = sub(left.exponent, right.exponent);
  const quotient = f.value('divideFinite', sign, exponents, left.mantissa, right.mantissa, control);
  f.return(quotient.mantissa, or(quotient.packed, flags));
}
