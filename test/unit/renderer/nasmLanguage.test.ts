import { highlightTree } from '@lezer/highlight';
import { tags, tagHighlighter } from '@lezer/highlight';
import { expect, test } from 'vitest';
import { nasm } from '../../../src-renderer/features/editor/nasmLanguage.ts';

const highlighter = tagHighlighter([
  { tag: tags.keyword, class: 'keyword' },
  { tag: tags.meta, class: 'directive' },
  { tag: tags.typeName, class: 'size' },
  { tag: tags.special(tags.variableName), class: 'register' },
  { tag: tags.labelName, class: 'label' },
  { tag: tags.number, class: 'number' },
  { tag: tags.string, class: 'string' },
  { tag: tags.comment, class: 'comment' },
]);

function coloured(text: string): string[] {
  const pieces: string[] = [];
  highlightTree(nasm.parser.parse(text), highlighter, (from, to, style) => {
    pieces.push(`${style} ${text.slice(from, to)}`);
  });
  return pieces;
}

test.each([
  [
    'start: mov eax, [ebx+0x10] ; sum',
    ['label start', 'keyword mov', 'register eax', 'register ebx', 'number 0x10', 'comment ; sum'],
  ],
  ['.loop:  rep stosw', ['label .loop', 'keyword rep', 'keyword stosw']],
  ['        add word [di], 10h', ['keyword add', 'size word', 'register di', 'number 10h']],
  ["text    db 'it', 0", ["string 'it'", 'number 0']],
  ['%define COUNT 5', ['directive %define', 'number 5']],
  ['        bits 16', ['directive bits', 'number 16']],
])('%s', (text, pieces) => {
  expect(coloured(text)).toEqual(expect.arrayContaining(pieces));
});
