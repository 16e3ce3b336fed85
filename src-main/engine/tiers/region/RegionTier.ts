import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import type { Instruction } from '../../decode/Instruction.ts';
import type { RegionFigures, RegionStatistics } from '../../VirtualProcessor.ts';
import { PROFILE, STATE, VCPU_BLOCK } from '../../state/layout.ts';
import type { Block, CacheWatcher, CodePage } from '../threaded/CodeCache.ts';
import { CodeBytes } from '../threaded/CodeBytes.ts';
import { RECORD } from '../threaded/record.ts';
import { STEP_KINDS } from '../threaded/stepHandlers.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import { type CompiledRegion, compileRegion } from './compileRegion.ts';
import { type TranslatedCode, type TranslatedInstruction, formRegion } from './RegionFormer.ts';
import type { Assumptions } from './RegionCode.ts';
import { ASSUMABLE } from './RegionState.ts';
import { REGION_DATA } from './regionData.ts';
import type { RegionPlan } from './RegionPlan.ts';

export interface RegionOptions {
  /** Times that a block is entered before it becomes part of a region. */
  readonly threshold: number;
  /** For statistics. */
  nowMs(): number;
}

/** What the tier needs of the threaded tier's translations. */
export interface RegionSurroundings {
  readonly memory: PhysicalMemory;
  /** Start of the vCPU's block. */
  readonly cpu: number;
  /** Exports of the threaded module's instance. */
  readonly runtime: WebAssembly.Exports;
  readonly options: RegionOptions;
  /** The code key of the present mode. */
  codeKey(): number;
  mode(): TranslationMode;
  /** Linear address of an offset in CS. */
  linear(eip: number): number;
  /** Offset in CS of byte 0 of the page that a record lies in, while it is being executed. */
  eipBase(): number;
  blockAt(eip: number): Block | undefined;
  single(eip: number): number;
  /** The translations that code at an offset in CS would run by; undefined when fetching there faults, or there are none. */
  codePage(eip: number): CodePage | undefined;
  /** A record's place in the arena, or 0 when it is nearly full. */
  allocate(): number;
}

/** Guest code that runs as one Wasm function, in the place of a block's head. */
interface Region {
  readonly head: number;
  readonly headBlock: Block;
  readonly data: number;
  readonly slot: number;
  readonly plan: RegionPlan;
  readonly compiled: CompiledRegion;
  /** An EIP in each of its pages, and the page. */
  readonly pages: ReadonlyMap<number, CodePage | undefined>;
}

/** An instruction of a block, and its record. */
interface Decoded {
  readonly instruction: Instruction;
  readonly pageOffset: number;
  readonly record: number;
}

/** Regions that statistics list. */
const MOST_SHOWN = 32;

const LIMITS = { instructions: 300, blocks: 80 };
/** A block that a region holds already gets one of its own when it is entered this many times more often. */
const DEFERRAL = 8;
/** Each is a WebAssembly module, of some 30 KB with its machine code. */
const MOST_REGIONS = 3000;
/** Each time that a block's region is dropped its threshold doubles, this often at most. */
const MOST_DOUBLINGS = 12;
/** Below this many instructions a region without a loop costs more to enter than it saves. */
const LEAST_INSTRUCTIONS = 6;

/** Finds hot code, has it compiled, puts it in place, and takes it out again when it is stale. */
export class RegionTier implements CacheWatcher {
  private readonly surroundings: RegionSurroundings;
  private readonly table: WebAssembly.Table;
  private nextSlot: number;
  private readonly freeSlots: number[] = [];
  private readonly code: CodeBytes;
  private readonly view: DataView;
  private readonly byData = new Map<number, Region>();
  private readonly bySource = new Map<Block, Set<Region>>();
  private readonly keys = new Map<number, number>();
  private nextKey = 0;
  /** Blocks that have been hot once while a region held them. */
  private readonly deferred = new WeakSet<Block>();
  /** How often a block's region has been dropped. */
  private readonly drops = new WeakMap<Block, number>();
  private readonly decoded = new WeakMap<Block, readonly Decoded[]>();
  private failures = 0;
  private lastFailure = '';
  private compiledCount = 0;
  private compileMs = 0;
  private codeBytes = 0;
  /** Instructions retired in regions that are no more. */
  private retiredBefore = 0;

  constructor(surroundings: RegionSurroundings, firstSlot: number) {
    this.surroundings = surroundings;
    this.table = surroundings.runtime['table'] as WebAssembly.Table;
    this.nextSlot = firstSlot;
    this.code = new CodeBytes(surroundings.memory);
    this.view = surroundings.memory.view;
  }

  get statistics(): RegionStatistics {
    let instructions = this.retiredBefore;
    for (const { data } of this.byData.values()) instructions += this.retiredIn(data);
    return {
      regions: this.byData.size,
      compiled: this.compiledCount,
      instructions,
      compileMs: this.compileMs,
      codeBytes: this.codeBytes,
      failures: this.failures,
      lastFailure: this.lastFailure,
      hottest: this.hottest(),
    };
  }

