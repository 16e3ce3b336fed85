import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DRIVE_SLOTS, type DriveSlot, type RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import { openDriveImage } from '../../machine/drives/openDriveImage.ts';
import { ImageError } from '../../machine/images/HostFile.ts';
import { MOST_BACKING_NAME, newQcow2, readQcow2Header } from '../../machine/images/qcow2/Qcow2Header.ts';
import { done, refused } from '../results.ts';
import { describeFileError, errorCode, syncFolder, writeDurably } from '../storage/files.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';
import type { StoredDrive, StoredMachine } from '../storage/StoredMachine.ts';
import type { NewLayer, ThreadDrive } from '../threads/ThreadMachine.ts';
import type { Result, VmId } from '../types.ts';
import { type ImageContents, type ImageIdentity, identityOf } from './ImageContents.ts';

/** Layers in front of each other; `openImage` follows a few more. */
const LAYERS_MOST = 100;

/** The file name of a layer, in the folder of its machine's layers. */
export type LayerName = string;
/** What takes a drive's writes: a layer, or with null the user's image itself. */
export type TopLayers = ReadonlyMap<DriveSlot, LayerName | null>;

/**
 * Differencing images in front of users' images: qcow2 files, each of which names the layer below it, or the user's
 * image. Only the front one of a machine's drive is written; a snapshot takes it out of use by another one in front.
 */
export class DiskLayers {
  readonly #folderOf: (id: VmId) => string;
  readonly #contents: ImageContents;
  /** Of machines that are on: what takes each drive's writes. */
  readonly #tops = new Map<VmId, TopLayers>();
  /**
   * What threads of machines may need yet: layers that they were told to put below those in front, and of media that
   * were taken out, since a machine may go back to where they lay in its drives.
   */
  readonly #held = new Map<VmId, readonly LayerName[]>();

  /** @param folderOf where a machine's layers lie */
  constructor(folderOf: (id: VmId) => string, contents: ImageContents) {
    this.#folderOf = folderOf;
    this.#contents = contents;
  }

