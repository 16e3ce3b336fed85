import { expect, test } from 'vitest';
import { PASTED_MOST, typeableText } from '../../../src-renderer/features/screen/typeable.ts';

test.each([
  ['ls -l\n', { text: 'ls -l\n', missing: [], cut: 0 }],
  ['a\r\nb\rc', { text: 'a\nb\nc', missing: [], cut: 0 }],
  ['“it’s” – so', { text: '"it\'s" - so', missing: [], cut: 0 }],
  ['né à é 中', { text: 'n   ', missing: ['é', 'à', '中'], cut: 0 }],
])('%o is typed as %o', (copied, typed) => {
  expect(typeableText(copied)).toEqual(typed);
});

test('a very long text is cut, and that is said', () => {
  expect(typeableText('x'.repeat(PASTED_MOST + 7))).toMatchObject({ cut: 7 });
});
