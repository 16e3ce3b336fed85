import { decode } from '../engine/decode/Decoder.ts';
import type { CodeSize, Instruction, Operand } from '../engine/decode/Instruction.ts';
import { RBP, RSP } from '../engine/state/layout.ts';

/** SDM vol. 2A, 2.3.11. */
const LONGEST_INSTRUCTION = 15;
/** PUSHA: where BP lies above the stack pointer that it leaves, in words. */
const SAVED_FRAME_POINTER = 2;
const PUSHED_BY_PUSHA = 8;

/** What BP holds: a number, or what lies in a slot of the stack; undefined: nobody knows. */
type FrameValue = number | { readonly slot: number } | undefined;

/** Where code stands that has not returned yet. All are offsets in their segments. */
export interface ReturnPathStart {
  readonly instructionPointer: number;
  readonly stackPointer: number;
  readonly framePointer: number;
  readonly codeSize: CodeSize;
}

/** An instruction ahead that returns. */
export interface ReturnAhead {
  readonly kind: 'near' | 'far' | 'interrupt';
  /** What it pops is of this size. */
  readonly wordBytes: 2 | 4;
  /** The stack slot, as an offset, that it takes the return address from. */
  readonly slot: number;
  /** What it releases above that, beside what it pops: the arguments of procedures that take them off themselves. */
  readonly releasedBytes: number;
  /** BP as it will be then. */
  readonly framePointer: FrameValue;
}

/** A place ahead, and what the stack is there. */
interface Way {
  readonly instructionPointer: number;
  /** Undefined: nobody knows. */
  readonly stackPointer: number | undefined;
  readonly framePointer: FrameValue;
  /** What was pushed of BP on the way, by slot. */
  readonly saved: ReadonlyMap<number, FrameValue>;
}

/**
 * Follows code from where it stands to the instructions that return from it, and what it will have pushed and popped
 * until there: both ways of every branch, calls taken as coming back with the stack as it was. The nearest come first.
 *
 * @param readCode bytes at an offset in the code segment; as many as there are
 * @param most instructions that are looked at
 */
export async function* returnsAhead(
  start: ReturnPathStart,
  readCode: (offset: number, byteLength: number) => Promise<Uint8Array>,
  most: number,
): AsyncGenerator<ReturnAhead, void, undefined> {
  const { codeSize } = start;
  const seen = new Set<number>();
  const ways: Way[] = [{ ...start, saved: new Map() }];
  for (let way = ways.shift(); way !== undefined && seen.size < most; way = ways.shift()) {
    const { instructionPointer } = way;
    if (seen.has(instructionPointer)) continue;
    seen.add(instructionPointer);
    const bytes = await readCode(instructionPointer, LONGEST_INSTRUCTION);
    const decoded = decode(bytes, 0, bytes.length, codeSize);
    if (decoded.kind !== 'instruction') continue;
    const { instruction } = decoded;
    const kind = RETURNS[instruction.encoding.semantics];
    if (kind !== undefined) {
      const { stackPointer, framePointer } = way;
      const wordBytes = instruction.operandSize === 16 ? 2 : 4;
      const [released] = instruction.operands;
      const releasedBytes = released?.kind === 'immediate' ? released.value : 0;
      if (stackPointer !== undefined) yield { kind, wordBytes, slot: stackPointer, releasedBytes, framePointer };
      continue;
    }
    const after = passed(instruction, way);
    for (const next of successors(instruction, instructionPointer)) ways.push({ ...after, instructionPointer: next });
  }
}

const RETURNS: Readonly<Record<string, ReturnAhead['kind']>> = { retNear: 'near', retFar: 'far', iret: 'interrupt' };

/** Where control goes on in this code; a jump whose target is known at run time alone leads nowhere. */
function successors({ encoding, operands, operandSize, length }: Instruction, from: number): number[] {
  const next = (from + length) >>> 0;
  const [operand] = operands;
  const target = operand?.kind === 'relative' ? next + operand.displacement : undefined;
  const there = target === undefined ? [] : [operandSize === 16 ? target & 0xffff : target >>> 0];
  if (encoding.mnemonic === 'jmp') return there;
  return encoding.flow === 'branch' ? [next, ...there] : [next];
}

