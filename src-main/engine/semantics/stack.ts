import { type I32, type Integer, add, and, i32Const, ne, or, shl, sub, wrap } from '../wasm/Expression.ts';
import { FLAG } from '../state/flags.ts';
import { RAX, RBP, RDI, RSP, SS, STATE } from '../state/layout.ts';
import type { Address, Emitter, Semantics, Width } from './Emitter.ts';
import { truncated } from './values.ts';

/** SP, ESP or RSP by the stack's size, zero-extended. */
export function stackPointer(e: Emitter): I32 {
  return e.let(wrap(e.register(RSP, e.stackSize)));
}

/** Wraps a stack offset to the stack's size. */
function wrapped(e: Emitter, offset: I32): I32 {
  return e.stackSize === 16 ? and(offset, i32Const(0xffff)) : offset;
}

export function stackAddress(e: Emitter, pointer: I32, displacement = 0): Address {
  return e.location(SS, e.let(wrapped(e, add(pointer, i32Const(displacement)))));
}

export function setStackPointer(e: Emitter, value: I32): void {
  e.setRegister(RSP, e.stackSize, value);
}

/** Stores below the stack pointer, then moves it. */
export function push(e: Emitter, value: Integer, width: Width): void {
  const pointer = e.let(wrapped(e, sub(stackPointer(e), i32Const(width / 8))));
  e.store(e.location(SS, pointer), width, value);
  setStackPointer(e, pointer);
}

/** The value at `displacement` above the stack pointer, which stays. */
export function peek(e: Emitter, width: Width, displacement = 0): Integer {
  return e.let(e.load(stackAddress(e, stackPointer(e), displacement), width));
}

/** Moves the stack pointer up. */
export function release(e: Emitter, bytes: I32): void {
  setStackPointer(e, e.let(wrapped(e, add(stackPointer(e), bytes))));
}

/** PUSH: PUSH ESP pushes the old value. Immediates come sign-extended. */
export const pushOperand: Semantics = (e, [src]) => {
  push(e, e.let(e.read(src)), e.operandSize);
};

/** PUSH Sreg. With 32-bit operands processors since the Pentium move the stack by 4 and write 2 bytes (SDM vol. 2B, PUSH). */
export const pushSegment: Semantics = (e, [src]) => {
  const selector = e.let(e.read(src));
  const pointer = e.let(wrapped(e, sub(stackPointer(e), i32Const(e.operandSize / 8))));
  e.store(e.location(SS, pointer), 16, selector);
  setStackPointer(e, pointer);
};

/** POP: an address based on ESP uses the incremented value; POP ESP takes the popped one. */
export const pop: Semantics = (e, [dst]) => {
  const value = peek(e, e.operandSize);
  if (dst.kind !== 'memory') {
    release(e, i32Const(e.operandSize / 8));
    e.write(dst, value);
    return;
  }
  const before = stackPointer(e);
  const after = e.let(wrapped(e, add(before, i32Const(e.operandSize / 8))));
  setStackPointer(e, after);
  const offset = e.let(e.offset(dst));
  setStackPointer(e, before);
  e.store({ ...e.address(dst), offset }, e.operandSize, value);
  setStackPointer(e, after);
};

/** POP Sreg. */
export const popSegment: Semantics = (e, [dst]) => {
  const selector = e.let(wrap(peek(e, 16)));
  const after = e.let(wrapped(e, add(stackPointer(e), i32Const(e.operandSize / 8))));
  e.helper('loadSegment', e.registerNumber(dst), selector, i32Const(0));
  setStackPointer(e, after);
};

/** PUSHA: AX CX DX BX, the old SP, BP SI DI. */
export const pusha: Semantics = (e) => {
  const width = e.operandSize,
    bytes = width / 8;
  const pointer = stackPointer(e);
  for (let index = RAX; index <= RDI; index++) {
    e.store(stackAddress(e, pointer, -bytes * (index + 1)), width, e.register(index, width));
  }
  setStackPointer(e, e.let(wrapped(e, sub(pointer, i32Const(8 * bytes)))));
};

