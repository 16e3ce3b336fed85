import {
  type I32,
  type I64,
  type Integer,
  and,
  extendUnsigned,
  i32Const,
  i64Const,
  mul,
  ne,
  or,
  remUnsigned,
  rotl,
  rotr,
  shl,
  shr,
  shrSigned,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import { RCX } from '../state/layout.ts';
import type { Emitter, OperandHandle, Semantics, Width } from './Emitter.ts';
import { signed, toUnsigned64, truncated, widthOf } from './values.ts';

/** The count of a shift or rotate, masked to 5 bits (6 with 64-bit operands). */
function countOf(e: Emitter, width: Width, operand: OperandHandle): I32 {
  return e.let(and(wrap(e.read(operand)), i32Const(width === 64 ? 63 : 31)));
}

/** Runs `body` unless the count is zero, in which case neither the destination nor a flag changes. */
function unlessZero(e: Emitter, count: I32, body: () => void): void {
  if (count.constant === 0) return;
  if (count.constant !== undefined) body();
  else e.if(ne(count, i32Const(0)), body);
}

/** Bit `position` of an integer, 0 or 1. */
function bit(value: Integer, position: number): I32 {
  const shifted = value.type === 'i64' ? wrap(shr(value, i64Const(position))) : shr(value, i32Const(position));
  return and(shifted, i32Const(1));
}

function like<T extends Integer>(value: T, count: I32): T {
  return (value.type === 'i64' ? extendUnsigned(count) : count) as T;
}

/** SHL: CF is the last bit shifted out; OF (defined for a count of 1) is CF xor the new sign. */
export const shiftLeft: Semantics = (e, [dst, by]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    count = countOf(e, width, by);
  unlessZero(e, count, () => {
    const result = e.let(shl(left, like(left, count)));
    const carry = e.let(
      width === 8 || width === 16
        ? bit(result, width)
        : and(wrap(shr(left, like(left, sub(i32Const(width), count)))), i32Const(1)),
    );
    e.write(dst, result);
    e.flags.fromParts(width, result, carry, xor(carry, bit(result, width - 1)));
  });
};

/** SHR: OF is the old sign. */
export const shiftRight: Semantics = (e, [dst, by]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    count = countOf(e, width, by);
  unlessZero(e, count, () => {
    const result = e.let(shr(left, like(left, count)));
    const carry = and(wrap(shr(left, like(left, sub(count, i32Const(1))))), i32Const(1));
    e.write(dst, result);
    e.flags.fromParts(width, result, carry, bit(left, width - 1));
  });
};

/** SAR: OF is cleared. */
export const shiftRightSigned: Semantics = (e, [dst, by]) => {
  const width = widthOf(dst),
    left = e.let(signed(width, e.readToModify(dst))),
    count = countOf(e, width, by);
  unlessZero(e, count, () => {
    const result = e.let(shrSigned(left, like(left, count)));
    const carry = and(wrap(shrSigned(left, like(left, sub(count, i32Const(1))))), i32Const(1));
    e.write(dst, result);
    e.flags.fromParts(width, result, carry, i32Const(0));
  });
};

/** Rotates `width` bits; 8- and 16-bit values are repeated to fill 32. */
function rotated(e: Emitter, width: Width, value: Integer, count: I32, isLeft: boolean): Integer {
  const rotate = isLeft ? rotl : rotr;
  if (width === 64) return rotate(value as I64, extendUnsigned(count));
  let filled = value as I32;
  if (width === 8) filled = mul(filled, i32Const(0x0101_0101));
  if (width === 16) filled = mul(filled, i32Const(0x0001_0001));
  const result = rotate(filled, count);
  return width === 32 ? result : and(result, i32Const((1 << width) - 1));
}

/** ROL: CF is the result's lowest bit, OF is CF xor its highest. */
export const rotateLeft: Semantics = (e, [dst, by]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    count = countOf(e, width, by);
  unlessZero(e, count, () => {
    const result = e.let(rotated(e, width, left, count, true));
    e.write(dst, result);
    e.flags.setCarryAndOverflow(bit(result, 0), xor(bit(result, 0), bit(result, width - 1)));
  });
};

/** ROR: CF is the result's highest bit, OF the xor of its two highest. */
export const rotateRight: Semantics = (e, [dst, by]) => {
  const width = widthOf(dst),
    left = e.let(e.readToModify(dst)),
    count = countOf(e, width, by);
  unlessZero(e, count, () => {
    const result = e.let(rotated(e, width, left, count, false));
    e.write(dst, result);
    e.flags.setCarryAndOverflow(bit(result, width - 1), xor(bit(result, width - 1), bit(result, width - 2)));
  });
};

/** RCL and RCR turn width + 1 bits, CF on top. */
function rotateThroughCarry(isLeft: boolean): Semantics {
  return (e, [dst, by]) => {
    const width = widthOf(dst);
    if (width === 64) throw new Error('64-bit RCL and RCR are not defined yet');
    const left = e.let(e.readToModify(dst)),
      count = countOf(e, width, by);
    unlessZero(e, count, () => {
      const steps = e.let(width === 32 ? count : remUnsigned(count, i32Const(width + 1)));
      const value = e.let(or(toUnsigned64(left), shl(extendUnsigned(e.flags.carry()), i64Const(width))));
      const near = extendUnsigned(steps),
        far = extendUnsigned(sub(i32Const(width + 1), steps));
      const turned = isLeft ? or(shl(value, near), shr(value, far)) : or(shr(value, near), shl(value, far));
      const all = e.let(turned);
      const result = e.let(wrap(all));
      e.write(dst, result);
      const carry = e.let(bit(all, width));
      const other = isLeft ? carry : bit(result, width - 2);
      e.flags.setCarryAndOverflow(carry, xor(bit(result, width - 1), other));
    });
  };
}

export const rotateLeftThroughCarry = rotateThroughCarry(true),
  rotateRightThroughCarry = rotateThroughCarry(false);

/** The count of SHLD and SHRD: an immediate, or CL, which has no field of its own. */
function doubleCount(e: Emitter, width: Width, operand: OperandHandle): I32 {
  const count = operand.kind === 'immediate' ? wrap(e.read(operand)) : wrap(e.register(RCX, 8));
  return e.let(and(count, i32Const(width === 64 ? 63 : 31)));
}

/**
 * SHLD and SHRD. With 16-bit operands counts above 16 are undefined in the manual; hardware goes on
 * with the destination's own bits again, as if dst:src:dst were shifted.
 */
function doubleShift(isLeft: boolean): Semantics {
  return (e, [dst, src, by]) => {
    const width = widthOf(dst);
    if (width === 64) throw new Error('64-bit SHLD and SHRD are not defined yet');
    const left = e.let(e.readToModify(dst)),
      right = e.let(e.read(src)),
      count = doubleCount(e, width, by);
    e.if(ne(count, i32Const(0)), () => {
      const outer = toUnsigned64(left),
        inner = toUnsigned64(right),
        steps = extendUnsigned(count);
      // Bits of `all`, low to high. 32-bit: SHLD src:dst, SHRD dst:src. 16-bit: dst:src:dst.
      const all =
        width === 16
          ? or(or(outer, shl(inner, i64Const(16))), shl(outer, i64Const(32)))
          : isLeft
            ? or(inner, shl(outer, i64Const(32)))
            : or(outer, shl(inner, i64Const(32)));
      const value = e.let(all);
      const result = e.let(truncated(32, isLeft ? shr(shl(value, steps), i64Const(32)) : shr(value, steps)));
      const outAt = isLeft ? sub(i32Const(width === 16 ? 48 : 64), count) : sub(count, i32Const(1));
      const carry = e.let(and(wrap(shr(value, extendUnsigned(outAt))), i32Const(1)));
      e.write(dst, result);
      e.flags.fromParts(width, result, carry, xor(bit(result, width - 1), bit(left, width - 1)));
    });
  };
}

export const shiftLeftDouble = doubleShift(true),
  shiftRightDouble = doubleShift(false);

type BitOperation = (value: Integer, mask: Integer) => Integer;

/** BT, BTS, BTR, BTC. A register as index reaches beyond a memory operand (SDM vol. 2A, BT). */
function bitTest(change: BitOperation | undefined): Semantics {
  return (e, [base, index]) => {
    const width = widthOf(base);
    const position = e.let(wrap(e.read(index)));
    const inside = e.let(and(position, i32Const(width - 1)));
    const maskOf = (value: Integer): Integer =>
      value.type === 'i64' ? shl(i64Const(1), extendUnsigned(inside)) : shl(i32Const(1), inside);
    const tested = (value: Integer): I32 =>
      e.let(and(value.type === 'i64' ? wrap(shr(value, extendUnsigned(inside))) : shr(value, inside), i32Const(1)));
    if (base.kind === 'memory' && index.kind === 'register') {
      const log2 = width === 16 ? 4 : width === 32 ? 5 : 6;
      const unit = shrSigned(signed(width, position) as I32, i32Const(log2));
      const address = e.address(base, mul(unit, i32Const(width / 8)));
      if (!change) {
        e.flags.setCarry(tested(e.let(e.load(address, width))));
        return;
      }
      const memory = e.loadToModify(address, width);
      const old = e.let(memory.value);
      memory.store(change(old, maskOf(old)));
      e.flags.setCarry(tested(old));
      return;
    }
    const old = e.let(change ? e.readToModify(base) : e.read(base));
    const carry = tested(old);
    if (change) e.write(base, change(old, maskOf(old)));
    e.flags.setCarry(carry);
  };
}

export const bt = bitTest(undefined);
export const bts = bitTest((value, mask) => or(value, mask));
export const btc = bitTest((value, mask) => xor(value, mask));
export const btr = bitTest((value, mask) =>
  value.type === 'i64' ? and(value, xor(mask as I64, i64Const(-1))) : and(value, xor(mask as I32, i32Const(-1))),
);
