import { decode } from '../engine/decode/Decoder.ts';
import type { CodeSize } from '../engine/decode/Instruction.ts';
import { readLinear, type MemoryAccess } from './LinearMemory.ts';

/** What a stopped vCPU's registers say. Bases and pointers are linear addresses apart from the offsets in them. */
export interface StackContext {
  readonly codeBase: number;
  readonly instructionPointer: number;
  readonly codeSize: CodeSize;
  readonly stackBase: number;
  readonly stackPointer: number;
  readonly framePointer: number;
  /** Selectors are paragraphs: real or virtual-8086 mode. */
  readonly hasParagraphSegments: boolean;
}

export interface Frame {
  /** Of the next instruction there. */
  readonly linearAddress: number;
  /** Linear, once everything below has returned. */
  readonly stackPointer: number;
  /** Found by looking for return addresses. */
  readonly isGuess: boolean;
}

const MOST_FRAMES = 64;
/** Words that are looked through for a return address where no frame pointer leads on. */
const MOST_SCANNED = 256;
/** A frame larger than this is none. */
const LARGEST_FRAME = 0x1_0000;
const LONGEST_CALL = 7;
/** push bp / push ebp, and both encodings of mov ebp, esp. */
const PUSH_FRAME = 0x55;
const MOVE_FRAME = new Set([0xe589, 0xec8b]);

/** A place on the stack that returns, and what is above it. */
interface ReturnSlot {
  readonly linearAddress: number;
  /** Of the stack pointer after the return, an offset in its segment. */
  readonly stackPointer: number;
  readonly isGuess: boolean;
}

/**
 * Who called whom, the innermost first: by frame pointers where code keeps them, and where it does not by the next word
 * on the stack that a call may have pushed.
 */
export async function callStack(memory: MemoryAccess, context: StackContext): Promise<Frame[]> {
  return new StackWalk(memory, context).walk();
}

class StackWalk {
  private readonly memory: MemoryAccess;
  private readonly context: StackContext;
  private readonly wordBytes: 2 | 4;

  constructor(memory: MemoryAccess, context: StackContext) {
    this.memory = memory;
    this.context = context;
    this.wordBytes = context.codeSize === 16 ? 2 : 4;
  }

  async walk(): Promise<Frame[]> {
    const { codeBase, instructionPointer, stackBase, stackPointer, framePointer } = this.context;
    const here = (codeBase + instructionPointer) % 2 ** 32;
    const frames: Frame[] = [{ linearAddress: here, stackPointer: stackBase + stackPointer, isGuess: false }];
    let pointer = stackPointer;
    let frame = framePointer;
    for (let isInnermost = true; frames.length < MOST_FRAMES; isInnermost = false) {
      const bare = isInnermost ? await this.withoutFrame(here, pointer) : undefined;
      const framed = bare ? undefined : await this.behindFrame(frame, pointer);
      const slot = bare ?? framed ?? (await this.scan(pointer));
      if (slot === undefined) break;
      if (framed) frame = (await this.word(frame)) ?? 0;
      pointer = slot.stackPointer;
      frames.push({ linearAddress: slot.linearAddress, stackPointer: stackBase + pointer, isGuess: slot.isGuess });
    }
    return frames;
  }

  /** Before a procedure has made its frame, and behind where it has taken it down. */
  private async withoutFrame(here: number, pointer: number): Promise<ReturnSlot | undefined> {
    const code = await this.bytes(here, 2);
    const before = await this.bytes(here - 1, 1);
    const first = code[0] ?? 0;
    if (first === PUSH_FRAME || first === 0xc3 || first === 0xc2 || first === 0xcf)
      return this.returnAt(pointer, false);
    if (before[0] === PUSH_FRAME && MOVE_FRAME.has(first | ((code[1] ?? 0) << 8)))
      return this.returnAt(pointer + this.wordBytes, false);
    return undefined;
  }

  private async behindFrame(frame: number, pointer: number): Promise<ReturnSlot | undefined> {
    if (frame < pointer || frame - pointer > LARGEST_FRAME) return undefined;
    return this.returnAt(frame + this.wordBytes, false);
  }

  private async scan(pointer: number): Promise<ReturnSlot | undefined> {
    for (let index = 0; index < MOST_SCANNED; index++) {
      const slot = await this.returnAt(pointer + index * this.wordBytes, true);
      if (slot) return slot;
    }
    return undefined;
  }

  /** What a stack slot returns to, where a near call, a far call or INT n has pushed it. */
  private async returnAt(slot: number, isGuess: boolean): Promise<ReturnSlot | undefined> {
    const { codeBase, hasParagraphSegments } = this.context;
    const offset = await this.word(slot);
    if (offset === undefined) return undefined;
    const { wordBytes } = this;
    const near = (codeBase + offset) % 2 ** 32;
    const kind = await this.callBefore(near);
    if (kind === 'near') return { linearAddress: near, stackPointer: slot + wordBytes, isGuess };
    const selector = hasParagraphSegments ? await this.word(slot + wordBytes) : undefined;
    const far = selector === undefined ? near : (selector & 0xffff) * 16 + offset;
    const farKind = selector === undefined ? kind : await this.callBefore(far);
    if (farKind === 'far') return { linearAddress: far, stackPointer: slot + 2 * wordBytes, isGuess };
    if (farKind === 'interrupt') return { linearAddress: far, stackPointer: slot + 3 * wordBytes, isGuess };
    return undefined;
  }

  /** What kind of call ends right before an address. */
  private async callBefore(linearAddress: number): Promise<'near' | 'far' | 'interrupt' | undefined> {
    const most = Math.min(LONGEST_CALL, linearAddress);
    const bytes = await this.bytes(linearAddress - most, most);
    if (bytes.length < most) return undefined;
    for (let length = 2; length <= most; length++) {
      const result = decode(bytes, most - length, most, this.context.codeSize);
      if (result.kind !== 'instruction' || result.instruction.length !== length) continue;
      const { mnemonic } = result.instruction.encoding;
      if (mnemonic === 'int') return 'interrupt';
      if (mnemonic !== 'call') continue;
      // 9A, and FF /3.
      const isFar = bytes[most - length] === 0x9a || (bytes[most - length] === 0xff && ((bytes[most - length + 1] ?? 0) & 0x38) === 0x18); // prettier-ignore
      return isFar ? 'far' : 'near';
    }
    return undefined;
  }

  private async word(offset: number): Promise<number | undefined> {
    const bytes = await this.bytes(this.context.stackBase + offset, this.wordBytes);
    if (bytes.length < this.wordBytes) return undefined;
    return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** Nothing where a part is not mapped. */
  private async bytes(linearAddress: number, byteLength: number): Promise<Uint8Array> {
    if (linearAddress < 0 || linearAddress + byteLength > 2 ** 32) return new Uint8Array(0);
    const { bytes, missing } = await readLinear(this.memory, linearAddress, byteLength);
    return missing.length > 0 ? new Uint8Array(0) : bytes;
  }
}
