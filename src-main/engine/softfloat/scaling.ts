import {
  type I32,
  type I64,
  add,
  and,
  clz,
  eq,
  eqz,
  extendUnsigned,
  geSigned,
  ltSigned,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
} from '../wasm/Expression.ts';
import {
  BIAS,
  CLASS,
  CONTROL,
  INVALID,
  SIGN,
  ZERO64,
  c,
  denormalRaised,
  exponentOf,
  infinity,
  raised,
  raisedIf,
  signOf,
  unpackFinite,
  withRaised,
  zero,
} from './format.ts';
import type { RoutineFunction } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';
import { isNan, returnNan } from './special.ts';

/** More than any exponent can be moved by within the format, denormals included. */
const FARTHEST = 0x1_8000;

/** FSCALE: ST(0) times two to the power of ST(1) chopped (SDM vol. 2A, table 3-38). */
export function scale(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    control = f.bind(or(f.i32Parameter(4), c(CONTROL.extended)));
  const classA = f.classOf(a),
    classB = f.classOf(b);
  returnNan(f, a, classA, b, classB);
  const flags = denormalRaised(f, a, classA, b, classB);
  const sign = f.bind(signOf(a.packed)),
    isDown = f.bind(signOf(b.packed));
  const isInfiniteA = f.bind(eq(classA, c(CLASS.infinity)));
  f.if(eq(classB, c(CLASS.infinity)), () => {
    f.returnIf(select(isDown, isInfiniteA, eqz(classA)) as I32, INVALID);
    f.if(isDown, () => f.returnValue(withRaised(zero(sign), flags)));
    f.returnValue(withRaised(infinity(sign), flags));
  });
  f.if(or(isInfiniteA, eqz(classA)), () => f.returnValue(withRaised(a, flags)));
  const distance = f.variable<'i32'>(c(0));
  const exponent = f.bind(sub(exponentOf(b.packed), c(BIAS)));
  f.if(geSigned(exponent, c(0)), () => {
    const whole = wrap(shr(b.mantissa, extendUnsigned(sub(c(63), exponent))));
    distance.set(select(geSigned(exponent, c(16)), c(FARTHEST), whole));
    f.if(isDown, () => distance.set(sub(c(0), distance.get() as I32)));
  });
  const number = unpackFinite(f, a);
  const moved = add(number.exponent, distance.get() as I32);
  const result = f.value('round', sign, moved, number.mantissa, ZERO64, control);
  f.return(result.mantissa, or(result.packed, flags));
}

/** FXTRACT: exponent and significand; of zero an infinite exponent and a division by zero (SDM vol. 2A). */
export function extract(f: RoutineFunction): void {
  const a = f.valueParameter(0);
  const classA = f.classOf(a);
  f.if(isNan(classA), () => {
    const nan = f.value('propagateNan', a.mantissa, a.packed, a.mantissa, a.packed);
    f.return(nan.mantissa, nan.packed, nan.mantissa, and(nan.packed, c(0xffff)));
  });
  f.if(eqz(classA), () => {
    const below = infinity(c(SIGN));
    f.return(ZERO64, or(a.packed, raised(RAISED.zeroDivide)), below.mantissa, below.packed);
  });
  f.if(eq(classA, c(CLASS.infinity)), () => {
    const above = infinity(c(0));
    f.return(a.mantissa, a.packed, above.mantissa, above.packed);
  });
  const number = unpackFinite(f, a);
  const flags = raisedIf(eq(classA, c(CLASS.denormal)), RAISED.denormal);
  const power = f.bind(sub(number.exponent, c(BIAS)));
  const isNegative = f.bind(ltSigned(power, c(0)));
  const magnitude = f.bind64(extendUnsigned(select(isNegative, sub(c(0), power), power) as I32));
  const shift = f.bind64(clz(magnitude));
  const biased = select(eqz(magnitude), c(0), sub(c(BIAS + 63), wrap(shift))) as I32;
  const powerMantissa: I64 = select(eqz(magnitude), ZERO64, shl(magnitude, shift)) as I64;
  f.return(number.mantissa, or(or(number.sign, c(BIAS)), flags), powerMantissa, or(shl(isNegative, c(15)), biased));
}