  private hottest(): RegionFigures[] {
    const figures = [...this.byData.values()].map(({ data, plan, compiled }): RegionFigures => {
      const eips = plan.blocks.flatMap((block) => block.sites.map((site) => site.eip));
      return {
        entry: eips[0],
        lowest: Math.min(...eips),
        highest: Math.max(...eips),
        blocks: plan.blocks.length,
        guestInstructions: plan.instructionCount,
        entries: this.view.getUint32(data + REGION_DATA.entries, true),
        retiredInstructions: this.retiredIn(data),
        codeBytes: compiled.bytes.length,
      };
    });
    return figures.sort((a, b) => b.retiredInstructions - a.retiredInstructions).slice(0, MOST_SHOWN);
  }

  /** A block's head has been entered often. Returns the record to go on at. */
  enterHot(head: number): number {
    const { surroundings, view } = this;
    const eip = (surroundings.eipBase() + view.getUint16(head + RECORD.pageOffset, true)) >>> 0;
    const headBlock = surroundings.blockAt(eip);
    if (headBlock?.firstRecord !== head) return head + RECORD.size;
    if (this.bySource.get(headBlock)?.size && !this.deferred.has(headBlock) && surroundings.options.threshold > 1) {
      this.deferred.add(headBlock);
      view.setInt32(head + RECORD.immediate, surroundings.options.threshold * DEFERRAL, true);
      return head + RECORD.size;
    }
    const plan = formRegion(this.translatedCode(), eip, LIMITS);
    const isForced = surroundings.options.threshold === 1;
    if (!plan || !(isForced || isWorthwhile(plan))) return head + RECORD.size;
    if (this.byData.size >= MOST_REGIONS) this.evictColdest();
    const slot = this.freeSlots.pop() ?? this.nextSlot++;
    const data = surroundings.allocate();
    if (data === 0 || slot >= this.table.length) return head + RECORD.size;
    const started = surroundings.options.nowMs();
    const compiled = this.compile(plan, head, data);
    if (!compiled) return head + RECORD.size;
    this.compileMs += surroundings.options.nowMs() - started;
    this.compiledCount++;
    this.codeBytes += compiled.bytes.length;
    const region: Region = {
      head,
      headBlock,
      data,
      slot,
      plan,
      compiled,
      pages: this.pagesOf(plan),
    };
    this.byData.set(data, region);
    for (const source of plan.sources) {
      const regions = this.bySource.get(source) ?? new Set();
      this.bySource.set(source, regions.add(region));
    }
    this.table.set(slot, compiled.function);
    view.setUint32(data + REGION_DATA.key, this.key(surroundings.codeKey()), true);
    view.setUint32(head + RECORD.handler, slot, true);
    return head;
  }

  /** A region is entered under a code key that it does not know. Returns 1 when it may run. */
  validate(data: number): number {
    const region = this.byData.get(data);
    const { surroundings } = this;
    if (!region) return 0;
    for (const [eip, page] of region.pages) if (page === undefined || surroundings.codePage(eip) !== page) return 0;
    this.view.setUint32(data + REGION_DATA.key, this.key(surroundings.codeKey()), true);
    return 1;
  }

  /** The number, never 0, that stands for a code key until `forgetKeys`. */
  key(codeKey: number): number {
    let key = this.keys.get(codeKey);
    if (key === undefined) this.keys.set(codeKey, (key = this.nextKey = (this.nextKey % 0xffff_fffe) + 1));
    return key;
  }

  /** Linear pages may lie elsewhere, or hold breakpoints: every region is looked at before it is entered again. */
  forgetKeys(): void {
    this.keys.clear();
  }

  onDropped(block: Block): void {
    for (const region of this.bySource.get(block) ?? []) {
      this.remove(region);
      // Code that is rewritten again and again is not worth it.
      const drops = Math.min((this.drops.get(region.headBlock) ?? 0) + 1, MOST_DOUBLINGS);
      this.drops.set(region.headBlock, drops);
      if (region.headBlock !== block) this.countAgain(region, this.surroundings.options.threshold * 2 ** drops);
    }
    this.bySource.delete(block);
  }

  /** Gives a region's place back to its block. */
  private countAgain({ head }: Region, threshold: number): void {
    this.view.setUint32(head + RECORD.handler, STEP_KINDS.indexOf('head'), true);
    this.view.setInt32(head + RECORD.immediate, threshold, true);
  }

  /** Gives up the regions in which least was retired. */
  private evictColdest(): void {
    const byWork = [...this.byData.values()].sort((a, b) => this.retiredIn(a.data) - this.retiredIn(b.data));
    for (const region of byWork.slice(0, byWork.length / 4)) {
      this.remove(region);
      this.countAgain(region, this.surroundings.options.threshold * DEFERRAL);
    }
  }

