import type { HistoryField } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { machineColour, token } from '../../ui/palette.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { timeTicks } from '../../ui/timeTicks.ts';
import { roundTop, type Chart } from './charts.ts';
import { GAP_MS, type MachineHistories } from './MachineHistories.ts';

/** Room for the numbers of the value axis. */
export const CHART_LEFT = 72;
const AXIS_HEIGHT = 20;
const TOP_GAP = 8;

/** Whose lines a chart has. */
export interface ChartMachine {
  readonly id: string;
  readonly name: string;
  readonly colour: number;
}

export interface ChartScene {
  readonly chart: Chart;
  readonly histories: MachineHistories;
  readonly machines: readonly ChartMachine[];
  readonly range: TimeRange;
  readonly wallOffsetMs: number;
  /** The moment that the pointer is at, in whichever chart. */
  readonly hoverMs: number | null;
  readonly selection: readonly [number, number] | null;
}

interface Plot {
  readonly width: number;
  readonly bottom: number;
  readonly top: number;
  xOf(ms: number): number;
  yOf(value: number): number;
}

/** Draws one chart into a part of a canvas whose origin is the chart's. */
export function drawChart(context: CanvasRenderingContext2D, width: number, height: number, scene: ChartScene): void {
  const { chart, range, machines, hoverMs, selection } = scene;
  const top = topOf(scene);
  const bottom = height - AXIS_HEIGHT;
  const scale = Math.max(1, width - CHART_LEFT) / (range.toMs - range.fromMs);
  const plot: Plot = {
    width,
    bottom,
    top,
    xOf: (ms) => CHART_LEFT + (ms - range.fromMs) * scale,
    yOf: (value) => bottom - (Math.min(top, value) / top) * (bottom - TOP_GAP),
  };
  context.font = `12px ${token('face')}`;
  context.textBaseline = 'middle';
  drawAxes(context, scene, plot);
  context.save();
  context.beginPath();
  context.rect(CHART_LEFT, 0, width - CHART_LEFT, bottom + 1);
  context.clip();
  for (const machine of machines) {
    const colour = machineColour(machine.colour);
    if (chart.beside) drawLine(context, scene, plot, machine.id, chart.beside, colour, 'beside');
    drawLine(context, scene, plot, machine.id, chart.field, colour, machines.length === 1 ? 'filled' : 'plain');
  }
  if (selection) {
    const [a, b] = selection;
    context.globalAlpha = 0.2;
    context.fillStyle = token('accent');
    context.fillRect(Math.min(a, b), 0, Math.abs(b - a), bottom);
    context.globalAlpha = 1;
  }
  if (hoverMs !== null) {
    context.fillStyle = token('line-strong');
    context.fillRect(Math.round(plot.xOf(hoverMs)), 0, 1, bottom);
  }
  context.restore();
}

function topOf({ chart, histories, machines, range }: ChartScene): number {
  let most = chart.leastTop;
  for (const { id } of machines)
    histories.each(id, chart.field, range.fromMs, range.toMs, (_, value) => (most = Math.max(most, value)));
  return roundTop(most);
}

function drawAxes(context: CanvasRenderingContext2D, { chart, range, wallOffsetMs }: ChartScene, plot: Plot): void {
  const { width, bottom, top } = plot;
  context.textAlign = 'right';
  for (const value of [0, top / 2, top]) {
    const y = Math.round(plot.yOf(value));
    context.fillStyle = token('line');
    context.fillRect(CHART_LEFT, y, width - CHART_LEFT, 1);
    context.fillStyle = token('ink-faint');
    context.fillText(chart.format(value), CHART_LEFT - 8, Math.max(7, y));
  }
  context.textAlign = 'left';
  for (const tick of timeTicks(range.fromMs, range.toMs, (width - CHART_LEFT) / 110, wallOffsetMs)) {
    const x = Math.round(plot.xOf(tick.ms));
    context.fillStyle = token('line');
    context.fillRect(x, bottom, 1, 4);
    context.fillStyle = token('ink-faint');
    if (x + context.measureText(tick.label).width + 4 < width)
      context.fillText(tick.label, x + 4, bottom + AXIS_HEIGHT / 2);
  }
}

/** A line has gaps where the machine was off. */
function drawLine(
  context: CanvasRenderingContext2D,
  { histories, range }: ChartScene,
  plot: Plot,
  vm: string,
  field: HistoryField,
  colour: string,
  look: 'filled' | 'plain' | 'beside',
): void {
  context.beginPath();
  let beforeMs = -Infinity;
  let startX = 0;
  const fill = new Path2D();
  const close = (x: number): void => {
    fill.lineTo(x, plot.bottom);
    fill.lineTo(startX, plot.bottom);
    fill.closePath();
  };
  histories.each(vm, field, range.fromMs, range.toMs, (atMs, value) => {
    const x = plot.xOf(atMs);
    const y = plot.yOf(value);
    if (atMs - beforeMs > GAP_MS) {
      if (beforeMs > -Infinity) close(plot.xOf(beforeMs));
      context.moveTo(x, y);
      fill.moveTo(x, y);
      startX = x;
    } else {
      context.lineTo(x, y);
      fill.lineTo(x, y);
    }
    beforeMs = atMs;
  });
  if (beforeMs === -Infinity) return;
  close(plot.xOf(beforeMs));
  context.strokeStyle = colour;
  context.lineWidth = look === 'beside' ? 1 : 1.5;
  context.lineJoin = 'round';
  context.setLineDash(look === 'beside' ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
  if (look !== 'filled') return;
  context.globalAlpha = 0.14;
  context.fillStyle = colour;
  context.fill(fill);
  context.globalAlpha = 1;
}
