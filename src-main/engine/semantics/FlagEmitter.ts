import {
  type I32,
  type Integer,
  and,
  eqz,
  extendSigned,
  i32Const,
  ne,
  or,
  popcnt,
  shl,
  shr,
  signExtend,
  sub,
  wrap,
  xor,
} from '../wasm/Expression.ts';
import type { Width } from './Emitter.ts';
import { CARRY } from '../state/flags.ts';

/** Where a tier keeps the lazy flags. */
export interface FlagStorage {
  let<T extends Integer>(value: T): T;
  result(): I32;
  carries(): I32;
  /** `result` is sign-extended from the operation's width. */
  setLazy(result: Integer, carries: I32): void;
}

const CARRY_MASK = CARRY.out | CARRY.into | CARRY.half;

/**
 * Flags as definitions write and read them, over the lazy pair (result, carries) described in
 * `STATE.carries`. Reads are 0 or 1.
 */
export class FlagEmitter {
  private readonly storage: FlagStorage;

  constructor(storage: FlagStorage) {
    this.storage = storage;
  }

  /** OSZAPC from result = left + right (+ carry in). Operands are zero-extended to `width`. */
  fromAdd(width: Width, left: Integer, right: Integer, result: Integer): void {
    const carries = or(and(left, right), and(or(left, right), not(result)));
    this.set(width, result, carries);
  }

  /** The same where nothing is carried in, so that operands may be compared instead. */
  fromPlainAdd(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.fromAdd(width, left, right, result);
  }

  /** OSZAPC from result = left - right (- borrow). */
  fromSub(width: Width, left: Integer, right: Integer, result: Integer): void {
    const borrows = or(and(not(left), right), and(or(not(left), right), result));
    this.set(width, result, borrows);
  }

  /** The same where nothing is borrowed. */
  fromPlainSub(width: Width, left: Integer, right: Integer, result: Integer): void {
    this.fromSub(width, left, right, result);
  }

  /** SZP from the result; O, C and A cleared. */
  fromLogic(width: Width, result: Integer): void {
    this.storage.setLazy(normalised(width, result), i32Const(0));
  }

  /** INC and DEC: as fromAdd or fromSub, but CF stays. */
  fromAddKeepingCarry(width: Width, left: Integer, right: Integer, result: Integer): void {
    const kept = this.storage.let(and(this.storage.carries(), i32Const(CARRY.out)));
    const vector = or(and(left, right), and(or(left, right), not(result)));
    this.setKeepingCarry(width, result, vector, kept);
  }

  fromSubKeepingCarry(width: Width, left: Integer, right: Integer, result: Integer): void {
    const kept = this.storage.let(and(this.storage.carries(), i32Const(CARRY.out)));
    const vector = or(and(not(left), right), and(or(not(left), right), result));
    this.setKeepingCarry(width, result, vector, kept);
  }

  /** SZP from the result, CF and OF as given (0 or 1), AF as given or cleared. For shifts and multiplications. */
  fromParts(width: Width, result: Integer, carry: I32, overflow: I32, adjust: I32 = i32Const(0)): void {
    const bound = this.storage.let(carry);
    const carries = or(this.carryAndOverflow(bound, overflow), shl(adjust, i32Const(3)));
    this.storage.setLazy(normalised(width, result), carries);
  }

  /** Changes CF and OF, leaves the others. For rotates. */
  setCarryAndOverflow(carry: I32, overflow: I32): void {
    const rest = and(this.storage.carries(), i32Const(~(CARRY.out | CARRY.into)));
    const bound = this.storage.let(carry);
    this.storage.setLazy(this.storage.result(), or(rest, this.carryAndOverflow(bound, overflow)));
  }

  /** Changes CF alone: STC, CLC, CMC, BT. */
  setCarry(carry: I32): void {
    this.setCarryAndOverflow(carry, this.storage.let(this.overflow()));
  }

  /** Changes ZF alone and keeps the rest. */
  setZero(zero: I32): void {
    const bound = this.storage.let(zero);
    this.setAll({
      carry: this.carry(),
      parity: this.parity(),
      adjust: this.adjust(),
      zero: bound,
      sign: this.sign(),
      overflow: this.overflow(),
    });
  }

  /** Sets all six flags to given values (0 or 1). */
  setAll(flags: { carry: I32; parity: I32; adjust: I32; zero: I32; sign: I32; overflow: I32 }): void {
    const { storage } = this;
    const carry = storage.let(flags.carry);
    const overflow = storage.let(flags.overflow);
    const parity = storage.let(flags.parity);
    const sign = storage.let(flags.sign);
    const adjust = storage.let(flags.adjust);
    const zero = storage.let(flags.zero);
    // The result is 0 (even parity) for ZF and 1 (odd parity) otherwise; never negative, so `sign` inverts.
    const parityCorrection = xor(parity, zero);
    const carries = or(
      or(this.carryAndOverflow(carry, overflow), shl(adjust, i32Const(3))),
      or(shl(parityCorrection, i32Const(CARRY.parityShift)), sign),
    );
    const bound = storage.let(carries);
    storage.setLazy(xor(zero, i32Const(1)), bound);
  }

