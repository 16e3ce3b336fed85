import {
  type I32,
  type I64,
  type Integer,
  add as plus,
  and as bitAnd,
  divSigned,
  divUnsigned,
  eq,
  eqz,
  gtUnsigned,
  i32Const,
  i64Const,
  mul as times,
  ne,
  or as bitOr,
  shl,
  shr,
  shrSigned,
  sub as minus,
  wrap,
  xor as bitXor,
  extendUnsigned,
  extendSigned,
} from '../wasm/Expression.ts';
import { RAX, RBX, RCX, RDX } from '../state/layout.ts';
import type { Emitter, Semantics, Width } from './Emitter.ts';
import { isNonZero, negate, not as complement } from './FlagEmitter.ts';
import { VECTOR } from '../GuestFault.ts';
import { constant, signed, toSigned64, toUnsigned64, truncated, widthOf } from './values.ts';

/** ADD: dst <- dst + src; sets OF SF ZF AF CF PF (SDM vol. 2A, ADD). */
export const add: Semantics = (e, [dst, src]) => {
  const left = e.let(e.readToModify(dst)),
    right = e.let(e.read(src));
  const result = e.let(plus(left, right));
  e.write(dst, result);
  e.flags.fromPlainAdd(widthOf(dst), left, right, result);
};

/** ADC: dst <- dst + src + CF. */
export const adc: Semantics = (e, [dst, src]) => {
  const left = e.let(e.readToModify(dst)),
    right = e.let(e.read(src));
  const result = e.let(plus(plus(left, right), carryAs(e, widthOf(dst))));
  e.write(dst, result);
  e.flags.fromAdd(widthOf(dst), left, right, result);
};

/** SUB: dst <- dst - src. */
export const sub: Semantics = (e, [dst, src]) => {
  const left = e.let(e.readToModify(dst)),
    right = e.let(e.read(src));
  const result = e.let(minus(left, right));
  e.write(dst, result);
  e.flags.fromPlainSub(widthOf(dst), left, right, result);
};

/** SBB: dst <- dst - (src + CF). */
export const sbb: Semantics = (e, [dst, src]) => {
  const left = e.let(e.readToModify(dst)),
    right = e.let(e.read(src));
  const result = e.let(minus(minus(left, right), carryAs(e, widthOf(dst))));
  e.write(dst, result);
  e.flags.fromSub(widthOf(dst), left, right, result);
};

/** CMP: SUB without the write. */
export const cmp: Semantics = (e, [dst, src]) => {
  const left = e.let(e.read(dst)),
    right = e.let(e.read(src));
  e.flags.fromPlainSub(widthOf(dst), left, right, e.let(minus(left, right)));
};

function logic(combine: (a: Integer, b: Integer) => Integer): Semantics {
  return (e, [dst, src]) => {
    const result = e.let(combine(e.readToModify(dst), e.read(src)));
    e.write(dst, result);
    e.flags.fromLogic(widthOf(dst), result);
  };
}

/** AND, OR, XOR: CF and OF cleared, AF undefined (cleared here, as hardware does). */
export const and = logic(bitAnd),
  or = logic(bitOr),
  xor = logic(bitXor);

/** TEST: AND without the write. */
export const test: Semantics = (e, [dst, src]) => {
  e.flags.fromLogic(widthOf(dst), e.let(bitAnd(e.read(dst), e.read(src))));
};

/** INC: CF stays. */
export const inc: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    one = constant(width, 1);
  const result = e.let(plus(left, one));
  e.write(dst, result);
  e.flags.fromAddKeepingCarry(width, left, one, result);
};

/** DEC: CF stays. */
export const dec: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    one = constant(width, 1);
  const result = e.let(minus(left, one));
  e.write(dst, result);
  e.flags.fromSubKeepingCarry(width, left, one, result);
};

/** NEG: dst <- 0 - dst. */
export const neg: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    right = e.let(e.readToModify(dst));
  const result = e.let(negate(right));
  e.write(dst, result);
  e.flags.fromPlainSub(width, constant(width, 0), right, result);
};

