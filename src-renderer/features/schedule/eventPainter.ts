import { token } from '../../ui/palette.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { ROW_HEIGHT, STRIP_HEIGHT, STRIP_TOP } from './laneLayout.ts';
import type { ScheduleHistory } from './ScheduleHistory.ts';

/** Exits stand on the strip's ground, interrupts hang from its top; neither reaches further. */
const MARK_MOST_PX = STRIP_HEIGHT / 2 + 1;
const WEDGE_PX = 3.5;
/** Wedges closer than this would hide each other. */
const WEDGE_GAP_PX = 8;

interface EventScene {
  readonly history: ScheduleHistory;
  readonly range: TimeRange;
  /** Each event where it happened; otherwise quarters of a second with what was counted in them. */
  readonly isExact: boolean;
  readonly rowOf: (vm: string, vcpu: number) => number | undefined;
  readonly xOf: (ms: number) => number;
  readonly left: number;
  readonly width: number;
  readonly top: number;
}

/** What happened to one vCPU, by pixel, which may have thousands of exits; where it is not exact, how many in a second. */
interface Columns {
  readonly exits: Float32Array;
  readonly interrupts: Float32Array;
}

/**
 * What the guest needed the hypervisor for (marks that stand, the taller the more) and what was delivered to it (wedges
 * and marks that hang), told apart by where they are, not by their colour.
 */
export function drawEvents(context: CanvasRenderingContext2D, scene: EventScene): void {
  const { left, top, isExact } = scene;
  const heightOf = isExact ? markHeight : rateHeight;
  for (const [row, { exits, interrupts }] of columnsOf(scene)) {
    const stripTop = top + row * ROW_HEIGHT + STRIP_TOP;
    context.fillStyle = token('ink-soft');
    eachRun(exits, heightOf, (start, end, height) =>
      context.fillRect(left + start, stripTop + STRIP_HEIGHT - height, end - start, height),
    );
    context.fillStyle = token('accent');
    let wedgeX = -Infinity;
    eachRun(interrupts, heightOf, (start, end, height) => {
      if (isExact && end - start <= WEDGE_PX && start - wedgeX >= WEDGE_GAP_PX) {
        drawWedge(context, left + start + 0.5, stripTop);
        wedgeX = start;
      } else context.fillRect(left + start, stripTop, end - start, height);
    });
  }
}

function columnsOf({ history, range, isExact, rowOf, xOf, left, width }: EventScene): ReadonlyMap<number, Columns> {
  const rows = new Map<number, Columns>();
  const columnsFor = (vm: string, vcpu: number): Columns | undefined => {
    const row = rowOf(vm, vcpu);
    if (row === undefined) return undefined;
    let columns = rows.get(row);
    if (!columns) {
      const size = Math.ceil(width);
      columns = { exits: new Float32Array(size), interrupts: new Float32Array(size) };
      rows.set(row, columns);
    }
    return columns;
  };
  if (isExact) {
    history.eachExit(range.fromMs, range.toMs, ({ startMs, endMs, vm, vcpu, kind, times }) => {
      const columns = columnsFor(vm, vcpu);
      if (columns)
        spread(
          kind === 'interrupt' ? columns.interrupts : columns.exits,
          xOf(startMs) - left,
          xOf(endMs) - left,
          times,
        );
    });
  } else {
    history.eachBand(range.fromMs, range.toMs, ({ startMs, endMs, vm, vcpu, exits, interrupts }) => {
      const columns = columnsFor(vm, vcpu);
      if (!columns) return;
      const seconds = Math.max(1e-3, (endMs - startMs) / 1000);
      const [first, last] = [Math.floor(xOf(startMs) - left), Math.floor(xOf(endMs) - left)];
      columns.exits.fill(exits / seconds, Math.max(0, first), Math.max(0, last));
      columns.interrupts.fill(interrupts / seconds, Math.max(0, first), Math.max(0, last));
    });
  }
  return rows;
}

/** Adds so many evenly between two places, which may lie outside. */
function spread(columns: Float32Array, fromX: number, toX: number, times: number): void {
  const first = Math.floor(fromX);
  const last = Math.floor(toX);
  const each = times / (last - first + 1);
  for (let x = Math.max(0, first); x <= Math.min(columns.length - 1, last); x++) columns[x] = (columns[x] ?? 0) + each;
}

/** Calls back with each stretch of pixels whose marks are as tall, but for those without any. */
function eachRun(
  columns: Float32Array,
  heightOf: (value: number) => number,
  visit: (start: number, end: number, height: number) => void,
): void {
  let start = 0;
  for (let x = 1; x <= columns.length; x++) {
    const height = heightOf(columns[start] ?? 0);
    if (x < columns.length && heightOf(columns[x] ?? 0) === height) continue;
    if (height > 0) visit(start, x, height);
    start = x;
  }
}

/** Of a pixel's events; a pixel more for each ten times as many. */
export function markHeight(count: number): number {
  if (count <= 0) return 0;
  return Math.max(3, Math.min(MARK_MOST_PX, 4 + Math.floor(Math.log10(count))));
}

/** Of so many a second: from one pixel below ten to all of it above a hundred thousand. */
export function rateHeight(perSecond: number): number {
  if (perSecond <= 0) return 0;
  return Math.max(1, Math.min(MARK_MOST_PX, 1 + Math.floor(Math.log10(perSecond))));
}

function drawWedge(context: CanvasRenderingContext2D, x: number, top: number): void {
  context.beginPath();
  context.moveTo(x, top + 2 * WEDGE_PX);
  context.lineTo(x + WEDGE_PX, top);
  context.lineTo(x - WEDGE_PX, top);
  context.closePath();
  context.fill();
}
