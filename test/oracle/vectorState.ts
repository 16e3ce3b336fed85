import type { Encoding } from '../../src-main/engine/isa/Encoding.ts';
import { EDGES, Random } from '../support/engine/Random.ts';
import { randomNumbers } from './floatState.ts';

/** MMX, x87 and XMM registers with what controls them, as the instruction finds or leaves them. */
export interface VectorState {
  /** XMM0 to XMM7, 16 bytes each. */
  readonly xmm: Uint8Array;
  /** The x87's registers R0 to R7 by their own numbers, 10 bytes each; MM0 to MM7 are their first 8 bytes. */
  readonly x87: Uint8Array;
  readonly x87Control: number;
  /** TOP included. */
  readonly x87Status: number;
  /** Bit n: Rn is in use. */
  readonly x87Valid: number;
  readonly mxcsr: number;
}

/** What XMM registers hold: anything, or floating-point numbers: doubles by an odd seed, singles by an even one. */
export type VectorContents = 'anything' | 'numbers';

/** What a case says of its vector state: everything else follows. */
export interface VectorChoice {
  readonly contents: VectorContents;
  /** 0 to 65535. */
  readonly seed: number;
  readonly mxcsr: number;
}

/** Whether an instruction came with or after the vector registers: what it does to them, or does not, is looked at. */
export function hasVectors({ feature }: Encoding): boolean {
  return /^(mmx|s*sse\d?|fxsr|popcnt|clfsh|prefetchw)$/.test(feature);
}

export const XMM_BYTES = 16,
  X87_BYTES = 10,
  REGISTERS = 8;
/** All exceptions masked, to nearest. */
export const DEFAULT_MXCSR = 0x1f80;

const BYTE_EDGES = [0, 1, 0x7f, 0x80, 0x81, 0xff];
const WORD_EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xffff];
/** Zeros, ones, infinities, quiet and signalling NaNs, the smallest and largest denormals and normals, and limits of integers. */
const SINGLE_EDGES = [
  0, 0x8000_0000, 0x3f80_0000, 0xbf80_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffc0_0000, 0x7f80_0001,
  0xffbf_ffff, 1, 0x8000_0001, 0x007f_ffff, 0x0080_0000, 0x8080_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x4f00_0000,
  0xcf00_0000, 0x3f00_0000, 0x4020_0000, 0x3fc0_0000,
];
/** The upper halves of doubles of the same kinds. */
const DOUBLE_EDGES = [
  0, 0x8000_0000, 0x3ff0_0000, 0xbff0_0000, 0x7ff0_0000, 0xfff0_0000, 0x7ff8_0000, 0xfff8_0000, 0x000f_ffff,
  0x0010_0000, 0x8010_0000, 0x7fef_ffff, 0xffef_ffff, 0x41e0_0000, 0xc1e0_0000, 0x3fe0_0000, 0x4004_0000, 0x47ef_ffff,
  0x3690_0000,
];

/** A vector of lanes of one kind: what is interesting differs with the instruction, so all kinds occur. */
function randomVector(random: Random): Uint8Array {
  const bytes = new Uint8Array(XMM_BYTES);
  const view = new DataView(bytes.buffer);
  const kind = random.below(100);
  if (kind < 15) bytes.forEach((_, at) => (bytes[at] = random.chance(60) ? random.pick(BYTE_EDGES) : random.word()));
  else if (kind < 30) {
    for (let at = 0; at < XMM_BYTES; at += 2) {
      view.setUint16(at, random.chance(60) ? random.pick(WORD_EDGES) : random.word(), true);
    }
  } else if (kind < 60) {
    for (let at = 0; at < XMM_BYTES; at += 4) {
      view.setUint32(at, random.chance(40) ? random.pick(EDGES) : random.word(), true);
    }
  } else if (kind < 70) {
    // A count of shifts, now and then one that only its upper half makes too large.
    view.setUint32(0, random.below(70), true);
    view.setUint32(4, random.chance(20) ? random.word() : 0, true);
    for (let at = 8; at < XMM_BYTES; at += 4) view.setUint32(at, random.word(), true);
  } else if (kind < 85) {
    for (let at = 0; at < XMM_BYTES; at += 4) {
      const near = (random.word() & 0x81ff_ffff) | 0x3e00_0000;
      view.setUint32(
        at,
        random.chance(40) ? random.pick(SINGLE_EDGES) : random.chance(50) ? near : random.word(),
        true,
      );
    }
  } else {
    for (let at = 0; at < XMM_BYTES; at += 8) {
      const near = (random.word() & 0x807f_ffff) | 0x3fc0_0000;
      const high = random.chance(40) ? random.pick(DOUBLE_EDGES) : random.chance(50) ? near : random.word();
      view.setUint32(at + 4, high, true);
      view.setUint32(at, random.chance(40) ? random.pick([0, 1, 0xffff_ffff]) : random.word(), true);
    }
  }
  return bytes;
}

