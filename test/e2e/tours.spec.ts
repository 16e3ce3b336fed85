import { TEST_IDS, type TestId } from '../../src-renderer/app/testIds.ts';
import { barriers } from './support/accessibility.ts';
import { Desk } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';
import { Guide } from './support/Guide.ts';

test('a tour of the virtual processor, by keyboard alone', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;

  // From the first page, which offers it.
  await page.locator(`[data-testid="${TEST_IDS.tourCard}"][data-tour="processor"] button`).focus();
  await page.keyboard.press('Enter');
  await guide.expectStep('meet');
  await expect(desk.rows).toHaveCount(2);
  await expect(guide.said).toContainText('Step 1 of 8');
  await picture(page, 'tour-meet');
  await guide.nextByKey();

  await guide.expectStep('start');
  await expect(desk.part(TEST_IDS.start)).toHaveAttribute('data-spotlight', '');
  await guide.press('F5');
  await guide.expectDone();
  await expect(guide.said).toContainText('Done. It runs.');
  await guide.nextByKey();

  await guide.expectStep('pause');
  await guide.press('F5');
  await guide.expectDone();
  await guide.nextByKey();

  await guide.expectStep('step');
  await picture(page, 'tour-step', { documented: true });
  for (let turn = 0; turn < 3 && !(await guide.isDone()); turn++) await guide.press('F11');
  await guide.expectDone();
  await expect(guide.outcome).toContainText('EAX was 0x');
  await guide.nextByKey();

  await guide.expectStep('write');
  await guide.takeMeThereByKey();
  await expect(desk.register('eax')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('2a');
  await page.keyboard.press('Enter');
  await guide.expectDone();
  await expect(guide.outcome).toContainText('EAX is 0x0000002a now');
  await picture(page, 'tour-write');
  await guide.nextByKey();

  await guide.expectStep('other');
  await guide.takeMeThereByKey();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(desk.part(TEST_IDS.machineName)).toContainText('seed');
  await page.keyboard.press('F11');
  await guide.expectDone();
  await guide.nextByKey();

  await guide.expectStep('compute');
  for (const [register, value] of [
    ['eax', '6'],
    ['ebx', '7'],
  ] as const) {
    await desk.register(register).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(value);
    await page.keyboard.press('Enter');
    await desk.expectRegister(register, Number(value));
  }
  for (const retired of [1, 2, 3, 4]) {
    await page.keyboard.press('F11');
    await expect(desk.part(TEST_IDS.registerStrip)).toContainText(`${retired} instruction`);
  }
  await guide.expectDone();
  await expect(guide.outcome).toContainText('EAX is 42 in decimal');
  expect(await barriers(page, 'tour')).toEqual([]);
  await guide.nextByKey();

  // At its end its machines are gone.
  await guide.expectStep('end');
  await guide.nextByKey();
  await guide.expectStep('finished');
  await expect(desk.rows).toHaveCount(0);
  await picture(page, 'tour-finished');
  await expect(page.locator(`[data-testid="${TEST_IDS.tourCard}"][data-tour="processor"]`)).toContainText('Completed');
});

test('a tour of binary translation: records, a region, a breakpoint', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;
  await guide.begin('translation');
  await guide.expectStep('meet');
  await guide.next();

  await guide.expectStep('before');
  await guide.press('F11');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('run');
  await guide.press('F5');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('region');
  await guide.expectDone();
  await expect(guide.outcome).toContainText('bytes of WebAssembly');
  await picture(page, 'tour-translation-region');
  await guide.next();

  await guide.expectStep('choose');
  await guide.inChineseAndDark();
  await desk.part(TEST_IDS.translationRegions).click();
  await page.getByRole('menuitem').first().click();
  await guide.expectDone();
  await picture(page, 'tour-translation-choose-dark-chinese');
  await guide.next();

  await guide.expectStep('breakpoint');
  const loop = desk.part(TEST_IDS.disassemblyLine).filter({ hasText: 'div' }).first();
  await loop.getByTestId(TEST_IDS.breakpointToggle).click();
  await guide.expectDone();
  await picture(page, 'tour-translation-breakpoint-dark-chinese');
  await guide.next();

  await guide.expectStep('resume');
  await loop.getByTestId(TEST_IDS.breakpointToggle).click();
  await guide.press('F5');
  await guide.expectDone();
  expect(await barriers(page, 'translation')).toEqual([]);
  await guide.finish();
});

test('a tour of sensitive instructions: exits, helpers, ring 3', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;
  await guide.begin('sensitive');
  await guide.expectStep('meet');
  await guide.next();

  await guide.expectStep('exits');
  await desk.tab('exits').click();
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('choose');
  await expect(async () => {
    for (const text of ['in al, dx', 'hlt']) {
      await desk.part(TEST_IDS.translationLine).filter({ hasText: text }).first().click();
      await page.waitForTimeout(1200);
      if (await guide.isDone()) return;
    }
    expect(await guide.isDone()).toBe(true);
  }).toPass({ timeout: 30_000 });
  await expect(guide.outcome).toContainText('has become a call of');
  await picture(page, 'tour-sensitive-choose');
  await guide.next();

  await guide.expectStep('step');
  await desk.expectState('hello', 'paused');
  for (let turn = 0; turn < 20 && !(await guide.isDone()); turn++) await guide.press('F11');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('user');
  await guide.inChineseAndDark();
  await guide.press('F5');
  await guide.expectDone();
  await picture(page, 'tour-sensitive-user-dark-chinese');
  await guide.next();

  await guide.expectStep('fault');
  await desk.tab('exits').click();
  await guide.expectDone();
  expect(await barriers(page, 'sensitive')).toEqual([]);
  await guide.finish();
});