  carry(): I32 {
    return shr(this.storage.carries(), i32Const(31));
  }

  overflow(): I32 {
    const carries = this.storage.let(this.storage.carries());
    return shr(xor(carries, shl(carries, i32Const(1))), i32Const(31));
  }

  adjust(): I32 {
    return and(shr(this.storage.carries(), i32Const(3)), i32Const(1));
  }

  zero(): I32 {
    return eqz(this.storage.result());
  }

  sign(): I32 {
    return shr(xor(this.storage.result(), shl(this.storage.carries(), i32Const(31))), i32Const(31));
  }

  parity(): I32 {
    const byte = and(
      xor(this.storage.result(), shr(this.storage.carries(), i32Const(CARRY.parityShift))),
      i32Const(0xff),
    );
    return xor(and(popcnt(byte), i32Const(1)), i32Const(1));
  }

  /** Condition `number` of Jcc, SETcc, CMOVcc (SDM vol. 2D, table B-10). */
  condition(number: number): I32 {
    const isNegated = (number & 1) === 1;
    const condition = this.positiveCondition(number >> 1);
    return isNegated ? eqz(condition) : condition;
  }

  private positiveCondition(pair: number): I32 {
    switch (pair) {
      case 0:
        return this.overflow();
      case 1:
        return this.carry();
      case 2:
        return this.zero();
      case 3:
        return or(this.carry(), this.zero());
      case 4:
        return this.sign();
      case 5:
        return this.parity();
      case 6:
        return this.less();
      default:
        return or(this.zero(), this.less());
    }
  }

  /** SF != OF: the sign of result xor carries (bit 31) xor the carry into the top bit xor the sign correction. */
  private less(): I32 {
    const carries = this.storage.let(this.storage.carries());
    const overflow = xor(carries, shl(carries, i32Const(1)));
    const sign = xor(this.storage.result(), shl(carries, i32Const(31)));
    return shr(xor(sign, overflow), i32Const(31));
  }

  private carryAndOverflow(carry: I32, overflow: I32): I32 {
    return or(shl(carry, i32Const(31)), shl(xor(carry, overflow), i32Const(30)));
  }

  private set(width: Width, result: Integer, vector: Integer): void {
    this.storage.setLazy(normalised(width, result), carriesFromVector(width, this.storage.let(vector)));
  }

  private setKeepingCarry(width: Width, result: Integer, vector: Integer, kept: I32): void {
    const carries = this.storage.let(carriesFromVector(width, this.storage.let(vector)));
    // OF is bit 31 xor bit 30: with CF kept in bit 31, bit 30 becomes CF xor OF.
    const overflow = and(xor(carries, shl(carries, i32Const(1))), i32Const(CARRY.out));
    const into = shr(xor(kept, overflow), i32Const(1));
    this.storage.setLazy(normalised(width, result), or(or(kept, into), and(carries, i32Const(CARRY.half))));
  }
}

/** Sign-extends a result of `width` bits. */
function normalised(width: Width, result: Integer): Integer {
  if (width === 8 || width === 16) return signExtend(wrap(result), width);
  return result;
}

/** Moves the two top carries of an operation of `width` bits to bits 31 and 30, and keeps bit 3. */
function carriesFromVector(width: Width, vector: Integer): I32 {
  if (width === 32) return and(wrap(vector), i32Const(CARRY_MASK));
  const half = and(wrap(vector), i32Const(CARRY.half));
  if (width === 64) {
    return or(and(wrap(shr(vector, wide(32, vector))), i32Const(CARRY.out | CARRY.into)), half);
  }
  return or(and(shl(wrap(vector), i32Const(32 - width)), i32Const(CARRY.out | CARRY.into)), half);
}

/** A constant of the same Wasm type as `like`. */
export function wide<T extends Integer>(value: number, like: T): T {
  return (like.type === 'i64' ? extendSigned(i32Const(value)) : i32Const(value)) as T;
}

/** Bitwise complement. */
export function not<T extends Integer>(value: T): T {
  return xor(value, wide(-1, value));
}

/** Two's complement negation. */
export function negate<T extends Integer>(value: T): T {
  return sub(wide(0, value), value);
}

/** 1 when any bit is set. */
export function isNonZero(value: Integer): I32 {
  return value.type === 'i64' ? ne(value, wide(0, value)) : ne(value, i32Const(0));
}
