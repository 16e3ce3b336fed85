import { parsePcpuList } from '../../src-preload/contract/layouts/PcpuList.ts';
import { parseTraceFilter, type TraceFilter } from '../debug/parseTraceFilter.ts';
import { NAME_LENGTH_MOST, NOTES_LENGTH_MOST } from '../hypervisor/types.ts';
import { BOOT_DEVICES, type BootDevice } from '../machine/drives/DriveSlot.ts';
import { UsageError } from './ExitStatus.ts';

const KIB = 1024;
const UNITS: Readonly<Record<string, number>> = { '': KIB * KIB, k: KIB, m: KIB * KIB, g: KIB * KIB * KIB };
const LEAST_SIZE = KIB * KIB;
const MOST_SIZE = 2 * KIB * KIB * KIB;
const PAGE_BYTES = 4096;

/** `0x7c00`, `7c00h` or decimal; from 0 to `most`. */
export function parseNumber(text: string, option: string, most: number): number {
  const value = parseMagnitude(text);
  if (value >= 0 && value <= most) return value;
  throw new UsageError(`${option} ${text}: expected a number from 0 to 0x${most.toString(16)}, such as 0x7c00.`);
}

/** NaN: it is no number. */
function parseMagnitude(text: string): number {
  const hexadecimal = /^0x([0-9a-f]+)$/i.exec(text)?.[1] ?? /^([0-9][0-9a-f]*)h$/i.exec(text)?.[1];
  return hexadecimal !== undefined ? parseInt(hexadecimal, 16) : /^\d+$/.test(text) ? Number(text) : NaN;
}

/** A whole number within a range. */
export function parseWhole(
  text: string,
  option: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: expected a whole number from ${least} to ${most}.`);
}

/** `0,2-3`; `any` is null. */
export function parsePcpus(text: string): readonly number[] | null {
  if (text === 'any') return null;
  const pcpus = parsePcpuList(text);
  if (pcpus !== null) return pcpus;
  throw new UsageError(`--pcpus ${text}: expected numbers from 0 to 63, such as 0,2-3, or any.`);
}

export function parsePort(text: string, option: string): number {
  return parseNumber(text, option, 0xffff);
}

/** 0 is any that is free. */
export function parseTcpPort(text: string, option: string): number {
  const port = /^:?(\d{1,5})$/.exec(text)?.[1];
  if (port !== undefined && Number(port) <= 0xffff) return Number(port);
  throw new UsageError(`${option} ${text}: expected a TCP port from 0 to 65535, such as 1234; 0 is any that is free.`);
}

/** One line, such as a name. */
export function parseName(text: string, option: string, most: number = NAME_LENGTH_MOST): string {
  const name = text.trim();
  if (name !== '' && name.length <= most && !/\p{Cc}/u.test(name)) return name;
  throw new UsageError(`${option}: expected one line of 1 to ${most} characters.`);
}

/** Lines, such as notes. */
export function parseNotes(text: string): string {
  if (text.length <= NOTES_LENGTH_MOST) return text;
  throw new UsageError(`--notes: expected up to ${NOTES_LENGTH_MOST} characters.`);
}

export function parseFileName(text: string, option: string): string {
  if (text !== '') return text;
  throw new UsageError(`${option}: the file name is empty.`);
}

/** Of RAM: `64M`, `2G`, `1024K`, or mebibytes without a unit; whole pages. */
export function parseMemory(text: string): number {
  return parseSize(text, '--memory');
}

/** `64M`, as for RAM. */
export function parseSize(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? NaN);
  const whole = Math.floor(bytes / PAGE_BYTES) * PAGE_BYTES;
  if (whole >= LEAST_SIZE && whole <= MOST_SIZE) return whole;
  throw new UsageError(`${option} ${text}: expected a size from 1M to 2G, such as 64M.`);
}

/** What a trace is of. */
export function parseTracing(text: string, option: string): TraceFilter {
  const filter = parseTraceFilter(text);
  if (filter.ok) return filter;
  throw new UsageError(`${option} ${filter.message}`);
}

/** What is added to addresses: `-0xc0000000`. */
export function parseOffset(text: string, option: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const value = parseMagnitude(text.replace(/^[-+]/, ''));
  if (value <= 0xffff_ffff) return sign * value;
  throw new UsageError(`${option} ${text}: expected a number of up to 32 bits, such as 0x1000 or -0xc0000000.`);
}

/** A positive number of seconds. */
export function parseSeconds(text: string, option: string): number {
  const seconds = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= 1e7) return seconds;
  throw new UsageError(`${option} ${text}: expected a number of seconds above 0, such as 10 or 0.5.`);
}

/** A count of instructions, with `K`, `M` or `G` for a thousand, a million or a thousand million. */
export function parseCount(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)$/i.exec(text.trim());
  const factor = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[(match?.[2] ?? '').toLowerCase()] ?? NaN;
  const count = Math.floor(Number(match?.[1]) * factor);
  if (count >= 1 && count <= Number.MAX_SAFE_INTEGER) return count;
  throw new UsageError(`${option} ${text}: expected a number of instructions from 1, such as 1000000 or 10M.`);
}

/** `cdrom,disk`, or QEMU's letters: a floppy, c disk, d CD-ROM. */
export function parseBootOrder(text: string): BootDevice[] {
  const letters: Readonly<Record<string, BootDevice>> = { a: 'floppy', c: 'disk', d: 'cdrom' };
  const names = /^[acd]{1,3}$/.test(text) ? Array.from(text, (letter) => letters[letter] ?? letter) : text.split(',');
  const order = BOOT_DEVICES.filter((device) => names.includes(device));
  if (order.length === names.length) return order.sort((a, b) => names.indexOf(a) - names.indexOf(b));
  throw new UsageError(`--boot ${text}: expected floppy, disk and cdrom, each at most once, such as cdrom,disk.`);
}

export function parseChoice<Choice extends string>(text: string, option: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option} ${text}: expected ${choices.join(', ').replace(/, ([^,]*)$/, ' or $1')}.`);
}
