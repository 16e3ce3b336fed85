import { PAGE_FLAG } from '../../engine/state/layout.ts';
import { forgetRam, forgetVideo } from '../snapshots/MachineSnapshot.ts';
import { PAGE_BYTES, restorePage, ZERO_PAGE } from '../snapshots/pages.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import type { Checkpoints } from './Checkpoints.ts';

/** Told of pages of RAM that were written, or put back, before their dirty flags are cleared. */
export type PagesObserver = (ramPages: Iterable<number>) => void;

/**
 * A machine's RAM and video memory over its checkpoints. Pages are numbered through: RAM, then video memory. It clears
 * the dirty flags; who else lives by them looks at what `onPages` is told.
 */
export class MemoryHistory {
  private readonly parts: TranslatedMachine;
  private readonly checkpoints: Checkpoints;
  private readonly onPages: PagesObserver | undefined;
  /** The checkpoint that the dirty flags are relative to. */
  private base = 0;
  /** Something wrote RAM without a flag, such as loading a program or a reset: any page may have changed. */
  private isAllSuspect = true;
  /** Video memory at the last checkpoint, which is not always `base`, as far as it has been asked for. */
  private readonly videoAtLast = new Map<number, Uint8Array | undefined>();

  constructor(parts: TranslatedMachine, checkpoints: Checkpoints, onPages: PagesObserver | undefined) {
    this.parts = parts;
    this.checkpoints = checkpoints;
    this.onPages = onPages;
  }

  /** Copies of the pages that the checkpoint to be added next has to keep. */
  takeChanged(): Map<number, Uint8Array> {
    const ramPages = this.parts.memory.ramFlags.length;
    const pages = new Map<number, Uint8Array>();
    const dirty = this.dirtyPages();
    for (const page of dirty) {
      const bytes = this.bytesOf(page);
      // Of video memory only pages that were written at some time are known.
      if (this.isAllSuspect || page >= ramPages) {
        if (Buffer.compare(bytes, this.atLast(page) ?? ZERO_PAGE) === 0) continue;
      }
      const copy = bytes.slice();
      if (page >= ramPages) this.videoAtLast.set(page, copy);
      pages.set(page, copy);
    }
    this.clearDirty(dirty);
    return pages;
  }

  /** The checkpoint that keeps them has been added, for which others may have gone. */
  onAdded(): void {
    this.base = this.checkpoints.count - 1;
  }

  /** A page at the last checkpoint. Those of video memory are asked for at each of them, and looked up once. */
  private atLast(page: number): Uint8Array | undefined {
    if (this.videoAtLast.has(page)) return this.videoAtLast.get(page);
    const bytes = this.checkpoints.pageAt(page, this.checkpoints.count - 1);
    if (page >= this.parts.memory.ramFlags.length) this.videoAtLast.set(page, bytes);
    return bytes;
  }

  /** Makes memory what it was at a checkpoint. */
  restore(index: number): void {
    const { parts, checkpoints } = this;
    const ramPages = parts.memory.ramFlags.length;
    const pages = new Set([...this.dirtyPages(), ...checkpoints.changedBetween(this.base, index)]);
    for (const page of pages) {
      restorePage(this.bytesOf(page), 0, checkpoints.pageAt(page, index), () =>
        page < ramPages ? forgetRam(parts, page) : forgetVideo(parts, page - ramPages),
      );
    }
    this.clearDirty(pages);
    this.base = index;
  }

  /** RAM is about to be written without flags. */
  suspectAll(): void {
    this.isAllSuspect = true;
  }

  /** Checkpoints behind the present have been forgotten. */
  onTruncated(): void {
    this.videoAtLast.clear();
  }

  private clearDirty(pages: Iterable<number>): void {
    const { memory, processors } = this.parts;
    this.onPages?.([...pages].filter((page) => page < memory.ramFlags.length));
    for (const processor of processors) processor.clearDirtyPages();
    this.isAllSuspect = false;
  }

  /** Pages that may differ from those of the checkpoint `base`. */
  private dirtyPages(): number[] {
    const { memory, machine } = this.parts;
    const { ramFlags, videoFlags } = memory;
    const dirty: number[] = [];
    for (let page = 0; page < ramFlags.length; page++)
      if (this.isAllSuspect || ((ramFlags[page] ?? 0) & PAGE_FLAG.dirty) !== 0) dirty.push(page);
    const touched = machine.chipset.vga.touchedPages();
    for (let page = 0; page < touched.length; page++) {
      if (touched[page] !== 0 || ((videoFlags[page] ?? 0) & PAGE_FLAG.dirty) !== 0) dirty.push(ramFlags.length + page);
    }
    return dirty;
  }

  private bytesOf(page: number): Uint8Array {
    const { memory } = this.parts;
    const ramPages = memory.ramFlags.length;
    return page < ramPages
      ? memory.ram(page * PAGE_BYTES, PAGE_BYTES)
      : memory.video.subarray((page - ramPages) * PAGE_BYTES, (page - ramPages + 1) * PAGE_BYTES);
  }
}
