import { type I32, and, eq, i32Const, or, select, shl, xor } from '../../wasm/Expression.ts';
import { NO_QUOTIENT, type RoutineName } from '../../softfloat/routines.ts';
import { STATE } from '../../state/layout.ts';
import type { Emitter, OperandHandle, Semantics } from '../Emitter.ts';
import {
  BEFORE,
  STATUS,
  await_,
  conclude,
  control,
  isAnyEmpty,
  notePointers,
  pop,
  raisedOf,
  routineValue,
  asValue,
  unlessEmpty,
  whenUnderflown,
  valueOf,
  words,
} from './coprocessor.ts';
import { type MemoryFormat, readValue } from './operands.ts';

const c = i32Const;

interface Operation {
  readonly routine: RoutineName;
  /** FSUBR, FDIVR: the operands change places. */
  readonly isReversed?: boolean;
  readonly format?: MemoryFormat;
  readonly pops?: boolean;
}

/**
 * FADD, FSUB, FSUBR, FMUL, FDIV, FDIVR: ST(0) with a memory operand; or a register with another, of which one
 * is ST(0). With an integer in memory FIADD and so on; with a pop behind FADDP and so on.
 */
function arithmetic({ routine, isReversed = false, format = 'float', pops = false }: Operation): Semantics {
  return (e, operands) => {
    await_(e);
    const { target, source } = arithmeticOperands(operands);
    const register = e.stackRegister(target ?? 0);
    const right = readValue(e, source, format);
    notePointers(e, source);
    const isEmpty =
      source.kind === 'register' ? isAnyEmpty(e, register, e.stackRegister(source)) : isAnyEmpty(e, register);
    const popIfAsked = (): void => {
      if (pops) pop(e);
    };
    whenUnderflown(
      e,
      isEmpty,
      (nan) => {
        register.set(nan.mantissa, nan.packed);
        register.setValid(true);
        popIfAsked();
      },
      () => {
        const left = valueOf(e, register);
        const [first, second] = isReversed ? [right, left] : [left, right];
        const result = routineValue(e, routine, ...words(first), ...words(second), control(e));
        conclude(e, raisedOf(result.packed), BEFORE, () => {
          register.set(result.mantissa, result.packed);
          popIfAsked();
        });
      },
    );
  };
}

function arithmeticOperands(operands: readonly OperandHandle[]): { target?: OperandHandle; source: OperandHandle } {
  const [first, second] = operands;
  return second === undefined ? { source: first } : { target: first, source: second };
}

/** The six operations in their four families. */
const OPERATIONS: Readonly<Record<string, { routine: RoutineName; isReversed?: boolean }>> = {
  add: { routine: 'add' },
  mul: { routine: 'multiply' },
  sub: { routine: 'subtract' },
  subr: { routine: 'subtract', isReversed: true },
  div: { routine: 'divide' },
  divr: { routine: 'divide', isReversed: true },
};

export const families: Readonly<Record<string, Semantics>> = Object.fromEntries(
  Object.entries(OPERATIONS).flatMap(([name, operation]): [string, Semantics][] => [
    [`f${name}`, arithmetic(operation)],
    [`fi${name}`, arithmetic({ ...operation, format: 'integer' })],
    [`f${name}p`, arithmetic({ ...operation, pops: true })],
  ]),
);

/** An operation on ST(0) alone. */
function unary(routine: 'squareRoot' | 'roundToInteger'): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const register = e.stackRegister(0);
    const result = routineValue(e, routine, ...words(valueOf(e, register)), control(e));
    replaceTop(e, unlessEmpty(e, isAnyEmpty(e, register), result));
  };
}

export const fsqrt = unary('squareRoot'),
  frndint = unary('roundToInteger');

function replaceTop(e: Emitter, value: ReturnType<typeof unlessEmpty>, conditions?: I32): void {
  const register = e.stackRegister(0);
  const commit = (): void => {
    register.set(value.mantissa, value.packed);
    register.setValid(true);
  };
  conclude(e, raisedOf(value.packed), BEFORE, commit, conditions);
}

/** FSCALE. */
export const fscale: Semantics = (e) => {
  await_(e);
  notePointers(e);
  const [top, below] = [e.stackRegister(0), e.stackRegister(1)];
  const result = routineValue(e, 'scale', ...words(valueOf(e, top)), ...words(valueOf(e, below)), control(e));
  replaceTop(e, unlessEmpty(e, isAnyEmpty(e, top, below), result));
};

/** FPREM, FPREM1: C2 says that the reduction is not complete, the others are the quotient's low bits. */
function partialRemainder(routine: 'remainder' | 'remainderNearest'): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const [top, below] = [e.stackRegister(0), e.stackRegister(1)];
    const isEmpty = isAnyEmpty(e, top, below);
    const results = e.routine(routine, ...words(valueOf(e, top)), ...words(valueOf(e, below)), control(e));
    const value = unlessEmpty(e, isEmpty, asValue(results));
    const conditions = results[2] as I32;
    // Without a quotient C3 and C0 stay as they were.
    const hasNone = or(isEmpty, eq(conditions, c(NO_QUOTIENT)));
    const kept = e.let(and(e.stateField(STATE.x87Status), c(STATUS.c3 | STATUS.c0)));
    replaceTop(e, value, e.let(select(hasNone, kept, conditions) as I32));
  };
}

export const fprem = partialRemainder('remainder'),
  fprem1 = partialRemainder('remainderNearest');

/** FXTRACT: the exponent replaces ST(0), then the significand is pushed. */
export const fxtract: Semantics = (e) => {
  await_(e);
  notePointers(e);
  const top = e.stackRegister(0),
    above = e.stackRegister(7);
  const isEmpty = isAnyEmpty(e, top);
  const isFull = e.let(above.isValid());
  const results = e.routine('extract', ...words(valueOf(e, top)));
  const isFaulty = e.let(or(isEmpty, isFull));
  const significand = unlessEmpty(e, isFaulty, asValue(results));
  const exponent = unlessEmpty(e, isFaulty, asValue(results.slice(2)));
  // C1 tells an overflow from an underflow.
  const isOverflow = and(isFull, xor(isEmpty, c(1)));
  const raised = or(raisedOf(significand.packed), shl(isOverflow, c(9)));
  conclude(e, raised, BEFORE, () => {
    top.set(exponent.mantissa, exponent.packed);
    top.setValid(true);
    above.set(significand.mantissa, significand.packed);
    above.setValid(true);
    e.moveStackTop(-1);
  });
};

/** FABS and FCHS change the sign of whatever ST(0) holds. */
function changeSign(change: (signExponent: I32) => I32): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const register = e.stackRegister(0);
    const { mantissa, packed } = valueOf(e, register);
    replaceTop(e, unlessEmpty(e, isAnyEmpty(e, register), { mantissa, packed: e.let(change(packed)) }));
  };
}

export const fabs = changeSign((word) => and(word, c(0x7fff)));
export const fchs = changeSign((word) => xor(word, c(0x8000)));
