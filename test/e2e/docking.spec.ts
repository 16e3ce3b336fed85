import type { Locator } from '@playwright/test';
import type { Panel } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

const panelOf = (desk: Desk, panel: Panel): Locator => desk.page.locator(`#panel-${panel}`);

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('The element is not in sight');
  return box;
}

async function chooseLayout(desk: Desk, preset: string): Promise<void> {
  await desk.part(TEST_IDS.layoutMenu).click();
  await desk.page.getByTestId(`menu-layout-${preset}`).click();
}

test('panels are arranged by preset, by hand and by keyboard, and stay so', async ({ launch, home, picture }) => {
  test.slow();
  const first = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await first.select('counter');
  await first.expectState('counter', 'running');

  await chooseLayout(first, 'debug');
  for (const panel of ['code', 'screen', 'processor', 'memory'] as const)
    await expect(panelOf(first, panel)).toBeVisible();
  await picture(first.page, 'layout-debug');
  await chooseLayout(first, 'watch');
  await expect(panelOf(first, 'console')).toBeVisible();
  await picture(first.page, 'layout-watch');
  await chooseLayout(first, 'run');
  await expect(first.page.getByRole('tabpanel')).toHaveCount(1);

  // A tab that is dragged to the right side of its panel takes half of it.
  const tab = await boxOf(first.tab('memory'));
  const whole = await boxOf(panelOf(first, 'screen'));
  await first.page.mouse.move(tab.x + tab.width / 2, tab.y + tab.height / 2);
  await first.page.mouse.down();
  await first.page.mouse.move(whole.x + whole.width * 0.5, whole.y + 80, { steps: 4 });
  await first.page.mouse.move(whole.x + whole.width * 0.85, whole.y + whole.height / 2, { steps: 4 });
  await picture(first.page, 'docking');
  await first.page.mouse.up();
  await expect(panelOf(first, 'screen')).toBeVisible();
  const memory = await boxOf(panelOf(first, 'memory'));
  expect(Math.abs(memory.width - whole.width / 2)).toBeLessThan(3);
  expect(memory.x).toBeGreaterThan(whole.x + whole.width / 2 - 3);

  // The line between them takes arrow keys.
  await first.page.getByRole('separator', { name: 'Resize the panels' }).focus();
  for (let press = 0; press < 4; press++) await first.page.keyboard.press('ArrowLeft');
  expect((await boxOf(panelOf(first, 'memory'))).width).toBeCloseTo(memory.width + 64, -1);

  // From the palette, without a mouse: the console floats.
  await first.page.keyboard.press('Control+2');
  await expect(first.tab('console')).toBeFocused();
  await first.page.keyboard.press('Control+k');
  await first.part(TEST_IDS.paletteInput).fill('float or dock');
  await first.page.keyboard.press('Enter');
  const floating = await boxOf(panelOf(first, 'console'));
  expect(floating.width).toBe(440);
  await first.page.getByRole('button', { name: 'Move Console' }).focus();
  await first.page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await boxOf(panelOf(first, 'console'))).x).toBe(floating.x + 16);
  await picture(first.page, 'floating');

  await first.page.waitForTimeout(1500); // what the window remembers reaches the disk within a second
  await first.kill();
  const second = new Desk(await launch());
  await expect(second.part(TEST_IDS.machineName)).toContainText('counter');
  const kept = await boxOf(panelOf(second, 'console'));
  expect([kept.x, kept.width]).toEqual([floating.x + 16, 440]);
  await expect(panelOf(second, 'memory')).toBeVisible();
});

test('another machine has a layout of its own', async ({ launch, home }) => {
  const files = ['one', 'two'].map((name) => programFile(home, `${name}.asm`, COUNTER));
  const desk = new Desk(await launch({ args: await Promise.all(files) }));
  // The last one that is opened is shown.
  await expect(desk.part(TEST_IDS.machineName)).toContainText('two');
  await desk.select('one');
  await chooseLayout(desk, 'run');
  await desk.select('two');
  await chooseLayout(desk, 'debug');
  await desk.select('one');
  await expect(desk.page.getByRole('tabpanel')).toHaveCount(1);
});

test('every panel can be reached with F6 and the arrow keys', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await chooseLayout(desk, 'learn');
  await desk.page.keyboard.press('F6');
  await expect(desk.tab('code')).toBeFocused();
  await desk.page.keyboard.press('F6');
  await expect(desk.tab('screen')).toBeFocused();
  await desk.page.keyboard.press('ArrowRight');
  await desk.page.keyboard.press('Enter');
  await expect(desk.tab('console')).toHaveAttribute('aria-selected', 'true');
  await desk.page.keyboard.press('Control+m');
  await expect(desk.page.getByRole('tabpanel')).toHaveCount(1);
  await desk.page.keyboard.press('Control+m');
  await expect(desk.page.getByRole('tabpanel')).toHaveCount(2);
});

test('a panel that a preset moves shows what it showed', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.expectState('counter', 'running');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('counter', 'paused');
  for (const preset of ['learn', 'debug', 'watch', 'learn']) {
    await chooseLayout(desk, preset);
    await expect(desk.currentLine, preset).toBeInViewport();
  }
});
