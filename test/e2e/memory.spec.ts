import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { barriers } from './support/accessibility.ts';
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
  await expect(desk.part(TEST_IDS.memorySearchNote)).toHaveText('Not found in memory.');
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

/** Writes the same eight bytes again and again, in a machine that has a ROM, video memory and devices. */
const WRITER = `        bits 16
        org 0x7c00
        mov word [0x9000], 0x1111
again:  hlt
        jmp again
`;

test('memory is compared with a snapshot, and mapped by use', async ({ launch, home, picture }) => {
  test.slow();
  const desk = new Desk(await launch({ args: [await programFile(home, 'writer.asm', WRITER)] }));
  await desk.select('writer');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('writer', 'paused');
  await desk.menu('layout.run');
  const { page } = desk;
  await desk.tab('memory').click();
  await page.getByTestId('choice-compare').click();
  await expect(page.getByText('There is nothing to compare with')).toBeVisible();

  await desk.tab('snapshots').click();
  await desk.part(TEST_IDS.snapshotTake).click();
  await expect(desk.part(TEST_IDS.snapshot)).toHaveCount(1);
  const id = (await desk.row('writer').getAttribute('data-vm-id')) ?? '';
  const write = (address: number, bytes: number[]) =>
    page.evaluate(
      ([vm, at, content]) =>
        window.vivarium.call('debug:writeMemory', {
          id: vm,
          space: 'physical',
          address: at,
          bytes: Uint8Array.from(content),
        }),
      [id, address, bytes] as const,
    );
  await write(0x9001, [0x22]);
  await write(0x2_0000, [0x51, 0x52, 0x53]);

  await desk.tab('memory').click();
  await page.getByTestId('choice-compare').click();
  await desk.part(TEST_IDS.compareRun).click();
  await expect(desk.part(TEST_IDS.compareNote)).toHaveText('Different bytes: 4. Places: 2.');
  const sides = desk.part(TEST_IDS.compareSides);
  await expect(sides.locator('.byte.different')).toHaveText(['22', '11']);
  await desk.part(TEST_IDS.compareNext).click();
  await expect(sides.locator('.byte.different')).toHaveText(['51', '52', '53', '00', '00', '00']);
  await picture(page, 'memory-compare', { documented: true });
  expect(await barriers(page, 'compare')).toEqual([]);

  await page.getByTestId('choice-map').click();
  const range = (kind: string) => page.locator(`[data-testid="${TEST_IDS.mapRange}"][data-kind="${kind}"]`);
  await expect(range('ram').first()).toContainText('640 KiB');
  await expect(range('device').filter({ hasText: 'hpet0' })).toContainText('fed00000');
  await picture(page, 'memory-map', { documented: true });
  expect(await barriers(page, 'map')).toEqual([]);
  // An address leads to the bytes.
  await range('ram').first().getByTestId(TEST_IDS.addressLink).click();
  await expect(desk.part(TEST_IDS.memoryView).locator('[role="row"]').first()).toHaveAttribute('data-address', '0');
});
