import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
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
  await picture(page, 'tour-step');
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
  await expect(page.locator(`[data-testid="${TEST_IDS.tourCard}"][data-tour="processor"]`)).toContainText('Taken');
});
