import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PageBytes } from '../../../../src-main/engine/tiers/threaded/PageBytes.ts';

const range = fc
  .tuple(fc.nat(0xfff), fc.integer({ min: 1, max: 40 }))
  .map(([start, length]) => ({ start, end: Math.min(0x1000, start + length) }));

describe('a set of a page’s bytes', () => {
  test('holds what was added and nothing beside it', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), range, (added, asked) => {
        const bytes = new PageBytes();
        for (const { start, end } of added) bytes.add(start, end);
        const isHit = added.some(({ start, end }) => start < asked.end && end > asked.start);
        expect(bytes.holdsAny(asked.start, asked.end)).toBe(isHit);
      }),
    );
  });

  test('takes a whole page, and is empty when cleared', () => {
    const bytes = new PageBytes();
    bytes.add(0, 0x1000);
    expect([bytes.holdsAny(0, 1), bytes.holdsAny(0xfff, 0x1000)]).toEqual([true, true]);
    bytes.clear();
    expect(bytes.holdsAny(0, 0x1000)).toBe(false);
  });
});
