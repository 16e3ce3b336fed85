import { type I32, add, eqz, i32Const, ltSigned, gtSigned, ne, or, sub, wrap, and } from '../wasm/Expression.ts';
import { RCX } from '../state/layout.ts';
import type { Emitter, OperandHandle, Semantics } from './Emitter.ts';
import { peek, push, release } from './stack.ts';
import { VECTOR } from '../GuestFault.ts';
import { signed } from './values.ts';

/** Jcc. */
export const jcc: Semantics = (e, [target]) => {
  e.if(e.flags.condition(e.condition), () => e.jumpRelative(target));
};

/** JMP rel. */
export const jmpNear: Semantics = (e, [target]) => e.jumpRelative(target);

/** JMP r/m. */
export const jmpNearIndirect: Semantics = (e, [target]) => e.jumpTo(e.let(wrap(e.read(target))));

/** CALL rel. */
export const callNear: Semantics = (e, [target]) => {
  e.jumpRelative(target, () => push(e, e.nextEip(), e.operandSize));
};

/** CALL r/m. */
export const callNearIndirect: Semantics = (e, [target]) => {
  e.jumpTo(e.let(wrap(e.read(target))), () => push(e, e.nextEip(), e.operandSize));
};

/** RET, RET imm16. */
export const retNear: Semantics = (e, operands) => {
  const target = e.let(wrap(peek(e, e.operandSize)));
  const extra = operands.length > 0 ? and(wrap(e.read(operands[0])), i32Const(0xffff)) : i32Const(0);
  const bytes = e.let(add(extra, i32Const(e.operandSize / 8)));
  e.jumpTo(target, () => release(e, bytes));
};

/** LOOP, LOOPE, LOOPNE: the count is CX or ECX by the address size. */
function loopWhile(also: (e: Emitter) => I32): Semantics {
  return (e, [target]) => {
    const count = e.let(wrap(sub(wrap(e.register(RCX, e.addressSize)), i32Const(1))));
    const left = e.addressSize === 16 ? and(count, i32Const(0xffff)) : count;
    const commit = (): void => e.setRegister(RCX, e.addressSize, count);
    e.if(and(ne(left, i32Const(0)), also(e)), () => e.jumpRelative(target, commit), commit);
  };
}

export const loop = loopWhile(() => i32Const(1));
export const loope = loopWhile((e) => e.flags.zero());
export const loopne = loopWhile((e) => eqz(e.flags.zero()));

/** JCXZ, JECXZ. */
export const jcxz: Semantics = (e, [target]) => {
  e.if(eqz(wrap(e.register(RCX, e.addressSize))), () => e.jumpRelative(target));
};

/** BOUND: #BR unless lower <= index <= upper, signed. */
export const bound: Semantics = (e, [index, pair]) => {
  const width = e.operandSize;
  if (width === 64) throw new Error('BOUND does not exist in 64-bit mode');
  const value = e.let(signed(width, e.read(index)) as I32);
  const lower = signed(width, e.load(e.address(pair), width)) as I32;
  const isBelow = e.let(ltSigned(value, lower));
  const upper = signed(width, e.load(e.address(pair, i32Const(width / 8)), width)) as I32;
  e.if(or(isBelow, gtSigned(value, upper)), () => e.raise(VECTOR.BR));
};

/** Ends an instruction whose helper has set where to go on. */
function transfer(e: Emitter, name: Parameters<Emitter['helper']>[0], ...parameters: I32[]): void {
  e.helper(name, ...parameters);
  e.resume();
}

/** The kinds of software interrupt, as the helper numbers them. */
const KIND = { int: 0, int3: 1, into: 2, int1: 3 };

/** INT imm8. */
export const int: Semantics = (e, [vector]) => {
  transfer(e, 'softwareInterrupt', e.let(and(wrap(e.read(vector)), i32Const(0xff))), i32Const(KIND.int));
};

export const int3: Semantics = (e) => transfer(e, 'softwareInterrupt', i32Const(VECTOR.BP), i32Const(KIND.int3));
export const int1: Semantics = (e) => transfer(e, 'softwareInterrupt', i32Const(VECTOR.DB), i32Const(KIND.int1));

/** INTO. */
export const into: Semantics = (e) => {
  e.if(e.flags.overflow(), () => transfer(e, 'softwareInterrupt', i32Const(VECTOR.OF), i32Const(KIND.into)));
};

export const iret: Semantics = (e) => transfer(e, 'interruptReturn', i32Const(e.operandSize));

function farDirect(helper: 'jumpFar' | 'callFar'): Semantics {
  return (e, [target]) => {
    const { selector, offset } = e.farPointer(target);
    transfer(e, helper, selector, offset, i32Const(e.operandSize));
  };
}

export const jmpFar = farDirect('jumpFar'),
  callFar = farDirect('callFar');

/** Reads m16:16 or m16:32: the offset first, the selector behind it. */
export function readFarPointer(e: Emitter, pointer: OperandHandle): { offset: I32; selector: I32 } {
  const width = e.operandSize;
  const offset = e.let(wrap(e.load(e.address(pointer), width)));
  const selector = e.let(wrap(e.load(e.address(pointer, i32Const(width / 8)), 16)));
  return { offset, selector };
}

function farIndirect(helper: 'jumpFar' | 'callFar'): Semantics {
  return (e, [pointer]) => {
    const { selector, offset } = readFarPointer(e, pointer);
    transfer(e, helper, selector, offset, i32Const(e.operandSize));
  };
}

export const jmpFarIndirect = farIndirect('jumpFar'),
  callFarIndirect = farIndirect('callFar');

/** RETF, RETF imm16. */
export const retFar: Semantics = (e, operands) => {
  const extra = operands.length > 0 ? e.let(and(wrap(e.read(operands[0])), i32Const(0xffff))) : i32Const(0);
  transfer(e, 'returnFar', i32Const(e.operandSize), extra);
};
