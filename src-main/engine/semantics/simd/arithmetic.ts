import { type V128, i32Const } from '../../wasm/Expression.ts';
import { type BinaryVector, type UnaryVector, shuffle, vector, vectorOfWords } from '../../wasm/vectors.ts';
import type { Semantics } from '../Emitter.ts';
import { combine, pair, transform } from './instructions.ts';

/** Instructions that Wasm has as they are (SDM vol. 2B, under each name). */
const DIRECT: Readonly<Record<string, BinaryVector>> = {
  paddb: 'i8x16.add',
  paddw: 'i16x8.add',
  paddd: 'i32x4.add',
  paddq: 'i64x2.add',
  paddsb: 'i8x16.add_sat_s',
  paddsw: 'i16x8.add_sat_s',
  paddusb: 'i8x16.add_sat_u',
  paddusw: 'i16x8.add_sat_u',
  psubb: 'i8x16.sub',
  psubw: 'i16x8.sub',
  psubd: 'i32x4.sub',
  psubq: 'i64x2.sub',
  psubsb: 'i8x16.sub_sat_s',
  psubsw: 'i16x8.sub_sat_s',
  psubusb: 'i8x16.sub_sat_u',
  psubusw: 'i16x8.sub_sat_u',
  pmullw: 'i16x8.mul',
  pmaddwd: 'i32x4.dot_i16x8_s',
  pavgb: 'i8x16.avgr_u',
  pavgw: 'i16x8.avgr_u',
  pminub: 'i8x16.min_u',
  pmaxub: 'i8x16.max_u',
  pminsw: 'i16x8.min_s',
  pmaxsw: 'i16x8.max_s',
  pcmpeqb: 'i8x16.eq',
  pcmpeqw: 'i16x8.eq',
  pcmpeqd: 'i32x4.eq',
  pcmpgtb: 'i8x16.gt_s',
  pcmpgtw: 'i16x8.gt_s',
  pcmpgtd: 'i32x4.gt_s',
  pand: 'v128.and',
  por: 'v128.or',
  pxor: 'v128.xor',
  andps: 'v128.and',
  andpd: 'v128.and',
  orps: 'v128.or',
  orpd: 'v128.or',
  xorps: 'v128.xor',
  xorpd: 'v128.xor',
};

const direct: Readonly<Record<string, Semantics>> = Object.fromEntries(
  Object.entries(DIRECT).map(([name, operation]) => [name, combine((left, right) => vector(operation, left, right))]),
);

/** PANDN, ANDNPS, ANDNPD: the destination is what is inverted. */
const andNot = combine((left, right) => vector('v128.andnot', right, left));

/** Bytes `first` and `first + 1` of each dword of two vectors: the same words of both. */
function wordsOfDwords(first: number): number[] {
  return [0, 4, 8, 12, 16, 20, 24, 28].flatMap((dword) => [dword + first, dword + first + 1]);
}

/** PMULHW, PMULHUW: the products' upper words. */
function multiplyHigh(sign: 's' | 'u'): Semantics {
  return combine((left, right) => {
    const low = vector(`i32x4.extmul_low_i16x8_${sign}`, left, right);
    const high = vector(`i32x4.extmul_high_i16x8_${sign}`, left, right);
    return shuffle(low, high, wordsOfDwords(2));
  });
}

