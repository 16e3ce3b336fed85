import type { Axis, Box, DockNode, Layout, Stack } from './layout.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PlacedStack {
  readonly stack: Stack;
  readonly box: Box;
  readonly isFloating: boolean;
}

/** The line between two neighbours of a split, which moves between `least` and `most`. */
export interface PlacedHandle {
  /** Of the split, from the root. */
  readonly path: readonly number[];
  /** Of the neighbour before it. */
  readonly index: number;
  readonly axis: Axis;
  readonly box: Box;
  /** What the two neighbours have together, in pixels along the axis. */
  readonly span: number;
  /** What the first has of it, and may have. */
  readonly position: number;
  readonly least: number;
  readonly most: number;
}

export interface Arrangement {
  readonly stacks: readonly PlacedStack[];
  readonly handles: readonly PlacedHandle[];
}

/** Smallest useful stack, in CSS pixels. */
const LEAST: Size = { width: 160, height: 96 };
/** Room above a floating stack, for the strip that moves it. */
export const STRIP_PX = 10;
/** Room of the line between neighbours. */
const GAP = 1;

/** Where everything is in a dock of this size: pure arithmetic, so that panels are not nested and never remade. */
export function arrange(layout: Layout, size: Size): Arrangement {
  const stacks: PlacedStack[] = [];
  const handles: PlacedHandle[] = [];

  function place(node: DockNode, box: Box, path: readonly number[]): void {
    if (node.kind === 'stack') {
      stacks.push({ stack: node, box, isFloating: false });
      return;
    }
    const { axis, parts } = node;
    const whole = along(axis, box) - GAP * (parts.length - 1);
    const leasts = parts.map((part) => leastOf(part, axis));
    const extents = divide(node.shares, leasts, whole);
    let at = axis === 'row' ? box.x : box.y;
    parts.forEach((part, index) => {
      const extent = extents[index] ?? 0;
      place(part, slice(axis, box, at, extent), [...path, index]);
      at += extent;
      const next = extents[index + 1];
      if (next === undefined) return;
      const span = extent + next;
      const least = Math.min(leasts[index] ?? 0, extent);
      const most = span - Math.min(leasts[index + 1] ?? 0, next);
      handles.push({ path, index, axis, box: slice(axis, box, at, GAP), span, position: extent, least, most });
      at += GAP;
    });
  }

  place(layout.docked, { x: 0, y: 0, ...size }, []);
  for (const { stack, box } of layout.floating) stacks.push({ stack, box: kept(box, size), isFloating: true });
  return { stacks, handles };
}

/** A floating box as it fits into the dock: never larger, and never out of reach. */
export function kept(box: Box, size: Size): Box {
  const width = Math.min(Math.max(box.width, LEAST.width), size.width);
  const height = Math.min(Math.max(box.height, LEAST.height), Math.max(0, size.height - STRIP_PX));
  return {
    x: Math.max(0, Math.min(box.x, size.width - width)),
    y: Math.max(STRIP_PX, Math.min(box.y, size.height - height)),
    width,
    height,
  };
}

function along(axis: Axis, { width, height }: Size): number {
  return axis === 'row' ? width : height;
}

function slice(axis: Axis, box: Box, at: number, extent: number): Box {
  return axis === 'row' ? { ...box, x: at, width: extent } : { ...box, y: at, height: extent };
}

/** The least extent of a node along an axis. */
function leastOf(node: DockNode, axis: Axis): number {
  if (node.kind === 'stack') return along(axis, LEAST);
  const parts = node.parts.map((part) => leastOf(part, axis));
  if (node.axis !== axis) return Math.max(...parts);
  return parts.reduce((sum, part) => sum + part, GAP * (parts.length - 1));
}

/** Pixels by share, none below its least while there is room for all leasts; whole pixels, so that lines are sharp. */
function divide(shares: readonly number[], leasts: readonly number[], whole: number): number[] {
  const needed = leasts.reduce((sum, least) => sum + least, 0);
  let extents: number[];
  if (needed >= whole) {
    extents = leasts.map((least) => (least / needed) * Math.max(0, whole));
  } else {
    // Who would fall short gets its least; the others share what is left, until nobody falls short.
    const isFixed = shares.map(() => false);
    for (;;) {
      const fixed = leasts.reduce((sum, least, index) => sum + (isFixed[index] ? least : 0), 0);
      const free = shares.reduce((sum, share, index) => sum + (isFixed[index] ? 0 : share), 0);
      extents = shares.map((share, index) =>
        isFixed[index] ? (leasts[index] ?? 0) : (share / free) * (whole - fixed),
      );
      const short = extents.findIndex((extent, index) => extent < (leasts[index] ?? 0) - 1e-9 && !isFixed[index]);
      if (short < 0) break;
      isFixed[short] = true;
    }
  }
  let end = 0;
  let drawn = 0;
  return extents.map((extent) => {
    end += extent;
    const pixels = Math.round(end) - drawn;
    drawn += pixels;
    return pixels;
  });
}
