import type { Block, CodePage } from '../threaded/CodeCache.ts';
import type { RegionJob } from './compileRegion.ts';
import type { RegionPlan } from './RegionPlan.ts';

/** Guest code that runs as one Wasm function, in the place of a block's head; or is going to, while it has no slot. */
export interface Region {
  readonly number: number;
  readonly head: number;
  readonly headBlock: Block;
  readonly data: number;
  readonly plan: RegionPlan;
  readonly place: RegionJob['place'];
  /** Linear address of offset 0 in CS when it was begun. */
  readonly codeBase: number;
  /** An EIP in each of its pages, and the page. */
  readonly pages: ReadonlyMap<number, CodePage | undefined>;
  slot: number;
  wasmBytes: number;
  compileMs: number;
  /** Instructions that had been retired in it when the coldest were last looked for. */
  retiredAtLastLook: number;
}

/** The region that a block runs in. */
export interface RegionHolder {
  readonly number: number;
  /** Not still being compiled. */
  readonly isInPlace: boolean;
  /** It is entered at this block. */
  readonly isEntry: boolean;
}

/** Below this many instructions a region without a loop costs more to enter than it saves. */
const LEAST_INSTRUCTIONS = 6;

/** An estimate of what V8 keeps: a module's own bookkeeping, and machine code of both its compilers by the byte of Wasm. */
const CODE_BYTES = { module: 30_000, perWasmByte: 10 };

/** What V8 keeps of a region, in bytes. */
export function codeBytesOf(wasmBytes: number): number {
  return CODE_BYTES.module + CODE_BYTES.perWasmByte * wasmBytes;
}

export function isWorthwhile({ blocks, instructionCount }: RegionPlan): boolean {
  if (instructionCount >= LEAST_INSTRUCTIONS) return true;
  return blocks.some((block, index) => block.successors.some((target) => target <= index));
}

/** Page offsets of a region's instructions, by the page of translations that each lies in. */
const coverage = new WeakMap<Region, ReadonlyMap<CodePage, ReadonlySet<number>>>();

function coverageOf(region: Region): ReadonlyMap<CodePage, ReadonlySet<number>> {
  const known = coverage.get(region);
  if (known) return known;
  const sites = region.plan.blocks.flatMap((block) => block.sites);
  const byBase = new Map(sites.map(({ eip, eipBase }) => [eip, eipBase]));
  const pages = new Map([...region.pages].map(([eip, page]) => [byBase.get(eip), page]));
  const covered = new Map<CodePage, Set<number>>();
  for (const { eip, eipBase } of sites) {
    const page = pages.get(eipBase);
    if (page) covered.set(page, (covered.get(page) ?? new Set()).add((eip - eipBase) >>> 0));
  }
  coverage.set(region, covered);
  return covered;
}

/**
 * The region that a block runs in most: of those that hold its first instruction the one in which most was retired, and
 * before all those that are still being compiled.
 */
export function holderAmong(
  regions: Iterable<Region>,
  block: Block,
  retiredIn: (region: Region) => number,
): RegionHolder | undefined {
  let best: RegionHolder | undefined;
  let most = -Infinity;
  for (const region of regions) {
    if (!coverageOf(region).get(block.page)?.has(block.start)) continue;
    const isInPlace = region.slot !== 0;
    const retired = isInPlace ? retiredIn(region) : -1;
    if (retired <= most) continue;
    most = retired;
    best = { number: region.number, isInPlace, isEntry: region.headBlock === block };
  }
  return best;
}
