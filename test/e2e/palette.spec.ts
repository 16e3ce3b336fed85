import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

async function choose(desk: Desk, words: string): Promise<void> {
  await desk.page.keyboard.press('Control+k');
  await desk.part(TEST_IDS.paletteInput).fill(words);
  await desk.page.keyboard.press('Enter');
  await expect(desk.part(TEST_IDS.palette)).toHaveCount(0);
}

test('by keyboard alone: a machine is paused, renamed, and what was changed is taken back', async ({
  launch,
  home,
}) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.expectState('counter', 'running');
  await choose(desk, 'counter');
  await choose(desk, 'pause');
  await desk.expectState('counter', 'paused');

  await choose(desk, 'rename');
  await desk.page.keyboard.type('kept');
  await desk.page.keyboard.press('Enter');
  await expect(desk.row('kept')).toBeVisible();
  await choose(desk, 'undo name');
  await expect(desk.row('counter')).toBeVisible();
  await choose(desk, 'redo name');
  await expect(desk.row('kept')).toBeVisible();

  await choose(desk, 'theme dark');
  await expect(desk.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await desk.page.keyboard.press('Control+z');
  await expect(desk.page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('a snapshot of the machine in view is restored from the palette, which asks first', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.expectState('counter', 'running');
  await choose(desk, 'snapshots');
  await desk.part(TEST_IDS.snapshotTake).click();
  await expect(desk.part(TEST_IDS.snapshot)).toHaveCount(1);
  await desk.tab('processor').click();

  await desk.page.keyboard.press('Control+k');
  await desk.part(TEST_IDS.paletteInput).fill('restore snapshot 1');
  await desk.page.getByText('Restore: Snapshot 1').click();
  await expect(desk.page.getByRole('dialog').or(desk.page.getByRole('alertdialog'))).toContainText('Snapshot 1');
});

test('breakpoints and watches are made and removed by keyboard alone', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.expectState('counter', 'running');
  await choose(desk, 'watch an expression');
  await expect(desk.part(TEST_IDS.watchNew)).toBeFocused();
  await desk.page.keyboard.type('eax + 1');
  await desk.page.keyboard.press('Enter');
  await expect(desk.part(TEST_IDS.watchRow)).toContainText('eax + 1');
  await choose(desk, 'stop watching eax');
  await expect(desk.part(TEST_IDS.watchRow)).toHaveCount(0);

  await choose(desk, 'new breakpoint');
  await desk.part(TEST_IDS.breakpointWhere).fill('0x7fff');
  await desk.page.keyboard.press('Enter');
  await expect(desk.part(TEST_IDS.breakpointRow)).toHaveCount(1);
  await choose(desk, 'switch off 0x7fff');
  await expect(desk.part(TEST_IDS.breakpointRow).getByRole('checkbox')).not.toBeChecked();
  await choose(desk, 'remove the breakpoint 0x7fff');
  await expect(desk.part(TEST_IDS.breakpointRow)).toHaveCount(0);
});
