import { EDGES, Random } from '../support/engine/Random.ts';
import type { VectorChoice, VectorState } from './vectorState.ts';

/**
 * What is compared: one instruction in flat 32-bit user mode, followed by INT3s, from a given state to the
 * exception that ends it. The same addresses are used on the host and in the engine.
 */

/** Code and data lie twice: below 64 KiB, where 16-bit addresses and jumps reach, and above. */
export const PLACE = {
  lowCode: 0x3000,
  highCode: 0x10_0000,
  codeBytes: 0x1000,
  /** Two pages of data, zero but for the window, which lies across the boundary between them. */
  lowData: 0x8000,
  highData: 0x11_0000,
  dataBytes: 0x2000,
  lowWindow: 0x8e00,
  highWindow: 0x11_0e00,
  windowBytes: 0x400,
  /** Offset of the instruction in its page of code. */
  codeOffset: 0x800,
} as const;

/** Selectors as 64-bit Linux has them, so that results that show them agree. */
export const SELECTOR = { kernelCode32: 0x08, kernelCode: 0x10, kernelData: 0x18, code: 0x23, data: 0x2b } as const;

export interface OracleCase {
  /** Row of the instruction table by its name, and the variant: `16 mem16 lock`. */
  readonly row: string;
  readonly variant: string;
  readonly bytes: Uint8Array;
  /** Runs in the lower page of code. */
  readonly isLow: boolean;
  /** Of the window's contents, 0 to 255. */
  readonly seed: number;
  readonly registers: readonly number[];
  readonly flags: number;
  /** 32-bit words written over the window: offset in it, value. */
  readonly pokes: readonly (readonly [number, number])[];
  /** Of instructions that have to do with vector registers. */
  readonly vectors?: VectorChoice;
}

export interface OracleResult {
  /** Exception vector: 3 after an instruction that completed. */
  readonly vector: number;
  readonly errorCode: number;
  readonly registers: readonly number[];
  readonly eip: number;
  readonly flags: number;
  /** ES CS SS DS FS GS. */
  readonly segments: readonly number[];
  /** Bytes of data that changed: address, value. */
  readonly changes: readonly (readonly [number, number])[];
  /** There when the case has `vectors`. */
  readonly vectors?: VectorState;
}

export function codeAddress({ isLow }: OracleCase): number {
  return (isLow ? PLACE.lowCode : PLACE.highCode) + PLACE.codeOffset;
}

const windows = new Map<number, Uint8Array>();

/** The window's contents: random and edge-case words by the seed, of which there are few, and the pokes. */
export function windowOf({ seed, pokes }: OracleCase): Uint8Array {
  let window = windows.get(seed);
  if (!window) windows.set(seed, (window = randomWindow(seed)));
  if (pokes.length === 0) return window;
  const poked = window.slice();
  const view = new DataView(poked.buffer);
  for (const [at, value] of pokes) view.setUint32(at, value, true);
  return poked;
}

function randomWindow(seed: number): Uint8Array {
  const random = new Random(seed);
  const words = Uint32Array.from({ length: PLACE.windowBytes / 4 }, () =>
    random.chance(40) ? random.pick(EDGES) : random.word(),
  );
  return new Uint8Array(words.buffer);
}

/** A number that stays the same for a text, to seed from. */
export function digestOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}
