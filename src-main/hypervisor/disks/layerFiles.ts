import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { ImageError } from '../../machine/images/HostFile.ts';
import { openImage } from '../../machine/images/openImage.ts';
import { Qcow2Image } from '../../machine/images/qcow2/Qcow2Image.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';

/** Clusters that are copied before others get their turn. */
const CLUSTERS_AT_ONCE = 32;

/** Opens a layer with all that lies below it. Throws `ImageError`. */
export function openLayer(file: string, access: 'read-only' | 'read-write'): Qcow2Image {
  const image = openDisk(file, access);
  if (image instanceof Qcow2Image) return image;
  image.close();
  throw new ImageError('corrupt', `${file} is no qcow2 image.`);
}

/** The same for any image. Throws `ImageError`. */
export function openDisk(file: string, access: 'read-only' | 'read-write'): DiskImage {
  const result = openImage(new NodeImageHost(), file, access);
  if (!result.ok) throw new ImageError('io', result.message);
  return result.image;
}

/** Copies what an image shows where `owner` has clusters of its own. Throws `ImageError`. */
export async function copyClusters(
  owner: Qcow2Image,
  from: DiskImage,
  to: DiskImage,
  isWanted: (position: number) => boolean,
): Promise<void> {
  const buffer = new Uint8Array(owner.clusterBytes);
  let count = 0;
  for (const position of owner.ownClusters()) {
    if (!isWanted(position)) continue;
    const part = buffer.subarray(0, Math.min(buffer.length, to.byteLength - position));
    from.read(position, part);
    to.write(position, part);
    if (++count % CLUSTERS_AT_ONCE === 0) await nextTurn();
  }
}
