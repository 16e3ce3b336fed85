import { expect, test } from 'vitest';
import { INTERVALS, reciprocalTables } from '../../../../src-main/engine/softfloat/sse/reciprocalTables.ts';

/** What the manual allows (SDM vol. 2B, RCPPS and RSQRTPS). */
const RELATIVE_ERROR = 1.5 * 2 ** -12;

const tables = new Uint16Array(reciprocalTables().buffer);

test.each([
  { name: 'reciprocals from 1 to 2', number: 0, first: 1, of: (x: number) => 1 / x },
  { name: 'reciprocal roots from 1 to 2', number: 1, first: 1, of: (x: number) => 1 / Math.sqrt(x) },
  { name: 'reciprocal roots from 2 to 4', number: 2, first: 2, of: (x: number) => 1 / Math.sqrt(x) },
])('$name are as near as the manual wants at both ends of each interval', ({ number, first, of }) => {
  for (let interval = 0; interval < INTERVALS; interval++) {
    const result = (1 + tables[number * INTERVALS + interval] / INTERVALS) / 2;
    for (const part of [0, 1]) {
      const exact = of(first * (1 + (interval + part) / INTERVALS));
      expect(Math.abs(result / exact - 1), `interval ${interval}`).toBeLessThan(RELATIVE_ERROR);
    }
  }
});

test('the results are those of the recorded processor', () => {
  // The first and the last of each table, read on the processor itself.
  const ends = [0, 1, 2].map((number) => [tables[number * INTERVALS], tables[(number + 1) * INTERVALS - 1]]);
  expect(ends).toEqual([
    [0xffe, 0],
    [0xfff, 0x6a1],
    [0x6a0, 0],
  ]);
});
