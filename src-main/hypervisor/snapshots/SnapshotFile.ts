import { z } from 'zod';
import { DRIVE_SLOTS, type DriveSlot } from '../../machine/drives/DriveSlot.ts';
import { decodeFiles, encodeFiles, type RecordedFile } from '../recordings/recordedFiles.ts';
import {
  decodeSections,
  encodeSections,
  jsonOf,
  jsonSection,
  type Section,
  SectionProblem,
} from '../storage/SectionFile.ts';
import type { MachineSnapshot } from './MachineSnapshot.ts';
import { machineStateSchema } from './machineStateSchema.ts';
import { PAGE_BYTES, type Pages } from './pages.ts';

const VERSION = 1;
/** The largest machine, its display adapter's memory, and as much again for disks and files. */
const MOST_BYTES = 2 ** 32;

/** A machine as one file: with its program it needs nothing else but large images. */
export interface SnapshotFile {
  /** What the machine was made from: the owner's business, plain JSON. */
  readonly definition: unknown;
  readonly files: readonly RecordedFile[];
  readonly snapshot: MachineSnapshot;
}

export type DecodedSnapshot =
  { readonly ok: true; readonly file: SnapshotFile } | { readonly ok: false; readonly message: string };

export function encodeSnapshot({ definition, files, snapshot }: SnapshotFile): Uint8Array {
  const { state, ram, video, disks } = snapshot;
  return encodeSections('SNAP', VERSION, [
    jsonSection('definition', definition),
    jsonSection('state', state),
    ...pageSections('ram', ram),
    ...pageSections('video', video),
    ...[...disks].flatMap(([slot, layer]) => pageSections(slot, layer)),
    ...encodeFiles(files),
  ]);
}

/**
 * A refusal is the end of a sentence that begins with the file's name. Page numbers are in order and no more than that:
 * what they have to fit into is known once there is a machine.
 */
export function decodeSnapshot(bytes: Uint8Array): DecodedSnapshot {
  const decoded = decodeSections(bytes, 'SNAP', { newestVersion: VERSION, mostBytes: MOST_BYTES });
  if (!decoded.ok) return decoded;
  const { sections } = decoded;
  try {
    const disks = DRIVE_SLOTS.filter((slot) => sections.has(slot));
    const file: SnapshotFile = {
      definition: jsonOf(sections, 'definition', z.unknown()),
      files: decodeFiles(sections),
      snapshot: {
        state: jsonOf(sections, 'state', machineStateSchema),
        ram: pagesOf(sections, 'ram'),
        video: pagesOf(sections, 'video'),
        disks: new Map(disks.map((slot): [DriveSlot, Pages] => [slot, pagesOf(sections, slot)])),
      },
    };
    return { ok: true, file };
  } catch (error) {
    if (error instanceof SectionProblem) return { ok: false, message: error.message };
    throw error;
  }
}

/** The pages one after the other, and their numbers (32 bits each). */
function pageSections(name: string, pages: Pages): Section[] {
  const numbers = Uint32Array.from([...pages.keys()].sort((a, b) => a - b));
  const content = new Uint8Array(numbers.length * PAGE_BYTES);
  numbers.forEach((page, index) => content.set(pages.get(page) ?? [], index * PAGE_BYTES));
  return [
    { name: `${name}-pages`, bytes: new Uint8Array(numbers.buffer) },
    { name, bytes: content },
  ];
}

function pagesOf(sections: ReadonlyMap<string, Uint8Array>, name: string): Pages {
  const numbers = sections.get(`${name}-pages`);
  const content = sections.get(name);
  const count = (numbers?.length ?? 0) / 4;
  if (!numbers || !content || !Number.isInteger(count) || content.length !== count * PAGE_BYTES)
    throw new SectionProblem(`its section ${name} makes no sense: pages and their numbers do not agree`);
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const pages = new Map<number, Uint8Array>();
  let last = -1;
  for (let index = 0; index < count; index++) {
    const page = view.getUint32(index * 4, true);
    if (page <= last)
      throw new SectionProblem(`its section ${name}-pages makes no sense: number ${index} is out of order`);
    pages.set(page, content.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES));
    last = page;
  }
  return pages;
}
