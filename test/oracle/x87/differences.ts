import { IMAGE, type InstructionCase, RESULT_IMAGE_WORDS } from './InstructionCase.ts';
import { RESULT } from './nativeInstructions.ts';
import { readExtended, type ExtendedBits } from './operands.ts';

/** Condition bits and exceptions of the status word. */
const C0 = 0x100,
  C1 = 0x200,
  C2 = 0x400,
  C3 = 0x4000,
  DENORMAL = 2;
const ALL = 0xffff;

/** Results of these are not exact: the manual asks for one unit in the last place (SDM vol. 1, 8.3.10). */
const INEXACT = new Set(['fsin', 'fcos', 'fsincos', 'fptan', 'fpatan', 'f2xm1', 'fyl2x', 'fyl2xp1']);
/** Units in the last place that an inexact result may be off. */
const TOLERANCE = 1n;

/** Arguments for which the manual defines no result, and tangents of denormals: whether those underflow differs. */
function isUndefined({ row, state }: InstructionCase): boolean {
  const { mnemonic } = row;
  const { signExponent, high } = readExtended(new DataView(state.buffer, state.byteOffset), IMAGE.registers);
  const exponent = signExponent & 0x7fff;
  if (mnemonic === 'fptan') return exponent === 0;
  if (mnemonic !== 'f2xm1' && mnemonic !== 'fyl2xp1') return false;
  // F2XM1: beyond 1. FYL2XP1: from a quarter on, which is a little below the manual's limits.
  const limit = mnemonic === 'f2xm1' ? 0x3fff : 0x3ffd;
  return exponent >= limit && high >= 0x8000_0000;
}

/** Bits of the status word in which processors may differ after an instruction. */
function undefinedStatus({ row, state }: InstructionCase): number {
  if (INEXACT.has(row.mnemonic)) return C1;
  const control = state[IMAGE.control];
  // An unmasked denormal ends FPREM before it has a quotient to tell bits of.
  if (row.mnemonic.startsWith('fprem') && (control & DENORMAL) === 0) return C3 | C2 | C1 | C0;
  return 0;
}

/** Bits of the image's words that hold anything. */
const WORD_MASKS: Readonly<Record<(typeof RESULT_IMAGE_WORDS)[number][0], number>> = {
  control: ALL,
  status: ALL,
  tags: ALL,
  FIP: -1,
  'FCS and FOP': 0x07ff_ffff,
  FDP: -1,
  FDS: ALL,
};

const POINTERS: ReadonlySet<string> = new Set(['FIP', 'FCS and FOP', 'FDP', 'FDS']);

/** The host's system switched tasks between instruction and FNSAVE: on some processors that loses the pointers. */
function hasLostPointers(view: DataView): boolean {
  return view.getUint32(IMAGE.instructionOffset, true) === 0;
}

/**
 * What differs between a native result and the engine's, '' for nothing.
 * @param isRecorded a recording, which is of undisturbed runs
 */
export function difference(
  given: InstructionCase,
  expected: Uint8Array,
  actual: Uint8Array,
  isRecorded: boolean,
): string {
  if (isUndefined(given)) return '';
  const [left, right] = [expected, actual].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset));
  const found: string[] = [];
  const compare = (name: string, at: number, mask: number): void => {
    const [a, b] = [left.getUint32(at, true) & mask, right.getUint32(at, true) & mask];
    if (a !== b) found.push(`${name} ${(a >>> 0).toString(16)} but ${(b >>> 0).toString(16)}`);
  };
  const statusMask = ALL & ~undefinedStatus(given);
  const areLost = !isRecorded && hasLostPointers(left);
  for (const [name, at] of RESULT_IMAGE_WORDS) {
    if (areLost && POINTERS.has(name)) continue;
    if (name === 'tags' && INEXACT.has(given.row.mnemonic)) {
      // A unit less may make a result denormal: of its tag only that it is not empty counts.
      const [a, b] = [left, right].map((view) => emptyTags(view.getUint16(at, true)));
      if (a !== b) found.push(`empty registers ${a.toString(16)} but ${b.toString(16)}`);
      continue;
    }
    compare(name, at, WORD_MASKS[name] & (name === 'status' ? statusMask : -1));
  }
  compare('eax', RESULT.eax, -1);
  compare('flags', RESULT.flags, 0x8d5);
  const isInexact = INEXACT.has(given.row.mnemonic);
  for (let place = 0; place < 8; place++) {
    const at = IMAGE.registers + 10 * place;
    const [a, b] = [readExtended(left, at), readExtended(right, at)];
    const distance = distanceOf(a, b);
    if (distance > (isInexact ? TOLERANCE : 0n)) found.push(`ST(${place}) ${show(a)} but ${show(b)}`);
  }
  for (let at: number = RESULT.window; at < expected.length; at++) {
    if (expected[at] !== actual[at]) {
      found.push(`memory from byte ${at - RESULT.window} on`);
      break;
    }
  }
  return found.join('; ');
}

function emptyTags(tags: number): number {
  return tags & (tags >> 1) & 0x5555;
}

/** In units in the last place. */
function distanceOf(a: ExtendedBits, b: ExtendedBits): bigint {
  if (((a.signExponent ^ b.signExponent) & 0x8000) !== 0) return 1n << 80n;
  const distance = positionOf(a) - positionOf(b);
  return distance < 0n ? -distance : distance;
}

function positionOf({ high, low, signExponent }: ExtendedBits): bigint {
  const exponent = signExponent & 0x7fff;
  const mantissa = (BigInt(high) << 32n) | BigInt(low);
  return exponent === 0 ? mantissa : (BigInt(exponent) << 63n) + (mantissa - (1n << 63n));
}

function show({ high, low, signExponent }: ExtendedBits): string {
  const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');
  return `${digits(signExponent, 4)}:${digits(high, 8)}${digits(low, 8)}`;
}
