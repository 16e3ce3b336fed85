import type { AddressSpace, MemoryRange } from '../../../../src-preload/contract/debugging.ts';
import { printable } from '../../../../src-preload/contract/readings/characters.ts';
import { LANE_BYTES, type LaneType, laneTexts } from '../../../../src-preload/contract/readings/lanes.ts';
import type { Control } from '../../../control/Control.ts';
import { EXIT_STATUS, UsageError } from '../../ExitStatus.ts';
import {
  absolute,
  machineNamed,
  printJson,
  say,
  valueOf,
  withMachines,
  type MachineContext,
} from '../MachineCommands.ts';
import { outputFile, type OutputChoice } from '../outputFile.ts';
import { snapshotNamed } from '../SnapshotCommands.ts';
import { byteTexts, hex, prefixedHex } from './hexText.ts';
import { placeOf } from './placeOf.ts';

/** A range, as the command line names it. */
export interface RangeChoice {
  readonly space: AddressSpace;
  /** An expression; undefined: where a task begins by itself. */
  readonly place: string | undefined;
  /** Bytes; undefined: as many as the task takes by itself. */
  readonly length: number | undefined;
}

const ROW_BYTES = 16;
const SHOWN_BYTES = 256;
/** More than anybody reads; the contract gives no more at a time either. */
export const SHOWN_BYTES_MOST = 0x1_0000;
const FOUND_MOST = 20;
const DIFFERENCES_SHOWN = 40;
const MIB = 2 ** 20;

/** `vivarium memory`: bytes, or what they mean as values of a type. */
export function showMemory(
  context: MachineContext,
  word: string,
  range: RangeChoice,
  type: LaneType | undefined,
): Promise<number> {
  const length = range.length ?? SHOWN_BYTES;
  if (length > SHOWN_BYTES_MOST)
    throw new UsageError(`memory: up to ${SHOWN_BYTES_MOST} bytes are shown. Write more to a file: --save FILE.`);
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const address = await addressOf(control, id, range);
    const read = valueOf(await control.call('debug:readMemory', { id, space: range.space, address, length }));
    if (context.isJson) await printJson(context, read);
    else await context.terminal.write(type ? typedRows(read, type) : byteRows(read));
    return EXIT_STATUS.success;
  });
}

/** `vivarium memory --map`: what answers at which physical addresses. */
export function showMemoryMap(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const map = valueOf(await control.call('devices:memoryMap', { id }));
    if (context.isJson) await printJson(context, map);
    for (const { first, byteLength, kind, device } of map)
      await say(
        context,
        `${hex(first)}-${hex(first + byteLength - 1)}  ${kind}${device === null ? '' : `  ${device}`}`,
      );
    return EXIT_STATUS.success;
  });
}

