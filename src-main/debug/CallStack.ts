import { decode } from '../engine/decode/Decoder.ts';
import {
  type DescriptorTables,
  type InterruptedPlace,
  interruptedPlace,
  type StackSegments,
} from './InterruptFrame.ts';
import { readLinear, type MemoryAccess } from './LinearMemory.ts';
import { returnsAhead, type ReturnAhead } from './ReturnPath.ts';

/** What a stopped vCPU's registers say. Bases and pointers are linear addresses apart from the offsets in them. */
export interface StackContext extends StackSegments {
  readonly instructionPointer: number;
  readonly stackPointer: number;
  readonly framePointer: number;
  readonly descriptorTables: DescriptorTables;
}

export interface Frame {
  /** Of the next instruction there. */
  readonly linearAddress: number;
  /** Linear, once everything below has returned. */
  readonly stackPointer: number;
  /** Found by looking for return addresses. */
  readonly isGuess: boolean;
  /** It called nobody: a device or an exception has interrupted it before this instruction. */
  readonly isInterrupted: boolean;
}

const MOST_FRAMES = 64;
/** Words that are looked through for a return address where no frame pointer leads on. */
const MOST_SCANNED = 256;
/** A frame larger than this is none. */
const LARGEST_FRAME = 0x1_0000;
const LONGEST_CALL = 7;
const LONGEST_INSTRUCTION = 15;
/** push bp / push ebp, and both encodings of mov ebp, esp. */
const PUSH_FRAME = 0x55;
const MOVE_FRAME = new Set([0xe589, 0xec8b]);
/** Instructions that are looked at on the way to a procedure's return, and for all of a stack. */
const MOST_AHEAD = 400;
const MOST_AHEAD_IN_ALL = 3000;
const PAGE_BYTES = 4096;

/** A place on the stack that returns, and what is above it. */
interface ReturnSlot {
  readonly segments: StackSegments;
  /** Offsets in these segments: of the next instruction there, and of the stack pointer after the return. */
  readonly instructionPointer: number;
  readonly stackPointer: number;
  readonly isGuess: boolean;
  readonly isInterrupted: boolean;
}

/**
 * Who called whom, the innermost first, and whom interrupts have interrupted: by what the code ahead will pop until it
 * returns, else by frame pointers where code keeps them, and where it does not by the next word on the stack that a
 * call or a device's interrupt may have pushed.
 */
export async function callStack(memory: MemoryAccess, context: StackContext): Promise<Frame[]> {
  return new StackWalk(memory, context).walk();
}

class StackWalk {
  private readonly memory: MemoryAccess;
  private readonly context: StackContext;
  /** Of the frame that is looked at. */
  private segments: StackSegments;
  private readonly pages = new Map<number, Promise<Uint8Array>>();
  private aheadLeft = MOST_AHEAD_IN_ALL;

  constructor(memory: MemoryAccess, context: StackContext) {
    this.memory = memory;
    this.context = context;
    this.segments = context;
  }

  async walk(): Promise<Frame[]> {
    const frames: Frame[] = [];
    let { instructionPointer, stackPointer, framePointer } = this.context;
    let isGuess = false;
    let isInterrupted = false;
    for (;;) {
      const { codeBase, stackBase } = this.segments;
      const linearAddress = (codeBase + instructionPointer) % 2 ** 32;
      frames.push({ linearAddress, stackPointer: stackBase + stackPointer, isGuess, isInterrupted });
      if (frames.length === MOST_FRAMES) return frames;
      const bare = frames.length === 1 ? await this.beforeFrame(linearAddress, stackPointer) : undefined;
      const ahead = bare ? undefined : await this.ahead(instructionPointer, stackPointer, framePointer);
      const framed = bare || ahead ? undefined : await this.behindFrame(framePointer, stackPointer);
      const found = bare ?? ahead?.slot ?? framed ?? (await this.scan(stackPointer));
      if (found === undefined) return frames;
      if (framed) framePointer = (await this.word(framePointer)) ?? 0;
      if (ahead) framePointer = await this.frameValue(ahead.framePointer);
      ({ instructionPointer, stackPointer, isGuess, isInterrupted } = found);
      this.segments = found.segments;
    }
  }

