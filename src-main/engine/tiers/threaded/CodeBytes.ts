import { decode } from '../../decode/Decoder.ts';
import type { CodeSize, DecodeResult } from '../../decode/Instruction.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { PAGE_BYTES } from '../../state/layout.ts';

/** Longest instruction, in bytes (SDM vol. 2A, 2.3.11), and one, so that a longer one shows. */
const LOOK_AHEAD = 16;

/** What is fetched where neither RAM nor ROM answers. */
const NOTHING = new Uint8Array(PAGE_BYTES).fill(0xff);

/** Guest code by physical page. */
export class CodeBytes {
  private readonly memory: PhysicalMemory;

  constructor(memory: PhysicalMemory) {
    this.memory = memory;
  }

  /** Decodes at an offset of a page; `truncated` when the instruction reaches beyond it. */
  decode(physicalPage: number, offset: number, codeSize: CodeSize): DecodeResult {
    const host = this.memory.host(physicalPage);
    if (host === 0) return decode(NOTHING, offset, PAGE_BYTES, codeSize);
    return decode(this.memory.bytes, host + offset, host + PAGE_BYTES, codeSize);
  }

  /** The same for an instruction that begins in one page and ends in another. */
  decodeAcross(firstPage: number, offset: number, nextPage: number, codeSize: CodeSize): DecodeResult {
    const bytes = this.across(firstPage, offset, nextPage);
    return decode(bytes, 0, bytes.length, codeSize);
  }

  /** A copy of a page's bytes from an offset on, with as many of the next page's as an instruction may have. */
  across(firstPage: number, offset: number, nextPage: number): Uint8Array {
    const head = this.page(firstPage).subarray(offset);
    const bytes = new Uint8Array(head.length + LOOK_AHEAD);
    bytes.set(head);
    bytes.set(this.page(nextPage).subarray(0, LOOK_AHEAD), head.length);
    return bytes;
  }

  /** The bytes of an instruction that lies in one page, as they are in memory. */
  at(physicalPage: number, offset: number, byteLength: number): Uint8Array {
    return this.page(physicalPage).subarray(offset, offset + byteLength);
  }

  private page(physical: number): Uint8Array {
    const host = this.memory.host(physical);
    return host === 0 ? NOTHING : this.memory.bytes.subarray(host, host + PAGE_BYTES);
  }
}