/** POPA: the stack pointer's image is skipped. */
export const popa: Semantics = (e) => {
  const width = e.operandSize,
    bytes = width / 8;
  // From the lowest address up, so that the first byte that cannot be read is the one that a fault names.
  const values: Integer[] = [];
  for (let slot = 0; slot < 8; slot++) values.push(peek(e, width, bytes * slot));
  release(e, i32Const(8 * bytes));
  values.forEach((value, slot) => {
    const index = RDI - slot;
    if (index !== RSP) e.setRegister(index, width, value);
  });
};

/** ENTER size, level (SDM vol. 2A, ENTER). */
export const enter: Semantics = (e, [size, depth]) => {
  const width = e.operandSize,
    bytes = width / 8;
  const level = e.let(and(wrap(e.read(depth)), i32Const(31)));
  const frame = e.let(wrapped(e, sub(stackPointer(e), i32Const(bytes))));
  const pointer = e.variable(frame);
  e.store(e.location(SS, frame), width, e.register(RBP, width));
  e.if(ne(level, i32Const(0)), () => {
    const outer = e.variable(wrap(e.register(RBP, e.stackSize)));
    const left = e.variable(sub(level, i32Const(1)));
    e.while(
      () => left.get(),
      () => {
        outer.set(wrapped(e, sub(outer.get(), i32Const(bytes))));
        const display = e.let(e.load(e.location(SS, outer.get()), width));
        pointer.set(wrapped(e, sub(pointer.get(), i32Const(bytes))));
        e.store(e.location(SS, pointer.get()), width, display);
        left.set(sub(left.get(), i32Const(1)));
      },
    );
    pointer.set(wrapped(e, sub(pointer.get(), i32Const(bytes))));
    e.store(e.location(SS, pointer.get()), width, frame);
  });
  const bottom = e.let(wrapped(e, sub(pointer.get(), and(wrap(e.read(size)), i32Const(0xffff)))));
  // The last step probes the new top of stack for a write, so that a fault comes here and not later.
  e.loadToModify(e.location(SS, bottom), 16);
  e.setRegister(RBP, width, truncated(width, frame));
  setStackPointer(e, bottom);
};

/** LEAVE: the stack pointer takes BP, then BP is popped. */
export const leave: Semantics = (e) => {
  const width = e.operandSize;
  const frame = e.let(wrap(e.register(RBP, e.stackSize)));
  const value = e.let(e.load(e.location(SS, frame), width));
  setStackPointer(e, e.let(wrapped(e, add(frame, i32Const(width / 8)))));
  e.setRegister(RBP, width, value);
};

/** PUSHF, PUSHFD: VM and RF read as clear. What virtual-8086 mode makes of them is a helper's. */
export const pushf: Semantics = (e) => {
  const systemFlags = e.let(e.stateField(STATE.systemFlags));
  const image = e.variable(i32Const(0));
  e.if(
    and(systemFlags, i32Const(FLAG.VM)),
    () => image.set(e.helper('pushFlags', i32Const(e.operandSize))),
    () => image.set(or(and(systemFlags, i32Const(~FLAG.RF)), arithmeticFlags(e))),
  );
  push(e, image.get(), e.operandSize);
};

/** CF PF AF ZF SF OF in their places of EFLAGS. */
function arithmeticFlags({ flags }: Emitter): I32 {
  const at = (flag: I32, mask: number): I32 => shl(flag, i32Const(Math.log2(mask)));
  const high = or(at(flags.overflow(), FLAG.OF), or(at(flags.sign(), FLAG.SF), at(flags.zero(), FLAG.ZF)));
  const low = or(at(flags.adjust(), FLAG.AF), or(at(flags.parity(), FLAG.PF), flags.carry()));
  return or(high, low);
}

/** POPF, POPFD. */
export const popf: Semantics = (e) => {
  const image = e.let(wrap(peek(e, e.operandSize)));
  const after = e.let(wrapped(e, add(stackPointer(e), i32Const(e.operandSize / 8))));
  e.helper('popFlags', image, i32Const(e.operandSize));
  setStackPointer(e, after);
};