  fileOf(id: VmId, layer: LayerName): string {
    return path.join(this.#folderOf(id), layer);
  }

  /** What takes the writes of each drive of a machine that is on. */
  topsOf(id: VmId): TopLayers {
    return this.#tops.get(id) ?? new Map();
  }

  /** The machine is on, and its drives' writes go there. */
  setTops(id: VmId, tops: TopLayers): void {
    this.#tops.set(id, tops);
  }

  forget(id: VmId): void {
    this.#tops.delete(id);
  }

  /** Another medium, or none, lies in a drive of a machine that is on. */
  noteMedium(id: VmId, slot: RemovableSlot, drive: ThreadDrive | null): void {
    const tops = new Map(this.topsOf(id));
    const former = tops.get(slot) ?? null;
    if (former !== null) this.hold(id, [former]);
    tops.delete(slot);
    if (drive && isWritable(drive)) tops.set(slot, drive.layerFile === null ? null : path.basename(drive.layerFile));
    this.#tops.set(id, tops);
  }

  /** The machine's thread may need these until it ends: it may not have answered whether it has put them to use. */
  hold(id: VmId, layers: readonly LayerName[]): void {
    this.#held.set(id, [...(this.#held.get(id) ?? []), ...layers]);
  }

  /** No thread of the machine does anything any more. */
  holdNothing(id: VmId): void {
    this.#held.delete(id);
  }

  /** What a start of the machine needs: layers for what is to be forgotten, and images that nobody has changed. */
  async prepareStart({ id, drives }: StoredMachine): Promise<Result<readonly ThreadDrive[]>> {
    const prepared: ThreadDrive[] = [];
    const tops = new Map<DriveSlot, LayerName | null>();
    for (const drive of drives) {
      const layer = await this.#layerForStart(id, drive);
      if (!layer.ok) return layer;
      if (isWritable(drive)) tops.set(drive.slot, layer.value);
      prepared.push(this.threadDrive(id, drive, layer.value));
    }
    this.#tops.set(id, tops);
    return done(prepared);
  }

  /** The same for a medium that is put into a drive of a machine that is on. */
  async prepareMedium(id: VmId, drive: StoredDrive): Promise<Result<ThreadDrive>> {
    const layer = await this.#layerForStart(id, drive);
    return layer.ok ? done(this.threadDrive(id, drive, layer.value)) : layer;
  }

  threadDrive(id: VmId, { slot, path: file, access }: StoredDrive, layer: LayerName | null): ThreadDrive {
    return { slot, path: file, access, layerFile: layer === null ? null : this.fileOf(id, layer) };
  }

  /** Empty layers in front of whatever takes the writes of a machine that is on. */
  async prepareSnapshot(machine: StoredMachine): Promise<Result<{ layers: readonly NewLayer[]; tops: TopLayers }>> {
    const layers: NewLayer[] = [];
    const tops = new Map<DriveSlot, LayerName | null>();
    for (const drive of machine.drives) {
      if (!isWritable(drive)) continue;
      const below = this.topsOf(machine.id).get(drive.slot) ?? null;
      const made = await this.create(machine.id, drive, below);
      if (!made.ok) return made;
      tops.set(drive.slot, made.value);
      layers.push({
        slot: drive.slot,
        file: this.fileOf(machine.id, made.value),
        below: below === null ? drive.path : this.fileOf(machine.id, below),
      });
    }
    return done({ layers, tops });
  }

  /** An empty layer in front of another one, or of the user's image. It is safe on the disk. */
  async create(id: VmId, drive: StoredDrive, below: LayerName | null): Promise<Result<LayerName>> {
    const { slot } = drive;
    const file = below === null ? drive.path : this.fileOf(id, below);
    try {
      if (below !== null && this.chainOf(id, below).length >= LAYERS_MOST)
        return refused(
          'snapshot-refused',
          `${path.basename(drive.path)} has ${LAYERS_MOST} layers of snapshots already: delete some of them first.`,
        );
      const opened = openDriveImage(new NodeImageHost(), slot, file, 'read-only');
      if (!opened.ok) return refused('drive-refused', opened.message);
      const { byteLength, format } = opened.image;
      opened.image.close();
      const name = below ?? path.resolve(drive.path);
      if (Buffer.byteLength(name) > MOST_BACKING_NAME)
        return refused(
          'drive-refused',
          `The path of ${name} is too long: move the file to a folder nearer to the root.`,
        );
      const layer = `${slot}-${randomBytes(8).toString('hex')}.qcow2`;
      await mkdir(this.#folderOf(id), { recursive: true });
      await writeDurably(this.fileOf(id, layer), newQcow2({ byteLength, backing: { name, format } }));
      await syncFolder(this.#folderOf(id));
      return done(layer);
    } catch (error) {
      return refused('storage-failed', `${path.basename(drive.path)} cannot get a layer: ${reasonOf(error)}.`);
    }
  }

  /** Empty layers in front of what drives show. */
  async createFronts(id: VmId, drives: readonly StoredDrive[]): Promise<Result<ReadonlyMap<DriveSlot, LayerName>>> {
    const fronts = new Map<DriveSlot, LayerName>();
    for (const drive of drives) {
      const made = await this.create(id, drive, drive.layer);
      if (!made.ok) return made;
      fronts.set(drive.slot, made.value);
    }
    return done(fronts);
  }

  /** Layers with all that they rely on. Throws likewise. */
  chainsOf(id: VmId, fronts: readonly LayerName[]): LayerName[] {
    return [...new Set(fronts.flatMap((layer) => this.chainOf(id, layer)))];
  }

  /** A layer and those below it, down to the user's image. Throws what reading them throws. */
  chainOf(id: VmId, layer: LayerName): LayerName[] {
    const host = new NodeImageHost();
    const chain: LayerName[] = [];
    for (let next: string | undefined = layer; next !== undefined && chain.length <= LAYERS_MOST;) {
      chain.push(next);
      const file = host.open(this.fileOf(id, next), 'read-only');
      try {
        const name: string | undefined = readQcow2Header(file).backing?.name;
        next = name !== undefined && isLayerName(name) ? name : undefined;
      } finally {
        file.close();
      }
    }
    return chain;
  }

  /**
   * Removes the layers of a machine that nobody needs: neither those named nor the machine, while it is on, nor its
   * thread, nor through these. What cannot be removed stays for the next time.
   */
  async collect(id: VmId, named: readonly LayerName[]): Promise<void> {
    try {
      const all = (await readdir(this.#folderOf(id))).filter(isLayerName);
      const used = [...this.topsOf(id).values(), ...(this.#held.get(id) ?? [])];
      const roots = [...named, ...used].filter((layer) => layer !== null && all.includes(layer));
      const needed = new Set(roots.flatMap((layer) => this.chainOf(id, layer ?? '')));
      for (const layer of all) if (!needed.has(layer)) await unlink(this.fileOf(id, layer));
    } catch (error) {
      // No folder: no layers. One that cannot be read names others that may be needed.
      if (!(error instanceof ImageError) && errorCode(error) === '') throw error;
    }
  }

  /** The images of a machine's drives as they are now; what cannot be read is absent. */
  async identify(drives: readonly StoredDrive[]): Promise<ReadonlyMap<DriveSlot, ImageIdentity>> {
    const identities = new Map<DriveSlot, ImageIdentity>();
    for (const { slot, path: file } of drives) {
      const identity = await identityOf(file).catch(() => undefined);
      if (identity) identities.set(slot, identity);
    }
    return identities;
  }

  /** Nobody is to change the images that layers were put in front of: what they hold is learnt. */
  learnBases(drives: readonly StoredDrive[]): void {
    for (const { path: image, base } of drives) if (base) this.#contents.learn(image, base);
  }

  /** Makes safe what a machine has written to layers and images that it writes no more. */
  async flush(files: readonly string[]): Promise<Result<null>> {
    for (const file of files) {
      try {
        const handle = await open(file, 'r+');
        try {
          await handle.datasync();
        } finally {
          await handle.close();
        }
      } catch (error) {
        return refused('storage-failed', `${file} cannot be made safe on the disk: ${reasonOf(error)}.`);
      }
    }
    return done(null);
  }

  /** Refused when an image below a machine's layers is not what they were put in front of. */
  async checkBases(drives: readonly StoredDrive[]): Promise<Result<null>> {
    for (const drive of drives) {
      const { base } = drive;
      if (base === null) continue;
      const file = path.basename(drive.path);
      try {
        if (await this.#contents.holds(drive.path, base)) continue;
        return refused(
          'drive-refused',
          `${drive.path} has been changed since the snapshots of this machine were taken, and what the machine has written since lies in front of its former content. Put that content back, or put the image into the drive anew, which gives up what was written.`,
        );
      } catch (error) {
        return refused(
          'drive-refused',
          `${file} cannot be read: ${describeFileError(error)}. Put it back to ${drive.path}.`,
        );
      }
    }
    return done(null);
  }

  async #layerForStart(id: VmId, drive: StoredDrive): Promise<Result<LayerName | null>> {
    if (drive.access === 'overlay' && isWritable(drive)) return this.create(id, drive, null);
    if (drive.layer === null) return done(null);
    const unchanged = await this.checkBases([drive]);
    return unchanged.ok ? done(drive.layer) : unchanged;
  }
}

/** The guest's writes go somewhere. */
export function isWritable({ slot, access }: Pick<StoredDrive, 'slot' | 'access'>): boolean {
  return slot !== 'cdrom' && access !== 'read-only';
}

export function isLayerName(name: string): boolean {
  const [slot = '', rest = ''] = name.split('-', 2);
  return (DRIVE_SLOTS as readonly string[]).includes(slot) && /^[0-9a-f]{16}\.qcow2$/.test(rest);
}

function reasonOf(error: unknown): string {
  return error instanceof ImageError ? error.message.replace(/\.$/, '') : describeFileError(error);
}
