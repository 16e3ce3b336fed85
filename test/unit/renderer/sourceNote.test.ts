import { expect, test } from 'vitest';
import { sourceNote } from '../../../src-renderer/features/code/sourceNote.ts';

test.each([
  ['call wrap', 'call wrap', ''],
  ['next: call  wrap ; around the edge', 'call wrap', '; around the edge'],
  ['neighbour WIDTH - 1', 'cmp byte [esi-0x51], 1', 'neighbour WIDTH - 1'],
])('%s beside %s says %s', (line, text, note) => {
  expect(sourceNote({ text, source: { file: 'a.asm', line: 1, text: line } })).toBe(note);
});

test('an instruction without source has no note', () => {
  expect(sourceNote({ text: 'hlt' })).toBe('');
});