/** NOT: no flags. */
export const not: Semantics = (e, [dst]) => {
  e.write(dst, complement(e.readToModify(dst)));
};

/** CBW, CWDE: the accumulator's lower half sign-extended into the whole. */
export const cbw: Semantics = (e) => {
  const half = (e.operandSize / 2) as 8 | 16;
  e.setRegister(RAX, e.operandSize, signed(half, e.register(RAX, half)));
};

/** CWD, CDQ: DX or EDX filled with the accumulator's sign. */
export const cwd: Semantics = (e) => {
  const { operandSize } = e;
  const sign = shrSigned(signed(operandSize, e.register(RAX, operandSize)), constant(operandSize, 31));
  e.setRegister(RDX, operandSize, sign);
};

/** Writes a double-width product: AX, DX:AX or EDX:EAX. */
function writeProduct(e: Emitter, width: Width, product: I64): void {
  if (width === 8) {
    e.setRegister(RAX, 16, wrap(product));
    return;
  }
  e.setRegister(RAX, width, wrap(product));
  e.setRegister(RDX, width, wrap(shr(product, i64Const(width))));
}

/** MUL: unsigned; CF and OF say that the upper half is not zero. */
export const mul: Semantics = (e, [src]) => {
  const width = widthOf(src);
  requireNarrow(width);
  const product = e.let(times(toUnsigned64(e.register(RAX, width)), toUnsigned64(e.read(src))));
  writeProduct(e, width, product);
  const isLarge = isNonZero(shr(product, i64Const(width)));
  const bound = e.let(isLarge);
  e.flags.fromParts(width, wrap(product), bound, bound);
};

/** 1 when a signed product does not fit `width` bits. */
function overflows(width: Width, product: I64): I32 {
  return ne(product, toSigned64(width, truncated(width, product)));
}

/** One-operand IMUL: signed; CF and OF say that the product does not fit the lower half. */
export const imul1: Semantics = (e, [src]) => {
  const width = widthOf(src);
  requireNarrow(width);
  const product = e.let(times(toSigned64(width, e.register(RAX, width)), toSigned64(width, e.read(src))));
  writeProduct(e, width, product);
  const isLarge = e.let(overflows(width, product));
  e.flags.fromParts(width, wrap(product), isLarge, isLarge);
};

/** Two- and three-operand IMUL. */
export const imul: Semantics = (e, operands) => {
  const dst = operands[0],
    width = widthOf(dst);
  requireNarrow(width);
  const [left, right] = operands.length === 3 ? [operands[1], operands[2]] : [dst, operands[1]];
  const product = e.let(times(toSigned64(width, e.read(left)), toSigned64(width, e.read(right))));
  const isLarge = e.let(overflows(width, product));
  e.write(dst, wrap(product));
  e.flags.fromParts(width, wrap(product), isLarge, isLarge);
};

/** The dividend AX, DX:AX or EDX:EAX as 64 bits. */
function dividendOf(e: Emitter, width: Width, isSigned: boolean): I64 {
  if (width === 8) {
    const low = e.register(RAX, 16);
    return isSigned ? toSigned64(16, low) : toUnsigned64(low);
  }
  const both = bitOr(shl(toUnsigned64(e.register(RDX, width)), i64Const(width)), toUnsigned64(e.register(RAX, width)));
  if (width === 32 || !isSigned) return both;
  return extendSigned(wrap(both));
}

/** What a division leaves; the product costs less than a second division. */
function remainderOf(dividend: I64, divisor: I64, quotient: I64): I64 {
  return minus(dividend, times(quotient, divisor)) as I64;
}

function writeQuotient(e: Emitter, width: Width, quotient: I64, remainder: I64): void {
  if (width === 8) {
    const low = bitAnd(wrap(quotient), i32Const(0xff));
    e.setRegister(RAX, 16, bitOr(low, shl(wrap(remainder), i32Const(8))));
    return;
  }
  e.setRegister(RAX, width, wrap(quotient));
  e.setRegister(RDX, width, wrap(remainder));
}

