import type { DiskImage } from './DiskImage.ts';
import { type HostFile, ImageError, type ImageHost } from './HostFile.ts';
import { Qcow2Image } from './qcow2/Qcow2Image.ts';
import { hasQcow2Magic, readQcow2Header, writeNewQcow2 } from './qcow2/Qcow2Header.ts';
import { RawImage } from './RawImage.ts';

/** Backing files of backing files; beyond this many they name each other in a circle. */
const MOST_BACKING_DEPTH = 128;

/**
 * What becomes of the guest's writes.
 * - `read-write`: they go to the image.
 * - `read-only`: the disk refuses them.
 * - `overlay`: they are kept beside the image for as long as it is open, and then forgotten.
 */
export const IMAGE_ACCESSES = ['read-write', 'read-only', 'overlay'] as const;
export type ImageAccess = (typeof IMAGE_ACCESSES)[number];

export type OpenedImage =
  { readonly ok: true; readonly image: DiskImage } | { readonly ok: false; readonly message: string };

/** Opens a file as a disk: qcow2 if it says so, else its bytes as they are. The refusal is a sentence for the user. */
export function openImage(host: ImageHost, name: string, access: ImageAccess): OpenedImage {
  try {
    return { ok: true, image: access === 'overlay' ? openOverlay(host, name) : openFile(host, name, access) };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { ok: false, message: error.message };
  }
}

function openFile(host: ImageHost, name: string, access: 'read-only' | 'read-write'): DiskImage {
  return closingOnFailure(host.open(name, access), (file) => {
    if (!hasQcow2Magic(file)) return new RawImage(file, true);
    return openQcow2(host, file, 0);
  });
}

function openQcow2(host: ImageHost, file: HostFile, depth: number): Qcow2Image {
  const header = readQcow2Header(file);
  const { backing, writeRefusal } = header;
  if (file.isWritable && writeRefusal !== undefined)
    throw new ImageError(
      'refused',
      `${file.name} cannot be written: ${writeRefusal}. It can be opened for reading only.`,
    );
  if (backing === undefined) return new Qcow2Image(file, header, undefined, host);
  return closingOnFailure(
    openBacking(host, file, backing, depth + 1),
    (image) => new Qcow2Image(file, header, image, host),
  );
}

function openBacking(
  host: ImageHost,
  file: HostFile,
  { name, format }: { readonly name: string; readonly format: string | undefined },
  depth: number,
): DiskImage {
  if (depth > MOST_BACKING_DEPTH)
    throw new ImageError('refused', `${file.name}: its backing files name each other in a circle.`);
  if (format !== undefined && format !== 'raw' && format !== 'qcow2')
    throw new ImageError(
      'refused',
      `${file.name}: its backing file is of the format ${format}; raw and qcow2 are supported.`,
    );
  // Some writers put a protocol in front, for QEMU.
  return closingOnFailure(host.open(name.replace(/^file:/, ''), 'read-only', file.name), (backing) => {
    if (format === 'raw' || (format === undefined && !hasQcow2Magic(backing))) return new RawImage(backing, false);
    if (!hasQcow2Magic(backing))
      throw new ImageError('corrupt', `${backing.name} is no qcow2 image, as ${file.name} says of its backing file.`);
    return openQcow2(host, backing, depth);
  });
}

function openOverlay(host: ImageHost, name: string): DiskImage {
  return closingOnFailure(openFile(host, name, 'read-only'), (base) =>
    closingOnFailure(host.temporary(), (file) => {
      writeNewQcow2(file, { byteLength: base.byteLength });
      return new Qcow2Image(file, readQcow2Header(file), base, host);
    }),
  );
}

/** Closes what was opened when what was to be made of it cannot be. */
function closingOnFailure<Opened extends { close(): void }, Image>(
  opened: Opened,
  make: (opened: Opened) => Image,
): Image {
  try {
    return make(opened);
  } catch (error) {
    opened.close();
    throw error;
  }
}
