import { expect, test } from 'vitest';
import { Dispatch, type PrefixColumn, type SizeIndex } from '../../../../src-main/engine/decode/Dispatch.ts';
import { encodings } from '../../../../src-main/engine/isa/encodings.ts';

const MAPS = [0, 1, 2, 3];
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const COLUMNS: readonly PrefixColumn[] = [0, 1, 2, 3];
const SIZES: readonly SizeIndex[] = [0, 1];

test('no two rows of the instruction table say the same', () => {
  const dispatch = new Dispatch(encodings);
  let found = 0;
  for (const map of MAPS) {
    for (const opcode of BYTES) {
      const entry = dispatch.entry(map, opcode);
      if (!entry) continue;
      for (const column of COLUMNS) {
        for (const size of SIZES) {
          // Throws where one does not outrank the others.
          for (const modrm of entry.hasModRM ? BYTES : [0]) if (entry.find(column, size, 1, modrm)) found++;
        }
      }
    }
  }
  expect(found).toBeGreaterThan(400_000);
});