test('a tour of isolation: a rogue beside two that work', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;
  await guide.begin('isolation');

  await guide.expectStep('open');
  await desk.expectState('life', 'running');
  await desk.part(TEST_IDS.navIsolation).click();
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('digest');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('rogue');
  await desk.select('rogue');
  await guide.press('F5');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('whole');
  await desk.part(TEST_IDS.navIsolation).click();
  await guide.expectDone();
  await picture(page, 'tour-isolation-whole');
  await guide.next();

  await guide.expectStep('crash');
  await desk.select('triple');
  await guide.inChineseAndDark();
  await guide.press('F5');
  await guide.expectDone();
  await picture(page, 'tour-isolation-crash-dark-chinese');
  await guide.next();

  await guide.expectStep('stop');
  await desk.select('rogue');
  await desk.part(TEST_IDS.powerOff).click();
  await guide.expectDone();
  expect(await barriers(page, 'isolation')).toEqual([]);
  await guide.finish();
});

test('a tour of scheduling: weights, caps, and who sleeps', async ({ launch, picture }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;
  const set = async (field: TestId, value: string): Promise<void> => {
    await desk.select('busy-a');
    await desk.menu('machine.settings');
    if (!(await desk.part(field).isVisible())) await desk.part(TEST_IDS.fieldsMore).click();
    await desk.part(field).fill(value);
    await desk.part(TEST_IDS.dialogConfirm).click();
    await expect(desk.part(TEST_IDS.dialog)).toHaveCount(0);
  };
  await guide.begin('schedule');

  await guide.expectStep('open');
  await desk.expectState('busy-b', 'running');
  await desk.part(TEST_IDS.navSchedule).click();
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('equal');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('weight');
  await set(TEST_IDS.fieldWeight, '300');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('follow');
  await guide.expectDone();
  await picture(page, 'tour-schedule-follow');
  await guide.next();

  await guide.expectStep('cap');
  await set(TEST_IDS.fieldCap, '20');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('sleep');
  await desk.select('sleeper');
  await guide.press('F5');
  await guide.expectDone();
  await guide.next();

  await guide.expectStep('pause');
  await guide.inChineseAndDark();
  await desk.select('busy-b');
  await guide.press('F5');
  await guide.expectDone();
  await picture(page, 'tour-schedule-pause-dark-chinese');
  expect(await barriers(page, 'schedule')).toEqual([]);
  await guide.finish();
});

test('a tour that is left goes on where it was, after the app was killed too', async ({ launch }) => {
  test.slow();
  let desk = new Desk(await launch());
  let guide = new Guide(desk);
  await guide.begin('processor');
  await guide.expectStep('meet');
  await guide.next();
  await guide.expectStep('start');
  await guide.next();
  await guide.expectStep('pause');

  // Left: its machines go, and nothing was asked.
  await desk.part(TEST_IDS.coachLeave).click();
  await expect(guide.coach).toHaveCount(0);
  await expect(desk.rows).toHaveCount(0);
  await guide.begin('processor');
  await guide.expectStep('pause');
  // The machine is as the step wants it.
  await desk.expectState('counter', 'running');

  // One that is deleted is made again.
  await desk.select('counter');
  await desk.menu('machine.delete');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.part(TEST_IDS.coachRemake).click();
  await desk.expectState('counter', 'running');
  await guide.expectStep('pause');

  // A page that is loaded again is in the middle of it.
  await desk.page.reload();
  await guide.expectStep('pause');
  await expect(desk.rows).toHaveCount(2);

  await desk.page.waitForTimeout(1500); // what the session keeps is written within a second
  await desk.kill();
  desk = new Desk(await launch());
  guide = new Guide(desk);
  await expect(desk.part(TEST_IDS.tourCard).first()).toContainText('Step 3 of 8');
  await expect(desk.rows).toHaveCount(0);
  await expect(guide.coach).toHaveCount(0);
});

test('the coach leaves the page its room, from 80 to 200 % and from right to left', async ({ launch }) => {
  test.slow();
  const desk = new Desk(await launch());
  const guide = new Guide(desk);
  const { page } = desk;
  await guide.begin('processor');
  await guide.expectStep('meet');
  await guide.next();
  await guide.expectStep('start');
  for (const direction of ['ltr', 'rtl'] as const) {
    await page.evaluate((to) => void (document.documentElement.dir = to), direction);
    for (const factor of [0.8, 1.5, 2]) {
      await desk.zoom(factor);
      await desk.part(TEST_IDS.coachTake).scrollIntoViewIfNeeded();
      for (const part of [TEST_IDS.coachNext, TEST_IDS.coachLeave, TEST_IDS.coachTake, TEST_IDS.start]) {
        await expect(desk.part(part), `${direction} at ${factor}`).toBeInViewport({ ratio: 0.9 });
      }
    }
  }
});
