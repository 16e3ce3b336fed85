import { type I32, and, eqz, extendSigned, i64Const, or, select, shl, shr, sub } from '../../wasm/Expression.ts';
import { floatEq, floatGt, floatLt } from '../../wasm/floats.ts';
import { c } from '../format.ts';
import type { RoutineFunction } from '../RoutineFunction.ts';
import { RAISED } from '../routines.ts';
import { type ElementFormat, type Operands, floatOf, isNan, takeDenormals } from './elements.ts';

type Body = (f: RoutineFunction) => void;

/** How two numbers stand to each other. */
interface Relation {
  readonly isLess: I32;
  readonly isEqual: I32;
  readonly isGreater: I32;
  readonly isUnordered: I32;
}

function relate(f: RoutineFunction, format: ElementFormat, { values: [a, b] }: Operands): Relation {
  const [left, right] = [floatOf(format, a), floatOf(format, b)];
  return {
    isLess: f.bind(floatLt(left, right)),
    isEqual: f.bind(floatEq(left, right)),
    isGreater: f.bind(floatGt(left, right)),
    isUnordered: f.bind(or(isNan(format, a), isNan(format, b))),
  };
}

/** Invalid: of signalling NaNs always, of quiet ones as asked. Denormals count where both are numbers. */
function raisedOf(
  f: RoutineFunction,
  format: ElementFormat,
  { isUnordered }: Relation,
  raised: I32,
  isQuietInvalid: I32,
): I32 {
  const [a, b] = [f.i64Parameter(0), f.i64Parameter(1)];
  const isSignalling = (value: typeof a): I32 => and(isNan(format, value), eqz(and(value, format.quiet)));
  // Invalid is bit 0.
  const invalid = or(isQuietInvalid, or(isSignalling(a), isSignalling(b)));
  return f.bind(select(isUnordered, invalid, raised) as I32);
}

/** Conditions that hold, of less, equal, greater, unordered (bits 0 to 3), for each of the eight predicates of CMPPS. */
const PREDICATES = [0b0010, 0b0001, 0b0011, 0b1000, 0b1101, 0b1110, 0b1100, 0b0111].reduce(
  (all, conditions, predicate) => all | (conditions << (4 * predicate)),
  0,
);
/** Predicates to which a quiet NaN is invalid: LT, LE, NLT, NLE. */
const SIGNALLING = 0b0110_0110;

/** The conditions of a predicate, in bits 0 to 3. */
export function conditionsOf(predicate: I32): I32 {
  return shr(c(PREDICATES), shl(predicate, c(2)));
}

/** 1 when a predicate takes quiet NaNs as invalid. */
export function isSignalling(predicate: I32): I32 {
  return and(shr(c(SIGNALLING), predicate), c(1));
}

/** CMPPS and its like: all ones where the predicate holds. */
export function compare(format: ElementFormat): Body {
  return (f) => {
    const mxcsr = f.i32Parameter(2),
      predicate = f.i32Parameter(3);
    const operands = takeDenormals(f, format, [f.i64Parameter(0), f.i64Parameter(1)], mxcsr);
    const relation = relate(f, format, operands);
    const held = or(
      or(relation.isLess, shl(relation.isEqual, c(1))),
      or(shl(relation.isGreater, c(2)), shl(relation.isUnordered, c(3))),
    );
    const isTrue = eqz(eqz(and(conditionsOf(predicate), held)));
    const mask = sub(c(0), isTrue);
    const ones = format.bits === 64 ? extendSigned(mask) : and(extendSigned(mask), i64Const(-1, 0));
    f.return(ones, raisedOf(f, format, relation, operands.raised, isSignalling(predicate)));
  };
}

/** COMISS and UCOMISS: ZF, PF and CF as SDM vol. 2A, COMISS has them. */
export function order(format: ElementFormat): Body {
  const CF = 1,
    ZF = 0x40,
    UNORDERED = 0x45;
  return (f) => {
    const operands = takeDenormals(f, format, [f.i64Parameter(0), f.i64Parameter(1)], f.i32Parameter(2));
    const relation = relate(f, format, operands);
    const flags = or(select(relation.isLess, c(CF), c(0)) as I32, select(relation.isEqual, c(ZF), c(0)) as I32);
    const raised = raisedOf(f, format, relation, operands.raised, f.i32Parameter(3));
    f.return(select(relation.isUnordered, c(UNORDERED), flags), raised);
  };
}

/** MIN and MAX: the second operand where either is a NaN, and of two zeros. */
export function extreme(format: ElementFormat, which: 'minimum' | 'maximum'): Body {
  return (f) => {
    const operands = takeDenormals(f, format, [f.i64Parameter(0), f.i64Parameter(1)], f.i32Parameter(2));
    const relation = relate(f, format, operands);
    const [a, b] = operands.values;
    const isFirst = which === 'minimum' ? relation.isLess : relation.isGreater;
    f.return(select(isFirst, a, b), raisedOf(f, format, relation, operands.raised, c(RAISED.invalid)));
  };
}
