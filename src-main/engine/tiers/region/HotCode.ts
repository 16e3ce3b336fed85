import type { Instruction } from '../../decode/Instruction.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { PAGE_BYTES, PROFILE, STATE, VCPU_BLOCK } from '../../state/layout.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import { CodeBytes } from '../threaded/CodeBytes.ts';
import type { Block } from '../threaded/CodeCache.ts';
import { RECORD } from '../threaded/record.ts';
import { isCounting } from '../threaded/blockHead.ts';
import { STEP_KINDS } from '../threaded/stepHandlers.ts';
import type { TranslatedCode, TranslatedInstruction } from './RegionFormer.ts';
import { X87_MASKS } from './RegionState.ts';

/** Where the threaded tier's translations are found. */
export interface Translated {
  readonly memory: PhysicalMemory;
  /** Start of the vCPU's block. */
  readonly cpu: number;
  mode(): TranslationMode;
  blockAt(eip: number): Block | undefined;
  single(eip: number): number;
  /** Physical address of the page that code at an offset in CS lies in; undefined when it is not there. */
  physicalPageOf(eip: number): number | undefined;
}

/** An instruction of a block, and its record. */
interface Decoded {
  readonly instruction: Instruction;
  readonly pageOffset: number;
  readonly record: number;
  readonly bytes: Uint8Array;
}

/** Targets of one indirect jump that a region follows. */
const MOST_TARGETS = 12;
/** A block is warm when it has been entered this part of the threshold. */
const WARM = 1 / 16;

/** What the threaded tier knows of guest code, as a region's former sees it. */
export class HotCode implements TranslatedCode {
  private readonly source: Translated;
  private readonly threshold: number;
  private readonly code: CodeBytes;
  private readonly view: DataView;
  /** Blocks that have been hot: their count may have begun anew. */
  private readonly hot = new WeakSet<Block>();
  private readonly decoded = new WeakMap<Block, readonly Decoded[]>();

  /** @param threshold times that a block is entered before it becomes part of a region */
  constructor(source: Translated, threshold: number) {
    this.source = source;
    this.threshold = threshold;
    this.code = new CodeBytes(source.memory);
    this.view = source.memory.view;
  }

  get mode(): TranslationMode {
    return this.source.mode();
  }

  get masksX87Exceptions(): boolean {
    return (this.view.getInt32(this.source.cpu + STATE.x87Control, true) & X87_MASKS) === X87_MASKS;
  }

  blockAt(eip: number): Block | undefined {
    return this.source.blockAt(eip);
  }

  single(eip: number): number {
    return this.source.single(eip);
  }

  noteHot(block: Block): void {
    this.hot.add(block);
  }

  isWarm(block: Block): boolean {
    if (this.hot.has(block)) return true;
    const { firstRecord } = block;
    if (!isCounting(this.view, firstRecord)) return true;
    return this.view.getInt32(firstRecord + RECORD.immediate, true) < this.threshold * (1 - WARM);
  }

  instructionsOf(block: Block, eip: number): TranslatedInstruction[] {
    const eipBase = (eip - block.start) >>> 0;
    if (block.nextPhysical >= 0) {
      // Its guard has not looked yet whether the next page still lies there.
      if (this.source.physicalPageOf((eipBase + PAGE_BYTES) >>> 0) !== block.nextPhysical) return [];
    }
    return this.decode(block).map(({ instruction, pageOffset, record, bytes }) => ({
      instruction,
      eip: (eipBase + pageOffset) >>> 0,
      eipBase,
      bytes,
      record,
      recordCount: this.view.getUint8(record + RECORD.count),
    }));
  }

  observedTargets(record: number): number[] {
    const targets: number[] = [];
    const start = this.source.cpu + VCPU_BLOCK.targetProfile;
    for (let at = start; at < start + PROFILE.entries * PROFILE.size; at += PROFILE.size) {
      if (this.view.getUint32(at + PROFILE.record, true) !== record) continue;
      targets.push(this.view.getUint32(at + PROFILE.target, true));
    }
    return targets.slice(0, MOST_TARGETS);
  }

  forgetTargets(): void {
    const profile = this.source.cpu + VCPU_BLOCK.targetProfile;
    this.source.memory.bytes.fill(0, profile, profile + PROFILE.entries * PROFILE.size);
  }

  /** A block's instructions, up to the first step of the translator's own behind the head. */
  private decode(block: Block): readonly Decoded[] {
    const known = this.decoded.get(block);
    if (known) return known;
    const { codeSize } = this.mode;
    const found: Decoded[] = [];
    const { physical } = block.page;
    const isAcross = block.nextPhysical >= 0;
    // Behind the head, and behind the guard of an instruction that reaches into the next page: the block's only one.
    for (let index = isAcross ? 2 : 1; index < block.recordCount; index++) {
      const record = block.firstRecord + index * RECORD.size;
      if (this.view.getUint32(record + RECORD.handler, true) < STEP_KINDS.length) break;
      const pageOffset = this.view.getUint16(record + RECORD.pageOffset, true);
      const result = isAcross
        ? this.code.decodeAcross(physical, pageOffset, block.nextPhysical, codeSize)
        : this.code.decode(physical, pageOffset, codeSize);
      if (result.kind !== 'instruction') break;
      const { instruction } = result;
      const bytes = isAcross
        ? this.code.across(physical, pageOffset, block.nextPhysical).subarray(0, instruction.length)
        : this.code.at(physical, pageOffset, instruction.length);
      found.push({ instruction, pageOffset, record, bytes });
    }
    this.decoded.set(block, found);
    return found;
  }
}