  /** Before a procedure has made its frame. */
  private async beforeFrame(here: number, pointer: number): Promise<ReturnSlot | undefined> {
    const [first = 0, second = 0] = await this.bytes(here, 2);
    const [before] = await this.bytes(here - 1, 1);
    if (first === PUSH_FRAME) return this.returnAt(pointer, false);
    if (before === PUSH_FRAME && MOVE_FRAME.has(first | (second << 8)))
      return this.returnAt(pointer + this.wordBytes, false);
    return undefined;
  }

  /** By the first return in the code ahead that finds something to return to. */
  private async ahead(
    instructionPointer: number,
    stackPointer: number,
    framePointer: number,
  ): Promise<{ readonly slot: ReturnSlot; readonly framePointer: ReturnAhead['framePointer'] } | undefined> {
    const { codeBase, codeSize } = this.segments;
    const ways = returnsAhead(
      { instructionPointer, stackPointer, framePointer, codeSize },
      async (offset, byteLength) => {
        this.aheadLeft--;
        return this.some((codeBase + offset) % 2 ** 32, byteLength);
      },
      Math.min(MOST_AHEAD, this.aheadLeft),
    );
    for await (const { kind, slot, wordBytes, releasedBytes, framePointer: restored } of ways) {
      const found =
        kind === 'interrupt' ? await this.interruptAt(slot, wordBytes) : await this.returnAt(slot, false, wordBytes);
      if (found)
        return { slot: { ...found, stackPointer: found.stackPointer + releasedBytes }, framePointer: restored };
    }
    return undefined;
  }

  private async frameValue(value: ReturnAhead['framePointer']): Promise<number> {
    return typeof value === 'object' ? ((await this.word(value.slot)) ?? 0) : (value ?? 0);
  }

  private async behindFrame(frame: number, pointer: number): Promise<ReturnSlot | undefined> {
    if (frame < pointer || frame - pointer > LARGEST_FRAME) return undefined;
    return this.returnAt(frame + this.wordBytes, false);
  }

  private async scan(pointer: number): Promise<ReturnSlot | undefined> {
    for (let index = 0; index < MOST_SCANNED; index++) {
      const at = pointer + index * this.wordBytes;
      const slot = (await this.returnAt(at, true)) ?? (await this.deviceInterruptAt(at));
      if (slot) return slot;
    }
    return undefined;
  }

  /** What a stack slot returns to, where a near call, a far call or INT n has pushed it. */
  private async returnAt(slot: number, isGuess: boolean, wordBytes = this.wordBytes): Promise<ReturnSlot | undefined> {
    const { segments } = this;
    const { codeBase, hasParagraphSegments } = segments;
    const offset = await this.word(slot, wordBytes);
    if (offset === undefined) return undefined;
    const kind = await this.callBefore((codeBase + offset) % 2 ** 32);
    const found = { instructionPointer: offset, isGuess, isInterrupted: false };
    if (kind === 'near') return { ...found, segments, stackPointer: slot + wordBytes };
    const selector = hasParagraphSegments ? await this.word(slot + wordBytes, wordBytes) : undefined;
    const far =
      selector === undefined
        ? segments
        : { ...segments, codeSelector: selector & 0xffff, codeBase: (selector & 0xffff) * 16 };
    const farKind = selector === undefined ? kind : await this.callBefore(far.codeBase + offset);
    if (farKind === 'far') return { ...found, segments: far, stackPointer: slot + 2 * wordBytes };
    return farKind === 'interrupt' ? this.interruptAt(slot, wordBytes, isGuess) : undefined;
  }

