import { z } from 'zod';
import { comparePositions } from '../../machine/replay/runTo.ts';
import { decodeSections, encodeSections, jsonOf, jsonSection, SectionProblem } from '../storage/SectionFile.ts';
import { decodeFiles, encodeFiles, type RecordedFile } from './recordedFiles.ts';
import { inputsToJson, positionSchema, recordedInputsSchema, type StoredRecordedInput } from './recordedInputs.ts';

const VERSION = 1;
/** Programs, initial RAM disks and small images; larger images are named by their hashes. */
const MOST_BYTES = 2 ** 31;

/** A run by the instruction clock: its start, and everything that reached it from outside. */
export interface Recording {
  /** What the machine was made from: the owner's business, plain JSON. */
  readonly definition: unknown;
  readonly files: readonly RecordedFile[];
  /** In order. */
  readonly inputs: readonly StoredRecordedInput[];
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

export type DecodedRecording =
  { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly message: string };

export function encodeRecording({ definition, files, inputs, end }: Recording): Uint8Array {
  return encodeSections('RECD', VERSION, [
    jsonSection('definition', definition),
    jsonSection('inputs', inputsToJson(inputs)),
    jsonSection('end', end),
    ...encodeFiles(files),
  ]);
}

/** A refusal is the end of a sentence that begins with the file's name. */
export function decodeRecording(file: Uint8Array): DecodedRecording {
  const decoded = decodeSections(file, 'RECD', { newestVersion: VERSION, mostBytes: MOST_BYTES });
  if (!decoded.ok) return decoded;
  const { sections } = decoded;
  try {
    const definition = jsonOf(sections, 'definition', z.unknown());
    const files = decodeFiles(sections);
    const end = jsonOf(sections, 'end', endSchema);
    const inputs = jsonOf(sections, 'inputs', recordedInputsSchema);
    const places = [...inputs.map(({ at }) => at), end.position];
    const disorder = places.findIndex((at, index) => index > 0 && comparePositions(places[index - 1] ?? at, at) > 0);
    if (disorder < 0) return { ok: true, recording: { definition, files, inputs, end } };
    return {
      ok: false,
      message: `its section inputs makes no sense: input ${disorder} comes before the one in front of it`,
    };
  } catch (error) {
    if (error instanceof SectionProblem) return { ok: false, message: error.message };
    throw error;
  }
}
