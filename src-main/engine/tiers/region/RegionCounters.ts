import type { RegionFigures, RegionTotals } from '../../VirtualProcessor.ts';
import { LEAVE_CAUSES, REGION_DATA } from './regionData.ts';
import type { RegionPlan } from './RegionPlan.ts';

/** What regions themselves count: the part of the totals that goes on when a region does not. */
type Work = Pick<RegionTotals, 'instructions' | 'entries' | 'refusals' | 'exits'>;

const NONE: Work = {
  instructions: 0,
  entries: 0,
  refusals: 0,
  exits: Object.fromEntries(LEAVE_CAUSES.map((cause) => [cause, 0])),
};

/** What the tier has done since power-on. */
export class RegionCounters {
  dropped = 0;
  evicted = 0;
  private compiledCount = 0;
  private compileMs = 0;
  private failures = 0;
  private lastFailure = '';
  /** Of regions that are no more. */
  private earlier = NONE;

  compiled(milliseconds: number): void {
    this.compiledCount++;
    this.compileMs += milliseconds;
  }

  failed(message: string): void {
    this.failures++;
    this.lastFailure = message;
  }

  /** A region is about to go. */
  keep(work: Work): void {
    this.earlier = totalsOf([this.earlier, work]);
  }

  /** @param present of the regions that exist */
  totals(present: Work): RegionTotals {
    const { compiledCount, compileMs, dropped, evicted, failures, lastFailure } = this;
    return {
      compiled: compiledCount,
      compileMs,
      dropped,
      evicted,
      failures,
      lastFailure,
      ...totalsOf([this.earlier, present]),
    };
  }
}

export function totalsOf(all: readonly Work[]): Work {
  const sum = (of: (work: Work) => number): number => all.reduce((total, work) => total + of(work), 0);
  return {
    instructions: sum((work) => work.instructions),
    entries: sum((work) => work.entries),
    refusals: sum((work) => work.refusals),
    exits: Object.fromEntries(LEAVE_CAUSES.map((cause) => [cause, sum(({ exits }) => exits[cause])])),
  };
}

/** What is known of one region. @param data its REGION_DATA */
export function figuresOf(
  view: DataView,
  data: number,
  { blocks, instructionCount }: RegionPlan,
  code: Pick<RegionFigures, 'wasmBytes' | 'compileMs'>,
): RegionFigures {
  let lowest = Infinity,
    highest = 0;
  for (const { sites } of blocks) {
    for (const { eip, nextEip } of sites) {
      lowest = Math.min(lowest, eip);
      highest = Math.max(highest, nextEip - 1);
    }
  }
  return {
    entry: blocks[0].sites[0].eip,
    lowest,
    highest,
    blocks: blocks.length,
    guestInstructions: instructionCount,
    instructions: Number(view.getBigInt64(data + REGION_DATA.instructions, true)),
    entries: view.getUint32(data + REGION_DATA.entries, true),
    refusals: view.getUint32(data + REGION_DATA.refusals, true),
    exits: Object.fromEntries(
      LEAVE_CAUSES.map((cause, index) => [cause, view.getUint32(data + REGION_DATA.exits + 4 * index, true)]),
    ),
    ...code,
  };
}
