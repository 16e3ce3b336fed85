import type { RegionSource, RegionSummary } from '../../TranslationView.ts';
import type { RegionFigures, RegionStatistics } from '../../VirtualProcessor.ts';
import { PAGE_BYTES, STATE } from '../../state/layout.ts';
import { addEntries, countAgain, countingMs, type Hotness, placeRegion } from '../threaded/blockHead.ts';
import type { Block, CacheWatcher, CodePage } from '../threaded/CodeCache.ts';
import { RECORD } from '../threaded/record.ts';
import type { CompileOutcome, EncodedRegion, RegionJob } from './compileRegion.ts';
import { HotCode, type Translated } from './HotCode.ts';
import { InlineCompiler, type RegionCompiler } from './RegionCompiler.ts';
import { formRegion } from './RegionFormer.ts';
import type { Assumptions } from './RegionCode.ts';
import { type Region, type RegionHolder, codeBytesOf, holderAmong, isWorthwhile } from './Region.ts';
import { RegionCounters, figuresOf, totalsOf } from './RegionCounters.ts';
import { packJob } from './packJob.ts';
import { ASSUMABLE } from './RegionState.ts';
import { REGION_DATA } from './regionData.ts';
import type { RegionPlan } from './RegionPlan.ts';

/** A region that has just been put in place, for whoever looks on. */
export interface MadeRegion {
  /** Counted from 1, in the order in which they were begun. */
  readonly number: number;
  readonly figures: RegionFigures;
  readonly plan: RegionPlan;
  readonly encoded: EncodedRegion;
  /** Addresses of the vCPU's block and of the region's REGION_DATA. */
  readonly cpu: number;
  readonly data: number;
}

export interface RegionOptions extends Hotness {
  /** Default: one that compiles at once. */
  readonly compiler?: RegionCompiler | undefined;
  readonly onMade?: ((made: MadeRegion) => void) | undefined;
}

/** What the tier needs of the threaded tier's translations. */
export interface RegionSurroundings extends Translated {
  /** Exports of the threaded module's instance. */
  readonly runtime: WebAssembly.Exports;
  readonly options: RegionOptions;
  /** The code key of the present mode. */
  codeKey(): number;
  /** Linear address of an offset in CS. */
  linear(eip: number): number;
  /** Offset in CS of byte 0 of the page that a record lies in, while it is being executed. */
  eipBase(): number;
  /** The translations that code at an offset in CS would run by; undefined when fetching there faults, or there are none. */
  codePage(eip: number): CodePage | undefined;
  /** A place of so many bytes, a multiple of a record's, in the arena; 0 when it is nearly full. */
  allocate(byteLength: number): number;
}

/** Regions that statistics list. */
const MOST_SHOWN = 32;

const LIMITS = { instructions: 1000, blocks: 250 };
/** A block that a region holds already gets one of its own when it is entered this many times more often. */
const DEFERRAL = 8;
/** Compiling costs by the instruction: for each time that a region has so many, its head waits for the threshold once more. */
const INSTRUCTIONS_PER_WAIT = 100;
/**
 * Code that takes longer to be entered so often does not run enough to pay for its compilation, for minutes to come: what
 * an idle guest's timer ticks run.
 */
const MOST_HEATING_MS = 2000;
/** Jobs that wait for another thread at most: beyond it, code gets hot once more. */
const MOST_WAITING = 64;
/** What V8 keeps of all regions, in bytes: see `codeBytesOf`. */
const MOST_CODE_BYTES = 96 * 1024 * 1024;
/** Each time that a block's region is dropped its threshold doubles, this often at most. */
const MOST_DOUBLINGS = 12;
/** Finds hot code, has it compiled, puts it in place, and takes it out again when it is stale or too cold to keep. */
export class RegionTier implements CacheWatcher {
  private readonly surroundings: RegionSurroundings;
  private readonly compiler: RegionCompiler;
  private readonly hotCode: HotCode;
  private readonly table: WebAssembly.Table;
  private nextSlot: number;
  private readonly freeSlots: number[] = [];
  private freeData: number[] = [];
  private readonly view: DataView;
  /** Those in place. */
  private readonly byData = new Map<number, Region>();
  /** Those that are being compiled. */
  private readonly waiting = new Map<number, Region>();
  private readonly bySource = new Map<Block, Set<Region>>();
  private readonly keys = new Map<number, number>();
  private nextKey = 0;
  /** Numbers of the linear pages in which regions have been found right; some may be gone. */
  private readonly linearPages = new Set<number>();
  /** Blocks that have been hot once while a region held them. */
  private readonly deferred = new WeakSet<Block>();
  /** Blocks that have waited for what their regions cost. */
  private readonly hasWaited = new WeakSet<Block>();
  /** How often a block's region has been dropped. */
  private readonly drops = new WeakMap<Block, number>();
  private readonly counters = new RegionCounters();
  private nextNumber = 0;
  /** Estimate of what V8 keeps of the regions in place. */
  private codeBytes = 0;

