import { Medium, type MediumAccess } from '../../../src-main/machine/drives/Medium.ts';
import { openImage } from '../../../src-main/machine/images/openImage.ts';
import { MemoryImageHost } from './MemoryImageHost.ts';

export interface TestMedium {
  readonly medium: Medium;
  readonly host: MemoryImageHost;
  readonly problems: string[];
  readonly accesses: readonly MediumAccess[];
  /** The image's bytes. */
  readonly bytes: Uint8Array;
}

/** A raw image in memory. */
export function testMedium(
  bytes: Uint8Array,
  { sectorBytes = 512, isReadOnly = false, sectorCount }: TestMediumOptions = {},
): TestMedium {
  const host = new MemoryImageHost().put('disk.img', bytes);
  const opened = openImage(host, 'disk.img', isReadOnly ? 'read-only' : 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  const problems: string[] = [];
  const accesses: MediumAccess[] = [];
  const observer = {
    onProblem: (message: string | null) => void problems.push(message ?? 'works again'),
    onAccess: (kind: MediumAccess) => void accesses.push(kind),
  };
  const medium = new Medium(opened.image, sectorBytes, observer, sectorCount);
  return { medium, host, problems, accesses, bytes };
}

interface TestMediumOptions {
  readonly sectorBytes?: number;
  readonly isReadOnly?: boolean;
  readonly sectorCount?: number;
}

/** Sectors that tell their numbers: each 32-bit word of sector n is n. */
export function numberedSectors(count: number, sectorBytes = 512): Uint8Array {
  const bytes = new Uint8Array(count * sectorBytes);
  const words = new Uint32Array(bytes.buffer);
  for (let word = 0; word < words.length; word++) words[word] = Math.floor((4 * word) / sectorBytes);
  return bytes;
}
