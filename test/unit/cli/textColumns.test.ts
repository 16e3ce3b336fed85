import { expect, test } from 'vitest';
import { columnsOf, padColumns, printable, printableLines } from '../../../src-main/cli/textColumns.ts';

test.each([
  ['debian', 6],
  ['机器 一', 7],
  ['（全）', 6],
  ['한글', 4],
  ['Ünï', 3],
  ['e\u0301', 1],
  ['🐧', 2],
  ['', 0],
])('%s takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
  expect(columnsOf(padColumns(text, 10))).toBe(10);
});

test('what fills its column is left as it is', () => expect(padColumns('机器', 3)).toBe('机器'));

test('controls of the terminal become blanks, ends of lines only where one line is expected', () => {
  expect(printable('\x1b[31mred\n\x9b')).toBe(' [31mred  ');
  expect(printableLines('a\x07\nb')).toBe('a \nb');
});
