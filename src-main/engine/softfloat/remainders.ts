import {
  type I32,
  type I64,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  geSigned,
  geUnsigned,
  gtUnsigned,
  i64Const,
  ltSigned,
  or,
  select,
  shl,
  shr,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import { CLASS, CONTROL, INVALID, ONE64, ZERO64, c, denormalRaised, unpackFinite, withRaised } from './format.ts';
import type { RoutineFunction, Value } from './RoutineFunction.ts';
import { NO_QUOTIENT } from './routines.ts';
import { isNan } from './special.ts';

const C0 = 0x100,
  C1 = 0x200,
  C2 = 0x400,
  C3 = 0x4000;

/** FPREM (towards zero) and FPREM1 (to nearest): SDM vol. 2A. */
export function remainderBy(isNearest: boolean): (f: RoutineFunction) => void {
  return (f) => {
    const a = f.valueParameter(0),
      b = f.valueParameter(2),
      control = f.bind(or(f.i32Parameter(4), c(CONTROL.extended)));
    const classA = f.classOf(a),
      classB = f.classOf(b);
    const finish = (value: Value, conditions: I32 = c(0)): void => f.return(value.mantissa, value.packed, conditions);
    f.if(or(isNan(classA), isNan(classB)), () => {
      finish(f.value('propagateNan', a.mantissa, a.packed, b.mantissa, b.packed), c(NO_QUOTIENT));
    });
    f.if(or(eq(classA, c(CLASS.infinity)), eqz(classB)), () => finish(INVALID, c(NO_QUOTIENT)));
    const flags = denormalRaised(f, a, classA, b, classB);
    f.if(eqz(classA), () => finish(withRaised(a, flags)));

    const roundExact = (sign: I32, exponent: I32, mantissa: I64): Value => {
      const shift = f.bind64({ type: 'i64', code: [mantissa.code, 0x79] });
      const rounded = f.value('round', sign, sub(exponent, wrap(shift)), shl(mantissa, shift), ZERO64, control);
      return { mantissa: rounded.mantissa, packed: or(rounded.packed, flags) };
    };
    const left = unpackFinite(f, a);
    f.if(eq(classB, c(CLASS.infinity)), () => finish(roundExact(left.sign, left.exponent, left.mantissa)));
    const right = unpackFinite(f, b);
    const divisor = right.mantissa;
    const distance = f.bind(sub(left.exponent, right.exponent));
    // Less than half of the divisor: nothing to take away.
    f.if(ltSigned(distance, c(-1)), () => finish(roundExact(left.sign, left.exponent, left.mantissa)));
    if (!isNearest) {
      f.if(ltSigned(distance, c(0)), () => finish(roundExact(left.sign, left.exponent, left.mantissa)));
    }

    f.if(geSigned(distance, c(64)), () => {
      // Between 32 and 63 bits of the quotient at a time; the rest is still to be done (C2).
      const bits = f.bind(or(and(distance, c(31)), c(32)));
      const [, rest] = divideShifted(f, left.mantissa, bits, divisor);
      const exponent = sub(add(right.exponent, distance), bits);
      f.if(eqz(rest), () => f.return(ZERO64, or(left.sign, flags), c(C2)));
      finish(roundExact(left.sign, exponent, rest), c(C2));
    });

    const quotient = f.variable<'i64'>(ZERO64),
      rest = f.variable<'i64'>(left.mantissa),
      sign = f.variable<'i32'>(left.sign);
    const exponent = f.variable<'i32'>(right.exponent);
    f.if(
      ltSigned(distance, c(0)),
      // Only FPREM1 comes here: the dividend is between a quarter of the divisor and all of it.
      () => exponent.set(left.exponent),
      () => {
        const [whole, left64] = divideShifted(f, left.mantissa, distance, divisor);
        quotient.set(whole);
        rest.set(left64);
      },
    );
    if (isNearest) {
      const now = f.bind64(rest.get() as I64);
      // With the dividend's exponent one below, the divisor has twice the weight.
      const isBelow = f.bind(ltSigned(distance, c(0)));
      f.if(
        isBelow,
        () => {
          f.if(gtUnsigned(now, divisor), () => {
            // Divisor minus dividend in units of the dividend: 2 * divisor - dividend.
            rest.set(sub(shl(divisor, ONE64), now));
            quotient.set(ONE64);
            sign.set(xor(left.sign, c(0x8000)));
          });
        },
        () => {
          const opposite = f.bind64(sub(divisor, now));
          const isUp = or(gtUnsigned(now, opposite), and(eq(now, opposite), wrap(and(quotient.get() as I64, ONE64))));
          f.if(isUp, () => {
            rest.set(opposite);
            quotient.set(add(quotient.get(), ONE64));
            sign.set(xor(left.sign, c(0x8000)));
          });
        },
      );
    }
    const low = f.bind(wrap(quotient.get() as I64));
    const bit = (index: number, condition: number): I32 => select(and(low, c(1 << index)), c(condition), c(0)) as I32;
    const conditions = f.bind(or(or(bit(0, C1), bit(1, C3)), bit(2, C0)));
    f.if(eqz(rest.get() as I64), () => f.return(ZERO64, or(left.sign, flags), conditions));
    finish(roundExact(sign.get() as I32, exponent.get() as I32, rest.get() as I64), conditions);
    f.unreachable();
  };
}

/** Quotient and remainder of mantissa * 2^bits by a normalised divisor; bits 0 to 63. */
function divideShifted(f: RoutineFunction, mantissa: I64, bits: I32, divisor: I64): [I64, I64] {
  const by = f.bind64(extendUnsigned(bits));
  const quotient = f.variable<'i64'>(ZERO64),
    rest = f.variable<'i64'>(ZERO64);
  f.if(
    eqz(bits),
    () => {
      const fits = f.bind(geUnsigned(mantissa, divisor));
      quotient.set(extendUnsigned(fits));
      rest.set(sub(mantissa, select(fits, divisor, ZERO64) as I64));
    },
    () => {
      const high = shr(shr(mantissa, ONE64), sub(i64Const(63), by));
      const [whole, left] = f.pair('divideWide', high, shl(mantissa, by), divisor);
      quotient.set(whole);
      rest.set(left);
    },
  );
  return [f.bind64(quotient.get() as I64), f.bind64(rest.get() as I64)];
}
