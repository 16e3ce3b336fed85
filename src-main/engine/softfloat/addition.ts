import {
  type I32,
  type I64,
  add,
  and,
  clz,
  eq,
  eqz,
  extendUnsigned,
  i64Const,
  ltSigned,
  ltUnsigned,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import {
  BIT63,
  CLASS,
  CONTROL,
  INVALID,
  ONE64,
  ZERO64,
  c,
  denormalRaised,
  isPlain,
  returnRounded,
  signOf,
  sticky,
  unpackFinite,
  unpackPlain,
  widen,
  withRaised,
  zero,
} from './format.ts';
import type { RoutineFunction, Unpacked, Value } from './RoutineFunction.ts';
import { returnNan } from './special.ts';

/** FADD, and FSUB with the second operand's sign reversed. */
export function addition(flip: 0 | 0x8000): (f: RoutineFunction) => void {
  return (f) => {
    const a = f.valueParameter(0),
      b = f.valueParameter(2),
      control = f.i32Parameter(4);
    f.if(and(isPlain(a), isPlain(b)), () => {
      const right = unpackPlain(f, b);
      addUnpacked(f, unpackPlain(f, a), { ...right, sign: f.bind(xor(right.sign, c(flip))) }, control);
    });
    f.returnValue(f.value('addSpecial', a.mantissa, a.packed, b.mantissa, b.packed, control, c(flip)));
  };
}

export function addFinite(f: RoutineFunction): void {
  addUnpacked(f, unpackedParameter(f, 0), unpackedParameter(f, 3), f.i32Parameter(6));
}

function unpackedParameter(f: RoutineFunction, index: number): Unpacked {
  return {
    sign: f.i32Parameter(index),
    exponent: f.i32Parameter(index + 1),
    mantissa: f.i64Parameter(index + 2),
  };
}

/** Sum of two normalised numbers; ends the routine. */
function addUnpacked(f: RoutineFunction, a: Unpacked, b: Unpacked, control: I32): void {
  const isSwapped = f.bind(ltSigned(a.exponent, b.exponent));
  const pick = (whenSwapped: I32, otherwise: I32): I32 => f.bind(select(isSwapped, whenSwapped, otherwise) as I32);
  const exponent = pick(b.exponent, a.exponent);
  const distance = f.bind(sub(exponent, pick(a.exponent, b.exponent)));
  const large = f.bind64(select(isSwapped, b.mantissa, a.mantissa) as I64);
  const small = f.bind64(select(isSwapped, a.mantissa, b.mantissa) as I64);
  const sign = pick(b.sign, a.sign);

  // The smaller number, moved to the larger one's exponent: 128 bits.
  const high = f.variable<'i64'>(ZERO64),
    low = f.variable<'i64'>(ONE64);
  const by = f.bind64(extendUnsigned(distance));
  f.if(
    ltUnsigned(distance, c(64)),
    () => {
      high.set(shr(small, by));
      low.set(shl(shl(small, ONE64), sub(i64Const(63), by)));
    },
    () => {
      f.if(ltUnsigned(distance, c(128)), () => {
        const rest = f.bind64(sub(by, i64Const(64)));
        const kept = f.bind64(shr(small, rest));
        low.set(or(kept, widen(ne(shl(kept, rest), small))));
      });
    },
  );

  f.if(
    eq(a.sign, b.sign),
    () => {
      const sum = f.bind64(add(large, high.get()));
      f.if(ltUnsigned(sum, large), () => {
        const carried = or(or(shl(sum, i64Const(63)), shr(low.get(), ONE64)), and(low.get(), ONE64));
        returnRounded(
          f,
          { sign, exponent: add(exponent, c(1)), high: or(shr(sum, ONE64), BIT63), low: carried },
          control,
        );
      });
      returnRounded(f, { sign, exponent, high: sum, low: low.get() }, control);
    },
    () => returnDifference(f, { sign, exponent, large, high: high.get(), low: low.get() }, control),
  );
  f.unreachable();
}

interface Difference {
  readonly sign: I32;
  readonly exponent: I32;
  readonly large: I64;
  readonly high: I64;
  readonly low: I64;
}

/** large - high:low, where only equal exponents let it be negative or zero. */
function returnDifference(f: RoutineFunction, d: Difference, control: I32): void {
  const low = f.bind64(sub(ZERO64, d.low));
  const difference = f.bind64(sub(sub(d.large, d.high), sticky(d.low)));
  const isNegative = f.bind(and(ltUnsigned(d.large, d.high), eqz(d.low)));
  const magnitude = f.bind64(select(isNegative, sub(ZERO64, difference), difference) as I64);
  f.returnIf(eqz(or(magnitude, low)), zero(exactZeroSign(control)));
  const sign = f.bind(xor(d.sign, shl(isNegative, c(15))));
  const isShort = f.bind(eqz(magnitude));
  const top = f.bind64(select(isShort, low, magnitude) as I64),
    rest = f.bind64(select(isShort, ZERO64, low) as I64);
  const shift = f.bind64(clz(top));
  const exponent = sub(sub(d.exponent, shl(isShort, c(6))), wrap(shift));
  const high = or(shl(top, shift), shr(shr(rest, ONE64), sub(i64Const(63), shift)));
  returnRounded(f, { sign, exponent, high, low: shl(rest, shift) }, control);
}

/** Sign of an exact zero sum: negative only when rounding down (SDM vol. 1, 4.8.3.1). */
function exactZeroSign(control: I32): I32 {
  return shl(eq(and(control, c(CONTROL.roundingControl)), c(CONTROL.roundDown)), c(15));
}

/** Sums with zeros, denormals, infinities or NaNs. The last parameter reverses the second operand's sign. */
export function addSpecial(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    original = f.valueParameter(2),
    control = f.i32Parameter(4);
  const classA = f.classOf(a),
    classB = f.classOf(original);
  returnNan(f, a, classA, original, classB);
  const b: Value = { mantissa: original.mantissa, packed: f.bind(xor(original.packed, f.i32Parameter(5))) };
  const flags = denormalRaised(f, a, classA, b, classB);
  const isInfinite = (one: I32): I32 => eq(one, c(CLASS.infinity));
  f.if(isInfinite(classA), () => {
    f.returnIf(and(isInfinite(classB), ne(signOf(a.packed), signOf(b.packed))), INVALID);
    f.returnValue(withRaised(a, flags));
  });
  f.if(isInfinite(classB), () => f.returnValue(withRaised(b, flags)));
  const isZero = (one: I32): I32 => eqz(one);
  f.if(and(isZero(classA), isZero(classB)), () => {
    const isSame = eq(signOf(a.packed), signOf(b.packed));
    f.return(ZERO64, select(isSame, signOf(a.packed), exactZeroSign(control)));
  });
  const returnAlone = (value: Value): void => {
    const number = unpackFinite(f, value);
    const rounded = f.value('round', number.sign, number.exponent, number.mantissa, ZERO64, control);
    f.return(rounded.mantissa, or(rounded.packed, flags));
  };
  f.if(isZero(classA), () => returnAlone(b));
  f.if(isZero(classB), () => returnAlone(a));
  const left = unpackFinite(f, a),
    right = unpackFinite(f, b);
  const sum = f.value(
    'addFinite',
    ...[left.sign, left.exponent, left.mantissa, right.sign, right.exponent, right.mantissa, control],
  );
  f.return(sum.mantissa, or(sum.packed, flags));
}
