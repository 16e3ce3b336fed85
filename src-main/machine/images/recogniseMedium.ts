import { isDisketteSize } from '../floppy/floppyFormats.ts';
import { CD_SECTOR_BYTES } from '../cdrom/replies.ts';
import { hasBootSignature } from '../loaders/BootSector.ts';
import { sizeText } from '../loaders/Refusal.ts';
import type { DiskImage } from './DiskImage.ts';
import { readBootCatalogue } from './ElTorito.ts';
import { ImageError, type ImageHost } from './HostFile.ts';
import { openImage } from './openImage.ts';

/** What a file is as something to put into a drive. */
export type MediumFinding =
  | {
      readonly kind: 'medium';
      readonly drive: 'floppy' | 'disk' | 'cdrom';
      /** Firmware can start from it. */
      readonly isBootable: boolean;
      /** A file system begins at its first sector, without a partition table. */
      readonly hasBareFileSystem: boolean;
      /** One line for the user. */
      readonly summary: string;
    }
  /** It is an image, and cannot be used: why, and what to do. */
  | { readonly kind: 'unusable'; readonly message: string }
  /** Nothing about it says that it is a medium. */
  | { readonly kind: 'none' };

const SECTOR_BYTES = 512;
const PARTITIONS = { first: 446, bytes: 16, count: 4 } as const;
/** ECMA-119, 6.2.1 and 8.1.2: the first volume descriptor. */
const ISO_SECTOR = 16;
const EXT_MAGIC = { at: 1024 + 56, bytes: [0x53, 0xef] } as const;
const LEAST_EMPTY_DISK = 1 << 20;
const LEAST_FILE_SYSTEM = 1 << 16;

/** Images of other programs, by how they begin. */
const FOREIGN: readonly { readonly start: string; readonly what: string }[] = [
  { start: 'KDMV', what: 'a VMware disk (VMDK)' },
  { start: '# Disk DescriptorFile', what: 'the description of a VMware disk (VMDK)' },
  { start: '<<< ', what: 'a VirtualBox disk (VDI)' },
  { start: 'conectix', what: 'a Virtual PC disk (VHD)' },
  { start: 'vhdxfile', what: 'a Hyper-V disk (VHDX)' },
  { start: 'QED\0', what: 'a QED disk' },
  { start: 'WithoutFreeSpace', what: 'a Parallels disk' },
];

/** What kind of medium a file holds, by its contents and size; its name plays no part. */
export function recogniseMedium(host: ImageHost, name: string): MediumFinding {
  const opened = openImage(host, name, 'read-only');
  if (!opened.ok) return { kind: 'unusable', message: opened.message };
  const { image } = opened;
  try {
    return findingOf(image);
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'unusable', message: error.message };
    throw error;
  } finally {
    image.close();
  }
}

function findingOf(image: DiskImage): MediumFinding {
  const head = readAt(image, 0, 2048);
  const foreign = FOREIGN.find(({ start }) => text(head, 0, start.length) === start);
  if (image.format === 'raw' && foreign)
    return {
      kind: 'unusable',
      message: `This is ${foreign.what}. Make a qcow2 image of it: qemu-img convert -O qcow2 FILE disk.qcow2.`,
    };
  const size = sizeText(image.byteLength);
  if (text(readAt(image, ISO_SECTOR * CD_SECTOR_BYTES, 6), 1, 5) === 'CD001') {
    const entries = readBootCatalogue((sector) => readAt(image, sector * CD_SECTOR_BYTES, CD_SECTOR_BYTES));
    const isBootable = entries.some(({ platform }) => platform === 0);
    const isForEfi = !isBootable && entries.length > 0;
    return {
      kind: 'medium',
      drive: 'cdrom',
      isBootable,
      hasBareFileSystem: true,
      summary: `CD image, ${size}, ${isBootable ? 'bootable' : isForEfi ? 'starts with EFI firmware alone, which this PC does not have' : 'not bootable'}`,
    };
  }
  const hasSignature = hasBootSignature(head);
  const bootable = hasSignature ? 'bootable' : 'no boot sector';
  if (isDisketteSize(image.byteLength))
    return {
      kind: 'medium',
      drive: 'floppy',
      isBootable: hasSignature,
      hasBareFileSystem: true,
      summary: `diskette, ${image.byteLength / 1024} KiB, ${bootable}`,
    };
  const hasPartitions = hasSignature && hasPartitionTable(head, image.byteLength);
  // A boot sector alone may describe a file system that is not there.
  const fileSystem = image.byteLength < LEAST_FILE_SYSTEM ? undefined : fileSystemOf(head);
  const isEmpty = image.byteLength >= LEAST_EMPTY_DISK && head.every((byte) => byte === 0);
  const isLarge = image.byteLength > 2880 * 1024 && hasSignature;
  if (image.format === 'raw' && !hasPartitions && fileSystem === undefined && !isEmpty && !isLarge)
    return { kind: 'none' };
  const content = hasPartitions ? 'partitioned' : (fileSystem ?? (isEmpty ? 'empty' : undefined));
  const format = image.format === 'qcow2' ? 'hard disk (qcow2)' : 'hard disk';
  return {
    kind: 'medium',
    drive: 'disk',
    isBootable: hasSignature,
    hasBareFileSystem: fileSystem !== undefined,
    summary: [format, size, content, isEmpty ? undefined : bootable].filter(Boolean).join(', '),
  };
}

/** At least one entry of the table makes sense, and none contradicts it. */
function hasPartitionTable(head: Uint8Array, byteLength: number): boolean {
  const view = new DataView(head.buffer, head.byteOffset);
  let used = 0;
  for (let entry = 0; entry < PARTITIONS.count; entry++) {
    const at = PARTITIONS.first + entry * PARTITIONS.bytes;
    const status = view.getUint8(at);
    if (status !== 0 && status !== 0x80) return false;
    if (view.getUint8(at + 4) === 0) continue;
    if (view.getUint32(at + 8, true) * SECTOR_BYTES >= byteLength) return false;
    used++;
  }
  return used > 0;
}

function fileSystemOf(head: Uint8Array): string | undefined {
  if (EXT_MAGIC.bytes.every((byte, i) => head[EXT_MAGIC.at + i] === byte)) return 'ext file system';
  if (text(head, 0, 4) === 'hsqs') return 'squashfs file system';
  if (text(head, 3, 4) === 'NTFS') return 'NTFS file system';
  if (text(head, 54, 3) === 'FAT' || text(head, 82, 3) === 'FAT') return 'FAT file system';
  return undefined;
}

/** Bytes behind the end read as zeros. */
function readAt(image: DiskImage, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const inside = Math.max(0, Math.min(length, image.byteLength - position));
  if (inside > 0) image.read(position, bytes.subarray(0, inside));
  return bytes;
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
