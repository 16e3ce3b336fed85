import type { Locator } from '@playwright/test';
import { Desk, programFile } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

/** Two loops for ever: one hot enough for a region, with a sensitive instruction around it. */
const LOOPS = `        bits 16
        org 0x7c00
start:  cli
        mov ecx, 0
outer:  in al, 0x61
        mov dx, 1000
inner:  add ecx, 3
        xor eax, ecx
        rol eax, 5
        add ebx, eax
        dec dx
        jnz inner
        jmp outer
`;

const addressOf = async (line: Locator): Promise<string> => (await line.getAttribute('data-address')) ?? '';

test('code stands beside its records and its region, linked line by line', async ({ launch, home, picture }) => {
  test.slow();
  const file = await programFile(home, 'loops.asm', LOOPS);
  const desk = new Desk(await launch({ args: [file] }));
  await expect(desk.row('loops')).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await desk.select('loops');
  await desk.part('tab-translation').click();
  const { page } = desk;
  const lines = desk.part(TEST_IDS.translationLine);
  const line = (text: string): Locator => lines.filter({ hasText: text });

  // The inner loop gets hot and runs in a region.
  const inRegion = page.locator(`[data-testid="${TEST_IDS.translationBlock}"][data-tier="region"]`);
  await expect(inRegion.first()).toBeVisible({ timeout: 30_000 });
  await expect(line('rol eax, 5')).toHaveAttribute('data-handler', 'rol');
  await expect(line('rol eax, 5')).not.toHaveAttribute('data-heat', '0.00', { timeout: 10_000 });

  // Where the region's text has no room, too, a block's head says that it runs there.
  await desk.menu('layout.watch');
  await expect(inRegion.first()).toBeVisible();
  await desk.menu('layout.learn');
  await desk.part('tab-translation').click();

  // A line of code, its record and its WebAssembly are one.
  await line('rol eax, 5').click();
  const wasm = desk.part(TEST_IDS.translationWasm);
  const address = await addressOf(line('rol eax, 5'));
  const ofLine = page.locator(`[data-testid="${TEST_IDS.translationWasm}"][data-address="${address}"]`);
  await expect(ofLine.first()).toContainText('rol eax, 5');
  await expect(ofLine.filter({ hasText: 'i32.rotl' })).toHaveCount(1);
  await expect(desk.part(TEST_IDS.translationDetail)).toContainText('rol r32 i8');
  await desk.menu('panel.maximise');
  await picture(page, 'translation', { documented: true });
  await desk.menu('panel.maximise');

  // And back: a line of WebAssembly leads to its instruction.
  await wasm.filter({ hasText: 'xor eax, ecx' }).first().click();
  await expect(line('xor eax, ecx')).toHaveAttribute('data-linked', 'true');

  // A sensitive instruction says what became of it, and how often it was taken.
  await line('in al, 0x61').click();
  await expect(desk.part(TEST_IDS.translationDetail)).toContainText(/became a call of portIn\(\), taken [\d,]+ times/);

  await desk.part(TEST_IDS.navSettings).click();
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await page.keyboard.press('Escape');
  await expect(desk.part(TEST_IDS.translationDetail)).toContainText('portIn()');
  await picture(page, 'translation-dark-chinese');
});

/** Two places by turns, further apart than what is in sight. */
const PLACES = `        bits 16
        org 0x7c00
start:  mov ecx, 150000000
first:  dec ecx
        jnz first
        times 60 nop
        mov ecx, 150000000
second: dec ecx
        jnz second
        jmp start
`;

test('the code that runs is followed until the reader scrolls', async ({ launch, home }) => {
  test.slow();
  const desk = new Desk(await launch({ args: [await programFile(home, 'places.asm', PLACES)] }));
  await expect(desk.row('places')).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await desk.select('places');
  await desk.part('tab-translation').click();
  const line = (label: string): Locator => desk.part(TEST_IDS.translationLine).filter({ hasText: `${label}: dec` });
  for (const label of ['second', 'first', 'second']) await expect(line(label)).toBeInViewport({ timeout: 30_000 });

  const follow = desk.part(TEST_IDS.translationFollow);
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  await desk.part(TEST_IDS.translationList).hover();
  await desk.page.mouse.wheel(0, 200);
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  await follow.click();
  for (const label of ['first', 'second']) await expect(line(label)).toBeInViewport({ timeout: 30_000 });
});
