import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { imageChain } from '../hypervisor/recordings/imageChain.ts';
import type { StoredInput } from '../hypervisor/recordings/recordedInputs.ts';
import type { RecordedFile } from '../hypervisor/recordings/recordedFiles.ts';
import { NodeImageHost } from '../hypervisor/storage/NodeImageHost.ts';
import type { DriveOptions } from '../machine/drives/DriveBay.ts';
import { openDriveImage } from '../machine/drives/openDriveImage.ts';
import { type HostFile, ImageError } from '../machine/images/HostFile.ts';
import { LayeredImage } from '../machine/images/LayeredImage.ts';
import type { MachineInput } from '../machine/MachineInput.ts';
import { openDrives } from './drives.ts';
import { UsageError } from './ExitStatus.ts';
import type { Keeper } from './InputFiles.ts';
import { readFile } from './userFiles.ts';
import { fileProblem } from './problems.ts';
import type { RunOptions } from './RunOptions.ts';

/** Images up to this size go into the recording: every diskette does. */
const MOST_EMBEDDED_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 2 ** 20;

/** Opens disks so that the run can be repeated: nothing is written to them, and what is kept in memory is forgotten. */
export function openForRecording({ drives, profile }: RunOptions, host = new NodeImageHost()): DriveOptions {
  const { images, ...rest } = openDrives({ ...drives, access: 'read-only' }, profile, host);
  if (drives.access === 'read-only') return { images, ...rest };
  const layered = Object.entries(images).map(([slot, image]) => [
    slot,
    slot === 'cdrom' ? image : new LayeredImage(image),
  ]);
  return { images: Object.fromEntries(layered) as DriveOptions['images'], ...rest }; // The same slots.
}

/** What a recording keeps of the images in a machine's drives, and of those that they rely on. */
export function recordImages({ drives }: RunOptions): RecordedFile[] {
  const images = new Set(drives.files.flatMap(({ file }) => chainOf(file)));
  return [...images].map((file) => {
    const bytes = sizeOf(file) <= MOST_EMBEDDED_BYTES ? readFile(file) : undefined;
    return { name: file, sha256: hashFile(file), bytes };
  });
}

/** Opens the disks of a recorded run: out of the recording, or the files that it names if they are the same. */
export function openRecorded(options: RunOptions, files: readonly RecordedFile[], keeper: Keeper): DriveOptions {
  for (const { name, sha256, bytes } of files) {
    if (bytes !== undefined) continue;
    const needed = `The ${keeper} needs it as it was (SHA-256 ${sha256}).`;
    let present: string;
    try {
      present = hashFile(name);
    } catch (error) {
      throw new UsageError(`${error instanceof UsageError ? error.message : String(error)} ${needed}`);
    }
    if (present !== sha256)
      throw new UsageError(`${name} has changed since the ${keeper} was made: its SHA-256 is ${present}. ${needed}`);
  }
  return openForRecording(options, new RecordedImageHost(files, keeper));
}

/** An input of a recorded run, with the image that it puts into a drive. Throws {@link UsageError}. */
export function openRecordedInput(input: StoredInput, files: readonly RecordedFile[], keeper: Keeper): MachineInput {
  if (input.kind !== 'medium') return input;
  const { slot, image } = input;
  if (image === null) return { kind: 'medium', slot, image };
  const opened = openDriveImage(new RecordedImageHost(files, keeper), slot, image.name, 'read-only');
  if (!opened.ok) throw new UsageError(`--${slot}: ${opened.message}`);
  return { kind: 'medium', slot, image: image.isReadOnly ? opened.image : new LayeredImage(opened.image) };
}

/** Throws {@link UsageError}. */
function chainOf(file: string): string[] {
  try {
    return imageChain(file);
  } catch (error) {
    if (error instanceof ImageError) throw new UsageError(error.message);
    throw error;
  }
}

/** Opens what the recording names, and no other file of this computer: whoever made it may have had that in mind. */
class RecordedImageHost extends NodeImageHost {
  private readonly files: readonly RecordedFile[];
  private readonly keeper: Keeper;

  constructor(files: readonly RecordedFile[], keeper: Keeper) {
    super();
    this.files = files;
    this.keeper = keeper;
  }

  override open(name: string, access: 'read-only' | 'read-write', besides?: string): HostFile {
    const image = besides === undefined ? name : path.resolve(path.dirname(besides), name);
    const kept = this.files.find((file) => file.name === image);
    if (kept === undefined)
      throw new ImageError('refused', `${image} is not in the ${this.keeper}, though a drive of it needs it.`);
    return kept.bytes ? keptFile(image, kept.bytes, this.keeper) : super.open(image, access);
  }
}

function keptFile(name: string, bytes: Uint8Array, keeper: Keeper): HostFile {
  return {
    name,
    isWritable: false,
    size: () => bytes.length,
    read: (position, into) => {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      into.fill(0, part.length);
    },
    write: () => {
      throw new ImageError('refused', `${name} is part of a ${keeper}.`);
    },
    flush: () => undefined,
    close: () => undefined,
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new UsageError(fileProblem(file, 'read', error));
  }
}

function hashFile(file: string): string {
  try {
    const hash = createHash('sha256');
    const chunk = new Uint8Array(CHUNK_BYTES);
    const descriptor = openSync(file, 'r');
    try {
      for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk))
        hash.update(chunk.subarray(0, count));
    } finally {
      closeSync(descriptor);
    }
    return hash.digest('hex');
  } catch (error) {
    throw new UsageError(fileProblem(file, 'read', error));
  }
}
