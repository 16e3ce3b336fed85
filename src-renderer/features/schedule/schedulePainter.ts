import { pcpuListText } from '../../../src-preload/contract/layouts/PcpuList.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { CanvasSurface } from '../../ui/canvas.ts';
import { machineColour, token } from '../../ui/palette.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { timeTicks } from '../../ui/timeTicks.ts';
import { percent } from '../format/numbers.ts';
import { drawActivity } from './activityPainter.ts';
import { drawHatch } from './drawHatch.ts';
import { drawEvents } from './eventPainter.ts';
import {
  AXIS_HEIGHT,
  BAR_HEIGHT,
  BAR_MARGIN,
  contentHeight,
  GROUP_GAP,
  LABEL_WIDTH,
  LANE_HEIGHT,
  ROW_HEIGHT,
  rowsTop,
} from './laneLayout.ts';
import type { Band, ScheduleHistory } from './ScheduleHistory.ts';

/** In shorter ranges a vCPU's row is drawn from its slices, to the microsecond; in longer ones from quarters of a second. */
export const EXACT_BELOW_MS = 3000;

/** One vCPU's row beneath the lanes. */
export interface BandRow {
  readonly machine: VmSummary;
  readonly vcpu: number;
}

export interface ScheduleTexts {
  pcpu(number: number): string;
  readonly vcpus: string;
  vcpuOf(name: string, vcpu: number): string;
}

export interface ScheduleScene {
  readonly history: ScheduleHistory;
  readonly range: TimeRange;
  readonly rows: readonly BandRow[];
  readonly texts: ScheduleTexts;
  /** What the wall's clock is ahead of main's. */
  readonly wallOffsetMs: number;
  /** Both ends of a drag, in CSS pixels. */
  readonly selection: readonly [number, number] | null;
}

/** Upon whatever is there already. */
export function drawSchedule(
  { context, width, height }: Omit<CanvasSurface, 'pixelRatio'>,
  scene: ScheduleScene,
): void {
  const { history, range, rows, texts } = scene;
  const plotWidth = Math.max(1, width - LABEL_WIDTH);
  const scale = plotWidth / (range.toMs - range.fromMs);
  const xOf = (ms: number): number => LABEL_WIDTH + (ms - range.fromMs) * scale;
  const font = `12px ${token('face')}`;
  const bandsTop = rowsTop(history.pcpuCount);
  // Looked up once a frame: there are thousands of slices.
  const looks = new Map(
    rows.map(({ machine }) => [machine.id, { name: machine.name, colour: machineColour(machine.colour) }]),
  );
  const unknownColour = token('line-strong');
  const textColour = token('on-machine');
  // A machine's vCPUs stand beneath each other.
  const firstRows = new Map<string, number>();
  rows.forEach(({ machine, vcpu }, index) => vcpu === 0 && firstRows.set(machine.id, index));
  const rowOf = (vm: string, vcpu: number): number | undefined => {
    const first = firstRows.get(vm);
    return first === undefined ? undefined : first + vcpu;
  };

  context.font = font;
  context.textBaseline = 'middle';
  drawGrid(context, scene, xOf, width, contentHeight(history.pcpuCount, rows.length));

  const busyMs = new Float64Array(history.pcpuCount);
  const runMs = new Map<string, number>();
  context.save();
  context.beginPath();
  context.rect(LABEL_WIDTH, AXIS_HEIGHT, plotWidth, height);
  context.clip();
  history.eachSlice(range.fromMs, range.toMs, (slice) => {
    const look = looks.get(slice.vm);
    const x = xOf(Math.max(slice.startMs, range.fromMs));
    const sliceWidth = xOf(Math.min(slice.endMs, range.toMs)) - x;
    const visibleMs = sliceWidth / scale;
    if (slice.pcpu < busyMs.length) busyMs[slice.pcpu] = (busyMs[slice.pcpu] ?? 0) + visibleMs;
    const key = `${slice.vm}/${slice.vcpu}`;
    runMs.set(key, (runMs.get(key) ?? 0) + visibleMs);
    const y = AXIS_HEIGHT + slice.pcpu * LANE_HEIGHT + 4;
    context.fillStyle = look?.colour ?? unknownColour;
    // A hairline between neighbours, where there is room for one.
    context.fillRect(x, y, sliceWidth > 4 ? sliceWidth - 1 : Math.max(0.5, sliceWidth), LANE_HEIGHT - 8);
    if (sliceWidth > 56 && look) {
      context.fillStyle = textColour;
      context.fillText(look.name, x + 6, y + (LANE_HEIGHT - 8) / 2, sliceWidth - 12);
    }
  });
  const isExact = range.toMs - range.fromMs < EXACT_BELOW_MS;
  const wanted = new Map<string, Wanted>();
  history.eachBand(range.fromMs, range.toMs, (band) => {
    if (isExact) return;
    noteWanted(wanted, band);
    const row = rowOf(band.vm, band.vcpu);
    const look = looks.get(band.vm);
    if (row === undefined || !look) return;
    const x = xOf(Math.max(band.startMs, range.fromMs));
    const bandWidth = Math.max(0.5, xOf(Math.min(band.endMs, range.toMs)) - x);
    drawBand(context, band, look.colour, x, bandsTop + (row + 1) * ROW_HEIGHT - BAR_MARGIN, bandWidth);
  });
  if (isExact)
    drawActivity(context, {
      history,
      range,
      rowOf,
      colourOf: (vm) => looks.get(vm)?.colour ?? unknownColour,
      xOf,
      bandsTop,
    });
  drawEvents(context, { history, range, isExact, rowOf, xOf, left: LABEL_WIDTH, width: plotWidth, top: bandsTop });
  if (scene.selection) {
    const [a, b] = scene.selection;
    context.globalAlpha = 0.2;
    context.fillStyle = token('accent');
    context.fillRect(Math.min(a, b), AXIS_HEIGHT, Math.abs(b - a), height);
    context.globalAlpha = 1;
  }
  context.restore();

  const spanMs = range.toMs - range.fromMs;
  for (let pcpu = 0; pcpu < history.pcpuCount; pcpu++) {
    const y = AXIS_HEIGHT + (pcpu + 0.5) * LANE_HEIGHT;
    drawLabel(context, texts.pcpu(pcpu), percent(Math.min(1, (busyMs[pcpu] ?? 0) / spanMs)), y);
  }
  context.fillStyle = token('ink-faint');
  context.fillText(texts.vcpus, 16, bandsTop - GROUP_GAP / 2);
  rows.forEach(({ machine, vcpu }, index) => {
    const y = bandsTop + (index + 0.5) * ROW_HEIGHT;
    const key = `${machine.id}/${vcpu}`;
    const share = Math.min(1, (runMs.get(key) ?? 0) / spanMs);
    context.fillStyle = machineColour(machine.colour);
    context.fillRect(16, y - 6, 4, 12);
    const name = texts.vcpuOf(machine.name, vcpu);
    const pins = machine.pcpus ? ` @ ${pcpuListText(machine.pcpus)}` : '';
    drawLabel(context, `${name}${pins}`, shareText(share, wanted.get(key)), y, 26);
  });
}