/** PMULUDQ: the even dwords' products. Wasm multiplies the low half's, which is one instruction of most hosts. */
const pmuludq = combine((left, right) => {
  const even = (value: V128): V128 => shuffle(value, value, [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
  return vector('i64x2.extmul_low_i32x4_u', even(left), even(right));
});

/** PMULHRSW: as Wasm's Q15 product but for -1 times -1, which wraps. */
const pmulhrsw = combine((left, right) => {
  const MINIMUM = vectorOfWords(...Array<number>(8).fill(0x8000));
  const isWrapped = vector('v128.and', vector('i16x8.eq', left, MINIMUM), vector('i16x8.eq', right, MINIMUM));
  return vector('v128.xor', vector('i16x8.q15mulr_sat_s', left, right), isWrapped);
});

/** PMADDUBSW: unsigned bytes of the destination by signed ones of the source; sums of neighbours saturate. */
const pmaddubsw = combine((left, right) => {
  const eight = i32Const(8);
  const LOW_BYTES = vectorOfWords(...Array<number>(8).fill(0xff));
  const evenSigned = vector('i16x8.shr_s', vector('i16x8.shl', right, eight), eight);
  const even = vector('i16x8.mul', vector('v128.and', left, LOW_BYTES), evenSigned);
  const odd = vector('i16x8.mul', vector('i16x8.shr_u', left, eight), vector('i16x8.shr_s', right, eight));
  return vector('i16x8.add_sat_s', even, odd);
});

/** PSADBW: in each half the sum of the bytes' absolute differences. */
const psadbw = combine((left, right, e) => {
  const above = vector('i8x16.sub_sat_u', left, right),
    below = vector('i8x16.sub_sat_u', right, left);
  const inWords = vector('i16x8.extadd_pairwise_i8x16_u', vector('v128.or', above, below));
  const inDwords = e.let(vector('i32x4.extadd_pairwise_i16x8_u', inWords));
  const sums = vector('i32x4.add', inDwords, vector('i64x2.shr_u', inDwords, i32Const(32)));
  return vector('v128.and', sums, vectorOfWords(0xffff, 0, 0xffff, 0));
});

/** PABSB, PABSW, PABSD: the lowest number stays what it is. */
function absolute(operation: UnaryVector): Semantics {
  return transform((value) => vector(operation, value));
}

const ZERO = vectorOfWords(0, 0, 0, 0);

/** PSIGNB, PSIGNW, PSIGND: negated, zeroed or kept by the source's sign. */
function sign(shape: 'i8x16' | 'i16x8' | 'i32x4'): Semantics {
  return combine((left, right, e) => {
    const isNegative = e.let(vector(`${shape}.gt_s`, ZERO, right));
    const signed = vector(`${shape}.sub`, vector('v128.xor', left, isNegative), isNegative);
    return vector('v128.andnot', signed, vector(`${shape}.eq`, right, ZERO));
  });
}

/** PHADD and PHSUB: neighbours of the destination, then of the source. */
function horizontal(bytes: 2 | 4, operation: BinaryVector): Semantics {
  const lanes = (first: number): number[] =>
    Array.from({ length: 16 }, (_, byte) => Math.floor(byte / bytes) * 2 * bytes + (byte % bytes) + first);
  return pair((left, right) => vector(operation, shuffle(left, right, lanes(0)), shuffle(left, right, lanes(bytes))));
}

/** Integer arithmetic, comparisons and logic. */
export const arithmeticSemantics: Readonly<Record<string, Semantics>> = {
  ...direct,
  pandn: andNot,
  andnps: andNot,
  andnpd: andNot,
  pmulhw: multiplyHigh('s'),
  pmulhuw: multiplyHigh('u'),
  pmuludq,
  pmulhrsw,
  pmaddubsw,
  psadbw,
  pabsb: absolute('i8x16.abs'),
  pabsw: absolute('i16x8.abs'),
  pabsd: absolute('i32x4.abs'),
  psignb: sign('i8x16'),
  psignw: sign('i16x8'),
  psignd: sign('i32x4'),
  phaddw: horizontal(2, 'i16x8.add'),
  phaddd: horizontal(4, 'i32x4.add'),
  phaddsw: horizontal(2, 'i16x8.add_sat_s'),
  phsubw: horizontal(2, 'i16x8.sub'),
  phsubd: horizontal(4, 'i32x4.sub'),
  phsubsw: horizontal(2, 'i16x8.sub_sat_s'),
};
