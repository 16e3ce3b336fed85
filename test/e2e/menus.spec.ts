import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

test.slow();

test('tips and menus come and go by pointer and by keyboard', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'first.asm', COUNTER)] }));
  const { page } = desk;
  await desk.expectState('first', 'running');
  const tip = page.getByRole('tooltip');
  const menu = page.getByRole('menu');

  // A tip: by the pointer after a while, away with Escape and with a press.
  const button = desk.part(TEST_IDS.panelMenu).first();
  await button.hover();
  await expect(tip).toHaveText('Move and choose panels');
  await expect(button).toHaveAccessibleDescription('Move and choose panels');
  await picture(page, 'tooltip');
  await page.keyboard.press('Escape');
  await expect(tip).toHaveCount(0);

  // A menu: its button opens and closes it, and has the focus again.
  await button.click();
  await expect(tip).toHaveCount(0);
  await expect(menu).toHaveAccessibleName('Move and choose panels');
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await picture(page, 'panel-menu');
  await button.click();
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();

  // By the keyboard the first entry is chosen from; Escape gives the focus back.
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();

  // A context menu where the pointer is; a press elsewhere ends it.
  await desk.row('first').click({ button: 'right', position: { x: 30, y: 20 } });
  const row = await desk.row('first').boundingBox();
  const box = await menu.boundingBox();
  expect(Math.abs((box?.x ?? 0) - (row?.x ?? 0) - 30)).toBeLessThan(8);
  await picture(page, 'context-menu');
  await desk.part(TEST_IDS.machineName).click();
  await expect(menu).toHaveCount(0);

  // What the keyboard reaches tells of itself at once.
  await page.keyboard.press('Tab');
  await expect(tip).toBeVisible();
});
