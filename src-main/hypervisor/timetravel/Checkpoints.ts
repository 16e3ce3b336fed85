import type { MachinePosition } from '../../machine/MachineInput.ts';
import type { MachineState } from '../../machine/MachineState.ts';
import { PAGE_BYTES } from '../snapshots/pages.ts';
import type { DisksAtCheckpoint } from './DiskHistory.ts';

/** A machine at a position: its state, and the pages that changed since the checkpoint before. */
export interface Checkpoint {
  readonly position: MachinePosition;
  readonly state: MachineState;
  readonly disks: DisksAtCheckpoint;
  /** Inputs that had come before. */
  readonly inputCount: number;
  /** Pages of RAM, then of video memory, by their numbers. The first checkpoint holds all that are not zero. */
  readonly pages: Map<number, Uint8Array>;
}

/** So many are kept apart, however small they are: a page is looked for through all of them. */
const MOST_CHECKPOINTS = 1000;

/** Checkpoints in order, which share what did not change between them. */
export class Checkpoints {
  private readonly list: Checkpoint[] = [];
  private readonly mostBytes: number;
  private byteLength = 0;

  /** @param mostBytes of pages: beyond that, every second of the older checkpoints goes */
  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  get count(): number {
    return this.list.length;
  }

  /** What they keep of memory. */
  get bytes(): number {
    return this.byteLength;
  }

  positions(): MachinePosition[] {
    return this.list.map(({ position }) => position);
  }

  at(index: number): Checkpoint {
    const checkpoint = this.list[index];
    if (checkpoint === undefined) throw new RangeError(`there is no checkpoint ${index} of ${this.list.length}`);
    return checkpoint;
  }

  /** Indices of others may change. */
  add(checkpoint: Checkpoint): void {
    this.list.push(checkpoint);
    this.byteLength += checkpoint.pages.size * PAGE_BYTES;
    if (this.byteLength > this.mostBytes || this.list.length > MOST_CHECKPOINTS) this.thinOut();
  }

  /** Forgets all behind one. */
  truncate(last: number): void {
    for (const { pages } of this.list.splice(last + 1)) this.byteLength -= pages.size * PAGE_BYTES;
  }

  /** The last checkpoint that `isBefore` holds for; the first one when it holds for none. */
  lastBefore(isBefore: (position: MachinePosition, inputCount: number) => boolean): number {
    const index = this.list.findLastIndex(({ position, inputCount }) => isBefore(position, inputCount));
    return Math.max(0, index);
  }

  /** What a page held at a checkpoint; undefined: zeros. */
  pageAt(page: number, index: number): Uint8Array | undefined {
    for (let at = index; at >= 0; at--) {
      const bytes = this.list[at]?.pages.get(page);
      if (bytes) return bytes;
    }
    return undefined;
  }

  /** Pages that may differ between two checkpoints. */
  *changedBetween(a: number, b: number): Iterable<number> {
    for (let at = Math.min(a, b) + 1; at <= Math.max(a, b); at++) yield* this.at(at).pages.keys();
  }

  /** The older half loses every second one: going back there takes longer, but is still possible. First and last stay. */
  private thinOut(): void {
    for (let at = Math.floor((this.list.length - 1) / 2); at >= 1; at -= 2) {
      const [removed] = this.list.splice(at, 1);
      const next = this.list[at];
      if (!removed || !next) break;
      for (const [page, bytes] of removed.pages) {
        if (next.pages.has(page)) this.byteLength -= PAGE_BYTES;
        else next.pages.set(page, bytes);
      }
    }
  }
}