  constructor(surroundings: RegionSurroundings, firstSlot: number) {
    this.surroundings = surroundings;
    const { options, memory, runtime } = surroundings;
    this.compiler = options.compiler ?? new InlineCompiler(() => options.nowMs());
    this.hotCode = new HotCode(surroundings, options.threshold);
    this.table = runtime['table'] as WebAssembly.Table;
    this.nextSlot = firstSlot;
    this.view = memory.view;
  }

  get statistics(): RegionStatistics {
    const all = [...this.byData.values()];
    const figures = all.map((region) => this.figures(region));
    return {
      regions: all.length,
      compiling: this.waiting.size,
      ...this.counters.totals(totalsOf(figures)),
      wasmBytes: all.reduce((sum, { wasmBytes }) => sum + wasmBytes, 0),
      hottest: figures.sort((a, b) => b.instructions - a.instructions).slice(0, MOST_SHOWN),
    };
  }

  /** Regions with code of a page, those to come included. */
  regionsOn(page: CodePage): Region[] {
    const all = [...this.byData.values(), ...this.waiting.values()];
    return all.filter((region) => [...region.pages.values()].includes(page));
  }

  /** The region that a block runs in most, or is going to, among those of its page. */
  holderOf(block: Block, regions: readonly Region[]): RegionHolder | undefined {
    return holderAmong(regions, block, (region) => this.retiredIn(region));
  }

  /** Times that the region at a block's head was reached; 0 without one. */
  entriesAt(block: Block): number {
    const region = [...(this.bySource.get(block) ?? [])].find(
      ({ headBlock, slot }) => headBlock === block && slot !== 0,
    );
    const figures = region && this.figures(region);
    return figures ? figures.entries + figures.refusals : 0;
  }

  /** The regions in place in which most was retired. */
  get hottest(): RegionSummary[] {
    return [...this.byData.values()]
      .map((region) => this.summary(region))
      .sort((a, b) => b.instructions - a.instructions)
      .slice(0, MOST_SHOWN);
  }

  /** What a region in place was made from. */
  source(number: number): RegionSource | undefined {
    const region = [...this.byData.values()].find((each) => each.number === number);
    if (!region) return undefined;
    const { plan, place, codeBase } = region;
    return { number, figures: this.figures(region), codeBase, job: packJob({ plan, place }) };
  }

  private summary(region: Region): RegionSummary {
    const figures = this.figures(region);
    return { ...figures, number: region.number, linearAddress: (region.codeBase + figures.entry) >>> 0 };
  }

