import type {
  BlockView,
  RecordView,
  RegionSource,
  TranslationInspector,
  TranslationView,
} from '../../TranslationView.ts';
import type { Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { PAGE_BYTES } from '../../state/layout.ts';
import { type Block, type CodePage } from '../../tiers/threaded/CodeCache.ts';
import { entriesOf, entriesUntilHot } from '../../tiers/threaded/blockHead.ts';
import { RECORD } from '../../tiers/threaded/record.ts';
import type { Region } from '../../tiers/region/Region.ts';
import type { RegionTier } from '../../tiers/region/RegionTier.ts';
import type { CompiledHandlers } from './CompiledHandlers.ts';
import type { Translations } from './Translations.ts';

/** What is known of a page of translations beside its blocks. */
interface PageFacts {
  /** Regions with code of it. */
  readonly regions: readonly Region[];
  /** Helpers' calls by page offset, of all records that stand for the instruction there. */
  readonly helperCalls: ReadonlyMap<number, number>;
}

export interface CodeInspectorOptions {
  readonly memory: PhysicalMemory;
  readonly mmu: Mmu;
  readonly translations: Translations;
  readonly handlers: CompiledHandlers;
  /** Undefined: code stays in the threaded tier. */
  readonly regions: RegionTier | undefined;
}

const REGION = { name: 'region', isStep: true, helpers: [] };

/** Reads what the tiers have made, between two runs. Changes nothing, so that a guest cannot tell. */
export class CodeInspector implements TranslationInspector {
  private readonly options: CodeInspectorOptions;

  constructor(options: CodeInspectorOptions) {
    this.options = options;
  }

  view(linearAddress: number, byteLength: number): TranslationView {
    const end = linearAddress + byteLength;
    const blocks: BlockView[] = [];
    for (let page = linearAddress - (linearAddress % PAGE_BYTES); page < end; page += PAGE_BYTES) {
      for (const block of this.blocksOfPage(page)) {
        if (block.linearAddress < end && block.linearAddress + block.byteLength > linearAddress) blocks.push(block);
      }
    }
    blocks.sort((a, b) => a.linearAddress - b.linearAddress || Number(b.isPresent) - Number(a.isPresent));
    return { blocks, regions: this.options.regions?.hottest ?? [] };
  }

  hottestBlocks(most: number): readonly BlockView[] {
    const { translations, memory, regions } = this.options;
    const found: { readonly block: Block; readonly entries: number }[] = [];
    for (const page of translations.allPages()) {
      for (const block of page.blocks.values()) {
        const entries = entriesOf(memory.view, block.firstRecord) + (regions?.entriesAt(block) ?? 0);
        found.push({ block, entries });
      }
    }
    found.sort((a, b) => b.entries - a.entries);
    return found.slice(0, most).map(({ block }) => {
      const { page } = block;
      return this.block(block, page.physical, false, this.facts(page));
    });
  }

  region(number: number): RegionSource | undefined {
    return this.options.regions?.source(number);
  }

  private *blocksOfPage(linearPage: number): Generator<BlockView> {
    const { mmu, translations } = this.options;
    const physical = mmu.probe(linearPage);
    if (physical === undefined) return;
    const present = translations.presentKey(linearPage);
    for (const page of translations.pagesAt(physical)) {
      const facts = this.facts(page);
      for (const block of page.blocks.values()) yield this.block(block, linearPage, page.key === present, facts);
    }
  }

  private block(block: Block, linearPage: number, isPresent: boolean, facts: PageFacts): BlockView {
    const { translations, regions, memory } = this.options;
    const { mode, codeSize, isFlat } = translations.modeOfPage(block.page);
    const head = block.firstRecord;
    const holder = regions?.holderOf(block, facts.regions);
    return {
      linearAddress: linearPage + block.start,
      byteLength: block.end - block.start,
      mode: { mode, codeSize, isFlat },
      isPresent,
      tier: holder === undefined ? 'threaded' : holder.isInPlace ? 'region' : 'compiling',
      region: holder?.number ?? null,
      isRegionEntry: holder?.isEntry ?? false,
      executions: regions ? entriesOf(memory.view, head) + regions.entriesAt(block) : null,
      untilHot: regions && holder === undefined ? entriesUntilHot(memory.view, head) : null,
      records: Array.from({ length: block.recordCount }, (_, index) =>
        this.record(facts, head + index * RECORD.size, linearPage),
      ),
    };
  }

  private record({ helperCalls }: PageFacts, address: number, linearPage: number): RecordView {
    const { memory, handlers } = this.options;
    const offset = memory.view.getUint16(address + RECORD.pageOffset, true);
    // A region stands in its head's place.
    const handler = handlers.describe(memory.view.getUint32(address + RECORD.handler, true)) ?? REGION;
    return {
      address,
      linearAddress: linearPage + offset,
      handler: handler.name,
      isStep: handler.isStep,
      bytes: memory.bytes.slice(address, address + RECORD.size),
      helpers: handler.helpers,
      helperCalls: handler.isStep ? 0 : (helperCalls.get(offset) ?? 0),
    };
  }

  private facts(page: CodePage): PageFacts {
    const { memory, regions, translations } = this.options;
    const helperCalls = new Map<number, number>();
    for (const blocks of [page.blocks, page.steps, page.singles]) {
      for (const { firstRecord, recordCount } of blocks.values()) {
        for (let index = 0; index < recordCount; index++) {
          const record = firstRecord + index * RECORD.size;
          const calls = translations.helperCalls.of(record);
          if (calls === 0) continue;
          const offset = memory.view.getUint16(record + RECORD.pageOffset, true);
          helperCalls.set(offset, (helperCalls.get(offset) ?? 0) + calls);
        }
      }
    }
    return { regions: regions?.regionsOn(page) ?? [], helperCalls };
  }
}
