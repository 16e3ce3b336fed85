import type { CodeBlock, CodeRegion } from '../../../src-preload/contract/inspection.ts';

/** After so long without being executed, a block's heat is half of what it was. */
const HALF_LIFE_MS = 1500;
/** Executions a second of a block that is as hot as code gets. */
const HOTTEST = 1e8;
const COUNTER = 2 ** 32;

interface Measured {
  readonly executions: number;
  readonly atMs: number;
  readonly rate: number;
}

/** Executions a second of each block, from counts that are read now and then; decays when they stand still. */
export class BlockHeat {
  #measured = new Map<string, Measured>();

  /** Takes new counts. What is not among them is forgotten. */
  update(blocks: readonly CodeBlock[], regions: readonly CodeRegion[], atMs: number): void {
    const before = this.#measured;
    this.#measured = new Map();
    for (const block of blocks) {
      const executions = executionsOf(block, regions);
      if (executions === null) continue;
      const last = before.get(keyOf(block));
      const rate = last ? smoothed(last, executions, atMs) : 0;
      this.#measured.set(keyOf(block), { executions, atMs, rate });
    }
  }

  /** Executions a second, lately. */
  rate(block: CodeBlock): number {
    return this.#measured.get(keyOf(block))?.rate ?? 0;
  }

  /** From 0, cold, to 1, on a logarithmic scale. */
  level(block: CodeBlock): number {
    return Math.min(1, Math.log10(1 + this.rate(block)) / Math.log10(HOTTEST));
  }
}

/**
 * How often a block was executed. Loops inside a region count nothing, so what retired there is shared out among its
 * instructions: the mean of the region's blocks.
 */
function executionsOf(block: CodeBlock, regions: readonly CodeRegion[]): number | null {
  if (block.executions === null) return null;
  const region = block.tier === 'region' ? regions.find(({ number }) => number === block.region) : undefined;
  return block.executions + (region ? Math.round(region.instructions / region.guestInstructions) : 0);
}

function smoothed(last: Measured, executions: number, atMs: number): number {
  const elapsedMs = atMs - last.atMs;
  if (elapsedMs <= 0) return last.rate;
  // Counters wrap; one that has gone down otherwise began anew, with the block.
  const difference = executions - last.executions;
  const grown = difference >= 0 ? difference : difference < -COUNTER / 2 ? difference + COUNTER : 0;
  const kept = 2 ** (-elapsedMs / HALF_LIFE_MS);
  return last.rate * kept + (grown / elapsedMs) * 1000 * (1 - kept);
}

function keyOf({ linearAddress, mode, codeSize, isFlat }: CodeBlock): string {
  return `${linearAddress} ${mode} ${codeSize} ${isFlat}`;
}