/** The stack behind an instruction. */
function passed(instruction: Instruction, way: Way): Way {
  const { semantics, mnemonic } = instruction.encoding;
  const { stackPointer, framePointer } = way;
  const [first, second] = instruction.operands;
  const wordBytes = instruction.operandSize === 16 ? 2 : 4;
  switch (semantics) {
    case 'leave':
      return popped(typeof framePointer === 'number' ? { ...way, stackPointer: framePointer } : unknownStack(way), wordBytes, true); // prettier-ignore
    case 'pusha':
      return pushed(way, PUSHED_BY_PUSHA * wordBytes, SAVED_FRAME_POINTER * wordBytes);
    case 'popa': {
      if (stackPointer === undefined) return { ...way, framePointer: undefined };
      const saved = inSlot(way, stackPointer + SAVED_FRAME_POINTER * wordBytes);
      return { ...way, stackPointer: stackPointer + PUSHED_BY_PUSHA * wordBytes, framePointer: saved };
    }
    case 'mov':
      if (isRegister(first, RSP)) return isRegister(second, RBP) ? moved(way, framePointer) : unknownStack(way);
      if (isRegister(first, RBP)) return { ...way, framePointer: isRegister(second, RSP) ? stackPointer : undefined };
      return way;
    case 'lea': {
      if (!isRegister(first, RSP)) break;
      if (second?.kind !== 'memory' || second.index >= 0) return unknownStack(way);
      const base = second.base === RSP ? stackPointer : second.base === RBP ? framePointer : undefined;
      return moved(way, typeof base === 'number' ? base + second.displacement : undefined);
    }
    case 'add':
    case 'sub':
      if (!isRegister(first, RSP)) break;
      if (second?.kind !== 'immediate' || stackPointer === undefined) return unknownStack(way);
      return moved(way, stackPointer + (semantics === 'add' ? second.value : -second.value));
  }
  if (mnemonic.startsWith('push')) return pushed(way, wordBytes, isRegister(first, RBP) ? 0 : undefined);
  if (mnemonic.startsWith('pop')) {
    const after = popped(way, wordBytes, isRegister(first, RBP));
    return isRegister(first, RSP) ? unknownStack(after) : after;
  }
  if (mnemonic === 'cmp' || mnemonic === 'test') return way;
  if (isRegister(first, RSP) || mnemonic === 'lss' || mnemonic === 'enter') return unknownStack(way);
  return isRegister(first, RBP) ? { ...way, framePointer: undefined } : way;
}

/** @param saved where above the new stack pointer BP lies */
function pushed(way: Way, byteLength: number, saved: number | undefined): Way {
  if (way.stackPointer === undefined) return way;
  const stackPointer = way.stackPointer - byteLength;
  if (saved === undefined) return { ...way, stackPointer };
  return { ...way, stackPointer, saved: new Map(way.saved).set(stackPointer + saved, way.framePointer) };
}

function popped(way: Way, byteLength: number, isFramePointer: boolean): Way {
  const { stackPointer } = way;
  if (stackPointer === undefined) return isFramePointer ? { ...way, framePointer: undefined } : way;
  const framePointer = isFramePointer ? inSlot(way, stackPointer) : way.framePointer;
  return { ...way, stackPointer: stackPointer + byteLength, framePointer };
}

function inSlot({ saved }: Way, slot: number): FrameValue {
  return saved.has(slot) ? saved.get(slot) : { slot };
}

function moved(way: Way, stackPointer: FrameValue): Way {
  return { ...way, stackPointer: typeof stackPointer === 'number' ? stackPointer : undefined };
}

function unknownStack(way: Way): Way {
  return { ...way, stackPointer: undefined };
}

/** All of a general register, or its low half. */
function isRegister(operand: Operand | undefined, index: number): boolean {
  return operand?.kind === 'register' && operand.file === 'general' && operand.index === index && operand.width > 8;
}