/** DIV: #DE when the divisor is zero or the quotient does not fit. Flags are undefined (kept). */
export const div: Semantics = (e, [src]) => {
  const width = widthOf(src);
  requireNarrow(width);
  const divisor = e.let(toUnsigned64(e.read(src)));
  e.if(eqz(divisor), () => e.raise(VECTOR.DE));
  const dividend = e.let(dividendOf(e, width, false));
  const quotient = e.let(divUnsigned(dividend, divisor));
  e.if(gtUnsigned(shr(quotient, i64Const(width)), i64Const(0)), () => e.raise(VECTOR.DE));
  writeQuotient(e, width, quotient, e.let(remainderOf(dividend, divisor, quotient)));
};

/** IDIV: truncates towards zero. */
export const idiv: Semantics = (e, [src]) => {
  const width = widthOf(src);
  requireNarrow(width);
  const divisor = e.let(toSigned64(width, e.read(src)));
  e.if(eqz(divisor), () => e.raise(VECTOR.DE));
  const dividend = e.let(dividendOf(e, width, true));
  if (width === 32) {
    // The one case in which Wasm's own division would trap.
    const isMinimum = eq(dividend, i64Const(0, 0x8000_0000 | 0));
    e.if(bitAnd(isMinimum, eq(divisor, i64Const(-1))), () => e.raise(VECTOR.DE));
  }
  const quotient = e.let(divSigned(dividend, divisor));
  e.if(overflows(width, quotient), () => e.raise(VECTOR.DE));
  writeQuotient(e, width, quotient, e.let(remainderOf(dividend, divisor, quotient)));
};

/** CMPXCHG: compares the accumulator with dst; equal: dst <- src, else accumulator <- dst. */
export const cmpxchg: Semantics = (e, [dst, src]) => {
  const width = widthOf(dst);
  const accumulator = e.let(e.register(RAX, width));
  const old = e.let(e.readToModify(dst)),
    replacement = e.let(e.read(src));
  const isEqual = e.let(eq(accumulator, old));
  e.if(
    isEqual,
    () => e.write(dst, replacement),
    () => {
      // The destination is written in either case (SDM vol. 2A, CMPXCHG), and before the accumulator.
      if (dst.kind === 'memory') e.write(dst, old);
      e.setRegister(RAX, width, old);
    },
  );
  e.flags.fromPlainSub(width, accumulator, old, e.let(minus(accumulator, old)));
};

/** CMPXCHG8B m64: EDX:EAX against memory; ZF alone changes. */
export const cmpxchg8b: Semantics = (e, [dst]) => {
  const memory = e.loadToModify(e.address(dst), 64);
  const old = e.let(memory.value);
  const pair = (high: number, low: number): I64 =>
    bitOr(shl(extendUnsigned(e.register(high, 32) as I32), i64Const(32)), extendUnsigned(e.register(low, 32) as I32));
  const isEqual = e.let(eq(pair(RDX, RAX), old as I64));
  e.if(
    isEqual,
    () => memory.store(pair(RCX, RBX)),
    () => {
      memory.store(old);
      e.setRegister(RAX, 32, wrap(old));
      e.setRegister(RDX, 32, wrap(shr(old as I64, i64Const(32))));
    },
  );
  e.flags.setZero(isEqual);
};

/** XADD: the sum to dst, the old dst to src; dst last, so that XADD of a register with itself doubles it. */
export const xadd: Semantics = (e, [dst, src]) => {
  const left = e.let(e.readToModify(dst)),
    right = e.let(e.read(src));
  const result = e.let(plus(left, right));
  e.write(src, left);
  e.write(dst, result);
  e.flags.fromPlainAdd(widthOf(dst), left, right, result);
};

function carryAs(e: Emitter, width: Width): Integer {
  return width === 64 ? extendUnsigned(e.flags.carry()) : e.flags.carry();
}

function requireNarrow(width: Width): void {
  if (width === 64) throw new Error('64-bit multiplication and division are not defined yet');
}
