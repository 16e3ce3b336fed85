import { PANELS } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { barriers } from './support/accessibility.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

const PAGES = ['isolation', 'schedule', 'editor', 'samples'] as const;
const DIALOGS = [
  'file.preferences',
  'file.newMachine',
  'machine.settings',
  'machine.delete',
  'help.shortcuts',
  'help.about',
  'view.commandPalette',
] as const;

async function openCounter(desk: Desk): Promise<void> {
  await desk.select('counter');
  await desk.expectState('counter', 'running');
}

for (const theme of ['light', 'dark'] as const) {
  test(`nothing stands in the way of assistive technology: ${theme}`, async ({ launch, home }) => {
    test.setTimeout(240_000);
    const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
    await openCounter(desk);
    const { page } = desk;
    await page.evaluate((chosen) => window.vivarium.call('preferences:update', { theme: chosen }), theme);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    // axe walks all of the page; a machine at full speed would only take the processor from it.
    await desk.part(TEST_IDS.pause).click();
    await desk.expectState('counter', 'paused');
    const found: string[] = [];

    await desk.menu('layout.run');
    for (const panel of PANELS) {
      await desk.menu(`view.${panel}`);
      await expect(page.locator(`#panel-${panel} > *`).first()).toBeVisible();
      found.push(...(await barriers(page, panel)));
    }
    await desk.menu('layout.watch');
    await desk.menu('panel.float');
    found.push(...(await barriers(page, 'all panels')));
    for (const name of PAGES) {
      await desk.menu(`view.${name}`);
      await page.waitForTimeout(300); // what a page asks main for
      found.push(...(await barriers(page, name)));
    }
    await desk.select('counter');
    for (const command of DIALOGS) {
      await desk.menu(command);
      await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible();
      found.push(...(await barriers(page, command)));
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(0);
    }
    await desk.part(TEST_IDS.machineMenu).click();
    found.push(...(await barriers(page, "the machine's menu")));
    expect(found).toEqual([]);
  });
}

test('what the user of a screen reader hears has names', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await openCounter(desk);
  await desk.menu('layout.watch');
  const nameless = await desk.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, input, [role=tab], [role=separator], [role=region], canvas')]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
        return !(
          element.getAttribute('aria-label') ||
          element.getAttribute('aria-labelledby') ||
          element.title ||
          element.textContent.trim() ||
          labels.length > 0 ||
          element.closest('[aria-hidden=true]')
        );
      })
      .map((element) => element.outerHTML.slice(0, 160)),
  );
  expect(nameless).toEqual([]);
});

test('a window from right to left, and from 80 to 200 %, loses nothing over its edges', async ({
  launch,
  home,
  picture,
}) => {
  test.slow();
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await openCounter(desk);
  const { page } = desk;
  /** Controls that lie beyond the window's edges, but for those that can be scrolled to. */
  const outside = (): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, input, [role=tab]')]
        .filter((element) => element.checkVisibility())
        .filter((element) => {
          const { left, right, top, bottom, width } = element.getBoundingClientRect();
          if (width === 0) return false;
          for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
            if (/auto|scroll/.test(getComputedStyle(at).overflow)) return false;
          }
          return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
        })
        .map((element) => `${element.getAttribute('aria-label') ?? ''} ${element.textContent.trim()}`),
    );

  for (const preset of ['learn', 'debug', 'watch'] as const) {
    await desk.menu(`layout.${preset}`);
    for (const direction of ['ltr', 'rtl'] as const) {
      await page.evaluate((to) => void (document.documentElement.dir = to), direction);
      for (const factor of [0.8, 1, 1.5, 2]) {
        await desk.zoom(factor);
        await expect.poll(outside, { message: `${preset}, ${direction}, ${factor}` }).toEqual([]);
        if (preset === 'debug') await picture(page, `zoom-${direction}-${factor * 100}`);
      }
    }
  }
});

test('who wants no motion gets none', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.page.emulateMedia({ reducedMotion: 'reduce' });
  await openCounter(desk);
  const moving = await desk.page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return [...transitionDuration.split(','), ...animationDuration.split(',')].some((each) => parseFloat(each) > 0);
      }).length,
  );
  expect(moving).toBe(0);
});
