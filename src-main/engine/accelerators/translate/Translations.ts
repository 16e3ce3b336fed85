import type { Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import type { CpuFeatures } from '../../semantics/system/SystemContext.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { CS, MEMORY_LAYOUT, STATE, VCPU_BLOCK } from '../../state/layout.ts';
import {
  BLOCK_ROOM,
  BlockTranslator,
  type HandlerIndex,
  type TranslationMode,
} from '../../tiers/threaded/BlockTranslator.ts';
import type { Hotness } from '../../tiers/threaded/blockHead.ts';
import {
  type Block,
  type BlockKind,
  type CacheWatcher,
  CodeCache,
  type CodePage,
} from '../../tiers/threaded/CodeCache.ts';
import { CodeBytes } from '../../tiers/threaded/CodeBytes.ts';
import { RECORD } from '../../tiers/threaded/record.ts';
import type { Instruction } from '../../decode/Instruction.ts';
import { type CodeSite, CodeSites } from './CodeSites.ts';
import { HelperCalls } from './HelperCalls.ts';
import { JumpCache } from './JumpCache.ts';
import { CodeKeys, isFlatKey, modeOf, translationKey } from './Mode.ts';

export interface TranslationsOptions {
  readonly memory: PhysicalMemory;
  readonly state: CpuState;
  readonly mmu: Mmu;
  readonly handlers: HandlerIndex;
  readonly features: CpuFeatures;
  onTranslated(): void;
  /** Code keys are given out anew: what others have remembered under them is to be forgotten. */
  onKeysRestarted(): void;
  /** When a region may be made of a block; undefined: never. */
  readonly hotness: Hotness | undefined;
}

/** Whose breakpoints: the debugger's stop the machine, the guest's raise #DB. */
export type BreakpointOwner = 'debugger' | 'guest';

const MAX_BREAKPOINT_SETS = 4096;

/** The furthest page offset of an instruction that begins in a page. */
const HIGHEST_REACHED = 0xfff + 14;

/** What translations of a page are kept under, and what of it lies in CS. */
interface PageKey {
  readonly key: number;
  readonly low: number;
  readonly high: number;
  readonly isBelow64K: boolean;
  readonly hasBreakpoints: boolean;
}

/** Finds or makes the translation of guest code for one vCPU, and drops it when it is stale. */
export class Translations {
  private readonly options: TranslationsOptions;
  private readonly cache: CodeCache;
  private readonly translator: BlockTranslator;
  private readonly code: CodeBytes;
  private readonly keys = new CodeKeys();
  private readonly jumpCache: JumpCache;
  private readonly sites = new CodeSites();
  readonly helperCalls: HelperCalls;
  private readonly breakpoints: Record<BreakpointOwner, ReadonlySet<number>> = {
    debugger: new Set(),
    guest: new Set(),
  };
  /**
   * A number from 1 for each linear page that holds breakpoints: it has translations of its own, since the same
   * physical page may be mapped at another address, where there is none. Equal sets of breakpoints have equal
   * numbers, so that what switches them to and fro finds its translations again.
   */
  private readonly breakpointPages = new Map<number, number>();
  private readonly breakpointSets = new Map<string, number>();

  constructor(options: TranslationsOptions) {
    const { memory, state, mmu, handlers, features } = options;
    this.options = options;
    const arena = memory.layout.records((state.base - memory.layout.vcpu(0)) / VCPU_BLOCK.size);
    this.cache = new CodeCache(
      memory,
      { stale: handlers.step('stale'), goto: handlers.step('goto') },
      arena,
      arena + MEMORY_LAYOUT.recordArena,
    );
    this.helperCalls = new HelperCalls(arena);
    this.translator = new BlockTranslator({
      cache: this.cache,
      handlers,
      physicalMemory: memory,
      mmu,
      hasFeature: (feature) => features.has(feature),
      isBreakpoint: (linear) => this.isBreakpoint('debugger', linear) || this.isBreakpoint('guest', linear),
      hotness: options.hotness,
    });
    this.code = new CodeBytes(memory);
    this.jumpCache = new JumpCache(memory.memory.buffer, state.base);
  }

  get invalidatedBlocks(): number {
    return this.cache.invalidatedBlocks;
  }

  /** The code key of the processor's present mode. */
  currentKey(): number {
    if (this.keys.isExhausted) {
      this.keys.restart();
      this.sites.clear();
      this.jumpCache.clear();
      this.options.onKeysRestarted();
    }
    return this.keys.current(this.options.state);
  }

  /**
   * First record of the block at `eip`, which becomes the page being executed. Throws what fetching there
   * raises; STATE.rip then holds `eip`.
   */
  lookup(eip: number): number {
    const { state } = this.options;
    state.eip = eip;
    const site = this.site(eip);
    const offset = this.linear(eip) & 0xfff;
    let block = site.page.blocks.get(offset);
    if (!block) {
      const room = this.makeRoom(site, eip);
      block = this.translate(room, offset, 'block');
    }
    state.setInt(STATE.eipBase, eip - offset);
    this.jumpCache.enter(this.linear(eip), site.codeKey, block.firstRecord, {
      physicalPage: site.page.physical,
      isPlain: this.isPlain(site),
    });
    return block.firstRecord;
  }

  /** Like `lookup`, for exactly one instruction; breakpoints do not stop it. */
  lookupStep(eip: number): number {
    const { state } = this.options;
    state.eip = eip;
    const site = this.site(eip);
    const offset = this.linear(eip) & 0xfff;
    let block = site.page.steps.get(offset);
    if (!block) block = this.translate(this.makeRoom(site, eip), offset, 'step');
    state.setInt(STATE.eipBase, eip - offset);
    return block.firstRecord;
  }

  set watcher(watcher: CacheWatcher) {
    this.cache.watcher = watcher;
  }

  /** The translation mode of the processor's present state. */
  get mode(): TranslationMode {
    return this.modeOf(this.options.state.getInt(STATE.codeKey));
  }

  /** The block at an offset in CS when it has been translated. Has no effects. */
  blockAt(eip: number): Block | undefined {
    const { state, mmu } = this.options;
    if (eip > state.segmentLimit(CS)) return undefined;
    const physical = mmu.probe(this.linear(eip));
    if (physical === undefined) return undefined;
    const page = (physical & ~0xfff) >>> 0;
    const { key } = this.pageKey(eip, this.linear(eip), state.getInt(STATE.codeKey), state.segmentLimit(CS));
    return this.cache.knownPage(page, key)?.blocks.get(physical & 0xfff);
  }

  /** Physical address of the page that an offset in CS leads to; undefined when it is not there. Has no effects. */
  physicalPageOf(eip: number): number | undefined {
    const physical = this.options.mmu.probe(this.linear(eip));
    return physical === undefined ? undefined : (physical & ~0xfff) >>> 0;
  }

  /** The page of translations that code at an offset in CS runs by; undefined when fetching there faults. */
  codePage(eip: number): CodePage | undefined {
    try {
      return this.site(eip).page;
    } catch (thrown) {
      if (thrown instanceof GuestFault) return undefined;
      throw thrown;
    }
  }

  /** Everything that has been translated from a physical page. */
  pagesAt(physical: number): Iterable<CodePage> {
    return this.cache.pagesAt(physical);
  }

  allPages(): Iterable<CodePage> {
    return this.cache.allPages();
  }

  modeOfPage({ key }: CodePage): TranslationMode {
    return this.modeOf(translationKey(key));
  }

  /** Key of the page of translations that the processor, as it is now, would run a linear page by. */
  presentKey(linearPage: number): number | undefined {
    const { state } = this.options;
    const limit = state.segmentLimit(CS);
    // An offset in CS that lies in the page.
    const eip = Math.max(0, linearPage - state.segmentBase(CS));
    const linear = this.linear(eip);
    if (eip > limit || linear >>> 12 !== linearPage >>> 12) return undefined;
    return this.pageKey(eip, linear, state.getInt(STATE.codeKey), limit).key;
  }

  /** Record of one instruction that comes back to a region, 0 when it cannot be had. */
  single(eip: number): number {
    if (!this.cache.hasRoom(BLOCK_ROOM) || !this.codePage(eip)) return 0;
    const site = this.site(eip);
    const offset = this.linear(eip) & 0xfff;
    const block = site.page.singles.get(offset) ?? this.translate(site, offset, 'single');
    return block.nextPhysical < 0 ? block.firstRecord : 0;
  }

  /** A place in the arena for a region's data, a multiple of a record's size; 0 when the arena is nearly full. */
  allocateData(byteLength: number): number {
    if (!this.cache.hasRoom(BLOCK_ROOM)) return 0;
    const first = this.cache.allocate();
    for (let used = RECORD.size; used < byteLength; used += RECORD.size) this.cache.allocate();
    return first;
  }

  /** A jump inside the page has reached its untranslated target. */
  translateStub(record: number): number {
    const { memory, state } = this.options;
    return this.lookup((state.getInt(STATE.eipBase) + memory.view.getUint16(record + RECORD.pageOffset, true)) >>> 0);
  }

  /** The record behind the guard while the next page lies where it lay, else a new translation. */
  checkCrossPage(record: number): number {
    const { memory, state, mmu } = this.options;
    const eip = (state.getInt(STATE.eipBase) + memory.view.getUint16(record + RECORD.pageOffset, true)) >>> 0;
    const nextPage = ((this.linear(eip) & ~0xfff) + 0x1000) >>> 0;
    const physical = mmu.translate(nextPage, 'execute', 'current');
    if (memory.view.getUint32(record + RECORD.immediate, true) === (physical & ~0xfff) >>> 0)
      return record + RECORD.size;
    const isStep = memory.view.getUint32(record + RECORD.link, true) !== 0;
    this.invalidate(mmu.translate(this.linear(eip), 'execute', 'current'), 1);
    return isStep ? this.lookupStep(eip) : this.lookup(eip);
  }

  /** The instruction at an offset in CS when it lies inside one page that is there. */
  instructionAt(eip: number): Instruction | undefined {
    const linear = this.linear(eip);
    const physical = this.options.mmu.probe(linear);
    if (physical === undefined) return undefined;
    const { codeSize } = this.modeOf(this.options.state.getInt(STATE.codeKey));
    const result = this.code.decode(physical - (physical & 0xfff), linear & 0xfff, codeSize);
    return result.kind === 'instruction' ? result.instruction : undefined;
  }

  invalidate(physicalAddress: number, byteLength: number): void {
    let at = physicalAddress,
      left = byteLength;
    while (left > 0) {
      const here = Math.min(left, 0x1000 - (at & 0xfff));
      this.cache.invalidate(at, here);
      at += here;
      left -= here;
    }
  }

  /** Replaces one owner's breakpoints. */
  setBreakpoints(owner: BreakpointOwner, linearAddresses: readonly number[]): void {
    const wanted = new Set(linearAddresses.map((address) => address >>> 0));
    const present = this.breakpoints[owner];
    if (wanted.size === present.size && [...wanted].every((address) => present.has(address))) return;
    this.breakpoints[owner] = wanted;
    const byPage = new Map<number, number[]>();
    const { debugger: stops, guest } = this.breakpoints;
    for (const address of [...new Set([...stops, ...guest])].sort((a, b) => a - b)) {
      const page = address >>> 12;
      const addresses = byPage.get(page);
      if (addresses) addresses.push(address);
      else byPage.set(page, [address]);
    }
    if (this.breakpointSets.size > MAX_BREAKPOINT_SETS) {
      // The numbers are given out anew.
      this.breakpointSets.clear();
      this.clearCache();
    }
    this.breakpointPages.clear();
    for (const [page, addresses] of byPage) this.breakpointPages.set(page, this.breakpointSet(addresses.join()));
    this.sites.clear();
    this.jumpCache.clear();
    this.forgetAddresses();
  }

  isBreakpoint(owner: BreakpointOwner, linearAddress: number): boolean {
    return this.breakpoints[owner].has(linearAddress);
  }

  /** Linear pages may lie elsewhere now. The code key changes: `currentKey`. */
  forgetAddresses(): void {
    this.keys.renew();
  }

  /** The same for one page. @returns whether code may have been found there, and so the code key changes */
  forgetPage(linear: number): boolean {
    this.sites.forgetPage(linear);
    const isKnown = this.jumpCache.mayHold(linear);
    if (isKnown) this.forgetAddresses();
    return isKnown;
  }

  private breakpointSet(addresses: string): number {
    const number = this.breakpointSets.get(addresses) ?? this.breakpointSets.size + 1;
    this.breakpointSets.set(addresses, number);
    return number;
  }

  private modeOf(codeKey: number): TranslationMode {
    return modeOf(translationKey(codeKey), this.options.features.has('fpu'));
  }

  private linear(eip: number): number {
    return (this.options.state.segmentBase(CS) + eip) >>> 0;
  }

  /** Where the code at `eip` is translated. Throws what fetching there raises. */
  private site(eip: number): CodeSite {
    const { state } = this.options;
    const limit = state.segmentLimit(CS);
    if (eip > limit) throw new GuestFault(VECTOR.GP, 0);
    const linear = this.linear(eip);
    const codeKey = state.getInt(STATE.codeKey);
    return this.sites.find(linear, codeKey) ?? this.sites.enter(this.newSite(eip, linear, codeKey, limit));
  }

  private newSite(eip: number, linear: number, codeKey: number, limit: number): CodeSite {
    const { mmu } = this.options;
    const offset = linear & 0xfff;
    const physical = mmu.translate(linear, 'execute', 'current') - offset;
    const last = this.sites.last(linear);
    // Most often all that has changed is the code key, by a flush.
    const isOfMode = last !== undefined && translationKey(last.codeKey) === translationKey(codeKey);
    if (isOfMode && last.page.physical === physical && this.isPlain(last)) return { ...last, codeKey };
    const { key, low, high, isBelow64K, hasBreakpoints } = this.pageKey(eip, linear, codeKey, limit);
    return {
      codeKey,
      page: this.cache.page(physical, key, low, high),
      mode: this.modeOf(translationKey(codeKey)),
      linearPage: (linear - offset) >>> 0,
      isBelow64K,
      hasBreakpoints,
    };
  }

  /** What stands there is found right by its page and mode alone: code is flat, and breakpoints have no part in it. */
  private isPlain({ codeKey, hasBreakpoints }: CodeSite): boolean {
    return isFlatKey(codeKey) && !hasBreakpoints;
  }

  /** What translations of the page at an offset in CS are kept under. */
  private pageKey(eip: number, linear: number, codeKey: number, limit: number): PageKey {
    const offset = linear & 0xfff;
    const translation = translationKey(codeKey);
    const { isFlat } = this.modeOf(translation);
    const low = isFlat ? 0 : Math.max(0, offset - eip);
    const high = isFlat ? HIGHEST_REACHED : Math.min(HIGHEST_REACHED, limit - eip + offset);
    const isBelow64K = eip - offset + 0xfff <= 0xffff;
    const breakpointPage = this.breakpointPages.get(linear >>> 12) ?? 0;
    // Of flat code without breakpoints a small number.
    const ends = (HIGHEST_REACHED - high) * 2 ** 20 + breakpointPage * 2 ** 34;
    const key = (translation | (isBelow64K ? 0 : 1 << 6) | (low << 8)) + ends;
    return { key, low, high, isBelow64K, hasBreakpoints: breakpointPage !== 0 };
  }

  /** Starts over with an empty arena when it is nearly full. */
  private makeRoom(site: CodeSite, eip: number): CodeSite {
    if (this.cache.hasRoom(BLOCK_ROOM)) return site;
    this.clearCache();
    return this.site(eip);
  }

  private clearCache(): void {
    this.cache.clear();
    this.helperCalls.clear();
    this.sites.clear();
    this.jumpCache.clear();
  }

  private translate(site: CodeSite, offset: number, kind: BlockKind): Block {
    const block = this.translator.translate(site, offset, kind);
    for (const physical of this.cache.add(block)) this.options.mmu.watchWrites(physical);
    this.options.onTranslated();
    return block;
  }
}
