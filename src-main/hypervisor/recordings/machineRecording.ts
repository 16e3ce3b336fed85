import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { done, messageOf, refused } from '../results.ts';
import type { StoredMachine } from '../storage/StoredMachine.ts';
import type { RecordedRun } from '../threads/ThreadHistory.ts';
import type { ThreadDrive, ThreadProgram } from '../threads/ThreadMachine.ts';
import type { Result } from '../types.ts';
import { encodeRecording } from './Recording.ts';
import { imageChain } from './imageChain.ts';
import type { RecordedFile } from './recordedFiles.ts';

/** Images up to this size go into the recording: every diskette does. */
const MOST_EMBEDDED_BYTES = 4 * 2 ** 20;

/** A run of a machine of the store as a recording that `vivarium replay` repeats. */
export async function encodeMachineRecording(
  machine: StoredMachine,
  program: ThreadProgram | null,
  run: RecordedRun,
): Promise<Result<Uint8Array>> {
  const repeatable = checkRepeatable(machine, run);
  if (!repeatable.ok) return repeatable;
  const { drives, inputs, end } = run;
  const media = inputs.flatMap(({ input }) => (input.kind === 'medium' && input.image ? [input.image.name] : []));
  const images = new Set<string>();
  for (const path of [...drives.map((drive) => drive.path), ...media]) {
    try {
      for (const image of imageChain(path)) images.add(image);
    } catch (error) {
      return refused('file-unreadable', `${path} cannot be read: ${messageOf(error)}.`);
    }
  }
  const files = programFiles(program);
  for (const image of images) {
    try {
      files.push(await recordImage(image));
    } catch (error) {
      return refused('file-unreadable', `${image} cannot be read: ${messageOf(error)}.`);
    }
  }
  return done(encodeRecording({ definition: definitionOf(machine, program, drives), files, inputs, end }));
}

/** Another computer has to come to the same end: it needs the disks as they were, and has no other machine's address. */
function checkRepeatable({ name, network }: StoredMachine, { drives, written }: RecordedRun): Result<null> {
  const refuse = (why: string): Result<never> => refused('wrong-state', `The run of “${name}” cannot be saved: ${why}`);
  if (network !== null)
    return refuse('its network adapter’s address is its own. Take it off the network, and start it anew.');
  const [file] = written;
  if (file !== undefined)
    return refuse(
      `it has written to ${file}, which is no longer what it was. Let the drive forget what is written, and start it anew.`,
    );
  if (new Set(disksOf(drives).map(({ access }) => access === 'read-only')).size > 1)
    return refuse('some of its drives are write-protected and others are not. Let them all be the same.');
  return done(null);
}

function disksOf(drives: readonly ThreadDrive[]): ThreadDrive[] {
  return drives.filter(({ slot }) => slot !== 'cdrom');
}

/** As `vivarium record` writes it. */
function definitionOf(machine: StoredMachine, program: ThreadProgram | null, drives: readonly ThreadDrive[]): unknown {
  const { profile, memoryMiB, clock, tier, hasConsole, hasSound, bootOrder } = machine;
  const { format = 'auto', origin, bits, commandLine } = program?.options ?? {};
  const isBios = format === 'bios';
  return {
    file: isBios ? undefined : program?.fileName,
    bios: isBios ? program?.fileName : undefined,
    vgaBios: program?.vgaBios ? vgaBiosName(program) : undefined,
    format: isBios ? 'auto' : format,
    origin,
    bits,
    kernelArguments: commandLine,
    initrd: program?.initrd ? initrdName(program) : undefined,
    memoryBytes: memoryMiB * 2 ** 20,
    tier,
    clock,
    console: hasConsole ? 'virtio' : 'com1',
    logPorts: [],
    hasSound,
    drives: {
      files: drives.map(({ slot, path }) => ({ slot, file: path })),
      access: disksOf(drives)[0]?.access === 'read-only' ? 'read-only' : 'overlay',
      ...(bootOrder && { bootOrder }),
    },
    profile,
  };
}

function programFiles(program: ThreadProgram | null): RecordedFile[] {
  if (program === null) return [];
  const { bytes, fileName, initrd, vgaBios, includes } = program;
  const files = [{ name: fileName, bytes }, ...includes];
  if (initrd) files.push({ name: initrdName(program), bytes: initrd });
  if (vgaBios) files.push({ name: vgaBiosName(program), bytes: vgaBios });
  return files.map((file) => ({ ...file, sha256: createHash('sha256').update(file.bytes).digest('hex') }));
}

function initrdName({ fileName }: ThreadProgram): string {
  return `${fileName}.initrd`;
}

function vgaBiosName({ fileName }: ThreadProgram): string {
  return `${fileName}.vgabios`;
}

async function recordImage(path: string): Promise<RecordedFile> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  if (size > MOST_EMBEDDED_BYTES) {
    await pipeline(createReadStream(path), hash);
    return { name: path, sha256: hash.digest('hex'), bytes: undefined };
  }
  const bytes = await readFile(path);
  return { name: path, sha256: hash.update(bytes).digest('hex'), bytes };
}
