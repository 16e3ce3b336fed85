import { expect, test } from 'vitest';
import type { CodeBlock, TranslationLine } from '../../../src-preload/contract/inspection.ts';
import { indexOfAddress, rowsOf } from '../../../src-renderer/features/translation/translationRows.ts';

function line(linearAddress: number, block: number | null): TranslationLine {
  const text = { text: 'nop', mnemonic: 'nop', operands: '', sensitive: false };
  return {
    line: { linearAddress, bytes: Uint8Array.of(0x90), ...text },
    block,
    isFirst: false,
    record: null,
    steps: [],
  };
}

const BLOCK = { linearAddress: 1 } as CodeBlock; // the rows look at nothing else

test('each block has a head before its first line, also where another block interrupts it', () => {
  const lines = [line(0, null), line(1, 0), line(2, 0), line(3, 1), line(4, 0)];
  const rows = rowsOf({ lines, blocks: [BLOCK, BLOCK] });
  expect(rows.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'line 0',
    'block 1 head',
    'line 1',
    'line 2',
    'block 3 head',
    'line 3',
    'block 4 head',
    'line 4',
  ]);
  expect([indexOfAddress(rows, 3), indexOfAddress(rows, 9)]).toEqual([5, -1]);
});
