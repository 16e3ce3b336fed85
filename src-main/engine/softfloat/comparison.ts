import { and, eq, eqz, gtSigned, gtUnsigned, ltSigned, or, select, shr, type I32 } from '../wasm/Expression.ts';
import { CLASS, c, denormalRaised, exponentOf, isPlain, signOf, unpackFinite } from './format.ts';
import type { RoutineFunction, Unpacked } from './RoutineFunction.ts';
import { RAISED, RAISED_SHIFT } from './routines.ts';
import { isNan } from './special.ts';

const C0 = 0x100,
  C2 = 0x400,
  C3 = 0x4000;
const BELOW = c(C0),
  ABOVE = c(0),
  EQUAL = c(C3),
  UNORDERED = C3 | C2 | C0;

/** FCOM and FUCOM (SDM vol. 2A, tables 3-21 and 3-50). */
export function compare(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2),
    isQuietAllowed = f.i32Parameter(4);
  f.if(and(isPlain(a), isPlain(b)), () => {
    returnOrder(
      f,
      { sign: signOf(a.packed), exponent: f.bind(exponentOf(a.packed)), mantissa: a.mantissa },
      { sign: signOf(b.packed), exponent: f.bind(exponentOf(b.packed)), mantissa: b.mantissa },
      c(0),
    );
  });
  const classA = f.classOf(a),
    classB = f.classOf(b);
  f.if(or(isNan(classA), isNan(classB)), () => {
    const isLoud = (one: I32): I32 => gtUnsigned(one, c(CLASS.quietNan));
    const isInvalid = or(eqz(isQuietAllowed), or(isLoud(classA), isLoud(classB)));
    f.return(select(isInvalid, c(UNORDERED | RAISED.invalid), c(UNORDERED)));
  });
  const flags = f.bind(shr(denormalRaised(f, a, classA, b, classB), c(RAISED_SHIFT)));
  f.if(eqz(classA), () => {
    f.if(eqz(classB), () => f.return(EQUAL));
    f.return(or(select(signOf(b.packed), ABOVE, BELOW) as I32, flags));
  });
  f.if(eqz(classB), () => f.return(or(select(signOf(a.packed), BELOW, ABOVE) as I32, flags)));
  returnOrder(f, unpackFinite(f, a), unpackFinite(f, b), flags);
  f.unreachable();
}

/** Compares two normalised numbers; infinity's exponent is larger than any other. */
function returnOrder(f: RoutineFunction, a: Unpacked, b: Unpacked, flags: I32): void {
  const signA = f.bind(a.sign);
  const whenLarger = f.bind(or(select(signA, BELOW, ABOVE) as I32, flags)),
    whenSmaller = f.bind(or(select(signA, ABOVE, BELOW) as I32, flags));
  f.if({ type: 'i32', code: [signA.code, b.sign.code, 0x47] }, () => f.return(whenLarger));
  f.if(gtSigned(a.exponent, b.exponent), () => f.return(whenLarger));
  f.if(ltSigned(a.exponent, b.exponent), () => f.return(whenSmaller));
  f.if(gtUnsigned(a.mantissa, b.mantissa), () => f.return(whenLarger));
  f.return(select(eq(a.mantissa, b.mantissa), or(EQUAL, flags), whenSmaller));
}
