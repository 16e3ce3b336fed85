import type { RegionFigures } from './VirtualProcessor.ts';
import type { PackedJob } from './tiers/region/packJob.ts';

/** The mode that a translation was made for. */
export interface TranslatedMode {
  readonly mode: 'real' | 'protected' | 'v86';
  readonly codeSize: 16 | 32;
  /** Segments need neither base nor check. */
  readonly isFlat: boolean;
}

/** One record of translated code. */
export interface RecordView {
  /** In the VM's memory. */
  readonly address: number;
  /** Of the guest's instruction that it stands for, or behind which it comes. */
  readonly linearAddress: number;
  /** Key of the form whose handler it names, or the kind of a step of the translator's own. */
  readonly handler: string;
  readonly isStep: boolean;
  /** RECORD.size bytes. */
  readonly bytes: Uint8Array;
  /** Helpers that the handler calls: what became of a sensitive instruction. */
  readonly helpers: readonly string[];
  /** Times that the instruction has called one, in whatever tier. */
  readonly helperCalls: number;
}

/** Where a block runs: by records; by records until its region is compiled; or in a region. */
export type BlockTier = 'threaded' | 'compiling' | 'region';

/** Guest instructions that were translated together. */
export interface BlockView {
  readonly linearAddress: number;
  readonly byteLength: number;
  readonly mode: TranslatedMode;
  /** The processor, as it is now, would run this translation of the address. */
  readonly isPresent: boolean;
  readonly tier: BlockTier;
  /** Of those that hold it, the one in which most was retired. */
  readonly region: number | null;
  readonly isRegionEntry: boolean;
  /** Times that it was entered: as a block, or as its region. Null: nobody counts, as regions are off. */
  readonly executions: number | null;
  /** Entries until a region is made of it; null: none will be, or one holds it. */
  readonly untilHot: number | null;
  readonly records: readonly RecordView[];
}

/** A region in place, as a list names it. */
export interface RegionSummary extends RegionFigures {
  readonly number: number;
  /** Where its entry lay in linear memory when the region was made. */
  readonly linearAddress: number;
}

/** What has become of guest code. */
export interface TranslationView {
  /** In ascending order; those that are present first where several begin at one address. */
  readonly blocks: readonly BlockView[];
  /** The hottest regions, wherever they are. */
  readonly regions: readonly RegionSummary[];
}

/** What a region was made from, from which its module can be made again, byte for byte. */
export interface RegionSource {
  readonly number: number;
  readonly figures: RegionFigures;
  /** Linear address of offset 0 in CS when it was made. */
  readonly codeBase: number;
  readonly job: PackedJob;
}

/** Looks at translated code without disturbing it. */
export interface TranslationInspector {
  /** The blocks that hold any of these bytes, translated in whatever mode. */
  view(linearAddress: number, byteLength: number): TranslationView;
  /** All blocks, those that were entered most first, by their physical addresses. */
  hottestBlocks(most: number): readonly BlockView[];
  /** Undefined when there is no such region any more. */
  region(number: number): RegionSource | undefined;
}
