import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Holds a text twice, and waits. */
const HOLDER = `        bits 16
        org 0x7c00
again:  hlt
        jmp again
        times 0x100-($-$$) db 0
        db 'quartz'
        times 0x180-($-$$) db 0
        db 'quartz'
`;

test('bytes are found in memory, forwards and backwards', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'holder.asm', HOLDER)] }));
  await desk.select('holder');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('holder', 'paused');
  await desk.tab('memory').click();
  const search = desk.part(TEST_IDS.memorySearch);
  // The byte selected, of a machine that shows its memory from its code on.
  const selected = desk.part(TEST_IDS.memoryView).locator('.byte.cursor');
  const row = desk.part(TEST_IDS.memoryView).locator('[role="row"]', { has: desk.page.locator('.byte.cursor') });

  await search.fill('71 75 61 72 74 7a');
  await search.press('Enter');
  await expect(row).toHaveAttribute('data-address', String(0x7d00));
  await expect(selected).toHaveText('71');
  await expect(row.locator('.byte.found')).toHaveCount(6);
  const value = (type: string) => desk.part(TEST_IDS.memoryValues).locator(`[data-type="${type}"] dd`);
  await expect(value('text')).toHaveText('quartz');
  await expect(value('u16')).toHaveText(String(0x7571));
  await expect(value('u64')).toHaveText(String(0x7a7472617571));
  await picture(desk.page, 'memory-search');
  await desk.part(TEST_IDS.memorySearchNext).click();
  await expect(row).toHaveAttribute('data-address', String(0x7d80));
  await desk.part(TEST_IDS.memorySearchPrevious).click();
  await expect(row).toHaveAttribute('data-address', String(0x7d00));

  await search.fill('71 756');
  await search.press('Enter');
  await expect(desk.part(TEST_IDS.memorySearchNote)).toContainText('two hexadecimal digits');
  await search.fill('fe ed fa ce 12 34 56 78 9a bc');
  await search.press('Enter');
  await expect(desk.part(TEST_IDS.memorySearchNote)).toHaveText('Nowhere in memory.');
});

test('a range is filled, saved to a file and loaded from one', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'holder.asm', HOLDER)] }));
  await desk.select('holder');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('holder', 'paused');
  await desk.tab('memory').click();
  const choose = async (task: 'fill' | 'save' | 'load'): Promise<void> => {
    await desk.part(TEST_IDS.memoryRangeMenu).click();
    await desk.page.getByTestId(`menu-memory-${task}`).click();
  };
  const row = (address: number) => desk.part(TEST_IDS.memoryView).locator(`[data-address="${address}"] .byte`);

  await choose('fill');
  await desk.part(TEST_IDS.memoryRangeFirst).fill('8000');
  await desk.part(TEST_IDS.memoryRangeLast).fill('7fff');
  await desk.part(TEST_IDS.memoryRangePattern).fill('a1 b2 c3');
  await desk.part(TEST_IDS.memoryRangeRun).click();
  await expect(desk.part(TEST_IDS.memoryRange)).toContainText('before the first');
  await desk.part(TEST_IDS.memoryRangeLast).fill('8007');
  await picture(desk.page, 'memory-fill');
  await desk.part(TEST_IDS.memoryRangeRun).click();
  await expect(desk.part(TEST_IDS.memoryRange)).toBeHidden();
  const filled = ['a1', 'b2', 'c3', 'a1', 'b2', 'c3', 'a1', 'b2'];
  await expect(row(0x8000)).toHaveText([...filled, ...Array<string>(8).fill('00')]);

  const file = path.join(home, 'saved.bin');
  await desk.willSaveAs(file);
  await choose('save');
  await desk.part(TEST_IDS.memoryRangeFirst).fill('8001');
  await desk.part(TEST_IDS.memoryRangeLast).fill('8004');
  await desk.part(TEST_IDS.memoryRangeRun).click();
  await expect(desk.part(TEST_IDS.memoryRange)).toBeHidden();
  expect((await readFile(file)).toString('hex')).toBe('b2c3a1b2');

  await desk.willChoose(file);
  await choose('load');
  await desk.part(TEST_IDS.memoryRangeFirst).fill('ffffffff');
  await desk.part(TEST_IDS.memoryRangeRun).click();
  await expect(desk.part(TEST_IDS.memoryRangeRefusal)).toContainText('There is no memory at 0xffffffff');
  await desk.part(TEST_IDS.memoryRangeFirst).fill('9000');
  await desk.part(TEST_IDS.memoryRangeRun).click();
  await expect(desk.part(TEST_IDS.memoryRange)).toBeHidden();
  await expect(row(0x9000)).toHaveText(['b2', 'c3', 'a1', 'b2', ...Array<string>(12).fill('00')]);
});
