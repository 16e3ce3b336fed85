import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Wakes with each tick of the timer, works for a moment, and halts again. */
const TICKER = `        bits 16
        org 0x7c00
start:  sti
again:  mov ecx, 200000
work:   dec ecx
        jnz work
        hlt
        jmp again
`;

test.slow();

test('the history of a machine is drawn, told under the pointer, zoomed, and saved', async ({
  launch,
  home,
  picture,
}) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'ticker.asm', TICKER)] }));
  await desk.expectState('ticker', 'running');
  await desk.select('ticker');
  await desk.menu('view.history');
  const charts = desk.part(TEST_IDS.historyChart);
  await expect(charts).toHaveCount(7);
  const interrupts = desk.page.locator('[data-chart=interrupts] canvas');
  // 18.2 ticks a second, of which a busy host may lose some.
  await expect(interrupts).toHaveAttribute('aria-label', /: ticker (?!0\/)[\d.]+\/s/, { timeout: 20_000 });
  const table = path.join(home, 'ticker.csv');
  await desk.willSaveAs(table);
  const savedLines = async (): Promise<number> => {
    await desk.part(TEST_IDS.historySaveTable).click();
    return (await readFile(table, 'utf8').catch(() => '')).split(',ticker,').length - 1;
  };
  // Enough that some of them are still in sight after zooming in.
  await expect.poll(savedLines, { timeout: 30_000 }).toBeGreaterThan(10);
  const share = desk.page.locator('[data-chart=share] canvas');
  const box = await share.boundingBox();
  if (!box) throw new Error('the chart is out of sight');
  await desk.page.mouse.move(box.x + box.width - 20, box.y + 40);
  await picture(desk.page, 'history-light');
  await desk.page.mouse.wheel(0, -300);
  await expect(desk.page.getByRole('button', { name: 'Back to now' })).toBeVisible();
  expect(await savedLines()).toBeGreaterThan(0);

  expect(await readFile(table, 'utf8')).toMatch(/^time,machine,.*\r\n.*,ticker,/);
  const image = path.join(home, 'ticker.png');
  await desk.willSaveAs(image);
  await desk.part(TEST_IDS.historySavePicture).click();
  await expect.poll(() => readFile(image, 'latin1').catch(() => '')).toMatch(/^.PNG/);
});

test('machines stand side by side on the schedule page, as lanes and as charts', async ({ launch, home, picture }) => {
  const files = [
    await programFile(home, 'spin.asm', COUNTER),
    await programFile(home, 'ticker.asm', TICKER),
    await programFile(home, 'third.asm', COUNTER),
  ];
  const desk = new Desk(await launch({ args: files }));
  await expect(desk.rows).toHaveCount(3, { timeout: 30_000 });
  // Each is shown as it starts.
  await desk.expectState('third', 'running');
  await desk.part(TEST_IDS.navSchedule).click();
  await expect(desk.part(TEST_IDS.schedulePage)).toBeVisible();
  const lanes = desk.part(TEST_IDS.scheduleLanes);
  const second = path.join(home, 'second.csv');
  await desk.willSaveAs(second);
  /** Of the second that is in sight now. */
  const events = async (): Promise<string> => {
    await desk.part(TEST_IDS.historySaveTable).click();
    return readFile(second, 'utf8').catch(() => '');
  };
  const busy = { timeout: 20_000 };
  await expect.poll(events, busy).toMatch(/^time,machine,vcpu,event,.*\r\n/);
  // What the ticker exits for, and what wakes it.
  await expect.poll(events, busy).toMatch(/Z,ticker,0,interrupt,0,,,1,0x08\r\n/);
  await expect.poll(events, busy).toMatch(/Z,ticker,0,halt,0,,,1,\r\n/);
  await expect.poll(events, busy).toMatch(/Z,(spin|third),0,slice:\w+,\d+,\d,\d+,1,\r\n/);
  await picture(desk.page, 'schedule-second');
  const image = path.join(home, 'lanes.png');
  await desk.willSaveAs(image);
  await desk.part(TEST_IDS.historySavePicture).click();
  await expect.poll(() => readFile(image, 'latin1').catch(() => '')).toMatch(/^.PNG/);
  const box = await lanes.boundingBox();
  if (!box) throw new Error('the lanes are out of sight');
  // Into the past, where a slice is known to the microsecond.
  await desk.page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  for (let turn = 0; turn < 4; turn++) await desk.page.mouse.wheel(0, -500);
  await picture(desk.page, 'schedule-zoomed');
  for (let turn = 0; turn < 8; turn++) await desk.page.mouse.wheel(0, -700);
  await expect(desk.page.getByText('Stopped, showing 20.0 µs', { exact: false })).toBeVisible();
  await lanes.dblclick();
  await desk.part(TEST_IDS.scheduleView).getByTestId('choice-charts').click();
  await expect(desk.part(TEST_IDS.historyChart)).toHaveCount(7);
  await picture(desk.page, 'schedule-charts');
});
