import {
  type Expression,
  type I32,
  type I64,
  add,
  and,
  eqz,
  i32Const,
  i64Const,
  or,
  select,
  shl,
  shr,
  xor,
} from '../../wasm/Expression.ts';
import { RAISED, RAISED_SHIFT } from '../../softfloat/routines.ts';
import { CS, SEGMENT, STATE, segmentOffset } from '../../state/layout.ts';
import type { Address, Emitter, OperandHandle, StackRegister } from '../Emitter.ts';
import { CR0 } from '../system/controlBits.ts';
import { VECTOR } from '../../GuestFault.ts';

const c = i32Const;

/** Status word (SDM vol. 1, 8.1.3). */
export const STATUS = {
  exceptions: 0x3f,
  errorSummary: 1 << 7,
  c0: 1 << 8,
  c1: 1 << 9,
  c2: 1 << 10,
  topShift: 11,
  c3: 1 << 14,
  busy: 1 << 15,
} as const;

export const CONDITIONS = STATUS.c0 | STATUS.c1 | STATUS.c2 | STATUS.c3;

/** An 80-bit value: mantissa; sign and exponent, with RAISED bits above. */
export interface Value {
  readonly mantissa: I64;
  readonly packed: I32;
}

export const NAN_MANTISSA = i64Const(0, 0xc000_0000 | 0);
const INVALID = RAISED.invalid | RAISED.stackFault;
/** The default NaN as the masked response to an empty register, and to a push without room. */
const UNDERFLOWN = c(0xffff | (INVALID << RAISED_SHIFT));
const OVERFLOWN = c(0xffff | ((INVALID | RAISED.roundedUp) << RAISED_SHIFT) | 0);
/** Exceptions found before an operation: unmasked, they leave everything as it was (SDM vol. 1, 8.5). */
export const BEFORE = RAISED.invalid | RAISED.denormal | RAISED.zeroDivide;
/** Those that, unmasked, keep a result from being stored in memory. */
export const BEFORE_STORE = BEFORE | RAISED.overflow | RAISED.underflow;

/** #NM of instructions that do not wait: EM or TS. */
export function requireCoprocessor(e: Emitter): void {
  e.if(and(e.stateField(STATE.cr0), c(CR0.EM | CR0.TS)), () => e.raise(VECTOR.NM));
}

/** What a waiting instruction begins with: #NM, then #MF for an exception that an earlier one left. */
export function await_(e: Emitter): void {
  e.invariant('x87', () => {
    const unavailable = and(e.stateField(STATE.cr0), c(CR0.EM | CR0.TS));
    const pending = and(e.stateField(STATE.x87Status), c(STATUS.errorSummary));
    e.if(or(unavailable, pending), () => {
      requireCoprocessor(e);
      raisePending(e);
    });
  });
}

/**
 * #MF for an unmasked exception. With CR0.NE clear the exception has gone out by FERR# when it arose, and the
 * instruction runs as with IGNNE# asserted.
 */
export function raisePending(e: Emitter): void {
  const pending = and(e.stateField(STATE.x87Status), c(STATUS.errorSummary));
  e.if(pending, () => {
    e.if(and(e.stateField(STATE.cr0), c(CR0.NE)), () => e.raise(VECTOR.MF));
  });
}

/** Notes instruction and operand for FSTENV and the like; control instructions do not (SDM vol. 1, 8.1.8). */
export function notePointers(e: Emitter, operand?: OperandHandle): void {
  e.setStateField(STATE.x87InstructionOffset, e.eip());
  e.setStateField(STATE.x87InstructionSelector, e.stateField(segmentOffset(CS) + SEGMENT.selector));
  e.setStateField(STATE.x87Opcode, e.escapeOpcode());
  if (operand?.kind !== 'memory') return;
  e.setStateField(STATE.x87DataOffset, e.offset(operand));
  e.setStateField(STATE.x87DataSelector, e.selector(operand));
}

export function control(e: Emitter): I32 {
  return e.stateField(STATE.x87Control);
}

/** Exceptions that the control word does not mask, as bits of the status word. */
export function unmaskedExceptions(e: Emitter): I32 {
  return xor(e.stateBits(STATE.x87Control, STATUS.exceptions), c(STATUS.exceptions));
}

/** The value of a register, and its sign and exponent alone in the second word. */
export function valueOf(e: Emitter, register: StackRegister): Value {
  return { mantissa: e.let(register.mantissa()), packed: e.let(register.signExponent()) };
}

export function routineValue(e: Emitter, ...call: Parameters<Emitter['routine']>): Value {
  return asValue(e.routine(...call));
}

/** The first two results of a routine. */
export function asValue([mantissa, packed]: readonly Expression[]): Value {
  return { mantissa: mantissa as I64, packed: packed as I32 };
}

/** Both words, as parameters of a routine. */
export function words({ mantissa, packed }: Value): [I64, I32] {
  return [mantissa, packed];
}

/** The same operand's bytes from `bytes` on: unlike a displacement in the instruction, this does not wrap. */
export function further(e: Emitter, address: Address, bytes: number): Address {
  return { ...address, offset: e.let(add(address.offset, c(bytes))) };
}

