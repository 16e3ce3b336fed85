import { type I32, type I64, and, i32Const, or, shl, xor } from '../../wasm/Expression.ts';
import { RAISED_SHIFT } from '../../softfloat/routines.ts';
import { STATE, X87_SLOT } from '../../state/layout.ts';
import type { Emitter, Semantics, StackRegister } from '../Emitter.ts';
import { X87_FUNCTION, type X87FunctionName } from '../system/x87Functions.ts';
import {
  BEFORE,
  STATUS,
  type Value,
  asValue,
  await_,
  conclude,
  isAnyEmpty,
  notePointers,
  pop,
  raisedOf,
  unlessEmpty,
} from './coprocessor.ts';

const c = i32Const;
const FIRST = STATE.x87Transfer,
  SECOND = STATE.x87Transfer + X87_SLOT.size;

/**
 * Has a helper compute a function of ST(0), or of ST(0) and ST(1).
 * @returns what it raised, with C2 where the argument was out of range; the results are in STATE.x87Transfer
 */
function compute(e: Emitter, name: X87FunctionName, registers: readonly StackRegister[]): I32 {
  [FIRST, SECOND].forEach((at, index) => {
    if (index >= registers.length) return;
    e.setStateField64(at + X87_SLOT.mantissa, registers[index].mantissa());
    e.setStateField(at + X87_SLOT.signExponent, registers[index].signExponent());
  });
  return e.helper('x87Function', c(X87_FUNCTION.indexOf(name)));
}

/** A result, and what its making raised above its sign and exponent. */
function result(e: Emitter, at: number, raised: I32): Value {
  const mantissa: I64 = e.stateField64(at + X87_SLOT.mantissa);
  const word = and(e.stateField(at + X87_SLOT.signExponent), c(0xffff));
  const flags = and(raised, c(~STATUS.c2));
  return asValue([e.let(mantissa), e.let(or(word, shl(flags, c(RAISED_SHIFT))))]);
}

/** F2XM1, FSIN, FCOS: ST(0) is replaced; out of range it stays, with C2 set. */
function ofTop(name: X87FunctionName): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const register = e.stackRegister(0);
    const isEmpty = isAnyEmpty(e, register);
    const raised = compute(e, name, [register]);
    const value = unlessEmpty(e, isEmpty, result(e, FIRST, raised));
    const commit = (): void => {
      register.set(value.mantissa, value.packed);
      register.setValid(true);
    };
    if (name === 'f2xm1') conclude(e, raisedOf(value.packed), BEFORE, commit);
    else conclude(e, raisedOf(value.packed), BEFORE, commit, keepConditions(e, outOfRange(isEmpty, raised)));
  };
}

/** C2 anew, C3 and C0 as they were. */
function keepConditions(e: Emitter, c2: I32): I32 {
  return or(and(e.stateField(STATE.x87Status), c(STATUS.c3 | STATUS.c0)), c2);
}

function outOfRange(isEmpty: I32, raised: I32): I32 {
  return and(and(raised, c(STATUS.c2)), shl(xor(isEmpty, c(1)), c(10)));
}

export const f2xm1 = ofTop('f2xm1'),
  fsin = ofTop('fsin'),
  fcos = ofTop('fcos');

/** FPATAN, FYL2X, FYL2XP1: ST(1) is replaced and ST(0) popped. */
function ofBoth(name: X87FunctionName): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const [top, below] = [e.stackRegister(0), e.stackRegister(1)];
    const isEmpty = isAnyEmpty(e, top, below);
    const raised = compute(e, name, [top, below]);
    const value = unlessEmpty(e, isEmpty, result(e, FIRST, raised));
    conclude(e, raisedOf(value.packed), BEFORE, () => {
      below.set(value.mantissa, value.packed);
      below.setValid(true);
      pop(e);
    });
  };
}

export const fpatan = ofBoth('fpatan'),
  fyl2x = ofBoth('fyl2x'),
  fyl2xp1 = ofBoth('fyl2xp1');

/** FPTAN pushes 1, FSINCOS the cosine; out of range nothing is pushed. */
function pushing(name: 'fptan' | 'fsincos'): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    const top = e.stackRegister(0),
      above = e.stackRegister(7);
    const isEmpty = isAnyEmpty(e, top);
    const isFull = e.let(above.isValid());
    const isFaulty = e.let(or(isEmpty, isFull));
    const raised = compute(e, name, [top]);
    const first = unlessEmpty(e, isFaulty, result(e, FIRST, raised));
    const second = unlessEmpty(e, isFaulty, result(e, SECOND, raised));
    const c2 = e.let(outOfRange(isFaulty, raised));
    const isOverflow = and(isFull, xor(isEmpty, c(1)));
    const flags = or(raisedOf(first.packed), shl(isOverflow, c(9)));
    const commit = (): void => {
      e.if(xor(c2, c(STATUS.c2)), () => {
        top.set(first.mantissa, first.packed);
        top.setValid(true);
        above.set(second.mantissa, second.packed);
        above.setValid(true);
        e.moveStackTop(-1);
      });
    };
    conclude(e, flags, BEFORE, commit, keepConditions(e, c2));
  };
}

export const fptan = pushing('fptan'),
  fsincos = pushing('fsincos');
