import { existsSync } from 'node:fs';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

test('a machine goes back to any of its instructions', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  const place = async (): Promise<number> =>
    Number(await desk.part(TEST_IDS.timePlace).getAttribute('data-instructions'));
  await desk.select('counter');
  await expect.poll(() => desk.registerValue('ecx')).toBeGreaterThan(1000);

  await desk.part(TEST_IDS.timeToggle).click();
  await expect(desk.part(TEST_IDS.timeStrip)).toContainText('is not recorded');
  await picture(desk.page, 'time-host-clock');
  await desk.part(TEST_IDS.timeRecord).click();
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.expectState('counter', 'running');
  await expect.poll(place).toBeGreaterThan(100_000);
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('counter', 'paused');

  await desk.page.keyboard.press('F11');
  await desk.page.keyboard.press('F11');
  await expect(desk.part(TEST_IDS.timeStepBack)).toBeEnabled();
  const before = [await place(), await desk.registerValue('ecx'), await desk.registerValue('eip')];
  await desk.page.keyboard.press('F11');
  await expect.poll(place).toBe((before[0] ?? 0) + 1);
  await desk.page.keyboard.press('Shift+F11');
  await expect
    .poll(async () => [await place(), await desk.registerValue('ecx'), await desk.registerValue('eip')])
    .toEqual(before);

  await desk.part(TEST_IDS.timeGoTo).fill('50,000');
  await desk.part(TEST_IDS.timeGoTo).press('Enter');
  await expect.poll(place).toBe(50_000);
  const early = await desk.registerValue('ecx');
  const track = desk.part(TEST_IDS.timeTrack);
  const bounds = await track.boundingBox();
  if (!bounds) throw new Error('the time line is not in sight');
  await desk.page.mouse.move(bounds.x + bounds.width / 4, bounds.y + 10);
  await desk.page.mouse.down();
  await desk.page.mouse.move(bounds.x + bounds.width / 2, bounds.y + 10, { steps: 4 });
  await picture(desk.page, 'time-dragging', { documented: true });
  await desk.page.mouse.up();
  await expect.poll(place).toBeGreaterThan(50_000);
  await expect.poll(() => desk.registerValue('ecx')).toBeGreaterThan(early);
  await track.press('Home');
  await expect.poll(place).toBe(0);
  await expect(desk.part(TEST_IDS.timeStepBack)).toBeDisabled();
  await track.press('End');
  await expect.poll(place).toBeGreaterThanOrEqual(before[0] ?? 0);

  const file = path.join(home, 'counter.rec');
  await desk.willSaveAs(file);
  await desk.part(TEST_IDS.timeSave).click();
  await expect.poll(() => existsSync(file)).toBe(true);
  await desk.part(TEST_IDS.navSettings).click();
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await desk.page.keyboard.press('Escape');
  await expect(desk.part(TEST_IDS.timeBeginning)).toContainText('从开机起录制');
  await picture(desk.page, 'time-dark-chinese');
});
