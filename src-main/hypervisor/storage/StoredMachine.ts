import * as z from 'zod';
import { BOOT_DEVICES, DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import { IMAGE_ACCESSES } from '../../machine/images/openImage.ts';
import { PROGRAM_FORMATS } from '../../machine/loaders/ProgramImage.ts';
import { KEYBOARD_LAYOUTS } from '../../machine/keyboard/layouts.ts';
import { ADAPTER_MODELS } from '../../machine/network/NetworkPort.ts';
import { PROFILE_NAMES } from '../../machine/profiles/profiles.ts';
import { SCHEDULER_PCPUS_MOST } from '../scheduler/SchedulerState.ts';
import {
  CAP_RANGE,
  CHECKPOINT_MINUTES_RANGE,
  CLOCK_KINDS,
  COLOUR_COUNT,
  GROUP_LENGTH_MOST,
  MEMORY_MIB_RANGE,
  NAME_LENGTH_MOST,
  NOTES_LENGTH_MOST,
  SEGMENT_NAME,
  SLICE_MS_RANGE,
  TIERS,
  WEIGHT_RANGE,
} from '../types.ts';
import { type CheckedJsonFormat, parseChecked, type ParsedJson, serialiseChecked } from './CheckedJson.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const integer = ({ least, most }: { least: number; most: number }) => z.int().min(least).max(most);

const storedFile = z.object({
  /** What the text calls it; the program's own file name for the program itself. */
  name: z.string().max(1024),
  byteLength: z.int().nonnegative(),
  /** Also the name of the file beside `machine.json` that holds the bytes. */
  sha256,
});

const storedProgram = z.object({
  file: storedFile,
  sourcePath: z.string().nullable(),
  format: z.enum(['auto', 'bios', ...PROGRAM_FORMATS]),
  origin: z.int().nonnegative().optional(),
  bits: z.union([z.literal(16), z.literal(32)]).optional(),
  commandLine: z.string().optional(),
  initrd: storedFile.optional(),
  /** `bios`: the display adapter's firmware. */
  vgaBios: storedFile.optional(),
  /** Files that an assembly text includes. */
  includes: z.array(storedFile),
});

const storedNetwork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('segment'), name: z.string().regex(SEGMENT_NAME) }),
  z.object({ kind: z.literal('host') }),
]);

/** A file in a machine's folder `disks`. */
export const LAYER_NAME = /^[a-z0-9][a-z0-9.-]{0,99}$/;

const storedDrive = z.object({
  slot: z.enum(DRIVE_SLOTS),
  path: z.string().min(1).max(4096),
  access: z.enum(IMAGE_ACCESSES),
  /** File in the machine's `disks` that takes the writes, in front of the image; null: they go where `access` says. */
  layer: z.string().regex(LAYER_NAME).nullable().default(null),
  /** The image as it was when the first layer was put in front of it, which relies on it; null: there is none. */
  base: z
    .object({ byteLength: z.int().nonnegative(), modifiedNs: z.string().regex(/^\d{1,20}$/) })
    .nullable()
    .default(null),
});

const storedSymbols = z.object({
  path: z.string().min(1).max(4096),
  /** What is added to the file's addresses. */
  offset: z.int(),
});

export const storedMachine = z.object({
  id: z.string().regex(/^vm-[0-9a-f]{16}$/),
  name: z.string().min(1).max(NAME_LENGTH_MOST),
  profile: z.enum(PROFILE_NAMES).default('pc'),
  memoryMiB: integer(MEMORY_MIB_RANGE),
  vcpuCount: z.int().min(1).max(64),
  weight: integer(WEIGHT_RANGE),
  capPercent: integer(CAP_RANGE),
  pcpus: z
    .array(integer({ least: 0, most: SCHEDULER_PCPUS_MOST - 1 }))
    .max(SCHEDULER_PCPUS_MOST)
    .nullable()
    .default(null),
  sliceMs: integer(SLICE_MS_RANGE).nullable().default(null),
  tier: z.enum(TIERS).default('auto'),
  clock: z.enum(CLOCK_KINDS),
  network: storedNetwork.nullable().default(null),
  adapterModel: z.enum(ADAPTER_MODELS).nullable().default(null),
  hasConsole: z.boolean().default(false),
  hasSound: z.boolean().default(false),
  keyboardLayout: z.enum(KEYBOARD_LAYOUTS).default('us'),
  drives: z.array(storedDrive).max(DRIVE_SLOTS.length).default([]),
  bootOrder: z.array(z.enum(BOOT_DEVICES)).max(BOOT_DEVICES.length).nullable().default(null),
  program: storedProgram.nullable(),
  symbols: storedSymbols.nullable().default(null),
  notes: z.string().max(NOTES_LENGTH_MOST),
  autostart: z.boolean().default(false),
  checkpointMinutes: integer(CHECKPOINT_MINUTES_RANGE).nullable().default(null),
  group: z.string().min(1).max(GROUP_LENGTH_MOST).nullable().default(null),
  colour: integer({ least: 0, most: COLOUR_COUNT - 1 }),
  createdAt: z.number(),
  changedAt: z.number(),
});

export type StoredProgram = z.infer<typeof storedProgram>;
export type StoredDrive = z.infer<typeof storedDrive>;
export type StoredMachine = z.infer<typeof storedMachine>;

/** The files beside a definition that a program is made of. */
export function filesOf(program: StoredProgram | null): readonly StoredProgram['file'][] {
  if (program === null) return [];
  const { file, initrd, vgaBios, includes } = program;
  return [file, ...(initrd ? [initrd] : []), ...(vgaBios ? [vgaBios] : []), ...includes];
}

/** What `machine.json` holds. */
const FORMAT: CheckedJsonFormat<StoredMachine> = {
  format: 'vivarium-machine',
  version: 2,
  field: 'machine',
  noun: 'a machine’s definition',
  schema: storedMachine,
  // Version 2 has a slice and a tier, which are what a version 1 that lacks them had. Definitions in snapshots, which have
  // no version, lack them alike.
  migrations: new Map([[1, (machine) => machine]]),
};

export function serialiseMachine(machine: StoredMachine): string {
  return serialiseChecked(FORMAT, machine);
}

export function parseMachine(content: string): ParsedJson<StoredMachine> {
  return parseChecked(FORMAT, content);
}
