import { type I32, type V128, add, and, i32Const, ltUnsigned, mul, or, select, shl } from '../../wasm/Expression.ts';
import { extractLane, replaceLane, shuffle, splat, vector, vectorConst, vectorOfWords } from '../../wasm/vectors.ts';
import type { Emitter } from '../Emitter.ts';

/**
 * Lanes chosen by an immediate. Wasm's shuffles are constant: where the immediate is one too, as in a region, they
 * serve; else a vector of byte numbers is made of it. Both say the same.
 */

const c = i32Const;
const ZERO = vectorOfWords(0, 0, 0, 0);
const BYTE_NUMBERS = Array.from({ length: 16 }, (_, byte) => byte);

/** The four two-bit fields of an immediate. */
function fieldsOf(immediate: number): number[] {
  return [0, 2, 4, 6].map((shift) => (immediate >> shift) & 3);
}

/** The four fields, one in each byte. */
function spreadFields(immediate: I32, e: Emitter): I32 {
  const halves = e.let(and(or(immediate, shl(immediate, c(12))), c(0x000f_000f)));
  return and(or(halves, shl(halves, c(6))), c(0x0303_0303));
}

/** Byte numbers of the dwords that the fields name. */
function dwordControl(immediate: I32, e: Emitter): V128 {
  const starts = e.let(splat('i32x4.splat', shl(spreadFields(immediate, e), c(2))));
  const repeated = shuffle(
    starts,
    starts,
    BYTE_NUMBERS.map((byte) => byte >> 2),
  );
  return vector('i8x16.add', repeated, vectorConst(BYTE_NUMBERS.map((byte) => byte & 3)));
}

function bytesOfDword(index: number): number[] {
  return [0, 1, 2, 3].map((byte) => 4 * index + byte);
}

/** PSHUFD. */
export function selectDwords(value: V128, immediate: I32, e: Emitter): V128 {
  if (immediate.constant !== undefined) {
    return shuffle(value, value, fieldsOf(immediate.constant).flatMap(bytesOfDword));
  }
  return vector('i8x16.swizzle', value, dwordControl(e.let(immediate), e));
}

/** SHUFPS: the two low fields choose from `left`, the others from `right`. */
export function selectFromBoth(left: V128, right: V128, immediate: I32, e: Emitter): V128 {
  if (immediate.constant !== undefined) {
    const lanes = fieldsOf(immediate.constant).map((field, place) => (place < 2 ? field : 4 + field));
    return shuffle(left, right, lanes.flatMap(bytesOfDword));
  }
  const control = e.let(dwordControl(e.let(immediate), e));
  const [low, high] = [left, right].map((value) => vector('i8x16.swizzle', value, control));
  return shuffle(
    low,
    high,
    BYTE_NUMBERS.map((byte) => (byte < 8 ? byte : 16 + byte)),
  );
}

/** SHUFPD's immediate as SHUFPS would have it: bit 0 chooses the left's half, bit 1 the right's. */
export function dwordsOfHalves(immediate: I32): I32 {
  const LOW = 0b0100,
    HIGH_LESS_LOW = 0b1110 - LOW;
  const left = mul(and(immediate, c(1)), c(HIGH_LESS_LOW));
  const right = mul(and(immediate, c(2)), c(HIGH_LESS_LOW << 3));
  return add(c(LOW | (LOW << 4)), add(left, right));
}

/** PSHUFLW, PSHUFW, PSHUFHW: words of one half; the other stays. */
export function selectWords(value: V128, immediate: I32, half: 'low' | 'high', e: Emitter): V128 {
  const start = half === 'low' ? 0 : 8;
  const isChosen = (byte: number): boolean => (byte & 8) === start;
  if (immediate.constant !== undefined) {
    const fields = fieldsOf(immediate.constant);
    const lanes = BYTE_NUMBERS.map((byte) =>
      isChosen(byte) ? start + 2 * fields[(byte & 7) >> 1] + (byte & 1) : byte,
    );
    return shuffle(value, value, lanes);
  }
  const starts = splat('i32x4.splat', shl(spreadFields(e.let(immediate), e), c(1)));
  const FROM_ZERO = 16;
  const repeated = shuffle(
    starts,
    ZERO,
    BYTE_NUMBERS.map((byte) => (isChosen(byte) ? (byte & 7) >> 1 : FROM_ZERO)),
  );
  const base = vectorConst(BYTE_NUMBERS.map((byte) => (isChosen(byte) ? start + (byte & 1) : byte)));
  return vector('i8x16.swizzle', value, vector('i8x16.add', repeated, base));
}

