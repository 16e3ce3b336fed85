import { i32Const, wrap } from '../../wasm/Expression.ts';
import { type BinaryVector, shuffle, splat, vector } from '../../wasm/vectors.ts';
import type { Semantics } from '../Emitter.ts';
import { combineBy, isMmxRegister, onVectors, pair, transformBy } from './instructions.ts';
import {
  dwordsOfHalves,
  extractWord,
  insertWord,
  selectAligned,
  selectDwords,
  selectFromBoth,
  selectWords,
} from './selection.ts';

const BYTE_NUMBERS = Array.from({ length: 16 }, (_, byte) => byte);

/** PACKSS, PACKUS. */
function pack(operation: BinaryVector): Semantics {
  return pair((left, right) => vector(operation, left, right));
}

/** PUNPCK, UNPCK: lanes of `bytes` bytes from one half of both operands in turn. */
function interleave(bytes: 1 | 2 | 4 | 8, half: 'low' | 'high'): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const start = half === 'low' ? 0 : isMmxRegister(dst) ? 4 : 8;
    const lanes = BYTE_NUMBERS.map((byte) => {
      const lane = Math.floor(byte / bytes);
      return ((start + (lane >> 1) * bytes + (byte % bytes)) & 15) + (lane & 1) * 16;
    });
    const right = e.let(e.readVector(src));
    const result = e.let(shuffle(e.readVector(dst), right, lanes));
    commit();
    e.writeVector(dst, result);
  });
}

/** PSHUFB: each byte of the source chooses one of the destination, or zero by its highest bit. */
const pshufb = onVectors((e, [dst, src], commit) => {
  const used = 0x80 | (isMmxRegister(dst) ? 7 : 15);
  const control = vector('v128.and', e.readVector(src), splat('i8x16.splat', i32Const(used)));
  const bound = e.let(control);
  const result = e.let(vector('i8x16.swizzle', e.readVector(dst), bound));
  commit();
  e.writeVector(dst, result);
});

const palignr = onVectors((e, [dst, src, immediate], commit) => {
  const low = e.let(e.readVector(src));
  const bytes = isMmxRegister(dst) ? 8 : 16;
  const result = e.let(selectAligned(e.readVector(dst), low, wrap(e.read(immediate)), bytes, e));
  commit();
  e.writeVector(dst, result);
});

const pinsrw = onVectors((e, [dst, src, immediate], commit) => {
  const word = e.let(wrap(e.read(src)));
  const lanes = isMmxRegister(dst) ? 4 : 8;
  const result = e.let(insertWord(e.readVector(dst), word, wrap(e.read(immediate)), lanes));
  commit();
  e.writeVector(dst, result);
});

const pextrw = onVectors((e, [dst, src, immediate], commit) => {
  const word = e.let(extractWord(e.readVector(src), wrap(e.read(immediate)), isMmxRegister(src) ? 4 : 8));
  commit();
  e.write(dst, word);
});

const selectLowWords = transformBy((value, immediate, e) => selectWords(value, immediate, 'low', e));

/** Packing, interleaving and choosing of lanes. */
export const shuffleSemantics: Readonly<Record<string, Semantics>> = {
  packsswb: pack('i8x16.narrow_i16x8_s'),
  packuswb: pack('i8x16.narrow_i16x8_u'),
  packssdw: pack('i16x8.narrow_i32x4_s'),
  punpcklbw: interleave(1, 'low'),
  punpcklwd: interleave(2, 'low'),
  punpckldq: interleave(4, 'low'),
  punpcklqdq: interleave(8, 'low'),
  punpckhbw: interleave(1, 'high'),
  punpckhwd: interleave(2, 'high'),
  punpckhdq: interleave(4, 'high'),
  punpckhqdq: interleave(8, 'high'),
  unpcklps: interleave(4, 'low'),
  unpcklpd: interleave(8, 'low'),
  unpckhps: interleave(4, 'high'),
  unpckhpd: interleave(8, 'high'),
  pshufb,
  pshufd: transformBy(selectDwords),
  pshufw: selectLowWords,
  pshuflw: selectLowWords,
  pshufhw: transformBy((value, immediate, e) => selectWords(value, immediate, 'high', e)),
  shufps: combineBy(selectFromBoth),
  shufpd: combineBy((left, right, immediate, e) => {
    return selectFromBoth(
      left,
      right,
      dwordsOfHalves(immediate.constant === undefined ? e.let(immediate) : immediate),
      e,
    );
  }),
  palignr,
  pinsrw,
  pextrw,
};
