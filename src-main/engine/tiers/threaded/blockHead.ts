import { RECORD } from './record.ts';

/**
 * A block's `head` counts `immediate` down at each entry and calls for a region at 0; `link` less `immediate`, modulo
 * 2^32, is how often the block has been entered. `displacement` holds when the count began, in milliseconds, modulo 2^32;
 * `scale` is 1 while a region stands in its place, and `registerA` then the head's own handler.
 */

/** When code is hot. */
export interface Hotness {
  /** Times that a block is entered before it becomes part of a region. */
  readonly threshold: number;
  nowMs(): number;
}

/** Begins to count a block's entries. */
export function beginCounting(view: DataView, head: number, { threshold, nowMs }: Hotness): void {
  view.setInt32(head + RECORD.immediate, threshold, true);
  view.setInt32(head + RECORD.link, threshold, true);
  view.setInt32(head + RECORD.displacement, nowMs(), true);
}

/** The block has to be entered so many times more to be hot. A region that stood in the head's place gives way. */
export function countAgain(view: DataView, head: number, { threshold, nowMs }: Hotness): void {
  const before = entriesOf(view, head);
  if (!isCounting(view, head)) {
    view.setUint32(head + RECORD.handler, view.getUint16(head + RECORD.registerA, true), true);
    view.setUint8(head + RECORD.scale, 0);
  }
  view.setInt32(head + RECORD.immediate, threshold, true);
  view.setInt32(head + RECORD.link, (before + threshold) | 0, true);
  view.setInt32(head + RECORD.displacement, nowMs(), true);
}

/** A region takes the head's place, until the block counts again. */
export function placeRegion(view: DataView, head: number, slot: number): void {
  if (isCounting(view, head))
    view.setUint16(head + RECORD.registerA, view.getUint32(head + RECORD.handler, true), true);
  view.setUint32(head + RECORD.handler, slot, true);
  view.setUint8(head + RECORD.scale, 1);
}

/** Whether the head counts: no region stands in its place. */
export function isCounting(view: DataView, head: number): boolean {
  return view.getUint8(head + RECORD.scale) === 0;
}

/** How long the head has counted, in milliseconds. */
export function countingMs(view: DataView, head: number, nowMs: number): number {
  return (nowMs - view.getInt32(head + RECORD.displacement, true)) >>> 0;
}

/** Entries by another way, while a region stood in the head's place. */
export function addEntries(view: DataView, head: number, entries: number): void {
  view.setInt32(head + RECORD.link, (view.getInt32(head + RECORD.link, true) + entries) | 0, true);
}

/** Entries that the head has counted, modulo 2^32. */
export function entriesOf(view: DataView, head: number): number {
  return (view.getInt32(head + RECORD.link, true) - view.getInt32(head + RECORD.immediate, true)) >>> 0;
}

/** Entries until the block is hot; 0 once it has been. */
export function entriesUntilHot(view: DataView, head: number): number {
  return Math.max(0, view.getInt32(head + RECORD.immediate, true));
}