/** Over the bands in sight. */
interface Wanted {
  receivedMs: number;
  entitledMs: number;
  wholeMs: number;
}

function noteWanted(wanted: Map<string, Wanted>, band: Readonly<Band>): void {
  const key = `${band.vm}/${band.vcpu}`;
  const sum = wanted.get(key) ?? { receivedMs: 0, entitledMs: 0, wholeMs: 0 };
  sum.receivedMs += Math.max(0, band.runMs - band.stolenMs);
  sum.entitledMs += band.entitledMs;
  sum.wholeMs += band.endMs - band.startMs;
  wanted.set(key, sum);
}

/** What it had of a pCPU, of what it was entitled to; in short ranges, for how much of them it held one. */
function shareText(share: number, wanted: Wanted | undefined): string {
  if (wanted === undefined || wanted.wholeMs === 0) return percent(share);
  const { receivedMs, entitledMs, wholeMs } = wanted;
  return `${Math.round((100 * receivedMs) / wholeMs)} / ${Math.round((100 * entitledMs) / wholeMs)} %`;
}

function drawLabel(context: CanvasRenderingContext2D, name: string, value: string, y: number, left = 16): void {
  context.fillStyle = token('ink');
  context.fillText(clipped(context, name, LABEL_WIDTH - left - 64), left, y);
  context.fillStyle = token('ink-faint');
  context.textAlign = 'right';
  context.fillText(value, LABEL_WIDTH - 12, y);
  context.textAlign = 'left';
}

function clipped(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { range, wallOffsetMs }: ScheduleScene,
  xOf: (ms: number) => number,
  width: number,
  bottom: number,
): void {
  context.fillStyle = token('line');
  context.fillRect(0, AXIS_HEIGHT - 1, width, 1);
  for (const tick of timeTicks(range.fromMs, range.toMs, (width - LABEL_WIDTH) / 110, wallOffsetMs)) {
    const x = Math.round(xOf(tick.ms));
    context.fillStyle = token('line');
    context.fillRect(x, AXIS_HEIGHT - 5, 1, bottom - AXIS_HEIGHT + 5);
    context.fillStyle = token('ink-faint');
    if (x + 4 + context.measureText(tick.label).width <= width) context.fillText(tick.label, x + 4, AXIS_HEIGHT / 2);
  }
}

/**
 * What a vCPU did in one band, stacked: running is solid, paler where the host took it, a spent cap is pale with a lid, waiting for a pCPU is
 * hatched, halt is the empty rest above the base line. Nothing of it needs its colour.
 */
function drawBand(
  context: CanvasRenderingContext2D,
  band: Readonly<Band>,
  colour: string,
  x: number,
  bottom: number,
  width: number,
): void {
  const scale = BAR_HEIGHT / Math.max(1e-6, band.endMs - band.startMs);
  context.fillStyle = colour;
  if (band.runMs + band.readyMs + band.haltedMs + band.cappedMs > 0) context.fillRect(x, bottom - 1, width, 1);
  const run = band.runMs * scale;
  const stolen = Math.min(run, band.stolenMs * scale);
  context.fillRect(x, bottom - run + stolen, width, run - stolen);
  context.globalAlpha = 0.5;
  context.fillRect(x, bottom - run, width, stolen);
  context.globalAlpha = 1;
  const capped = band.cappedMs * scale;
  if (capped > 0.5) {
    context.globalAlpha = 0.35;
    context.fillRect(x, bottom - run - capped, width, capped);
    context.globalAlpha = 1;
    context.fillRect(x, bottom - run - capped, width, 2);
  }
  const ready = band.readyMs * scale;
  if (ready > 0.5) drawHatch(context, colour, x, bottom - run - capped - ready, width, ready);
  // Where it would end, had it had what it was entitled to.
  if (band.entitledMs <= 0) return;
  context.fillStyle = token('ink');
  context.fillRect(x, Math.round(bottom - Math.min(BAR_HEIGHT, band.entitledMs * scale)), width, 1);
}
