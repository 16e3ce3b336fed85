import { Desk } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

test('the rogues leave their neighbours whole', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  await desk.part(TEST_IDS.navIsolation).click();
  await desk.part(TEST_IDS.demonstrationStart).first().click();
  await expect(desk.part(TEST_IDS.demonstrationStop).first()).toBeVisible({ timeout: 20_000 });

  for (const kind of ['outside-ram', 'privileged-instruction', 'unknown-port', 'spin', 'triple-fault']) {
    const entry = desk.page.locator(`[data-testid="${TEST_IDS.containmentEntry}"][data-kind="${kind}"]`);
    await expect(entry.first(), kind).toBeVisible({ timeout: 20_000 });
  }

  const columns = desk.part(TEST_IDS.isolationColumn);
  const read = () =>
    columns.evaluateAll((elements) =>
      elements.map(({ dataset }) => ({
        name: dataset['vmName'] ?? '',
        role: dataset['role'] ?? '',
        foreignWrites: Number(dataset['foreignWrites']),
        passes: Number(dataset['passes']),
        received: Number(dataset['received']),
        entitled: Number(dataset['entitled']),
      })),
    );
  const before = await read();
  await expect
    .poll(
      async () =>
        (await read()).every(({ name, passes }) => passes > (before.find((old) => old.name === name)?.passes ?? 0)),
      {
        message: 'every memory is checked again and again',
        timeout: 20_000,
      },
    )
    .toBe(true);
  for (const { name, foreignWrites } of await read()) expect(foreignWrites, `${name}'s memory`).toBe(0);
  // The README shows it.
  await picture(desk.page, 'window', { documented: true });

  await desk.part(TEST_IDS.navSchedule).click();
  await expect(desk.part(TEST_IDS.scheduleLanes)).toBeVisible();
  await picture(desk.page, 'schedule');

  await desk.part(TEST_IDS.navIsolation).click();
  await desk.part(TEST_IDS.demonstrationStop).first().click();
  await expect(desk.rows).toHaveCount(0);
});
