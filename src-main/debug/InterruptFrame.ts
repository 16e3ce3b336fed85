import type { CodeSize } from '../engine/decode/Instruction.ts';
import { ATTRIBUTE } from '../engine/state/CpuState.ts';
import { FLAG } from '../engine/state/flags.ts';
import { decodeDescriptor } from './descriptors.ts';

/** EFLAGS that are 0 in every image of them: bits 3, 5, 15, and from 22 on (SDM vol. 1, 3.4.3). */
const RESERVED_ZERO = 0xffc0_8028;
/** And the one that is 1. */
const RESERVED_ONE = 2;
const PARAGRAPH_BYTES = 16;
const RPL = 3;
const TABLE_INDICATOR = 4;
const SELECTOR = 0xffff;

/** Where a table of descriptors lies. */
export interface TablePlace {
  readonly base: number;
  readonly limit: number;
}

export interface DescriptorTables {
  readonly gdt: TablePlace;
  readonly ldt: TablePlace;
}

/** The segments that code runs in, and its stack. */
export interface StackSegments {
  readonly codeBase: number;
  readonly codeSelector: number;
  readonly codeSize: CodeSize;
  readonly stackBase: number;
  /** Selectors are paragraphs: real or virtual-8086 mode. */
  readonly hasParagraphSegments: boolean;
}

/** What IRET goes back to. */
export interface InterruptedPlace {
  readonly segments: StackSegments;
  /** Offsets in these segments. */
  readonly instructionPointer: number;
  readonly stackPointer: number;
  /** Only an exception, a software interrupt or NMI comes to code that takes no interrupts. */
  readonly takesInterrupts: boolean;
}

/** Reads a little-endian number of the stack, and of linear memory; undefined where nothing is. */
export interface FrameReader {
  stackWord(offset: number, wordBytes: 2 | 4): Promise<number | undefined>;
  linearWord(linearAddress: number): Promise<number | undefined>;
}

/**
 * What an IRET would go back to that finds its frame in a stack slot (SDM vol. 3A, 6.12.1); undefined: there is none,
 * by its flags or its segments.
 *
 * @param segments of the code that would execute it
 */
export async function interruptedPlace(
  reader: FrameReader,
  slot: number,
  wordBytes: 2 | 4,
  segments: StackSegments,
  tables: DescriptorTables,
): Promise<InterruptedPlace | undefined> {
  const word = (index: number): Promise<number | undefined> => reader.stackWord(slot + index * wordBytes, wordBytes);
  const [instructionPointer, selectorWord, flags] = [await word(0), await word(1), await word(2)];
  if (instructionPointer === undefined || selectorWord === undefined || flags === undefined) return undefined;
  if ((flags & RESERVED_ZERO) !== 0 || (flags & RESERVED_ONE) === 0) return undefined;
  const codeSelector = selectorWord & SELECTOR;
  const takesInterrupts = (flags & FLAG.IF) !== 0;
  const same = { instructionPointer, stackPointer: slot + 3 * wordBytes, takesInterrupts };
  const outerStack = async (): Promise<readonly [pointer: number, selector: number] | undefined> => {
    const [pointer, selector] = [await word(3), await word(4)];
    return pointer === undefined || selector === undefined ? undefined : [pointer, selector & SELECTOR];
  };
  if (segments.hasParagraphSegments)
    return { ...same, segments: { ...segments, codeBase: codeSelector * PARAGRAPH_BYTES, codeSelector } };
  if ((flags & FLAG.VM) !== 0) {
    const stack = await outerStack();
    return (
      stack && {
        instructionPointer: instructionPointer & 0xffff,
        stackPointer: stack[0] & 0xffff,
        takesInterrupts,
        segments: {
          ...{ codeBase: codeSelector * PARAGRAPH_BYTES, codeSelector, codeSize: 16 },
          ...{ stackBase: stack[1] * PARAGRAPH_BYTES, hasParagraphSegments: true },
        },
      }
    );
  }
  const code = await segmentOf(reader, codeSelector, tables);
  if (code === undefined || !code.isCode) return undefined;
  const there = { ...segments, codeBase: code.base, codeSelector, codeSize: code.isBig ? 32 : 16 } as const;
  const outward = (codeSelector & RPL) - (segments.codeSelector & RPL);
  if (outward < 0) return undefined;
  if (outward === 0) return { ...same, segments: there };
  const stack = await outerStack();
  const stackSegment = stack && (await segmentOf(reader, stack[1], tables));
  if (stack === undefined || stackSegment === undefined || stackSegment.isCode) return undefined;
  return {
    instructionPointer,
    stackPointer: stackSegment.isBig ? stack[0] : stack[0] & 0xffff,
    takesInterrupts,
    segments: { ...there, stackBase: stackSegment.base },
  };
}

/** Undefined: the selector names no segment that is there. */
async function segmentOf(
  reader: FrameReader,
  selector: number,
  { gdt, ldt }: DescriptorTables,
): Promise<{ readonly base: number; readonly isBig: boolean; readonly isCode: boolean } | undefined> {
  const { base, limit } = (selector & TABLE_INDICATOR) !== 0 ? ldt : gdt;
  const offset = selector & ~(RPL | TABLE_INDICATOR);
  if (offset === 0 && base === gdt.base) return undefined;
  if (offset + 7 > limit) return undefined;
  const [low, high] = [await reader.linearWord(base + offset), await reader.linearWord(base + offset + 4)];
  if (low === undefined || high === undefined) return undefined;
  const { attributes, base: segmentBase } = decodeDescriptor(low, high);
  if ((attributes & ATTRIBUTE.S) === 0 || (attributes & ATTRIBUTE.P) === 0) return undefined;
  return {
    base: segmentBase,
    isBig: (attributes & ATTRIBUTE.DB) !== 0,
    isCode: (attributes & ATTRIBUTE.CODE) !== 0,
  };
}