/** 1 unless all of the registers hold a value. */
export function isAnyEmpty(e: Emitter, ...registers: StackRegister[]): I32 {
  const [first, ...rest] = registers.map((register) => register.isValid());
  return e.let(eqz(rest.reduce((all, one) => and(all, one), first)));
}

/** The default NaN and a stack fault where a register was empty. */
export function unlessEmpty(e: Emitter, isEmpty: I32, value: Value): Value {
  return {
    mantissa: e.let(select(isEmpty, NAN_MANTISSA, value.mantissa) as I64),
    packed: e.let(select(isEmpty, UNDERFLOWN, value.packed) as I32),
  };
}

/**
 * Enters what an operation raised into the status word, C1 included, and does `commit` unless an unmasked one
 * of `preventing` forbids it.
 *
 * @param conditions further bits of the status word, replacing C3, C2 and C0; without it these stay
 */
export function conclude(e: Emitter, raised: I32, preventing: number, commit: () => void, conditions?: I32): void {
  const before = e.let(and(e.stateField(STATE.x87Status), c(~(conditions === undefined ? STATUS.c1 : CONDITIONS))));
  if (raised.constant === 0) {
    e.setStateField(STATE.x87Status, conditions === undefined ? before : or(before, conditions));
    commit();
    return;
  }
  const flags = e.let(raised);
  const unmasked = e.let(and(flags, unmaskedExceptions(e)));
  const next = conditions === undefined ? or(before, flags) : or(or(before, flags), conditions);
  e.setStateField(STATE.x87Status, next);
  const kept = conditions === undefined ? before : or(before, conditions);
  e.if(unmasked, () => reportUnmasked(e, kept, flags, unmasked, preventing));
  e.if(eqz(and(unmasked, c(preventing))), commit);
  // Last of all, where no value has to be kept across the call.
  e.if(unmasked, () => {
    e.if(eqz(and(e.stateField(STATE.cr0), c(CR0.NE))), () => void e.helper('coprocessorError'));
  });
}

/** The exception stays pending until the next waiting instruction; with CR0.NE clear it goes out by FERR# as well. */
function reportUnmasked(e: Emitter, kept: I32, flags: I32, unmasked: I32, preventing: number): void {
  // What was found before the operation hides what the operation would have raised.
  const first = or(and(flags, c(BEFORE | RAISED.stackFault)), stackOverflowBit(flags));
  const isFirst = and(unmasked, c(BEFORE));
  const shown = select(isFirst, first, flags) as I32;
  const hidden = and(unmasked, c(preventing & (RAISED.overflow | RAISED.underflow)));
  const stored = select(hidden, and(shown, c(~(RAISED.precision | RAISED.roundedUp))), shown) as I32;
  e.setStateField(STATE.x87Status, or(or(kept, stored), c(STATUS.errorSummary | STATUS.busy)));
}

/** C1 of a stack fault: set for overflow. */
function stackOverflowBit(flags: I32): I32 {
  return and(flags, shl(and(shr(flags, c(6)), c(1)), c(9)));
}

/** The response to an empty register, kept apart from the usual case: `commit` with the default NaN when masked. */
export function whenUnderflown(e: Emitter, isEmpty: I32, commit: (nan: Value) => void, otherwise: () => void): void {
  e.if(
    isEmpty,
    () => conclude(e, c(INVALID), BEFORE, () => commit({ mantissa: NAN_MANTISSA, packed: c(0xffff) })),
    otherwise,
  );
}

/** C3, C2, C1 and C0 as they are, for instructions that clear C1 only with a stack fault. */
export function keptConditions(e: Emitter, isEmpty: I32): I32 {
  const mask = select(isEmpty, c(CONDITIONS & ~STATUS.c1), c(CONDITIONS)) as I32;
  return e.let(and(e.stateField(STATE.x87Status), mask));
}

export function raisedOf(packed: I32): I32 {
  return shr(packed, c(RAISED_SHIFT));
}

/** Pushes a value whose making has been told in its second word. */
export function push(e: Emitter, value: Value): void {
  const register = e.stackRegister(-1 & 7);
  // The fault of an empty source comes first.
  const isFaulty = and(shr(value.packed, c(RAISED_SHIFT + Math.log2(RAISED.stackFault))), c(1));
  const isFull = e.let(and(register.isValid(), xor(isFaulty, c(1))));
  const mantissa = e.let(select(isFull, NAN_MANTISSA, value.mantissa) as I64);
  const packed = e.let(select(isFull, OVERFLOWN, value.packed) as I32);
  // A denormal in memory is loaded even when its exception is not masked.
  conclude(e, raisedOf(packed), RAISED.invalid, () => {
    register.set(mantissa, packed);
    register.setValid(true);
    e.moveStackTop(-1);
  });
}

/** Empties ST(0) and moves on. */
export function pop(e: Emitter): void {
  e.stackRegister(0).setValid(false);
  e.moveStackTop(1);
}
