import type { CodeSize, Instruction } from '../engine/decode/Instruction.ts';
import { instructionParts } from '../engine/disassembler/InstructionText.ts';
import { linesBefore, linesFrom, type CodeLine } from './CodeLines.ts';
import { readLinear, type MemoryAccess } from './LinearMemory.ts';

/** No x86 instruction is longer (SDM vol. 2A, 2.3.11). */
const INSTRUCTION_BYTES_MOST = 15;
/** Enough to let wrong paths fall in with the right one before the first line shown. */
const LEAD_BYTES = 64;

/** Where the code stands that is to be shown. */
export interface CodePlace {
  readonly linearAddress: number;
  readonly codeSize: CodeSize;
  /** Base of CS: branch targets count from offsets in it. */
  readonly codeBase: number;
}

export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Asked whether an instruction is known to start at a linear address. */
export type KnownStarts = Pick<ReadonlySet<number>, 'has'>;

/** What is known of a program beyond its bytes. */
export interface ProgramKnowledge {
  label(linearAddress: number): string | undefined;
  /** The source of these bytes; undefined when they are not what it became. */
  source(linearAddress: number, bytes: Uint8Array): SourceLine | undefined;
  /** Linear addresses at which an instruction is known to start. */
  readonly starts: KnownStarts;
}

export interface DisassembledLine {
  readonly linearAddress: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly label?: string;
  readonly target?: number;
  readonly sensitive: boolean;
  readonly source?: SourceLine;
}

export const NO_KNOWLEDGE: ProgramKnowledge = { label: () => undefined, source: () => undefined, starts: new Set() };

/** Lines of code around a place, as a guest's memory holds them now. */
export async function disassembleAround(
  memory: MemoryAccess,
  place: CodePlace,
  count: { readonly before: number; readonly after: number },
  knowledge: ProgramKnowledge = NO_KNOWLEDGE,
): Promise<DisassembledLine[]> {
  const { linearAddress, codeSize } = place;
  const lead = count.before > 0 ? count.before * INSTRUCTION_BYTES_MOST + LEAD_BYTES : 0;
  const from = Math.max(0, linearAddress - lead);
  const length = linearAddress - from + (count.after + 1) * INSTRUCTION_BYTES_MOST;
  const { bytes, missing } = await readLinear(memory, from, length);
  // What is not mapped around the address is cut off; the rest reads on.
  const at = linearAddress - from;
  const start = missing.reduce((edge, [, end]) => (end <= at && end > edge ? end : edge), 0);
  const end = missing.reduce((edge, [gap]) => (gap >= at && gap < edge ? gap : edge), bytes.length);
  if (missing.some(([gapStart, gapEnd]) => gapStart <= at && at < gapEnd)) return [];
  const window = { linearAddress: from + start, bytes: bytes.subarray(start, end), codeSize };

  const before = linesBefore(window, linearAddress, count.before, knowledge.starts);
  const after = linesFrom(window, linearAddress, count.after + 1);
  return [...before, ...after].map((line) => describeLine(line, place, knowledge));
}

/** A line with its text, and what is known of it beyond its bytes. */
export function describeLine(line: CodeLine, place: CodePlace, knowledge: ProgramKnowledge): DisassembledLine {
  const { linearAddress, bytes, instruction } = line;
  const label = knowledge.label(linearAddress);
  const source = knowledge.source(linearAddress, bytes);
  const about = { linearAddress, bytes, ...(label !== undefined && { label }), ...(source && { source }) };
  if (!instruction) {
    const operands = [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
    return { ...about, text: `db ${operands}`, mnemonic: 'db', operands, sensitive: false };
  }
  const parts = instructionParts(instruction, {
    address: linearAddress - place.codeBase,
    symbols: (offset) => knowledge.label(place.codeBase + offset),
  });
  const mnemonicEnd = parts.findIndex(({ kind }) => kind === 'mnemonic') + 1;
  const join = (list: typeof parts): string => list.map(({ text }) => text).join('');
  const target = branchTarget(instruction, linearAddress, place.codeBase);
  return {
    ...about,
    text: join(parts),
    mnemonic: join(parts.slice(0, mnemonicEnd)),
    operands: join(parts.slice(mnemonicEnd)).trim(),
    ...(target !== null && { target }),
    sensitive: instruction.encoding.sensitive,
  };
}

/** Linear address that a direct jump or call leads to, within its code segment. */
export function branchTarget(instruction: Instruction, linearAddress: number, codeBase: number): number | null {
  const relative = instruction.operands.find((operand) => operand.kind === 'relative');
  if (!relative) return null;
  const sum = linearAddress - codeBase + instruction.length + relative.displacement;
  const offset = instruction.operandSize === 16 ? sum & 0xffff : sum >>> 0;
  return (codeBase + offset) % 0x1_0000_0000;
}
