import type { DisassemblyLine } from '../../../src-preload/contract/debugging.ts';

/** What the source line says beyond the instruction itself: its comment, or the whole line when it reads differently. */
export function sourceNote({ source, text, label }: Pick<DisassemblyLine, 'source' | 'text' | 'label'>): string {
  if (!source) return '';
  const line = source.text.trim();
  const comment = line.indexOf(';');
  const code = comment < 0 ? line : line.slice(0, comment);
  const plain = (words: string): string => words.toLowerCase().replace(/\s+/g, '');
  const withoutLabel = code.replace(/^[\w.$@?]+:\s*/, '');
  const isSame = plain(withoutLabel) === plain(text) || (label !== undefined && withoutLabel === '');
  if (!isSame) return line;
  return comment < 0 ? '' : line.slice(comment);
}