/** The state before the instruction. One in sixteen has an x87 exception pending. */
export function vectorStateOf({ contents, seed, mxcsr }: VectorChoice): VectorState {
  const random = new Random(seed ^ 0x5eed_0000);
  const xmm = new Uint8Array(REGISTERS * XMM_BYTES);
  const x87 = new Uint8Array(REGISTERS * X87_BYTES);
  for (let register = 0; register < REGISTERS; register++) {
    xmm.set(randomVector(random), register * XMM_BYTES);
    x87.set(randomVector(random).subarray(0, X87_BYTES), register * X87_BYTES);
  }
  if (contents === 'numbers') xmm.set(randomNumbers(random, REGISTERS, seed % 2 === 1));
  const top = random.below(8);
  const isPending = seed % 16 === 0;
  const CONDITIONS = 0x4700;
  return {
    xmm,
    x87,
    x87Control: isPending ? 0x37e : 0x37f,
    x87Status: (random.word() & CONDITIONS) | (top << 11) | (isPending ? 0x8081 : random.below(64)),
    x87Valid: random.below(256),
    mxcsr,
  };
}

/** Offsets in the image that FXSAVE makes (SDM vol. 1, table 10-2). */
const FX = {
  control: 0,
  status: 2,
  valid: 4,
  mxcsr: 24,
  mxcsrMask: 28,
  stack: 32,
  slot: 16,
  xmm: 160,
  size: 512,
} as const;
/** As much of the image as is looked at afterwards. */
export const FX_RESULT_BYTES = FX.xmm + REGISTERS * XMM_BYTES;
export const FX_BYTES = FX.size;

export function writeFxImage(to: Uint8Array, state: VectorState): void {
  const view = new DataView(to.buffer, to.byteOffset);
  view.setUint16(FX.control, state.x87Control, true);
  view.setUint16(FX.status, state.x87Status, true);
  view.setUint16(FX.valid, state.x87Valid, true);
  view.setUint32(FX.mxcsr, state.mxcsr, true);
  const top = topOf(state.x87Status);
  for (let place = 0; place < REGISTERS; place++) {
    const at = ((top + place) % REGISTERS) * X87_BYTES;
    to.set(state.x87.subarray(at, at + X87_BYTES), FX.stack + place * FX.slot);
  }
  to.set(state.xmm, FX.xmm);
}

export function readFxImage(image: Uint8Array): VectorState {
  const view = new DataView(image.buffer, image.byteOffset);
  const x87Status = view.getUint16(FX.status, true);
  const x87 = new Uint8Array(REGISTERS * X87_BYTES);
  for (let place = 0; place < REGISTERS; place++) {
    const from = FX.stack + place * FX.slot;
    x87.set(image.subarray(from, from + X87_BYTES), ((topOf(x87Status) + place) % REGISTERS) * X87_BYTES);
  }
  return {
    xmm: image.slice(FX.xmm, FX.xmm + REGISTERS * XMM_BYTES),
    x87,
    x87Control: view.getUint16(FX.control, true),
    x87Status,
    x87Valid: view.getUint8(FX.valid),
    mxcsr: view.getUint32(FX.mxcsr, true),
  };
}

function topOf(status: number): number {
  return (status >> 11) & 7;
}

/** What differs between two states, as a line for a person; '' when nothing does. */
export function vectorDifference(actual: VectorState, wanted: VectorState): string {
  const differences: string[] = [];
  const compare = (name: string, is: Uint8Array, shouldBe: Uint8Array, size: number): void => {
    for (let register = 0; register < REGISTERS; register++) {
      const [one, other] = [is, shouldBe].map((bytes) => hexOf(bytes, register * size, size));
      if (one !== other) differences.push(`${name}${register} ${one} for ${other}`);
    }
  };
  compare('xmm', actual.xmm, wanted.xmm, XMM_BYTES);
  compare('mm', actual.x87, wanted.x87, X87_BYTES);
  for (const field of ['x87Control', 'x87Status', 'x87Valid', 'mxcsr'] as const) {
    if (actual[field] !== wanted[field]) {
      differences.push(`${field} ${actual[field].toString(16)} for ${wanted[field].toString(16)}`);
    }
  }
  return differences.join(', ');
}

/** Bytes with the highest first, as registers are written. */
function hexOf(bytes: Uint8Array, at: number, size: number): string {
  return Buffer.from(bytes.slice(at, at + size).reverse()).toString('hex');
}
