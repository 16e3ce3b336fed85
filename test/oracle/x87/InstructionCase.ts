import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { x87Rows } from '../../../src-main/engine/isa/tables/x87.ts';
import { EDGES, Random } from '../../support/engine/Random.ts';
import { randomExtended, randomPartner, writeExtended } from './operands.ts';

/** Where the instruction and its memory operand lie, on the host and in the engine. EBX holds the window's address. */
export const PLACE = { code: 0x10_0080, window: 0x11_0000 } as const;

export const CODE_BYTES = 16,
  STATE_BYTES = 108,
  WINDOW_BYTES = 128;

/** Offsets in the image that FNSAVE writes with 32-bit operands (SDM vol. 1, figure 8-9). */
export const IMAGE = {
  control: 0,
  status: 4,
  tags: 8,
  instructionOffset: 12,
  /** Selector, and the opcode above it. */
  instructionSelector: 16,
  dataOffset: 20,
  dataSelector: 24,
  registers: 28,
} as const;

/** The image's words that results are compared by. */
export const RESULT_IMAGE_WORDS = [
  ['control', IMAGE.control],
  ['status', IMAGE.status],
  ['tags', IMAGE.tags],
  ['FIP', IMAGE.instructionOffset],
  ['FCS and FOP', IMAGE.instructionSelector],
  ['FDP', IMAGE.dataOffset],
  ['FDS', IMAGE.dataSelector],
] as const;

export interface InstructionCase {
  readonly row: Encoding;
  readonly bytes: Uint8Array;
  /** As FRSTOR reads it: STATE_BYTES. */
  readonly state: Uint8Array;
  readonly eax: number;
  readonly flags: number;
  readonly window: Uint8Array;
}

/** Not here: WAIT and the control of what never was, which change nothing that could be seen. */
export const rows: readonly Encoding[] = x87Rows.filter(({ feature }) => feature === 'fpu' || feature === 'sse3');

const MODRM_EBX = 0x03;
/** CF, PF, AF, ZF, SF, OF. */
const ARITHMETIC_FLAGS = 0x8d5;

/** The `index`th case of a row: the same on every machine. */
export function generateCase(row: Encoding, index: number, seed: number): InstructionCase {
  const random = new Random(seed + 7919 * index);
  const digit = row.digit << 3;
  let bytes: number[];
  if (row.digit < 0) bytes = [...row.opcode];
  else if (row.modrm === 'memory') bytes = [...row.opcode, digit | MODRM_EBX];
  else bytes = [...row.opcode, 0xc0 | digit | random.below(8)];
  // The operand size matters for images of the state alone.
  if (row.operands[0] === 'M' && random.chance(50)) bytes.unshift(0x66);
  const window = randomWindow(random, row);
  const state = randomState(random);
  if (row.mnemonic === 'fldenv' || row.mnemonic === 'frstor') writeImage(random, window, bytes[0] === 0x66);
  return {
    row,
    bytes: Uint8Array.from(bytes),
    state,
    eax: random.word(),
    flags: (random.word() & ARITHMETIC_FLAGS) | 0x202,
    window,
  };
}

/** Any control word. One case in four has exceptions unmasked. */
function randomControlWord(random: Random): number {
  const masks = random.chance(75) ? 0x3f : random.below(0x40);
  const precision = random.pick([0x300, 0x300, 0x200, 0x000]);
  return 0x40 | masks | precision | (random.below(4) << 10) | (random.chance(10) ? 0x1000 : 0);
}

function randomState(random: Random): Uint8Array {
  const view = new DataView(new ArrayBuffer(STATE_BYTES));
  const control = randomControlWord(random);
  // Flags that are set already, but none that would be pending.
  const exceptions = random.chance(30) ? random.below(0x40) & control : 0;
  const conditions = random.word() & 0x4700;
  view.setUint32(IMAGE.control, control, true);
  view.setUint32(IMAGE.status, exceptions | conditions | (random.below(8) << 11), true);
  const tags = random.chance(80) ? 0 : Array.from({ length: 8 }, () => (random.chance(40) ? 3 : 0));
  const full = random.chance(50);
  let word = 0;
  if (tags !== 0) word = tags.reduce((sum: number, tag, index) => sum | (tag << (2 * index)), 0);
  // Room for pushes in half of the cases.
  else if (!full) word = 0;
  const top = (view.getUint32(IMAGE.status, true) >> 11) & 7;
  if (random.chance(70)) word |= 3 << (2 * ((top - 1) & 7));
  view.setUint32(IMAGE.tags, word, true);
  let previous = randomExtended(random);
  for (let place = 0; place < 8; place++) {
    const value = place === 0 ? previous : randomPartner(random, previous);
    writeExtended(view, IMAGE.registers + 10 * place, value);
    previous = value;
  }
  return new Uint8Array(view.buffer);
}

function randomWindow(random: Random, row: Encoding): Uint8Array {
  const view = new DataView(new ArrayBuffer(WINDOW_BYTES));
  for (let at = 0; at < WINDOW_BYTES; at += 4) {
    view.setUint32(at, random.chance(30) ? random.pick(EDGES) : random.word(), true);
  }
  const isInteger = row.mnemonic.startsWith('fi');
  if (row.operands[0] === 'Md' && !isInteger) view.setUint32(0, randomFloat(random, 0xff, 127, 23), true);
  if (row.operands[0] === 'Mq' && !isInteger) view.setUint32(4, randomFloat(random, 0x7ff, 1023, 20), true);
  if (row.operands[0] === 'Mt') writeExtended(view, 0, randomExtended(random));
  if (row.mnemonic === 'fbld')
    for (let at = 0; at < 9; at++) view.setUint8(at, random.below(10) * 16 + random.below(10));
  return new Uint8Array(view.buffer);
}

/** The upper word of a narrower format: near one, denormal, special or anything. */
function randomFloat(random: Random, exponentMask: number, bias: number, shift: number): number {
  const kind = random.below(10);
  const exponent =
    kind < 5 ? bias - 20 + random.below(40) : kind < 7 ? 0 : kind < 9 ? random.below(exponentMask + 1) : exponentMask;
  const fraction = random.chance(25) ? random.pick([0, 1, 1 << (shift - 1)]) : random.word() & ((1 << shift) - 1);
  return ((exponent << shift) | fraction | (random.chance(50) ? 0x8000_0000 : 0)) >>> 0;
}

/** An image for FLDENV or FRSTOR with nothing pending. */
function writeImage(random: Random, window: Uint8Array, is16Bit: boolean): void {
  const view = new DataView(window.buffer);
  const step = is16Bit ? 2 : 4;
  const control = randomControlWord(random);
  view.setUint16(0, control, true);
  view.setUint16(step, (random.word() & 0x7f00) | (random.below(0x40) & control), true);
  view.setUint16(2 * step, random.word() & 0xffff, true);
}
