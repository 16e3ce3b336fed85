import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseChecked, serialiseChecked } from '../../../../src-main/hypervisor/storage/CheckedJson.ts';

const schema = z.object({ name: z.string(), notes: z.string() });
const format = { format: 'test', version: 2, field: 'thing', noun: 'a thing', schema, migrations: new Map() };
const content = serialiseChecked(format, { name: 'one', notes: '' });

test('what is written comes back', () => {
  expect(parseChecked(format, content)).toEqual({ kind: 'value', value: { name: 'one', notes: '' } });
});

test('an older version is lifted by its migration', () => {
  const old = serialiseChecked({ ...format, version: 1 }, { name: 'old' });
  const migrations = new Map([[1, (value: unknown) => ({ ...(value as object), notes: 'lifted' })]]);
  expect(parseChecked({ ...format, migrations }, old)).toEqual({
    kind: 'value',
    value: { name: 'old', notes: 'lifted' },
  });
  expect(parseChecked(format, old)).toEqual({ kind: 'damaged', message: 'nothing is known of version 1' });
});

test('a newer version is told from damage', () => {
  expect(parseChecked({ ...format, version: 1 }, content)).toEqual({ kind: 'newer', version: 2 });
});

describe('damage is told', () => {
  test.each([
    ['empty', '', 'the file is empty'],
    ['cut off', content.slice(0, -10), 'it is not JSON: it was cut off or overwritten'],
    ['of another kind', '{"hello": 1}', 'it is not a thing'],
    ['with a flipped letter', content.replace('one', 'ome'), 'its checksum is wrong'],
    ['with a field of another type', serialiseChecked(format, { name: 5, notes: '' }), /^the field name is wrong/],
  ])('%s', (_, damaged, message) => {
    expect(parseChecked(format, damaged)).toMatchObject({ kind: 'damaged', message: expect.stringMatching(message) });
  });
});
