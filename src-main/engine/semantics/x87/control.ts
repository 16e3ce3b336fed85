import { type I32, and, eq, i32Const, or, select, shl, wrap, xor } from '../../wasm/Expression.ts';
import { RAX, STATE } from '../../state/layout.ts';
import type { Emitter, Semantics } from '../Emitter.ts';
import { CR0 } from '../system/controlBits.ts';
import { VECTOR } from '../../GuestFault.ts';
import type { SystemHelperName } from '../system/helpers.ts';
import {
  BEFORE,
  STATUS,
  await_,
  conclude,
  notePointers,
  pop,
  raisePending,
  requireCoprocessor,
  further,
} from './coprocessor.ts';

const c = i32Const;

/** FNINIT's control word: all exceptions masked, extended precision, to nearest (SDM vol. 1, 8.1.5). */
const INITIAL_CONTROL = 0x37f;
/** Bits that FLDCW keeps; bit 6 reads as one. */
const CONTROL_BITS = 0x1f3f,
  CONTROL_ONE = 0x40;

/** WAIT: #NM when both MP and TS are set, then what an earlier instruction left. */
export const fwait: Semantics = (e) => {
  const MP_TS = CR0.MP | CR0.TS;
  e.if(eq(and(e.stateField(STATE.cr0), c(MP_TS)), c(MP_TS)), () => e.raise(VECTOR.NM));
  raisePending(e);
};

export const fnop: Semantics = (e) => {
  await_(e);
  notePointers(e);
};

/** FNENI, FNDISI, FNSETPM: control instructions of the 8087 and the 287, which do nothing. */
export const fneni: Semantics = (e) => requireCoprocessor(e);

export const fninit: Semantics = (e) => {
  requireCoprocessor(e);
  e.setStateField(STATE.x87Control, c(INITIAL_CONTROL));
  for (const field of [
    STATE.x87Status,
    STATE.x87Valid,
    STATE.x87InstructionOffset,
    STATE.x87InstructionSelector,
    STATE.x87DataOffset,
    STATE.x87DataSelector,
    STATE.x87Opcode,
  ]) {
    e.setStateField(field, c(0));
  }
  e.setStackTop(c(0));
};

/** FNCLEX: exceptions, SF, ES and B. */
export const fnclex: Semantics = (e) => {
  requireCoprocessor(e);
  const EXCEPTION_BITS = 0xff | STATUS.busy;
  e.setStateField(STATE.x87Status, and(e.stateField(STATE.x87Status), c(~EXCEPTION_BITS)));
};

/** FLDCW: an exception that it unmasks becomes pending. */
export const fldcw: Semantics = (e, [src]) => {
  await_(e);
  const loaded = wrap(e.read(src));
  const word = e.let(or(and(loaded, c(CONTROL_BITS)), c(CONTROL_ONE)));
  e.setStateField(STATE.x87Control, word);
  const status = e.let(and(e.stateField(STATE.x87Status), c(~(STATUS.errorSummary | STATUS.busy))));
  const pending = and(and(status, xor(word, c(-1))), c(STATUS.exceptions));
  e.setStateField(STATE.x87Status, or(status, select(pending, c(STATUS.errorSummary | STATUS.busy), c(0)) as I32));
};

export const fnstcw: Semantics = (e, [dst]) => {
  requireCoprocessor(e);
  e.write(dst, e.stateField(STATE.x87Control));
};

/** The status word with TOP in its place. */
function statusWord(e: Emitter): I32 {
  return e.let(or(e.stateField(STATE.x87Status), shl(e.stackTop(), c(STATUS.topShift))));
}

/** FNSTSW: memory or AX. */
export const fnstsw: Semantics = (e, [dst]) => {
  requireCoprocessor(e);
  if (dst.kind === 'register') e.setRegister(RAX, 16, statusWord(e));
  else e.write(dst, statusWord(e));
};

/** FINCSTP, FDECSTP: tags stay, C1 is cleared. */
function rotate(by: number): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    conclude(e, c(0), BEFORE, () => e.moveStackTop(by));
  };
}

export const fincstp = rotate(1),
  fdecstp = rotate(-1);

export const ffree: Semantics = (e, [register]) => {
  await_(e);
  notePointers(e);
  conclude(e, c(0), BEFORE, () => e.stackRegister(register).setValid(false));
};

/** FFREEP (DF /0 with a register): FFREE, then a pop. */
export const ffreep: Semantics = (e, [register]) => {
  await_(e);
  notePointers(e);
  conclude(e, c(0), BEFORE, () => {
    e.stackRegister(register).setValid(false);
    pop(e);
  });
};

/**
 * An image in memory that a helper moves. The bytes at both its ends are reached first, so that what the
 * helper does cannot fault halfway.
 */
function moveImage(
  name: SystemHelperName,
  bytes: Record<16 | 32, number>,
  direction: 'load' | 'store',
  waits: boolean,
): Semantics {
  return (e, [memory]) => {
    if (waits) await_(e);
    else requireCoprocessor(e);
    const size = bytes[e.operandSize === 16 ? 16 : 32];
    const first = e.address(memory);
    const last = further(e, first, size - 2);
    if (direction === 'load') {
      e.let(e.load(first, 16));
      e.let(e.load(last, 16));
    } else {
      e.loadToModify(first, 16);
      e.loadToModify(last, 16);
    }
    e.helper(name, e.let(e.linearAddress(first)), c(size));
  };
}

/** FXSAVE, FXRSTOR: all of the x87, and of SSE what the system has said that it knows. */
function moveExtended(name: 'storeExtendedState' | 'loadExtendedState', direction: 'load' | 'store'): Semantics {
  const BYTES = 512;
  return (e, [memory]) => {
    requireCoprocessor(e);
    const first = e.address(memory);
    const last = further(e, first, BYTES - 2);
    if (direction === 'load') {
      e.let(e.load(first, 16));
      e.let(e.load(last, 16));
    } else {
      e.loadToModify(first, 16);
      e.loadToModify(last, 16);
    }
    e.helper(name, e.let(e.linearAddress(first)));
  };
}

export const fxsave = moveExtended('storeExtendedState', 'store'),
  fxrstor = moveExtended('loadExtendedState', 'load');

const ENVIRONMENT = { 16: 14, 32: 28 } as const;
const WHOLE = { 16: 94, 32: 108 } as const;
export const fldenv = moveImage('loadX87Environment', ENVIRONMENT, 'load', true),
  fnstenv = moveImage('storeX87Environment', ENVIRONMENT, 'store', false);
export const frstor = moveImage('loadX87State', WHOLE, 'load', true),
  fnsave = moveImage('storeX87State', WHOLE, 'store', false);
