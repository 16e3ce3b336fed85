import type { PagingEntry } from '../inspection.ts';

/** `rwx u A D G`: what an entry permits, and to whom; then accessed, dirty, global. */
export function entryFlags(entry: PagingEntry): string {
  if (entry.kind === 'absent') return '';
  const rights = `r${entry.isWritable ? 'w' : '-'}${entry.isNoExecute ? '-' : 'x'} ${entry.isUser ? 'u' : 's'}`;
  const marks = [entry.isAccessed ? 'A' : '', entry.isDirty ? 'D' : '', entry.isGlobal ? 'G' : ''];
  return [rights, ...marks.filter((mark) => mark !== '')].join(' ');
}
