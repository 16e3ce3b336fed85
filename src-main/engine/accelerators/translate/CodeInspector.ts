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
import { STEP_KINDS } from '../../tiers/threaded/stepHandlers.ts';
import type { Region } from '../../tiers/region/Region.ts';
import type { RegionTier } from '../../tiers/region/RegionTier.ts';
import type { CompiledHandlers } from './CompiledHandlers.ts';
import type { Translations } from './Translations.ts';

export interface CodeInspectorOptions {
  readonly memory: PhysicalMemory;
  readonly mmu: Mmu;
  readonly translations: Translations;
  readonly handlers: CompiledHandlers;
  /** Undefined: code stays in the threaded tier. */
  readonly regions: RegionTier | undefined;
}

const HEAD = STEP_KINDS.indexOf('head');

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

  region(number: number): RegionSource | undefined {
    return this.options.regions?.source(number);
  }

  private *blocksOfPage(linearPage: number): Generator<BlockView> {
    const { mmu, translations } = this.options;
    const physical = mmu.probe(linearPage);
    if (physical === undefined) return;
    const present = translations.presentKey(linearPage);
    for (const page of translations.pagesAt(physical)) {
      const around = this.options.regions?.regionsOn(page) ?? [];
      for (const block of page.blocks.values()) yield this.block(block, linearPage, page.key === present, around);
    }
  }

  private block(block: Block, linearPage: number, isPresent: boolean, around: readonly Region[]): BlockView {
    const { translations, regions, memory } = this.options;
    const { mode, codeSize, isFlat } = translations.modeOfPage(block.page);
    const head = block.firstRecord;
    const holder = regions?.holderOf(block, around);
    const isHead = memory.view.getUint32(head + RECORD.handler, true) === HEAD;
    return {
      linearAddress: linearPage + block.start,
      byteLength: block.end - block.start,
      mode: { mode, codeSize, isFlat },
      isPresent,
      tier: holder === undefined ? 'threaded' : holder.isInPlace ? 'region' : 'compiling',
      region: holder?.number ?? null,
      isRegionEntry: holder?.isEntry ?? false,
      executions: regions ? entriesOf(memory.view, head) + regions.entriesAt(block) : null,
      untilHot: isHead && holder === undefined ? entriesUntilHot(memory.view, head) : null,
      records: Array.from({ length: block.recordCount }, (_, index) =>
        this.record(block.page, head + index * RECORD.size, linearPage),
      ),
    };
  }

  private record(page: CodePage, address: number, linearPage: number): RecordView {
    const { memory, handlers, translations } = this.options;
    const index = memory.view.getUint32(address + RECORD.handler, true);
    const offset = memory.view.getUint16(address + RECORD.pageOffset, true);
    // A region stands in its head's place.
    const handler = handlers.describe(index) ?? { name: 'region', isStep: true, helpers: [] };
    const singles = [page.singles.get(offset), page.steps.get(offset)].flatMap((block) =>
      block ? Array.from({ length: block.recordCount }, (_, place) => block.firstRecord + place * RECORD.size) : [],
    );
    const calls = [address, ...singles].map((each) => translations.helperCalls.of(each));
    return {
      address,
      linearAddress: linearPage + offset,
      handler: handler.name,
      isStep: handler.isStep,
      bytes: memory.bytes.slice(address, address + RECORD.size),
      helpers: handler.helpers,
      helperCalls: handler.isStep ? 0 : calls.reduce((sum, count) => sum + count, 0),
    };
  }
}
