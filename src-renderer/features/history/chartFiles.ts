import { HISTORY_FIELDS } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { emptyPicture, pngOf } from '../../ui/canvas.ts';
import { machineColour, token } from '../../ui/palette.ts';
import type { TimeRange } from '../../ui/timeNavigation.ts';
import { csvText } from '../format/csv.ts';
import { drawChart, type ChartMachine, type ChartScene } from './chartPainter.ts';
import { CHARTS, type Chart } from './charts.ts';
import type { MachineHistories } from './MachineHistories.ts';

const NUMBERS = HISTORY_FIELDS.filter((field) => field !== 'atMs' && field !== 'vm');

/** The samples of a range as a table: a line for each machine and moment, in the order of machines. */
export function tableOf(
  histories: MachineHistories,
  machines: readonly ChartMachine[],
  { fromMs, toMs }: TimeRange,
  wallOffsetMs: number,
): string {
  const lines = [['time', 'machine', ...NUMBERS]];
  for (const { id, name } of machines) {
    histories.each(id, 'mips', fromMs, toMs, (atMs) => {
      if (atMs < fromMs || atMs > toMs) return;
      const values = NUMBERS.map((field) => String(Number((histories.valueAt(id, field, atMs) ?? 0).toPrecision(6))));
      lines.push([new Date(atMs + wallOffsetMs).toISOString(), name, ...values]);
    });
  }
  return csvText(lines);
}

const PICTURE = { width: 960, chartHeight: 140, titleHeight: 28, margin: 24, pixelRatio: 2 } as const;

/** All charts beneath each other, as they stand, with their titles. */
export async function pictureOf(
  scene: Omit<ChartScene, 'chart' | 'hoverMs' | 'selection'>,
  titleOf: (chart: Chart) => string,
): Promise<Uint8Array> {
  const { width, chartHeight, titleHeight, margin, pixelRatio } = PICTURE;
  const height = 2 * margin + titleHeight + CHARTS.length * (titleHeight + chartHeight);
  const { canvas, context } = emptyPicture(width + 2 * margin, height, pixelRatio);
  context.translate(margin, margin);
  drawNames(context, scene);
  context.translate(0, titleHeight);
  for (const chart of CHARTS) {
    context.font = `600 13px ${token('face')}`;
    context.textBaseline = 'middle';
    context.fillStyle = token('ink');
    context.fillText(titleOf(chart), 0, titleHeight / 2);
    context.translate(0, titleHeight);
    drawChart(context, width, chartHeight, { ...scene, chart, hoverMs: null, selection: null });
    context.translate(0, chartHeight);
  }
  return pngOf(canvas);
}

function drawNames(context: CanvasRenderingContext2D, { machines }: Pick<ChartScene, 'machines'>): void {
  context.font = `13px ${token('face')}`;
  context.textBaseline = 'middle';
  let x = 0;
  for (const machine of machines) {
    context.fillStyle = machineColour(machine.colour);
    context.fillRect(x, PICTURE.titleHeight / 2 - 6, 12, 12);
    context.fillStyle = token('ink');
    context.fillText(machine.name, x + 18, PICTURE.titleHeight / 2);
    x += context.measureText(machine.name).width + 42;
  }
}
