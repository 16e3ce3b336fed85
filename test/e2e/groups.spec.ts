import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Fills in the settings of a machine. */
async function change(desk: Desk, name: string, fill: () => Promise<void>): Promise<void> {
  await desk.select(name);
  await desk.menu('machine.settings');
  await desk.part(TEST_IDS.dialog).getByText('More settings', { exact: false }).click();
  await fill();
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect(desk.part(TEST_IDS.dialog)).toHaveCount(0);
}

test.slow();

test('a group folds, and its machines stop and start together; one starts with the app', async ({
  launch,
  home,
  picture,
}) => {
  const files = await Promise.all(['red', 'green', 'blue'].map((name) => programFile(home, `${name}.asm`, COUNTER)));
  const desk = new Desk(await launch({ args: files }));
  const { page } = desk;
  await expect(desk.rows).toHaveCount(3, { timeout: 30_000 });
  for (const name of ['red', 'green', 'blue']) await desk.expectState(name, 'running');
  for (const name of ['red', 'green']) {
    await change(desk, name, async () => {
      await page.getByTestId('field-group').fill('lights');
      await page.getByTestId('field-pcpus').fill('0');
      if (name === 'green') await page.getByTestId('field-autostart').check();
      if (name === 'green') await picture(page, 'machine-settings-scheduling');
    });
  }
  const group = desk.part(TEST_IDS.vmGroup);
  await expect(group).toHaveAttribute('data-group', 'lights');
  await expect(group.getByTestId(TEST_IDS.vmRow)).toHaveCount(2);
  await picture(page, 'machine-group');

  await desk.part(TEST_IDS.navSettings).click();
  const slice = desk.part(TEST_IDS.settingsSlice);
  await slice.fill('500');
  await slice.press('Enter');
  await expect(desk.part(TEST_IDS.settingsPage)).toContainText('A whole number from 1');
  await slice.fill('20');
  await slice.press('Enter');
  await picture(page, 'settings-slice');
  await page.keyboard.press('Escape');
  await desk.part(TEST_IDS.navSchedule).click();
  await picture(page, 'schedule-pinned');

  await group.getByTestId(TEST_IDS.groupStop).click();
  await desk.part(TEST_IDS.dialogConfirm).click();
  for (const name of ['red', 'green']) await desk.expectState(name, 'off');
  await desk.expectState('blue', 'running');
  await group.getByTestId(TEST_IDS.groupStart).click();
  for (const name of ['red', 'green']) await desk.expectState(name, 'running');

  await group.getByRole('button', { expanded: true }).click();
  await expect(desk.rows).toHaveCount(1);
  await desk.app.evaluate(({ app }) => app.quit());
  await desk.part(TEST_IDS.dialogConfirm).click();
  expect(await desk.ended).toBe(0);

  const again = new Desk(await launch());
  await expect(again.rows).toHaveCount(1);
  await again.part(TEST_IDS.vmGroup).getByRole('button', { expanded: false }).click();
  await again.expectState('green', 'running');
  await again.expectState('red', 'off');
  await again.part(TEST_IDS.navSettings).click();
  await expect(again.part(TEST_IDS.settingsSlice)).toHaveValue('20');
});