/** `vivarium memory --find`: the places in RAM where bytes lie, from one on and round its end. */
export function findMemory(
  context: MachineContext,
  word: string,
  range: RangeChoice,
  pattern: Uint8Array,
): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, memoryMiB } = await machineNamed(control, word);
    const first = range.place === undefined ? 0 : await addressOf(control, id, range);
    const size = memoryMiB * MIB;
    const found: number[] = [];
    let isMore = false;
    for (let from = first % size; !isMore; from = ((found.at(-1) ?? 0) + 1) % size) {
      const hit = await control.call('memory:search', { id, pattern, from, direction: 'forward' });
      const { physicalAddress } = valueOf(hit);
      if (physicalAddress === null || found.includes(physicalAddress)) break;
      isMore = found.length === FOUND_MOST;
      if (!isMore) found.push(physicalAddress);
    }
    if (context.isJson) await printJson(context, { found, isMore });
    for (const address of found) await say(context, hex(address));
    if (found.length === 0) await say(context, `It is nowhere in the machine’s RAM.`);
    if (isMore)
      await say(context, `There are more; go on behind the last: --physical ${prefixedHex((found.at(-1) ?? 0) + 1)}`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium memory --write`, and with a length `--fill`: of a machine that is paused. */
export function writeMemory(
  context: MachineContext,
  word: string,
  range: RangeChoice,
  bytes: Uint8Array,
): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const { space } = range;
    const address = await addressOf(control, id, range);
    const length = range.length ?? bytes.length;
    valueOf(await control.call('memory:fill', { id, space, address, length, pattern: bytes }));
    if (context.isJson) await printJson(context, { space, address, length });
    await say(context, `${length} bytes were written at ${prefixedHex(address)}.`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium memory --save`: a range, or all of RAM. */
export function saveMemory(
  context: MachineContext,
  word: string,
  range: RangeChoice,
  out: OutputChoice,
): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, memoryMiB } = await machineNamed(control, word);
    if (range.place !== undefined && range.length === undefined)
      throw new UsageError(
        'memory --save: write how many bytes behind the address; without an address it is all of RAM.',
      );
    const isAll = range.place === undefined;
    const place = isAll
      ? ({ space: 'physical', address: 0 } as const)
      : { space: range.space, address: await addressOf(control, id, range) };
    const length = range.length ?? memoryMiB * MIB;
    const { file, token } = await outputFile(control, out, '--save');
    valueOf(await control.call('memory:save', { id, ...place, length, token }));
    if (context.isJson) await printJson(context, { file, ...place, length });
    await say(context, `${length} bytes from ${prefixedHex(place.address)} on are in ${out.out}.`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium memory --load`: a file's bytes, in a machine that is paused. */
export function loadMemory(context: MachineContext, word: string, range: RangeChoice, file: string): Promise<number> {
  const path = absolute(file, '--load');
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const { space } = range;
    const address = await addressOf(control, id, range);
    const { token } = await control.grantFile(path, 'read');
    const { byteLength } = valueOf(await control.call('memory:load', { id, space, address, token }));
    if (context.isJson) await printJson(context, { space, address, length: byteLength });
    await say(context, `${byteLength} bytes of ${file} lie at ${prefixedHex(address)} now.`);
    return EXIT_STATUS.success;
  });
}

/** The other side of a comparison: a machine, or a snapshot of the same one. */
export type OtherSide = { readonly machine: string } | { readonly snapshot: string };

/** `vivarium memory --compare`: where the RAM of a machine is another than that of a second, or than it was. */
export function compareMemory(context: MachineContext, word: string, other: OtherSide): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    const { id } = vm;
    const compared =
      'machine' in other
        ? ({ kind: 'machine', id: (await machineNamed(control, other.machine)).id } as const)
        : ({ kind: 'snapshot', snapshot: (await snapshotNamed(control, vm, other.snapshot)).id } as const);
    const differences = valueOf(await control.call('memory:compare', { id, with: compared }));
    if (context.isJson) {
      await printJson(context, differences);
      return EXIT_STATUS.success;
    }
    const { ranges, rangeCount, byteCount, comparedBytes, isCut } = differences;
    for (const { address, byteLength } of ranges.slice(0, DIFFERENCES_SHOWN)) {
      const length = Math.min(byteLength, ROW_BYTES);
      const here = valueOf(await control.call('debug:readMemory', { id, space: 'physical', address, length })).bytes;
      const there = valueOf(await control.call('memory:compared', { id, with: compared, address, length }));
      const cut = byteLength > length ? ` … ${byteLength} bytes` : '';
      await say(context, `${hex(address)}  here ${byteTexts(here).join(' ')}${cut}`);
      await say(context, `          there ${byteTexts(there).join(' ')}${cut}`);
    }
    const rest = rangeCount - Math.min(ranges.length, DIFFERENCES_SHOWN);
    if (rest > 0) await say(context, `and ${rest} places more; --json lists up to 10000`);
    const places = rangeCount === 1 ? 'one place' : `${rangeCount} places`;
    const result = byteCount === 0 ? 'Their RAM is the same' : `${byteCount} bytes differ in ${places}`;
    await say(context, `${result}${isCut ? `, as far as both reach: ${comparedBytes / MIB} MiB` : ''}.`);
    return EXIT_STATUS.success;
  });
}

async function addressOf(control: Control, id: string, { place }: RangeChoice): Promise<number> {
  if (place === undefined) throw new UsageError('memory: write where, such as 0x7c00, main+4 or esp; `vivarium memory --help` shows more.'); // prettier-ignore
  return placeOf(control, id, place, 'memory');
}

function byteRows({ address, bytes, missing }: MemoryRange): string {
  const isMissing = (offset: number): boolean => missing.some(([start, end]) => start <= offset && offset < end);
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = bytes.slice(at, at + ROW_BYTES);
    const texts = byteTexts(row, (offset) => isMissing(at + offset));
    const columns = `${texts.slice(0, ROW_BYTES / 2).join(' ')}  ${texts.slice(ROW_BYTES / 2).join(' ')}`;
    const characters = Array.from(row, (byte, offset) => (isMissing(at + offset) ? ' ' : (printable(byte) ?? '.')));
    rows.push(`${hex(address + at)}  ${columns.padEnd(3 * ROW_BYTES)}  |${characters.join('')}|\n`);
  }
  return rows.join('');
}

/** Values from the lowest address on, as many in a row as fit into 16 bytes. */
function typedRows({ address, bytes, missing }: MemoryRange, type: LaneType): string {
  const width = LANE_BYTES[type];
  const isMissing = (offset: number): boolean => missing.some(([start, end]) => start < offset + width && offset < end);
  const whole = bytes.slice(0, bytes.length - (bytes.length % width));
  const texts = laneTexts(whole, type)
    .reverse()
    .map((text, index) => (isMissing(index * width) ? '--' : text));
  const columns = Math.max(0, ...texts.map((text) => text.length));
  const rows: string[] = [];
  const inRow = ROW_BYTES / width;
  for (let at = 0; at < texts.length; at += inRow) {
    const row = texts.slice(at, at + inRow).map((text) => text.padStart(columns));
    rows.push(`${hex(address + at * width)}  ${row.join('  ')}\n`);
  }
  return rows.join('');
}
