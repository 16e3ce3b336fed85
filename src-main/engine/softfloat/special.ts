import {
  type I32,
  and,
  eq,
  eqz,
  geSigned,
  gtUnsigned,
  i64Const,
  leUnsigned,
  ne,
  or,
  select,
  shl,
  shr,
  wrap,
} from '../wasm/Expression.ts';
import { BIT62, CLASS, EXPONENT, INVALID, ONE64, ZERO64, c, exponentOf, raisedIf } from './format.ts';
import type { RoutineFunction, Value } from './RoutineFunction.ts';
import { RAISED } from './routines.ts';

/** Encodings of the extended format (SDM vol. 1, table 4-3 and 8.2.2). */
export function classify(f: RoutineFunction): void {
  const { mantissa, packed } = f.valueParameter(0);
  const exponent = f.bind(exponentOf(packed));
  f.if(eqz(exponent), () => f.return(select(eqz(mantissa), c(CLASS.zero), c(CLASS.denormal))));
  f.if(geSigned(mantissa, ZERO64), () => f.return(c(CLASS.unsupported)));
  f.if(eq(exponent, c(EXPONENT)), () => {
    f.if(eqz(shl(mantissa, ONE64)), () => f.return(c(CLASS.infinity)));
    f.return(select(wrap(and(shr(mantissa, i64Const(62)), ONE64)), c(CLASS.quietNan), c(CLASS.signallingNan)));
  });
  f.return(c(CLASS.normal));
}

/**
 * SDM vol. 1, table 4-7, column of the x87: a quiet NaN wins over a signalling one, else the larger
 * significand, and of equal ones the positive.
 */
export function propagateNan(f: RoutineFunction): void {
  const a = f.valueParameter(0),
    b = f.valueParameter(2);
  const classA = f.classOf(a),
    classB = f.classOf(b);
  f.returnIf(or(eq(classA, c(CLASS.unsupported)), eq(classB, c(CLASS.unsupported))), INVALID);
  const isSignallingA = f.bind(eq(classA, c(CLASS.signallingNan))),
    isSignallingB = f.bind(eq(classB, c(CLASS.signallingNan)));
  const flags = f.bind(raisedIf(or(isSignallingA, isSignallingB), RAISED.invalid));
  const quietA = f.bind64(or(a.mantissa, BIT62)),
    quietB = f.bind64(or(b.mantissa, BIT62));
  const signExponentA = f.bind(and(a.packed, c(0xffff))),
    signExponentB = f.bind(and(b.packed, c(0xffff)));
  const takeA = f.variable<'i32'>(
    or(gtUnsigned(quietA, quietB), and(eq(quietA, quietB), leUnsigned(signExponentA, signExponentB))),
  );
  f.if(ne(isSignallingA, isSignallingB), () => takeA.set(isSignallingB));
  f.if(eqz(isNan(classA)), () => takeA.set(c(0)));
  f.if(eqz(isNan(classB)), () => takeA.set(c(1)));
  const chosen = f.bind(takeA.get() as I32);
  f.return(select(chosen, quietA, quietB), or(select(chosen, signExponentA, signExponentB) as I32, flags));
}

/** Condition for a class: quiet or signalling NaN, or unsupported. */
export function isNan(classOf: I32): I32 {
  return gtUnsigned(classOf, c(CLASS.infinity));
}

/** FXAM (SDM vol. 2A, table 3-35). Empty registers are told apart by the caller's tag. */
export function examine(f: RoutineFunction): void {
  const C0 = 0x100,
    C1 = 0x200,
    C2 = 0x400,
    C3 = 0x4000;
  const value = f.valueParameter(0);
  const isEmpty = f.i32Parameter(2);
  const sign = f.bind(select(and(value.packed, c(0x8000)), c(C1), c(0)) as I32);
  f.if(isEmpty, () => f.return(or(sign, c(C3 | C0))));
  const classOf = f.classOf(value);
  for (const [one, code] of [
    [CLASS.normal, C2],
    [CLASS.zero, C3],
    [CLASS.denormal, C3 | C2],
    [CLASS.infinity, C2 | C0],
    [CLASS.unsupported, 0],
  ]) {
    f.if(eq(classOf, c(one)), () => f.return(or(sign, c(code))));
  }
  f.return(or(sign, c(C0)));
}

/** Ends a routine of two operands by the rules for NaNs, if one is. */
export function returnNan(f: RoutineFunction, a: Value, classA: I32, b: Value, classB: I32): void {
  f.if(or(isNan(classA), isNan(classB)), () => {
    f.returnValue(f.value('propagateNan', a.mantissa, a.packed, b.mantissa, b.packed));
  });
}
