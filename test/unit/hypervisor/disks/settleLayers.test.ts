import { link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskLayers } from '../../../../src-main/hypervisor/disks/DiskLayers.ts';
import { ImageContents } from '../../../../src-main/hypervisor/disks/ImageContents.ts';
import { settleLayers } from '../../../../src-main/hypervisor/disks/settleLayers.ts';
import { MachineRegistry } from '../../../../src-main/hypervisor/MachineRegistry.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import { NodeImageHost } from '../../../../src-main/hypervisor/storage/NodeImageHost.ts';
import type { StoredMachine } from '../../../../src-main/hypervisor/storage/StoredMachine.ts';
import type { VirtualMachine } from '../../../../src-main/hypervisor/VirtualMachine.ts';
import { openImage } from '../../../../src-main/machine/images/openImage.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { storedMachine } from '../../../support/hypervisor/snapshots.ts';

const CLUSTER_BYTES = 64 * 1024;

let folder: string;
let store: MachineStore;
let layers: DiskLayers;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-layers-'));
  store = unwrap(await MachineStore.open(folder));
  const contents = new ImageContents(path.join(folder, 'images.json'));
  layers = new DiskLayers((id) => path.join(store.machineFolder(id), 'disks'), contents);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** A machine that is off, with three layers in front of its image, each of which holds one cluster. Frontmost last. */
async function layered(): Promise<{ machine: StoredMachine; names: string[] }> {
  const image = path.join(folder, 'disk.img');
  await writeFile(image, new Uint8Array(4 * CLUSTER_BYTES));
  const drive = { slot: 'hda', path: image, access: 'read-write', layer: null, base: null } as const;
  const machine = storedMachine({ drives: [{ ...drive }] });
  unwrap(await store.create(machine, new Map()));
  const names: string[] = [];
  for (const content of [1, 2, 3]) {
    const name = unwrap(await layers.create(machine.id, drive, names.at(-1) ?? null));
    write(layers.fileOf(machine.id, name), content * CLUSTER_BYTES, content);
    names.push(name);
  }
  const stored = { ...machine, drives: [{ ...drive, layer: names.at(-1) ?? null }] };
  unwrap(await store.update(stored));
  await store.close();
  store = unwrap(await MachineStore.open(folder));
  return { machine: stored, names };
}

function write(file: string, position: number, content: number): void {
  const { image } = opened(file, 'read-write');
  image.write(position, Uint8Array.of(content));
  image.close();
}

function contentOf(file: string): number[] {
  const { image } = opened(file, 'read-only');
  const content = [1, 2, 3].map((cluster) => {
    const byte = new Uint8Array(1);
    image.read(cluster * CLUSTER_BYTES, byte);
    return byte[0] ?? 0;
  });
  image.close();
  return content;
}

function opened(file: string, access: 'read-only' | 'read-write') {
  const result = openImage(new NodeImageHost(), file, access);
  if (!result.ok) throw new Error(result.message);
  return result;
}

async function settle(stored: StoredMachine, registry = new MachineRegistry(store)): Promise<StoredMachine> {
  // What of a machine is looked at when it is off.
  const machine = { id: stored.id, stored, state: 'off' } as VirtualMachine;
  await settleLayers(machine, { store, registry, layers, machines: () => [machine] });
  return machine.stored;
}

test('layers that only snapshots needed which are gone end up in the image', async () => {
  const { machine } = await layered();
  expect((await settle(machine)).drives).toMatchObject([{ layer: null, base: null }]);
  expect(contentOf(machine.drives[0]?.path ?? '')).toEqual([1, 2, 3]);
});

test('an image stays as it is while a machine may come back that has it in a drive too', async () => {
  const { machine, names } = await layered();
  const { id } = storedMachine({ id: 'vm-fedcba9876543210' });
  unwrap(await store.create({ ...machine, id, drives: machine.drives.map((each) => ({ ...each, layer: null })) }, new Map())); // prettier-ignore
  await store.close();
  store = unwrap(await MachineStore.open(folder));
  const registry = new MachineRegistry(store);
  unwrap(await registry.delete(id, true));
  expect((await settle(machine, registry)).drives).toMatchObject([{ layer: names.at(-1) }]);
  expect(contentOf(machine.drives[0]?.path ?? '')).toEqual([0, 0, 0]);
  unwrap(await registry.takeBack(id));
  expect((await settle(machine, registry)).drives).toMatchObject([{ layer: null }]);
});

test('a layer that a clone has as well is not written, since the clone’s machine may be on', async () => {
  const { machine, names } = await layered();
  const [, frozen = '', front = ''] = names;
  await link(layers.fileOf(machine.id, front), path.join(folder, 'the clone’s'));
  const before = await readFile(layers.fileOf(machine.id, front));
  expect((await settle(machine)).drives).toMatchObject([{ layer: front }]);
  expect(await readFile(layers.fileOf(machine.id, front))).toEqual(before);
  expect(contentOf(layers.fileOf(machine.id, front))).toEqual([1, 2, 3]);
  expect(contentOf(layers.fileOf(machine.id, frozen))).toEqual([1, 2, 0]);
});
