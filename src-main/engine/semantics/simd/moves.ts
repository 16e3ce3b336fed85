import { type V128, extendUnsigned, i64Const, wrap } from '../../wasm/Expression.ts';
import { extractLane, replaceLane, shuffle, vectorBits, vectorOfWords } from '../../wasm/vectors.ts';
import type { Alignment, Semantics } from '../Emitter.ts';
import { isMmxRegister, joinLow, onVectors, transform } from './instructions.ts';

const ZERO = vectorOfWords(0, 0, 0, 0);

/** A register's worth, whole. */
function move(alignment?: Alignment): Semantics {
  return onVectors((e, [dst, src], commit) => {
    if (dst.kind === 'memory') {
      e.writeVector(dst, e.readVector(src), alignment);
      commit();
    } else {
      const value = e.let(e.readVector(src, alignment));
      commit();
      e.writeVector(dst, value);
    }
  });
}

/** MOVD between a general register or memory and a vector register, whose other bits become zero. */
const movd = onVectors((e, [dst, src], commit) => {
  if (isMmxRegister(dst)) {
    const value = e.let(extendUnsigned(wrap(e.read(src))));
    commit();
    e.write(dst, value);
  } else if (src.width === 32) {
    e.writeVector(dst, replaceLane('i32x4.replace_lane', ZERO, 0, wrap(e.read(src))));
  } else {
    e.write(dst, extractLane('i32x4.extract_lane', e.readVector(src), 0));
    commit();
  }
});

/** The low half alone, zeros above it. */
function lowHalf(value: V128): V128 {
  return replaceLane('i64x2.replace_lane', value, 1, i64Const(0));
}

/** MOVQ: between MMX registers and memory as it is; of XMM registers, the low half, which clears the other of a register. */
const movq = onVectors((e, [dst, src], commit) => {
  if (dst.kind === 'memory') {
    e.writeVector(dst, e.readVector(src));
    commit();
  } else {
    const isCut = src.kind === 'register' && !isMmxRegister(src);
    const value = e.let(isCut ? lowHalf(e.readVector(src)) : e.readVector(src));
    commit();
    e.writeVector(dst, value);
  }
});

/** MOVSS, MOVSD: a scalar from memory clears the rest of the register, one from a register leaves it. */
function moveScalar(bytes: 4 | 8): Semantics {
  const lanes = Array.from({ length: 16 }, (_, byte) => (byte < bytes ? byte : 16 + byte));
  return onVectors((e, [dst, src]) => {
    const value = e.readVector(src);
    const isMerge = src.kind === 'register' && dst.kind === 'register';
    e.writeVector(dst, isMerge ? shuffle(value, e.readVector(dst), lanes) : value);
  });
}

/** The high half, in the low one's place. */
function highHalf(value: V128): V128 {
  return shuffle(value, ZERO, [8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16, 16, 16]);
}

/** Half of `dst` replaced by a half that stands in the low part. */
const LOW_REPLACED = [16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15];

/** MOVLPS, MOVLPD, and MOVHLPS, which shares their opcode. */
const moveLow = onVectors((e, [dst, src]) => {
  if (dst.kind === 'memory') e.writeVector(dst, e.readVector(src));
  else e.writeVector(dst, shuffle(e.readVector(dst), e.readVector(src), LOW_REPLACED));
});

/** MOVHPS, MOVHPD and MOVLHPS. */
const moveHigh = onVectors((e, [dst, src]) => {
  if (dst.kind === 'memory') e.writeVector(dst, highHalf(e.readVector(src)));
  else e.writeVector(dst, joinLow(e.readVector(dst), e.readVector(src)));
});

/** MOVHLPS: the source's high half into the low one. */
const movhlps = onVectors((e, [dst, src]) => {
  e.writeVector(
    dst,
    shuffle(
      e.readVector(dst),
      e.readVector(src),
      LOW_REPLACED.map((lane) => (lane < 16 ? lane : lane + 8)),
    ),
  );
});

/** MOVSLDUP, MOVSHDUP: dwords `first` and `first + 2`, each twice. */
function duplicateDwords(first: 0 | 1): Semantics {
  const dword = (index: number): number[] => [0, 1, 2, 3].map((byte) => 4 * index + byte);
  const lanes = [first, first, first + 2, first + 2].flatMap(dword);
  return transform((value, e) => {
    const bound = e.let(value);
    return shuffle(bound, bound, lanes);
  });
}

/** The highest bits of the lanes, in a general register. Those that an MMX register lacks are zero. */
function mask(operation: Parameters<typeof vectorBits>[0]): Semantics {
  return onVectors((e, [dst, src], commit) => {
    const bits = e.let(vectorBits(operation, e.readVector(src)));
    commit();
    e.write(dst, bits);
  });
}

const aligned = move();
const unaligned = move('any');

/** Moves of whole registers, of scalars, of halves and of signs. Hints not to keep what is stored in caches mean nothing here. */
export const moveSemantics: Readonly<Record<string, Semantics>> = {
  movd,
  movq,
  movdqa: aligned,
  movaps: aligned,
  movapd: aligned,
  movdqu: unaligned,
  movups: unaligned,
  movupd: unaligned,
  lddqu: unaligned,
  movntq: aligned,
  movntdq: aligned,
  movntps: aligned,
  movntpd: aligned,
  movq2dq: aligned,
  movdq2q: aligned,
  movss: moveScalar(4),
  movsd: moveScalar(8),
  movlps: moveLow,
  movlpd: moveLow,
  movhps: moveHigh,
  movhpd: moveHigh,
  movlhps: moveHigh,
  movhlps,
  movsldup: duplicateDwords(0),
  movshdup: duplicateDwords(1),
  movddup: transform((value, e) => {
    const bound = e.let(value);
    return joinLow(bound, bound);
  }),
  movmskps: mask('i32x4.bitmask'),
  movmskpd: mask('i64x2.bitmask'),
  pmovmskb: mask('i8x16.bitmask'),
};
