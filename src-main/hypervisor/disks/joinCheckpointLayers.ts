import { stat, unlink } from 'node:fs/promises';
import { ImageError } from '../../machine/images/HostFile.ts';
import { errorCode } from '../storage/files.ts';
import type { StoredDrive } from '../storage/StoredMachine.ts';
import type { JoinedLayer } from '../threads/ThreadMachine.ts';
import type { VmId } from '../types.ts';
import type { DiskLayers, LayerName, TopLayers } from './DiskLayers.ts';
import { copyClusters, openLayer } from './layerFiles.ts';
import { isLinked } from './settleLayers.ts';

/** What checkpoints have frozen of a machine that is on, put together. */
export interface JoinedLayers {
  /** Copies in place of what was frozen, for the checkpoint that is to be stored. */
  readonly frozen: TopLayers;
  /** For the thread, which has the former files open. */
  readonly joined: readonly JoinedLayer[];
}

/** A layer has at least so many times the bytes of the one in front of it, or is put together with it. */
const GROWTH = 2;

/**
 * How many of the newest layers are to become one, given the bytes of each from the newest down; 0: none. Layers grow
 * downwards by a factor, so that their number is a logarithm of what the machine has written, and so is how often
 * anything of it is copied.
 */
export function layersToJoin(byteLengths: readonly number[]): number {
  let count = 0;
  let joinedBytes = 0;
  for (const byteLength of byteLengths) {
    if (count > 0 && byteLength >= GROWTH * joinedBytes) break;
    joinedBytes += byteLength;
    count++;
  }
  return count > 1 ? count : 0;
}

/**
 * Copies layers that only checkpoints have needed into one each, beside them: whoever has them open goes on with them.
 * Where there is no room, or a layer cannot be read, they stay as they are, and longer for it.
 * @param frozen what the drives' layers in front have just been put in front of; nobody writes to it
 * @param tops these layers in front
 * @param needed layers that stay what they are, since snapshots name them
 */
export async function joinCheckpointLayers(
  layers: DiskLayers,
  { id, drives }: { readonly id: VmId; readonly drives: readonly StoredDrive[] },
  frozen: TopLayers,
  tops: TopLayers,
  needed: ReadonlySet<LayerName>,
): Promise<JoinedLayers> {
  const after = new Map(frozen);
  const joined: JoinedLayer[] = [];
  for (const drive of drives) {
    const [newest, top] = [frozen.get(drive.slot), tops.get(drive.slot)];
    if (!newest || !top) continue;
    const copy = await joinNewest(layers, id, drive, newest, needed);
    if (copy === undefined) continue;
    after.set(drive.slot, copy);
    joined.push({ slot: drive.slot, top: layers.fileOf(id, top), below: layers.fileOf(id, copy) });
  }
  return { frozen: after, joined };
}

async function joinNewest(
  layers: DiskLayers,
  id: VmId,
  drive: StoredDrive,
  newest: LayerName,
  needed: ReadonlySet<LayerName>,
): Promise<LayerName | undefined> {
  try {
    const own: LayerName[] = [];
    const byteLengths: number[] = [];
    for (const layer of layers.chainOf(id, newest)) {
      const file = layers.fileOf(id, layer);
      if (needed.has(layer) || (await isLinked(file))) break;
      own.push(layer);
      byteLengths.push((await stat(file)).size);
    }
    const count = layersToJoin(byteLengths);
    const lowest = own[count - 1];
    if (lowest === undefined) return undefined;
    const [, below = null] = layers.chainOf(id, lowest);
    const made = await layers.create(id, drive, below);
    if (!made.ok) return undefined;
    try {
      await copyLayers(layers, id, own.slice(0, count), made.value);
    } catch (error) {
      await unlink(layers.fileOf(id, made.value)).catch(() => undefined);
      throw error;
    }
    return made.value;
  } catch (error) {
    if (!(error instanceof ImageError) && errorCode(error) === '') throw error;
    return undefined;
  }
}

async function copyLayers(layers: DiskLayers, id: VmId, from: readonly LayerName[], into: LayerName): Promise<void> {
  const seen = new Set<number>();
  const target = openLayer(layers.fileOf(id, into), 'read-write');
  try {
    for (const layer of from) {
      const source = openLayer(layers.fileOf(id, layer), 'read-only');
      try {
        // Newest first: what is in front hides the rest.
        await copyClusters(source, source, target, (position) => !seen.has(position));
        for (const position of source.ownClusters()) seen.add(position);
      } finally {
        source.close();
      }
    }
    target.flush();
  } finally {
    target.close();
  }
}
