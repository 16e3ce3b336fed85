/** EFLAGS bits (SDM vol. 1, figure 3-8). */
export const FLAG = {
  CF: 1 << 0,
  PF: 1 << 2,
  AF: 1 << 4,
  ZF: 1 << 6,
  SF: 1 << 7,
  TF: 1 << 8,
  IF: 1 << 9,
  DF: 1 << 10,
  OF: 1 << 11,
  IOPL: 3 << 12,
  NT: 1 << 14,
  RF: 1 << 16,
  VM: 1 << 17,
  AC: 1 << 18,
  VIF: 1 << 19,
  VIP: 1 << 20,
  ID: 1 << 21,
} as const;

/** The six flags that arithmetic writes, kept lazily as a result and its carries. */
export const ARITHMETIC_FLAGS = FLAG.CF | FLAG.PF | FLAG.AF | FLAG.ZF | FLAG.SF | FLAG.OF;

/** Bits of the carries word, see `STATE.carries`. */
export const CARRY = { out: 0x8000_0000 | 0, into: 0x4000_0000, half: 8, parityShift: 8, signInvert: 1 } as const;

function isParityEven(byte: number): boolean {
  byte ^= byte >> 4;
  return ((0x6996 >> (byte & 15)) & 1) === 0;
}

/** EFLAGS' arithmetic bits from the lazy pair. */
export function flagsFromLazy(result: number, carries: number): number {
  let flags = 0;
  if (carries < 0) flags |= FLAG.CF;
  if (((carries ^ (carries << 1)) & CARRY.out) !== 0) flags |= FLAG.OF;
  if (carries & CARRY.half) flags |= FLAG.AF;
  if (result === 0) flags |= FLAG.ZF;
  if (result < 0 !== ((carries & CARRY.signInvert) !== 0)) flags |= FLAG.SF;
  if (isParityEven((result ^ (carries >> CARRY.parityShift)) & 0xff)) flags |= FLAG.PF;
  return flags;
}

/** A lazy pair that reads back as exactly these arithmetic flags. */
export function lazyFromFlags(flags: number): { result: number; carries: number } {
  const result = flags & FLAG.ZF ? 0 : 1;
  let carries = 0;
  const isOverflow = (flags & FLAG.OF) !== 0;
  if (flags & FLAG.CF) carries |= CARRY.out | (isOverflow ? 0 : CARRY.into);
  else if (isOverflow) carries |= CARRY.into;
  if (flags & FLAG.AF) carries |= CARRY.half;
  if (flags & FLAG.SF) carries |= CARRY.signInvert;
  if (isParityEven(result) !== ((flags & FLAG.PF) !== 0)) carries |= 1 << CARRY.parityShift;
  return { result, carries };
}
