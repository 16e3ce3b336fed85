import {
  type I32,
  type I64,
  add,
  and,
  eqz,
  extendUnsigned,
  i64Const,
  leSigned,
  load,
  ne,
  or,
  shl,
  shr,
  shrSigned,
  sub,
  wrap,
} from '../../wasm/Expression.ts';
import { c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import { SINGLE, isInfinite, isNan } from './elements.ts';
import { INTERVALS } from './reciprocalTables.ts';

const { sign, infinity, defaultNan, quiet, fractionBits, bias } = SINGLE;

/** The table's number in `reciprocalTables`, and the result's biased exponent. */
function returnApproximation(f: RoutineFunction, tables: number, table: I32, exponent: I32): void {
  const a = f.i64Parameter(0);
  const interval = and(wrap(shr(a, i64Const(fractionBits - Math.log2(INTERVALS)))), c(INTERVALS - 1));
  const entry = add(shl(table, c(Math.log2(2 * INTERVALS))), shl(interval, c(1)));
  const fraction = shl(load(entry, 16, tables), c(fractionBits - Math.log2(INTERVALS)));
  f.return(or(and(a, sign), extendUnsigned(or(shl(exponent, c(fractionBits)), fraction))));
}

/** NaNs become quiet; zeros, and denormals as if they were, give infinity. */
function returnSpecial(f: RoutineFunction): I32 {
  const a = f.i64Parameter(0);
  f.if(isNan(SINGLE, a), () => f.return(or(a, quiet)));
  const exponent = f.bind(and(wrap(shr(a, i64Const(fractionBits))), c(SINGLE.exponentMask)));
  f.if(eqz(and(a, infinity)), () => f.return(or(and(a, sign), infinity)));
  return exponent;
}

/** RCPSS. Results that would be denormal are zeros. */
export function reciprocal(tables: number): (f: RoutineFunction) => void {
  return (f) => {
    const exponent = returnSpecial(f);
    // A result from a half to one has an exponent of one less than the bias.
    const result = f.bind(sub(c(2 * bias - 1), exponent));
    f.if(leSigned(result, c(0)), () => f.return(and(f.i64Parameter(0), sign)));
    returnApproximation(f, tables, c(0), result);
  };
}

/** RSQRTSS. */
export function reciprocalRoot(tables: number): (f: RoutineFunction) => void {
  return (f) => {
    const a: I64 = f.i64Parameter(0);
    const exponent = returnSpecial(f);
    f.if(ne(wrap(and(a, sign)), c(0)), () => f.return(defaultNan));
    f.if(isInfinite(SINGLE, a), () => f.return(i64Const(0)));
    const unbiased = f.bind(sub(exponent, c(bias)));
    const table = add(c(1), and(unbiased, c(1)));
    returnApproximation(f, tables, table, sub(c(bias - 1), shrSigned(unbiased, c(1))));
  };
}
