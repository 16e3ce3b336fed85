import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ImageError } from '../../machine/images/HostFile.ts';
import { readQcow2Header, renameBacking } from '../../machine/images/qcow2/Qcow2Header.ts';
import type { MachineRegistry } from '../MachineRegistry.ts';
import type { MachineStore } from '../storage/MachineStore.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';
import type { StoredDrive } from '../storage/StoredMachine.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';
import { type DiskLayers, isLayerName, type LayerName } from './DiskLayers.ts';
import { copyClusters, openDisk, openLayer } from './layerFiles.ts';

export interface SettlingHost {
  readonly store: MachineStore;
  readonly registry: MachineRegistry;
  readonly layers: DiskLayers;
  machines(): Iterable<VirtualMachine>;
}

/**
 * Puts together layers of a machine that is off: what only snapshots that are gone have needed goes into the layer in
 * front of it, and the last layer into the user's image once nobody relies on its former content. Whatever ends this
 * process, each disk shows what it showed. A layer that cannot be read or written now stays for the next time, and so
 * does one that a clone has as well.
 */
export async function settleLayers(machine: VirtualMachine, host: SettlingHost): Promise<void> {
  for (const drive of machine.stored.drives) {
    if (drive.layer === null || drive.access !== 'read-write') continue;
    try {
      const chain = await joinLayers(machine, drive.layer, host);
      if (chain.length === 1 && !isReliedOn(machine, drive, host)) await writeBack(machine, drive, drive.layer, host);
    } catch (error) {
      if (!(error instanceof ImageError) && !(error instanceof Error && 'code' in error)) throw error;
    }
  }
}

/** Returns the layers that are left, from the front. */
async function joinLayers(
  { id }: VirtualMachine,
  front: LayerName,
  { store, layers }: SettlingHost,
): Promise<LayerName[]> {
  const named = new Set(store.snapshots.tree(id).entries.flatMap((entry) => Object.values(entry.layers)));
  const chain = layers.chainOf(id, front);
  const folder = path.dirname(layers.fileOf(id, front));
  const parents = await backingNames(folder);
  for (let at = 1; at < chain.length;) {
    const [below, above] = [chain[at], chain[at - 1]];
    if (below === undefined || above === undefined) break;
    const isShared = [...parents.values()].filter((parent) => parent === below).length > 1;
    if (named.has(below) || isShared || (await isLinked(path.join(folder, above)))) {
      at++;
      continue;
    }
    await absorb(path.join(folder, above), path.join(folder, below));
    parents.delete(below);
    chain.splice(at, 1);
  }
  return chain;
}

/** A clone has the same file: its machine may be on, and takes for granted that nobody writes to it. */
export async function isLinked(file: string): Promise<boolean> {
  return (await stat(file)).nlink > 1;
}

async function backingNames(folder: string): Promise<Map<LayerName, string | undefined>> {
  const host = new NodeImageHost();
  const parents = new Map<LayerName, string | undefined>();
  for (const name of (await readdir(folder)).filter(isLayerName)) {
    const file = host.open(path.join(folder, name), 'read-only');
    try {
      parents.set(name, readQcow2Header(file).backing?.name);
    } finally {
      file.close();
    }
  }
  return parents;
}

/** Copies into a layer what it shows of the one below, which it needs no more afterwards. */
async function absorb(above: string, below: string): Promise<void> {
  const host = new NodeImageHost();
  const front = openLayer(above, 'read-write');
  try {
    const back = openLayer(below, 'read-only');
    try {
      const own = new Set(front.ownClusters());
      await copyClusters(back, front, front, (position) => !own.has(position));
    } finally {
      back.close();
    }
    front.flush();
  } finally {
    front.close();
  }
  const source = host.open(below, 'read-only');
  const target = host.open(above, 'read-write');
  try {
    const { backing } = readQcow2Header(source);
    renameBacking(target, backing && { name: backing.name, format: backing.format ?? 'raw' });
    target.flush();
  } finally {
    source.close();
    target.close();
  }
}

/** Somebody needs the user's image as it was when the layers were put in front of it. */
function isReliedOn(machine: VirtualMachine, drive: StoredDrive, { store, registry, machines }: SettlingHost): boolean {
  if (store.snapshots.tree(machine.id).entries.length > 0) return true;
  const image = path.resolve(drive.path);
  for (const other of machines()) {
    if (other === machine || !other.stored.drives.some((each) => path.resolve(each.path) === image)) continue;
    if (other.state !== 'off' || store.snapshots.tree(other.id).entries.length > 0) return true;
    if (other.stored.drives.some(({ base }) => base !== null)) return true;
  }
  // One that was deleted may come back, with its layers.
  return [...registry.aside].some(({ drives }) => drives.some((each) => path.resolve(each.path) === image));
}

async function writeBack(
  machine: VirtualMachine,
  drive: StoredDrive,
  layer: LayerName,
  { registry, layers }: SettlingHost,
): Promise<void> {
  if (!(await layers.checkBases([drive])).ok) return;
  const setDrive = async (change: Partial<StoredDrive>): Promise<boolean> => {
    const stored = await registry.replace(machine.id, (now) => ({
      ...now,
      drives: now.drives.map((each) => (each.slot === drive.slot ? { ...each, ...change } : each)),
    }));
    if (stored.ok) machine.stored = stored.value;
    return stored.ok;
  };
  // From here on the image may hold a part of what is in front of it, which shows the same.
  if (!(await setDrive({ base: null }))) return;
  const front = openLayer(layers.fileOf(machine.id, layer), 'read-only');
  try {
    const image = openDisk(drive.path, 'read-write');
    try {
      await copyClusters(front, front, image, () => true);
      image.flush();
    } finally {
      image.close();
    }
  } finally {
    front.close();
  }
  await setDrive({ layer: null });
}