  /** What an interrupt has pushed there. */
  private async interruptAt(slot: number, wordBytes: 2 | 4, isGuess = false): Promise<ReturnSlot | undefined> {
    const place = await this.placeAt(slot, wordBytes);
    return place && { ...place, isGuess, isInterrupted: (await this.callBefore(linearOf(place))) !== 'interrupt' };
  }

  /** The same where nothing but the words themselves says so. */
  private async deviceInterruptAt(slot: number): Promise<ReturnSlot | undefined> {
    const place = await this.placeAt(slot, this.wordBytes);
    if (place?.takesInterrupts !== true) return undefined;
    const code = await this.some(linearOf(place), LONGEST_INSTRUCTION);
    if (code.every((byte) => byte === 0)) return undefined;
    const isCode = decode(code, 0, code.length, place.segments.codeSize).kind === 'instruction';
    return isCode ? { ...place, isGuess: true, isInterrupted: true } : undefined;
  }

  private placeAt(slot: number, wordBytes: 2 | 4): Promise<InterruptedPlace | undefined> {
    const reader = {
      stackWord: (offset: number, bytes: 2 | 4) => this.word(offset, bytes),
      linearWord: (linearAddress: number) => this.number(linearAddress, 4),
    };
    return interruptedPlace(reader, slot, wordBytes, this.segments, this.context.descriptorTables);
  }

  /** What kind of call ends right before an address. */
  private async callBefore(linearAddress: number): Promise<'near' | 'far' | 'interrupt' | undefined> {
    const most = Math.min(LONGEST_CALL, linearAddress);
    const bytes = await this.bytes(linearAddress - most, most);
    if (bytes.length < most) return undefined;
    for (let length = 2; length <= most; length++) {
      const result = decode(bytes, most - length, most, this.segments.codeSize);
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

  private get wordBytes(): 2 | 4 {
    return this.segments.codeSize === 16 ? 2 : 4;
  }

  private word(offset: number, wordBytes = this.wordBytes): Promise<number | undefined> {
    return this.number(this.segments.stackBase + offset, wordBytes);
  }

  /** Little-endian; undefined where a part is not mapped. */
  private async number(linearAddress: number, byteLength: number): Promise<number | undefined> {
    const bytes = await this.bytes(linearAddress, byteLength);
    return bytes.length < byteLength ? undefined : bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** Nothing where a part is not mapped. */
  private async bytes(linearAddress: number, byteLength: number): Promise<Uint8Array> {
    const found = await this.some(linearAddress, byteLength);
    return found.length < byteLength ? new Uint8Array(0) : found;
  }

  /** As many as are mapped. */
  private async some(linearAddress: number, byteLength: number): Promise<Uint8Array> {
    const end = linearAddress + byteLength;
    if (linearAddress < 0 || end > 2 ** 32) return new Uint8Array(0);
    const offset = linearAddress % PAGE_BYTES;
    const page = await this.page(linearAddress - offset);
    if (offset + byteLength <= PAGE_BYTES || page.length < PAGE_BYTES)
      return page.subarray(offset, offset + byteLength);
    const next = await this.page(linearAddress - offset + PAGE_BYTES);
    return Uint8Array.from([...page.subarray(offset), ...next.subarray(0, offset + byteLength - PAGE_BYTES)]);
  }

  /** Nothing where it is not mapped. */
  private page(linearAddress: number): Promise<Uint8Array> {
    let page = this.pages.get(linearAddress);
    if (page === undefined) {
      page = readLinear(this.memory, linearAddress, PAGE_BYTES).then(({ bytes, missing }) =>
        bytes.subarray(0, missing[0]?.[0] ?? PAGE_BYTES),
      );
      this.pages.set(linearAddress, page);
    }
    return page;
  }
}

function linearOf({ segments, instructionPointer }: InterruptedPlace): number {
  return (segments.codeBase + instructionPointer) % 2 ** 32;
}