/**
 * The 16 bytes from number `count` on of `low` and, behind it, `high`, of which each has `bytes`; what lies beyond
 * is zero. PALIGNR; PSRLDQ with zero behind, PSLLDQ with zero before.
 */
export function selectAligned(high: V128, low: V128, count: I32, bytes: 8 | 16, e: Emitter): V128 {
  if (count.constant !== undefined && bytes === 16) return alignedByConstant(high, low, count.constant);
  const bound = e.let(count);
  const shift = splat('i8x16.splat', select(ltUnsigned(bound, c(2 * bytes)), bound, c(2 * bytes)) as I32);
  const fromLow = e.let(vector('i8x16.add', vectorConst(BYTE_NUMBERS), shift));
  // Numbers that are none of the vector's choose zero; below zero they are large.
  const fromHigh = vector('i8x16.sub', fromLow, splat('i8x16.splat', c(bytes)));
  return vector('v128.or', vector('i8x16.swizzle', low, fromLow), vector('i8x16.swizzle', high, fromHigh));
}

function alignedByConstant(high: V128, low: V128, count: number): V128 {
  const lanes = (from: number): number[] => BYTE_NUMBERS.map((byte) => Math.min(byte + from, 31));
  if (count >= 32) return ZERO;
  // Behind a vector's last byte, only zeros are chosen.
  return count < 16 ? shuffle(low, high, lanes(count)) : shuffle(high, ZERO, lanes(count - 16));
}

/** Bytes `count` places up or down, zeros in the places that become free. Counts from 16 on clear all. */
export function shiftBytes(value: V128, count: I32, direction: 'up' | 'down', e: Emitter): V128 {
  if (count.constant !== undefined) {
    const bytes = Math.min(count.constant, 16);
    return direction === 'up' ? alignedByConstant(value, ZERO, 16 - bytes) : alignedByConstant(ZERO, value, bytes);
  }
  const bound = e.let(count);
  const limited = splat('i8x16.splat', select(ltUnsigned(bound, c(16)), bound, c(16)) as I32);
  const operation = direction === 'up' ? 'i8x16.sub' : 'i8x16.add';
  return vector('i8x16.swizzle', value, vector(operation, vectorConst(BYTE_NUMBERS), limited));
}

/** PINSRW. */
export function insertWord(value: V128, word: I32, immediate: I32, lanes: 4 | 8): V128 {
  if (immediate.constant !== undefined) {
    return replaceLane('i16x8.replace_lane', value, immediate.constant & (lanes - 1), word);
  }
  const chosen = splat('i16x8.splat', and(immediate, c(lanes - 1)));
  const mask = vector('i16x8.eq', chosen, vectorOfWords(0, 1, 2, 3, 4, 5, 6, 7));
  return vector('v128.bitselect', splat('i16x8.splat', word), value, mask);
}

/** PEXTRW. */
export function extractWord(value: V128, immediate: I32, lanes: 4 | 8): I32 {
  if (immediate.constant !== undefined) {
    return extractLane('i16x8.extract_lane_u', value, immediate.constant & (lanes - 1));
  }
  const WORD_NUMBER_TO_BYTES = 0x0202,
    ODD_BYTE = 0x0100;
  const control = add(mul(and(immediate, c(lanes - 1)), c(WORD_NUMBER_TO_BYTES)), c(ODD_BYTE));
  return extractLane('i16x8.extract_lane_u', vector('i8x16.swizzle', value, splat('i16x8.splat', control)), 0);
}
