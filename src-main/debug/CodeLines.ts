import { decode } from '../engine/decode/Decoder.ts';
import type { CodeSize, Instruction } from '../engine/decode/Instruction.ts';

/** Bytes of a code segment and where they lie. */
export interface CodeWindow {
  readonly linearAddress: number;
  readonly bytes: Uint8Array;
  readonly codeSize: CodeSize;
}

/** One line of a listing: an instruction, or bytes that are none. */
export interface CodeLine {
  readonly linearAddress: number;
  readonly bytes: Uint8Array;
  readonly instruction: Instruction | null;
}

/** A known start of an instruction outweighs every path through undecided bytes. */
const ANCHOR_WEIGHT = 1_000_000;

/** Lines from an address onwards, as long as bytes last. */
export function linesFrom(window: CodeWindow, linearAddress: number, count: number): CodeLine[] {
  const lines: CodeLine[] = [];
  let offset = linearAddress - window.linearAddress;
  while (lines.length < count && offset >= 0 && offset < window.bytes.length) {
    const { length, instruction } = lineAt(window, offset);
    if (length === 0) break;
    lines.push(makeLine(window, offset, length, instruction));
    offset += length;
  }
  return lines;
}

/**
 * Lines that end where `linearAddress` begins. x86 code cannot be read backwards, so every byte before it is
 * tried as a start and the paths vote: the line before is the one that most paths lead through, since wrong paths
 * fall in with the right one after a few instructions. Instructions known to start somewhere (`anchors`: those
 * that ran, the assembler's listing) outweigh all votes, which keeps a listing steady while one steps through it.
 */
export function linesBefore(
  window: CodeWindow,
  linearAddress: number,
  count: number,
  anchors: Pick<ReadonlySet<number>, 'has'> = new Set(),
): CodeLine[] {
  const end = linearAddress - window.linearAddress;
  if (end <= 0 || end > window.bytes.length) return [];
  const decoded = Array.from({ length: end }, (_, offset) => lineAt(window, offset));
  const votes = new Float64Array(end + 1);
  for (let offset = 0; offset < end; offset++) {
    const { length, instruction } = decoded[offset] ?? { length: 1, instruction: null };
    const own = anchors.has(window.linearAddress + offset) ? ANCHOR_WEIGHT : instruction ? 1 : 0.1;
    votes[offset] = (votes[offset] ?? 0) + own;
    const next = offset + Math.max(1, length);
    // A path that overruns the address, or a known start, decides nothing.
    if (next <= end && !hasAnchorBetween(window.linearAddress + offset, window.linearAddress + next, anchors))
      votes[next] = (votes[next] ?? 0) + (votes[offset] ?? 0);
  }

  const lines: CodeLine[] = [];
  let at = end;
  while (lines.length < count && at > 0) {
    let best = -1;
    for (let offset = Math.max(0, at - 15); offset < at; offset++) {
      const candidate = decoded[offset];
      if (candidate?.instruction && offset + candidate.length === at && (votes[offset] ?? 0) > (votes[best] ?? 0)) {
        best = offset;
      }
    }
    const start = best >= 0 ? best : at - 1;
    const found = best >= 0 ? (decoded[best]?.instruction ?? null) : null;
    lines.unshift(makeLine(window, start, at - start, found));
    at = start;
  }
  return lines;
}

function hasAnchorBetween(first: number, end: number, anchors: Pick<ReadonlySet<number>, 'has'>): boolean {
  for (let address = first + 1; address < end; address++) if (anchors.has(address)) return true;
  return false;
}

function lineAt(
  window: CodeWindow,
  offset: number,
): { readonly length: number; readonly instruction: Instruction | null } {
  const { bytes, codeSize } = window;
  const result = decode(bytes, offset, bytes.length, codeSize);
  switch (result.kind) {
    case 'instruction':
      return { length: result.instruction.length, instruction: result.instruction };
    case 'truncated':
      return { length: 0, instruction: null };
    case 'undefined':
    case 'too-long':
      // One byte at a time, so that the next true start is not stepped over.
      return { length: 1, instruction: null };
  }
}

function makeLine(window: CodeWindow, offset: number, length: number, instruction: Instruction | null): CodeLine {
  return {
    linearAddress: window.linearAddress + offset,
    bytes: window.bytes.slice(offset, offset + length),
    instruction,
  };
}
