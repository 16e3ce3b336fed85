import { UsageError } from './ExitStatus.ts';
import { parseFileName, parseNumber } from './optionValues.ts';

const OPTION = '--save-memory';
const MOST_ADDRESS = 0xffff_ffff;

/** A file for what RAM holds at the end of a run. */
export interface MemoryFile {
  readonly file: string;
  readonly first: number;
  readonly byteLength: number;
}

/** `ram.bin` for all of RAM, or `0x0-0x9ffff=low.bin`. Throws {@link UsageError}. */
export function parseMemoryFile(text: string, memoryBytes: number): MemoryFile {
  const [, from, to, file] = /^([0-9][^-=]*)-([^-=]+)=(.*)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || file === undefined)
    return { file: parseFileName(text, OPTION), first: 0, byteLength: memoryBytes };
  const first = parseNumber(from, OPTION, MOST_ADDRESS),
    last = parseNumber(to, OPTION, MOST_ADDRESS);
  if (last < first) throw new UsageError(`${OPTION} ${text}: the second address comes before the first.`);
  if (last >= memoryBytes)
    throw new UsageError(`${OPTION} ${text}: RAM ends before 0x${memoryBytes.toString(16)}; --memory gives it more.`);
  return { file: parseFileName(file, OPTION), first, byteLength: last - first + 1 };
}