  /** A block's head has been entered often. Returns the record to go on at. */
  enterHot(head: number): number {
    const { surroundings, view } = this;
    const { threshold } = surroundings.options;
    const behind = head + RECORD.size;
    if (threshold > 1 && countingMs(view, head, surroundings.options.nowMs()) > MOST_HEATING_MS) {
      this.countAgain(head, threshold);
      return behind;
    }
    const eip = (surroundings.eipBase() + view.getUint16(head + RECORD.pageOffset, true)) >>> 0;
    const headBlock = surroundings.blockAt(eip);
    if (headBlock?.firstRecord !== head) return behind;
    this.hotCode.noteHot(headBlock);
    const holders = this.bySource.get(headBlock);
    if (holders?.size && threshold > 1) {
      // Whether it is entered often from elsewhere shows when a region that holds it is in place.
      const isAwaited = [...holders].some(({ number }) => this.waiting.has(number));
      if (isAwaited || !this.deferred.has(headBlock)) {
        if (!isAwaited) this.deferred.add(headBlock);
        this.countAgain(head, threshold * DEFERRAL);
        return behind;
      }
    }
    if (this.waiting.size >= MOST_WAITING) {
      this.countAgain(head, threshold);
      return behind;
    }
    const plan = formRegion(this.hotCode, eip, LIMITS);
    if (!plan || !(threshold === 1 || isWorthwhile(plan))) return behind;
    const waits = Math.floor(plan.instructionCount / INSTRUCTIONS_PER_WAIT);
    if (waits > 0 && threshold > 1 && !this.hasWaited.has(headBlock)) {
      this.hasWaited.add(headBlock);
      this.countAgain(head, threshold * waits);
      return behind;
    }
    const data = this.newData();
    if (data === 0) return behind;
    const region = this.begin(headBlock, plan, {
      ...{ cpu: surroundings.cpu, head, data },
      assumptions: this.assumptions(),
    });
    const outcome = this.compiler.compile(region.number, { plan, place: region.place });
    return outcome !== undefined && this.finish(region, outcome) ? head : behind;
  }

  /** The block of a head becomes hot when it has been entered so many times more. */
  private countAgain(head: number, threshold: number): void {
    const { nowMs } = this.surroundings.options;
    countAgain(this.view, head, { threshold, nowMs });
  }

  /** Puts in place what has been compiled meanwhile. No generated code may be running. */
  takeFinished(): void {
    for (let finished = this.compiler.take(); finished !== undefined; finished = this.compiler.take()) {
      const region = this.waiting.get(finished.number);
      if (region) this.finish(region, finished.outcome);
    }
  }

