import type { PlacedStack, Size } from './arrange.ts';
import type { Box, Side, Target } from './layout.ts';

/** Height of a stack's tabs, in CSS pixels. */
export const TABS_PX = 36;
/** So near to the dock's own edge, the whole side is meant. */
const EDGE_PX = 14;
/** The part of a panel that is its side rather than its middle. */
const SIDE_PART = 0.25;

export interface Drop {
  readonly target: Target;
  /** What the panel would take. */
  readonly box: Box;
  /** Over the stack's tabs: between which of them is for who knows their widths. */
  readonly isOverTabs: boolean;
}

/** What letting go at a point would do; null outside of the dock. */
export function dropAt(stacks: readonly PlacedStack[], size: Size, x: number, y: number): Drop | null {
  const whole: Box = { x: 0, y: 0, ...size };
  if (!contains(whole, x, y)) return null;
  // The last is the topmost.
  const placed = stacks.findLast(({ box }) => contains(box, x, y));
  if (!placed) return null;
  const at = placed.stack.front;
  if (!placed.isFloating) {
    const edge = sideWithin(whole, x, y, EDGE_PX, EDGE_PX);
    if (edge) return { target: { kind: 'edge', side: edge }, box: part(whole, edge, 1 / 4), isOverTabs: false };
  }
  const isOverTabs = y < placed.box.y + TABS_PX;
  const body = { ...placed.box, y: placed.box.y + TABS_PX, height: placed.box.height - TABS_PX };
  const side =
    isOverTabs || placed.isFloating ? null : sideWithin(body, x, y, body.width * SIDE_PART, body.height * SIDE_PART);
  if (side) return { target: { kind: 'beside', at, side }, box: part(placed.box, side, 1 / 2), isOverTabs: false };
  return { target: { kind: 'inside', at }, box: placed.box, isOverTabs };
}

function contains({ x, y, width, height }: Box, px: number, py: number): boolean {
  return px >= x && py >= y && px < x + width && py < y + height;
}

/** The nearest side that the point is within reach of; distances count in parts of the reach. */
function sideWithin(box: Box, x: number, y: number, reachX: number, reachY: number): Side | null {
  const distances: [Side, number][] = [
    ['start', (x - box.x) / reachX],
    ['end', (box.x + box.width - x) / reachX],
    ['top', (y - box.y) / reachY],
    ['bottom', (box.y + box.height - y) / reachY],
  ];
  const [side, distance] = distances.reduce((best, each) => (each[1] < best[1] ? each : best));
  return distance < 1 ? side : null;
}

function part({ x, y, width, height }: Box, side: Side, share: number): Box {
  if (side === 'start' || side === 'end') {
    return { x: side === 'start' ? x : x + width * (1 - share), y, width: width * share, height };
  }
  return { x, y: side === 'top' ? y : y + height * (1 - share), width, height: height * share };
}
