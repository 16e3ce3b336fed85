import type { BlockView, RecordView } from '../engine/TranslationView.ts';
import { linesBefore, linesFrom, type CodeLine, type CodeWindow } from './CodeLines.ts';
import { describeLine, type CodePlace, type DisassembledLine, type ProgramKnowledge } from './Disassembler.ts';

/** One line of guest code, and what it was translated into. */
export interface TranslationRow {
  readonly line: DisassembledLine;
  /** Position in the blocks; null: the line has not been translated. */
  readonly block: number | null;
  /** The block begins here. */
  readonly isFirst: boolean;
  /** Null: the translator has put something of its own in the instruction's place, or nothing yet. */
  readonly record: RecordView | null;
  /** The translator's own records before the instruction, or in its place. */
  readonly steps: readonly RecordView[];
}

/** Enough before the first line to tell where instructions begin. */
export const LEAD_BYTES = 96;

interface Translated {
  readonly block: number;
  readonly records: readonly RecordView[];
}

/**
 * Guest code in ascending order, each instruction beside its record. Translations overlap where code is jumped into:
 * a line belongs to the block that begins last before it and is not rare there; blocks of other modes are shown where none of the present
 * mode lies.
 */
export function listTranslation(
  window: CodeWindow,
  place: CodePlace,
  blocks: readonly BlockView[],
  lines: { readonly before: number; readonly count: number },
  knowledge: ProgramKnowledge,
): TranslationRow[] {
  const translated = recordsByAddress(blocks);
  const starts = [...translated.keys()].sort((a, b) => a - b);
  const anchors = { has: (address: number) => translated.has(address) || knowledge.starts.has(address) };
  const [first] = linesBefore(window, place.linearAddress, lines.before, anchors);
  const rows: TranslationRow[] = [];
  let at = first?.linearAddress ?? place.linearAddress;
  while (rows.length < lines.count) {
    const found = translated.get(at);
    const block = found && blocks[found.block];
    const codeSize = block?.mode.codeSize ?? place.codeSize;
    const next = starts.find((start) => start > at) ?? Infinity;
    const [line] = linesFrom({ ...window, codeSize }, at, 1).map((each) => upTo(each, next));
    if (!line) break;
    rows.push({
      line: describeLine(line, place, knowledge),
      block: found?.block ?? null,
      isFirst: block?.linearAddress === at,
      record: found?.records.find(({ isStep }) => !isStep) ?? null,
      steps: found?.records.filter(({ isStep }) => isStep) ?? [],
    });
    at += line.bytes.length;
  }
  return rows;
}

/** A block is too rare beside one that covers it when it is entered this many times less often. */
const RARE = 16;

/** Later blocks win over earlier ones, unless they are rare beside them; those of the present mode over all others. */
function recordsByAddress(blocks: readonly BlockView[]): Map<number, Translated> {
  const byAddress = new Map<number, Translated>();
  for (const isPresent of [false, true]) {
    for (const [block, view] of blocks.entries()) {
      if (view.isPresent !== isPresent) continue;
      if (isPresent) dropOthers(byAddress, blocks, view);
      const addresses = new Set(view.records.map(({ linearAddress }) => linearAddress));
      for (const address of addresses) {
        const other = blocks[byAddress.get(address)?.block ?? -1];
        if (other?.isPresent === isPresent && isRare(view, other)) continue;
        byAddress.set(address, { block, records: view.records.filter((record) => record.linearAddress === address) });
      }
    }
  }
  return byAddress;
}

function isRare(block: BlockView, other: BlockView): boolean {
  return (block.executions ?? 0) * RARE < (other.executions ?? 0);
}

/** Lines of other modes that a block of the present one covers. */
function dropOthers(byAddress: Map<number, Translated>, blocks: readonly BlockView[], present: BlockView): void {
  for (const [address, { block }] of byAddress) {
    const isCovered = address >= present.linearAddress && address < present.linearAddress + present.byteLength;
    if (isCovered && blocks[block]?.isPresent === false) byAddress.delete(address);
  }
}

/** Bytes before a known start of an instruction are none that reaches into it. */
function upTo(line: CodeLine, next: number): CodeLine {
  const room = next - line.linearAddress;
  return line.bytes.length <= room ? line : { ...line, bytes: line.bytes.subarray(0, room), instruction: null };
}
