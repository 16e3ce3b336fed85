import { type Expression, type I32, i32Const, and, select, shr, xor } from '../../wasm/Expression.ts';
import { MXCSR } from '../../softfloat/sse/mxcsr.ts';
import { RAISED, type RoutineName } from '../../softfloat/routines.ts';
import { STATE } from '../../state/layout.ts';
import { VECTOR } from '../../GuestFault.ts';
import type { Emitter } from '../Emitter.ts';
import { CR4 } from '../system/controlBits.ts';

const c = i32Const;

/** Exceptions found before an operation: while one of them is unmasked, the others are not looked for (SDM vol. 1, 11.5.1). */
const BEFORE = RAISED.invalid | RAISED.denormal | RAISED.zeroDivide;

export function mxcsr(e: Emitter): I32 {
  return e.stateField(STATE.mxcsr);
}

/**
 * Enters what an instruction raised in any of its lanes into MXCSR. Of an unmasked exception nothing else is
 * committed: #XM, or #UD while the system does not take those (SDM vol. 1, 11.5.2 and 11.5.3).
 */
function noteRaised(e: Emitter, raised: I32): void {
  const masks = shr(e.stateBits(STATE.mxcsr, MXCSR.exceptions << MXCSR.maskShift), c(MXCSR.maskShift));
  const unmasked = e.let(and(raised, xor(masks, c(MXCSR.exceptions))));
  e.if(unmasked, () => {
    const found = select(and(unmasked, c(BEFORE)), and(raised, c(BEFORE)), raised) as I32;
    e.addStateBits(STATE.mxcsr, found);
    e.if(and(e.stateField(STATE.cr4), c(CR4.OSXMMEXCPT)), () => e.raise(VECTOR.XM));
    e.raise(VECTOR.UD);
  });
  e.addStateBits(STATE.mxcsr, raised);
}

/**
 * The first result of a routine, once what it raised is noted. MXCSR stands behind the operands, before what
 * else the routine takes.
 *
 * @param control MXCSR, where it is not as the guest has it
 */
export function callRoutine(
  e: Emitter,
  name: RoutineName,
  operands: readonly Expression[],
  rest: readonly Expression[] = [],
  control: I32 = mxcsr(e),
): Expression {
  const [result, raised] = e.routine(name, ...operands, control, ...rest);
  noteRaised(e, raised as I32);
  return result;
}

const ROUNDING = MXCSR.roundingControl;
const PRECISION_MASK = RAISED.precision << MXCSR.maskShift;
const PRECISION = RAISED.precision;

/**
 * Zero while Wasm's own arithmetic is the guest's as long as all numbers are ordinary: rounding is to nearest, and that a
 * result is not exact neither traps nor is news. Almost always so after a program's first operations.
 */
export function precisionMatters(e: Emitter): I32 {
  return xor(e.stateBits(STATE.mxcsr, ROUNDING | PRECISION_MASK | PRECISION), c(PRECISION_MASK | PRECISION));
}

/** The same for what rounds by itself, as truncation does. */
export function inexactnessMatters(e: Emitter): I32 {
  return xor(e.stateBits(STATE.mxcsr, PRECISION_MASK | PRECISION), c(PRECISION_MASK | PRECISION));
}

/**
 * A result by Wasm's own instruction, and where `isUnusual` says that this may not be all, by a routine.
 */
export function unlessUnusual<T extends Expression>(
  e: Emitter,
  usual: T,
  isUnusual: (result: T) => I32,
  unusual: () => T,
): T {
  // The same type of value, which the compiler cannot tell from its name.
  const result = e.variable(usual) as { get(): T; set(value: T): void };
  e.if(isUnusual(result.get()), () => result.set(unusual()));
  return result.get();
}