  /** A region is entered under a code key that it does not know. Returns 1 when it may run. */
  validate(data: number): number {
    const region = this.byData.get(data);
    const { surroundings } = this;
    if (!region) return 0;
    for (const [eip, page] of region.pages) if (page === undefined || surroundings.codePage(eip) !== page) return 0;
    this.noteLinearPages(region);
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

  /** Whether a region may lie in the linear page of an address. */
  mayLieAt(linear: number): boolean {
    return this.linearPages.has(linear >>> 12);
  }

  private noteLinearPages({ pages }: Region): void {
    for (const eip of pages.keys()) this.linearPages.add(this.surroundings.linear(eip) >>> 12);
  }

  onDropped(block: Block): void {
    for (const region of this.bySource.get(block) ?? []) {
      this.remove(region);
      this.counters.dropped++;
      // Code that is rewritten again and again is not worth it.
      const drops = Math.min((this.drops.get(region.headBlock) ?? 0) + 1, MOST_DOUBLINGS);
      this.drops.set(region.headBlock, drops);
      if (region.headBlock !== block) this.countAgain(region.head, this.surroundings.options.threshold * 2 ** drops);
    }
    this.bySource.delete(block);
  }

  onCleared(): void {
    for (const region of [...this.byData.values(), ...this.waiting.values()]) this.remove(region);
    this.bySource.clear();
    this.linearPages.clear();
    this.freeData = [];
    this.hotCode.forgetTargets();
  }

  private begin(headBlock: Block, plan: RegionPlan, place: RegionJob['place']): Region {
    const { head, data } = place;
    const region: Region = {
      number: ++this.nextNumber,
      head,
      headBlock,
      data,
      plan,
      place,
      codeBase: this.surroundings.linear(0),
      pages: this.pagesOf(plan),
      slot: 0,
      wasmBytes: 0,
      compileMs: 0,
      retiredAtLastLook: 0,
    };
    // What it was formed under: the key tells at its first entry whether that still holds.
    this.view.setUint32(data + REGION_DATA.key, this.key(this.surroundings.codeKey()), true);
    this.noteLinearPages(region);
    this.waiting.set(region.number, region);
    for (const source of plan.sources) {
      const regions = this.bySource.get(source) ?? new Set();
      this.bySource.set(source, regions.add(region));
    }
    return region;
  }

  /** Puts a region in place. @returns whether there is code for it, and room */
  private finish(region: Region, outcome: CompileOutcome): boolean {
    this.waiting.delete(region.number);
    if (outcome.kind === 'failed') {
      this.counters.failed(outcome.message);
      this.forget(region);
      return false;
    }
    const wasmBytes = outcome.encoded.bytes.length;
    this.makeRoom(codeBytesOf(wasmBytes));
    const slot = this.newSlot();
    if (slot === 0) {
      this.forget(region);
      return false;
    }
    const { memory, runtime, options } = this.surroundings;
    const env: WebAssembly.ModuleImports = { memory: memory.memory };
    for (const name of outcome.encoded.imports) env[name] = runtime[name];
    const instance = new WebAssembly.Instance(outcome.module, { env });
    region.slot = slot;
    region.wasmBytes = wasmBytes;
    region.compileMs = outcome.compileMs;
    this.codeBytes += codeBytesOf(wasmBytes);
    this.counters.compiled(outcome.compileMs);
    this.byData.set(region.data, region);
    this.table.set(slot, instance.exports['region']);
    placeRegion(this.view, region.head, slot);
    options.onMade?.({
      number: region.number,
      figures: this.figures(region),
      plan: region.plan,
      encoded: outcome.encoded,
      cpu: this.surroundings.cpu,
      data: region.data,
    });
    return true;
  }

  /** Gives up the regions in which least was retired since it last did, a quarter of them, where memory is short. */
  private makeRoom(codeBytes: number): void {
    const hasSlot = this.freeSlots.length > 0 || this.nextSlot < this.table.length;
    if (hasSlot && this.codeBytes + codeBytes <= MOST_CODE_BYTES) return;
    const regions = [...this.byData.values()].map((region) => {
      const retired = this.retiredIn(region);
      const work = retired - region.retiredAtLastLook;
      region.retiredAtLastLook = retired;
      return { region, work };
    });
    regions.sort((a, b) => a.work - b.work);
    for (const { region } of regions.slice(0, Math.ceil(regions.length / 4))) {
      this.remove(region);
      this.counters.evicted++;
      this.countAgain(region.head, this.surroundings.options.threshold * DEFERRAL);
    }
  }

  private remove(region: Region): void {
    this.view.setUint32(region.data + REGION_DATA.key, 0, true);
    if (this.byData.delete(region.data)) {
      const figures = this.figures(region);
      this.counters.keep(totalsOf([figures]));
      addEntries(this.view, region.head, figures.entries + figures.refusals);
      this.table.set(region.slot, null);
      this.freeSlots.push(region.slot);
      this.codeBytes -= codeBytesOf(region.wasmBytes);
    }
    this.waiting.delete(region.number);
    this.forget(region);
  }

  private forget(region: Region): void {
    for (const source of region.plan.sources) this.bySource.get(source)?.delete(region);
    this.freeData.push(region.data);
  }

  /** 0: the table is full. */
  private newSlot(): number {
    return this.freeSlots.pop() ?? (this.nextSlot < this.table.length ? this.nextSlot++ : 0);
  }

  /** A zeroed REGION_DATA. */
  private newData(): number {
    const data = this.freeData.pop() ?? this.surroundings.allocate(REGION_DATA.size);
    if (data !== 0) this.surroundings.memory.bytes.fill(0, data, data + REGION_DATA.size);
    return data;
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

  private figures({ data, plan, wasmBytes, compileMs }: Region): RegionFigures {
    return figuresOf(this.view, data, plan, { wasmBytes, compileMs });
  }

  private retiredIn({ data }: Region): number {
    return Number(this.view.getBigInt64(data + REGION_DATA.instructions, true));
  }

  /** An EIP in each page of a region: byte 0 of a page may lie outside of CS. */
  private pagesOf(plan: RegionPlan): Map<number, CodePage | undefined> {
    const eips = new Map<number, number>();
    for (const block of plan.blocks) {
      for (const { eip, eipBase, nextEip } of block.sites) {
        eips.set(eipBase, eip);
        const nextPage = (eipBase + PAGE_BYTES) >>> 0;
        // An instruction's last bytes may be all that lies in a page.
        if ((nextEip - eipBase) >>> 0 > PAGE_BYTES) eips.set(nextPage, eips.get(nextPage) ?? nextPage);
      }
    }
    return new Map([...eips.values()].map((eip) => [eip, this.surroundings.codePage(eip)]));
  }
}
