import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Calls an interrupt of its own for ever. */
const STORM = `bits 16
org 100h
xor ax, ax
mov ds, ax
mov word [180h], back
mov [182h], cs
again: int 60h
jmp again
back: iret
`;

test('a machine is traced to a file, and its symbols come from a file apart', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'storm.asm', STORM)] }));
  await desk.select('storm');
  await desk.expectState('storm', 'running');
  await desk.tab('debug').click();
  const { page } = desk;

  const part = desk.part(TEST_IDS.trace);
  const file = path.join(home, 'storm-trace.txt');
  await desk.willSaveAs(file);
  await part.getByTestId(TEST_IDS.traceFilter).fill('interrupts');
  await part.getByTestId(TEST_IDS.traceStart).click();
  await expect(part.getByRole('alert')).toContainText('expected, separated by commas');
  await part.getByTestId(TEST_IDS.traceFilter).fill('interrupt 0x60');
  await part.getByTestId(TEST_IDS.traceStart).click();
  await expect(part.getByTestId(TEST_IDS.traceState)).toContainText(/storm-trace\.txt: [\d.,]+ [KM]iB so far/);
  await picture(page, 'trace-recording');
  await part.getByTestId(TEST_IDS.traceStop).click();
  await expect(part.getByTestId(TEST_IDS.traceState)).toContainText('Ended');
  expect((await readFile(file, 'utf8')).split('\n')[1]).toContain('interrupt 0x60, by INT n');

  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('storm', 'paused');
  const frame = desk.part(TEST_IDS.stackFrame).first();
  const [address = ''] = /0x[0-9a-f]{8}/.exec(await frame.innerText()) ?? [];
  const symbols = path.join(home, 'System.map');
  await writeFile(symbols, `${address.slice(2)} T from_the_file\n`);
  const names = desk.part(TEST_IDS.symbols);
  await desk.willChoose(await programFile(home, 'notes.txt', 'hello'));
  await names.getByTestId(TEST_IDS.symbolChoose).click();
  await expect(page.getByText('notes.txt holds no symbols')).toBeVisible();
  await desk.willChoose(symbols);
  await names.getByTestId(TEST_IDS.symbolChoose).click();
  await expect(names.getByTestId(TEST_IDS.symbolState)).toContainText('Symbols: 1. Source lines: 0.');
  await expect(page.getByText('notes.txt holds no symbols')).toHaveCount(0);
  await expect(frame).toContainText('from_the_file');
  await picture(page, 'symbols');

  await page.keyboard.press('Control+,');
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await page.keyboard.press('Escape');
  await expect(names.getByTestId(TEST_IDS.symbolState)).toContainText('符号：1。');
  await part.getByTestId(TEST_IDS.traceState).scrollIntoViewIfNeeded();
  await picture(page, 'symbols-and-trace-dark-chinese');
  await names.getByTestId(TEST_IDS.symbolRemove).click();
  await expect(names.getByTestId(TEST_IDS.symbolOffset)).toHaveCount(0);
  expect(existsSync(file)).toBe(true);
});
