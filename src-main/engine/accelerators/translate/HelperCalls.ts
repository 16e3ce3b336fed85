import { MEMORY_LAYOUT } from '../../state/layout.ts';
import { RECORD } from '../../tiers/threaded/record.ts';

const RECORDS = MEMORY_LAYOUT.recordArena / RECORD.size;

/** How often each record has called a helper. Costs next to nothing beside the call, so it is always counted. */
export class HelperCalls {
  private readonly arena: number;
  private counts = new Uint32Array(RECORDS);

  /** @param arena where the vCPU's records begin */
  constructor(arena: number) {
    this.arena = arena;
  }

  note(record: number): void {
    this.counts[(record - this.arena) / RECORD.size]++;
  }

  /** Modulo 2^32. */
  of(record: number): number {
    return this.counts[(record - this.arena) / RECORD.size];
  }

  /** All records are given up. */
  clear(): void {
    this.counts = new Uint32Array(RECORDS);
  }
}
