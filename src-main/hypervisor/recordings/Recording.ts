import { z } from 'zod';
import { SnapshotError } from '../../machine/snapshot.ts';
import { comparePositions } from '../../machine/replay/runTo.ts';
import { messageOf } from '../results.ts';
import { decodeSections, encodeSections, type Section } from '../storage/SectionFile.ts';
import { inputsToJson, positionSchema, type RecordedInput, recordedInputsSchema } from './recordedInputs.ts';

const VERSION = 1;
/** Programs, initial RAM disks and small images; larger images are named by their hashes. */
const MOST_BYTES = 2 ** 31;

/** A file that the run read: its bytes, or what they hashed to. */
export interface RecordedFile {
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly bytes: Uint8Array | undefined;
}

/** A run by the instruction clock: its start, and everything that reached it from outside. */
export interface Recording {
  /** What the machine was made from: the owner's business, plain JSON. */
  readonly definition: unknown;
  readonly files: readonly RecordedFile[];
  /** In order. */
  readonly inputs: readonly RecordedInput[];
  readonly end: RecordingEnd;
}

const endSchema = z.strictObject({
  position: positionSchema,
  reason: z.string().max(32),
  detail: z.string().max(4096),
  /** The machine would not have run on. */
  isOver: z.boolean(),
  /** Of the machine, see `machineDigest`. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type RecordingEnd = z.infer<typeof endSchema>;

const filesSchema = z.array(
  z.strictObject({
    name: z.string().max(4096),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    section: z.string().max(16).nullable(),
  }),
);

export type DecodedRecording =
  { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly message: string };

export function encodeRecording({ definition, files, inputs, end }: Recording): Uint8Array {
  const kept = files.flatMap(({ bytes }, index): Section[] => (bytes ? [{ name: `file-${index}`, bytes }] : []));
  const list = files.map(({ name, sha256, bytes }, index) => ({
    name,
    sha256,
    section: bytes ? `file-${index}` : null,
  }));
  return encodeSections('RECD', VERSION, [
    json('definition', definition),
    json('files', list),
    json('inputs', inputsToJson(inputs)),
    json('end', end),
    ...kept,
  ]);
}

/** A refusal is the end of a sentence that begins with the file's name. */
export function decodeRecording(file: Uint8Array): DecodedRecording {
  const decoded = decodeSections(file, 'RECD', { newestVersion: VERSION, mostBytes: MOST_BYTES });
  if (!decoded.ok) return decoded;
  const { sections } = decoded;
  let place = 'definition';
  const read = <Value>(name: string, schema: z.ZodType<Value>): Value => {
    place = name;
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(sections.get(name))));
  };
  try {
    const definition = read('definition', z.unknown());
    const files = read('files', filesSchema).map(({ name, sha256, section }): RecordedFile => {
      const bytes = section === null ? undefined : sections.get(section);
      if (section !== null && bytes === undefined) throw new SnapshotError(`there is no section ${section}`);
      return { name, sha256, bytes };
    });
    const end = read('end', endSchema);
    const inputs = read('inputs', recordedInputsSchema);
    const places = [...inputs.map(({ at }) => at), end.position];
    const disorder = places.findIndex((at, index) => index > 0 && comparePositions(places[index - 1] ?? at, at) > 0);
    if (disorder >= 0) throw new SnapshotError(`input ${disorder} comes before the one in front of it`);
    return { ok: true, recording: { definition, files, inputs, end } };
  } catch (error) {
    return { ok: false, message: `its section ${place} makes no sense: ${describe(error)}` };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'all of it'}: ${issue.message}` : 'it has another form';
}

function json(name: string, value: unknown): Section {
  return { name, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}
