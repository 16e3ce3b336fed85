import { Desk } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

test('the rogues leave their neighbours whole', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  await desk.part(TEST_IDS.navIsolation).click();
  await desk.part(TEST_IDS.demonstrationStart).first().click();
  await expect(desk.part(TEST_IDS.demonstrationStop).first()).toBeVisible({ timeout: 20_000 });

  // The log keeps only the lines in sight in the page: read it by scrolling through it, again and again.
  const kinds = ['outside-ram', 'privileged-instruction', 'unknown-port', 'spin', 'triple-fault'];
  const entries = desk.part(TEST_IDS.containmentEntry);
  await entries.first().hover();
  const seen = new Set<string>();
  await expect(async () => {
    for (let turn = 0; turn < 12; turn++) {
      for (const kind of await entries.evaluateAll((lines) => lines.map(({ dataset }) => dataset['kind'] ?? ''))) {
        seen.add(kind);
      }
      await desk.page.mouse.wheel(0, turn < 6 ? 90 : -90);
    }
    expect([...seen].sort()).toEqual([...kinds].sort());
  }).toPass({ timeout: 30_000 });

  const columns = desk.part(TEST_IDS.isolationColumn);
  const read = () =>
    columns.evaluateAll((elements) =>
      elements.map(({ dataset }) => ({
        name: dataset['vmName'] ?? '',
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
  // A neighbour that always has work receives what it is entitled to, whatever the rogues do.
  await expect(async () => {
    const primes = (await read()).find(({ name }) => name === 'primes');
    expect(primes?.entitled).toBeGreaterThan(0.2);
    expect(Math.abs((primes?.received ?? 0) - (primes?.entitled ?? 0))).toBeLessThan(0.1);
  }).toPass({ timeout: 20_000 });
  // The README shows it.
  await picture(desk.page, 'window', { documented: true });

  await desk.part(TEST_IDS.navSchedule).click();
  await expect(desk.part(TEST_IDS.scheduleLanes)).toBeVisible();
  await picture(desk.page, 'schedule', { documented: true });

  await desk.part(TEST_IDS.navIsolation).click();
  await desk.part(TEST_IDS.demonstrationStop).first().click();
  await expect(desk.rows).toHaveCount(0);
});
