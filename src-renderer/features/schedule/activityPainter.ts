import { token } from '../../ui/palette.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { drawHatch } from './drawHatch.ts';
import { BAR_HEIGHT, BAR_MARGIN, ROW_HEIGHT } from './laneLayout.ts';
import type { ScheduleHistory, Slice } from './ScheduleHistory.ts';

/** How far beyond the range a neighbour is looked for that tells what happens at its edge. */
const MARGIN_MS = 1000;
/** A little beyond the edge, so that marks and lines do not end there. */
const EDGE_PX = 8;
/** Marks closer than this would hide each other. */
const MARK_GAP_PX = 7;

interface ActivityScene {
  readonly history: ScheduleHistory;
  readonly range: TimeRange;
  readonly rowOf: (vm: string, vcpu: number) => number | undefined;
  colourOf(vm: string): string;
  xOf(ms: number): number;
  readonly bandsTop: number;
}

/** Of the last slice of a row. */
interface Before {
  readonly endMs: number;
  readonly end: Slice['end'];
  markX: number;
}

/**
 * What each vCPU did, from slice to slice: it ran (solid), was ready before (hatched), and between, by what ended its
 * last slice, halted (base line), capped (pale with a lid) or stopped (nothing). Events stand on it: a tick where it
 * halted, a wedge where an interrupt woke it.
 */
export function drawActivity(context: CanvasRenderingContext2D, scene: ActivityScene): void {
  const { history, range, rowOf, colourOf, xOf, bandsTop } = scene;
  // Zoomed to microseconds a wait would be a million pixels wide: nothing is drawn beyond the edges.
  const [left, right] = [xOf(range.fromMs) - EDGE_PX, xOf(range.toMs) + EDGE_PX];
  const clamped = (ms: number): number => Math.max(left, Math.min(right, xOf(ms)));
  const befores = new Map<number, Before>();
  history.eachSlice(range.fromMs - MARGIN_MS, range.toMs + MARGIN_MS, (slice) => {
    const row = rowOf(slice.vm, slice.vcpu);
    if (row === undefined) return;
    const bottom = bandsTop + (row + 1) * ROW_HEIGHT - BAR_MARGIN;
    const top = bottom - BAR_HEIGHT;
    const colour = colourOf(slice.vm);
    const before = befores.get(row);
    const x = clamped(slice.startMs);
    const endX = clamped(slice.endMs);
    const readyX = clamped(slice.startMs - slice.waitedMs);
    let markX = before?.markX ?? -Infinity;
    context.fillStyle = colour;
    if (before !== undefined) drawGap(context, before.end, clamped(before.endMs), readyX, top, bottom);
    if (x - readyX > 0.5) {
      context.fillStyle = colour;
      drawHatch(context, colour, readyX, top, x - readyX, BAR_HEIGHT);
    }
    context.fillStyle = colour;
    if (endX > left && x < right) context.fillRect(x, top, Math.max(0.5, endX - x), BAR_HEIGHT);
    if (before?.end === 'halt' && readyX - markX > MARK_GAP_PX) {
      drawWake(context, readyX, bottom);
      markX = readyX;
    }
    if (slice.end === 'halt' && endX - markX > MARK_GAP_PX) {
      context.fillStyle = token('ink');
      context.fillRect(endX - 0.5, top - 3, 1, BAR_HEIGHT + 3);
      markX = endX;
    }
    befores.set(row, { endMs: slice.endMs, end: slice.end, markX });
  });
}

/** Between two slices, until it was ready again. */
function drawGap(
  context: CanvasRenderingContext2D,
  end: Slice['end'],
  x: number,
  untilX: number,
  top: number,
  bottom: number,
): void {
  const width = untilX - x;
  if (width <= 0) return;
  if (end === 'halt') context.fillRect(x, bottom - 1, width, 1);
  if (end !== 'capped') return;
  context.globalAlpha = 0.35;
  context.fillRect(x, top, width, bottom - top);
  context.globalAlpha = 1;
  context.fillRect(x, top, width, 2);
}

/** An interrupt. */
function drawWake(context: CanvasRenderingContext2D, x: number, bottom: number): void {
  context.fillStyle = token('ink');
  context.beginPath();
  context.moveTo(x, bottom - 6);
  context.lineTo(x + 3.5, bottom + 1);
  context.lineTo(x - 3.5, bottom + 1);
  context.closePath();
  context.fill();
}
