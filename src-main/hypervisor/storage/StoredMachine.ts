import { createHash } from 'node:crypto';
import * as z from 'zod';
import { BOOT_DEVICES, DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import { IMAGE_ACCESSES } from '../../machine/images/openImage.ts';
import { PROGRAM_FORMATS } from '../../machine/loaders/ProgramImage.ts';
import { PROFILE_NAMES } from '../../machine/profiles/profiles.ts';
import {
  CAP_RANGE,
  CLOCK_KINDS,
  COLOUR_COUNT,
  MEMORY_MIB_RANGE,
  NAME_LENGTH_MOST,
  NOTES_LENGTH_MOST,
  SEGMENT_NAME,
  WEIGHT_RANGE,
} from '../types.ts';

/**
 * What `machine.json` holds: `{"format", "version", "checksum", "machine"}`, the checksum being the SHA-256
 * of the machine's JSON text as it stands in the file.
 */
const FORMAT = 'vivarium-machine';
export const STORED_VERSION = 1;

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
  format: z.enum(['auto', ...PROGRAM_FORMATS]),
  origin: z.int().nonnegative().optional(),
  bits: z.union([z.literal(16), z.literal(32)]).optional(),
  commandLine: z.string().optional(),
  initrd: storedFile.optional(),
  /** Files that an assembly text includes. */
  includes: z.array(storedFile),
});

const storedNetwork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('segment'), name: z.string().regex(SEGMENT_NAME) }),
  z.object({ kind: z.literal('host') }),
]);

const storedDrive = z.object({
  slot: z.enum(DRIVE_SLOTS),
  path: z.string().min(1).max(4096),
  access: z.enum(IMAGE_ACCESSES),
});

const storedMachine = z.object({
  id: z.string().regex(/^vm-[0-9a-f]{16}$/),
  name: z.string().min(1).max(NAME_LENGTH_MOST),
  profile: z.enum(PROFILE_NAMES).default('pc'),
  memoryMiB: integer(MEMORY_MIB_RANGE),
  vcpuCount: z.int().min(1).max(64),
  weight: integer(WEIGHT_RANGE),
  capPercent: integer(CAP_RANGE),
  clock: z.enum(CLOCK_KINDS),
  network: storedNetwork.nullable().default(null),
  drives: z.array(storedDrive).max(DRIVE_SLOTS.length).default([]),
  bootOrder: z.array(z.enum(BOOT_DEVICES)).max(BOOT_DEVICES.length).nullable().default(null),
  program: storedProgram.nullable(),
  notes: z.string().max(NOTES_LENGTH_MOST),
  colour: integer({ least: 0, most: COLOUR_COUNT - 1 }),
  createdAt: z.number(),
  changedAt: z.number(),
});

export type StoredProgram = z.infer<typeof storedProgram>;
export type StoredMachine = z.infer<typeof storedMachine>;

/** The files beside a definition that a program is made of. */
export function filesOf(program: StoredProgram | null): readonly StoredProgram['file'][] {
  if (program === null) return [];
  return [program.file, ...(program.initrd ? [program.initrd] : []), ...program.includes];
}

/** Lifts the content of a file of an older version by one version each. */
type Migration = (machine: unknown) => unknown;
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

export type ParsedMachine =
  | { readonly kind: 'machine'; readonly machine: StoredMachine }
  /** Written by a later Vivarium: to be left alone. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly message: string };

export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function serialiseMachine(machine: StoredMachine): string {
  const text = JSON.stringify(machine);
  const header = { format: FORMAT, version: STORED_VERSION, checksum: hashBytes(text) };
  return `${JSON.stringify({ ...header, machine: machine }, null, 2)}\n`;
}

export function parseMachine(
  content: string,
  version = STORED_VERSION,
  migrations: ReadonlyMap<number, Migration> = MIGRATIONS,
): ParsedMachine {
  let file: unknown;
  try {
    file = JSON.parse(content);
  } catch {
    return damaged(content.trim() === '' ? 'the file is empty' : 'it is not JSON: it was cut off or overwritten');
  }
  const header = z.object({ format: z.literal(FORMAT), version: z.int(), checksum: sha256, machine: z.unknown() });
  const parsed = header.safeParse(file);
  if (!parsed.success) return damaged('it is not a machine’s definition');
  const { data } = parsed;
  if (data.version > version) return { kind: 'newer', version: data.version };
  if (hashBytes(JSON.stringify(data.machine)) !== data.checksum) return damaged('its checksum is wrong');
  let { machine } = data;
  for (let from = data.version; from < version; from++) {
    const migrate = migrations.get(from);
    if (migrate === undefined) return damaged(`nothing is known of version ${from}`);
    machine = migrate(machine);
  }
  const checked = storedMachine.safeParse(machine);
  if (checked.success) return { kind: 'machine', machine: checked.data };
  const [issue] = checked.error.issues;
  return damaged(`the field ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`);
}

function damaged(message: string): ParsedMachine {
  return { kind: 'damaged', message };
}