  onCleared(): void {
    for (const region of [...this.byData.values()]) this.remove(region);
    this.bySource.clear();
    const profile = this.surroundings.cpu + VCPU_BLOCK.targetProfile;
    this.surroundings.memory.bytes.fill(0, profile, profile + PROFILE.entries * PROFILE.size);
  }

  private remove(region: Region): void {
    this.retiredBefore += this.retiredIn(region.data);
    this.view.setUint32(region.data + REGION_DATA.key, 0, true);
    this.byData.delete(region.data);
    for (const source of region.plan.sources) this.bySource.get(source)?.delete(region);
    this.table.set(region.slot, null);
    this.freeSlots.push(region.slot);
    this.codeBytes -= region.compiled.bytes.length;
  }

  /** undefined where the code cannot be a region, which is then the threaded tier's for good. */
  private compile(plan: RegionPlan, head: number, data: number): CompiledRegion | undefined {
    const { cpu, runtime, memory } = this.surroundings;
    try {
      return compileRegion(plan, { cpu, head, data, assumptions: this.assumptions() }, runtime, memory.memory);
    } catch (thrown) {
      this.lastFailure = String(thrown);
      this.failures++;
      return undefined;
    }
  }

  /** What regions that are made now are made for. */
  private assumptions(): Assumptions {
    const { cpu } = this.surroundings;
    return {
      fields: new Map(ASSUMABLE.map((offset) => [offset, this.view.getInt32(cpu + offset, true)])),
      stack: {
        top: this.view.getInt32(cpu + STATE.x87Top, true),
        valid: this.view.getInt32(cpu + STATE.x87Valid, true),
      },
    };
  }

  private retiredIn(data: number): number {
    return Number(this.view.getBigInt64(data + REGION_DATA.instructions, true));
  }

  /** An EIP in each page of a region: byte 0 of a page may lie outside of CS. */
  private pagesOf(plan: RegionPlan): Map<number, CodePage | undefined> {
    const eips = new Map<number, number>();
    for (const block of plan.blocks) for (const { eip, eipBase } of block.sites) eips.set(eipBase, eip);
    return new Map([...eips.values()].map((eip) => [eip, this.surroundings.codePage(eip)]));
  }

  private translatedCode(): TranslatedCode {
    const { surroundings, view } = this;
    return {
      mode: surroundings.mode(),
      masksX87Exceptions: (view.getInt32(surroundings.cpu + STATE.x87Control, true) & 0x3f) === 0x3f,
      blockAt: (eip) => surroundings.blockAt(eip),
      instructionsOf: (block, eip) => this.instructionsOf(block, eip),
      isWarm: ({ firstRecord }) => {
        const handler = view.getUint32(firstRecord + RECORD.handler, true);
        if (handler !== STEP_KINDS.indexOf('head')) return true;
        const left = view.getInt32(firstRecord + RECORD.immediate, true);
        return left < surroundings.options.threshold * (15 / 16);
      },
      single: (eip) => surroundings.single(eip),
      observedTargets: (record) => this.observedTargets(record),
    };
  }

  private instructionsOf(block: Block, eip: number): TranslatedInstruction[] {
    const eipBase = (eip - block.start) >>> 0;
    return this.decode(block).map(({ instruction, pageOffset, record }) => ({
      instruction,
      eip: (eipBase + pageOffset) >>> 0,
      eipBase,
      record,
      recordCount: this.view.getUint8(record + RECORD.count),
    }));
  }

  /** A block's instructions, up to the first step of the translator's own behind the head. */
  private decode(block: Block): readonly Decoded[] {
    const known = this.decoded.get(block);
    if (known) return known;
    const { view } = this;
    const { codeSize } = this.surroundings.mode();
    const found: Decoded[] = [];
    for (let index = 1; index < block.recordCount; index++) {
      const record = block.firstRecord + index * RECORD.size;
      if (view.getUint32(record + RECORD.handler, true) < STEP_KINDS.length) break;
      const pageOffset = view.getUint16(record + RECORD.pageOffset, true);
      const result = this.code.decode(block.page.physical, pageOffset, codeSize);
      if (result.kind !== 'instruction') break;
      found.push({ instruction: result.instruction, pageOffset, record });
    }
    this.decoded.set(block, found);
    return found;
  }

  private observedTargets(record: number): number[] {
    const targets: number[] = [];
    const start = this.surroundings.cpu + VCPU_BLOCK.targetProfile;
    for (let at = start; at < start + PROFILE.entries * PROFILE.size; at += PROFILE.size) {
      if (this.view.getUint32(at + PROFILE.record, true) !== record) continue;
      targets.push(this.view.getUint32(at + PROFILE.target, true));
    }
    return targets.slice(0, 12);
  }
}

function isWorthwhile({ blocks, instructionCount }: RegionPlan): boolean {
  if (instructionCount >= LEAST_INSTRUCTIONS) return true;
  return blocks.some((block, index) => block.successors.some((target) => target <= index));
}
