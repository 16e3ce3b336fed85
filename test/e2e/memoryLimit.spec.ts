import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

test.slow();

test('machines together have no more memory than the settings allow', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'first.asm', COUNTER)] }));
  await desk.expectState('first', 'running');
  await desk.part(TEST_IDS.navSettings).click();
  const limit = desk.part(TEST_IDS.settingsMemoryLimit);
  await limit.fill('2G');
  await limit.press('Enter');
  await expect(desk.part(TEST_IDS.settingsPage)).toContainText('A whole number from 16');
  await limit.fill('20');
  await limit.press('Enter');
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await picture(desk.page, 'settings-memory-limit');
  await desk.page.keyboard.press('Escape');
  await desk.drop(desk.part(TEST_IDS.vmList), await programFile(home, 'second.asm', COUNTER));
  await expect(desk.page.getByText('all machines together may have 20 MiB')).toBeVisible();
  await expect(desk.rows).toHaveCount(1);

  await desk.menu('machine.clone');
  await expect(desk.part(TEST_IDS.machineName)).toContainText('first 2');
  await desk.select('first');
  await desk.row('first 2').click({ button: 'right' });
  await desk.page.getByTestId('menu-start').click();
  // Another machine is in view: its row says it.
  await expect(desk.row('first 2').getByTestId(TEST_IDS.vmRefusal)).toContainText('Not enough memory');
  await picture(desk.page, 'memory-limit-refusal');
  await desk.select('first 2');
  await expect(desk.part(TEST_IDS.machinePage)).toContainText('all machines together may have 20 MiB');
});
