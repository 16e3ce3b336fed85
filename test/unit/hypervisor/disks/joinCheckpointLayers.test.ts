import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskLayers, type LayerName } from '../../../../src-main/hypervisor/disks/DiskLayers.ts';
import { ImageContents } from '../../../../src-main/hypervisor/disks/ImageContents.ts';
import { joinCheckpointLayers, layersToJoin } from '../../../../src-main/hypervisor/disks/joinCheckpointLayers.ts';
import { openDisk } from '../../../../src-main/hypervisor/disks/layerFiles.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';

const CLUSTER_BYTES = 64 * 1024;
const MACHINE = 'vm-0000000000000001';

let folder: string;
let layers: DiskLayers;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-layers-'));
  layers = new DiskLayers(() => path.join(folder, 'disks'), new ImageContents(path.join(folder, 'images.json')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const drive = (): { slot: 'hda'; path: string; access: 'read-write'; layer: null; base: null } => {
  return { slot: 'hda', path: path.join(folder, 'disk.img'), access: 'read-write', layer: null, base: null };
};

/** Layers in front of an image whose clusters hold 9, from the lowest up; each lists the clusters it writes, by what it writes there. */
async function chain(...contents: readonly Readonly<Record<number, number>>[]): Promise<LayerName[]> {
  await writeFile(path.join(folder, 'disk.img'), new Uint8Array(8 * CLUSTER_BYTES).fill(9));
  const names: LayerName[] = [];
  for (const content of contents) {
    const name = unwrap(await layers.create(MACHINE, drive(), names.at(-1) ?? null));
    const image = openDisk(layers.fileOf(MACHINE, name), 'read-write');
    for (const [cluster, value] of Object.entries(content))
      image.write(Number(cluster) * CLUSTER_BYTES, new Uint8Array(CLUSTER_BYTES).fill(value));
    image.close();
    names.push(name);
  }
  return names;
}

function shown(layer: LayerName): number[] {
  const image = openDisk(layers.fileOf(MACHINE, layer), 'read-only');
  const bytes = [0, 1, 2, 3, 4].map((cluster) => {
    const byte = new Uint8Array(1);
    image.read(cluster * CLUSTER_BYTES, byte);
    return byte[0] ?? -1;
  });
  image.close();
  return bytes;
}

const join = (newest: LayerName, top: LayerName, needed: readonly LayerName[] = []) =>
  joinCheckpointLayers(
    layers,
    { id: MACHINE, drives: [drive()] },
    new Map([['hda', newest]]),
    new Map([['hda', top]]),
    new Set(needed),
  );

test.each([
  { sizes: [5], count: 0 },
  { sizes: [5, 5], count: 2 },
  { sizes: [5, 9, 40], count: 2 },
  { sizes: [5, 10, 11], count: 0 },
  { sizes: [5, 9, 20, 80], count: 3 },
])('of layers of $sizes bytes, newest first, $count are put together', ({ sizes, count }) => {
  expect(layersToJoin(sizes)).toBe(count);
});

test('a copy shows what the layers showed, which stay as they are', async () => {
  const [old, newest, top] = await chain({ 0: 1, 1: 1 }, { 1: 2, 2: 2 }, {});
  const { frozen, joined } = await join(newest ?? '', top ?? '');
  const copy = frozen.get('hda') ?? '';
  expect(layers.chainOf(MACHINE, copy)).toEqual([copy]);
  expect(shown(copy)).toEqual([1, 2, 2, 9, 9]);
  expect(joined).toEqual([
    { slot: 'hda', top: layers.fileOf(MACHINE, top ?? ''), below: layers.fileOf(MACHINE, copy) },
  ]);
  expect(shown(newest ?? '')).toEqual([1, 2, 2, 9, 9]);
  expect(shown(old ?? '')).toEqual([1, 1, 9, 9, 9]);
});

test('a layer that a snapshot needs stays below the copy', async () => {
  const [snapshot, old, newest, top] = await chain({ 0: 1 }, { 1: 2 }, { 2: 3 }, {});
  const { frozen } = await join(newest ?? '', top ?? '', [snapshot ?? '']);
  const copy = frozen.get('hda') ?? '';
  expect(layers.chainOf(MACHINE, copy)).toEqual([copy, snapshot]);
  expect(shown(copy)).toEqual([1, 2, 3, 9, 9]);
  expect(old).toBeDefined();
});

test('a single layer is left alone, and so is one that cannot be read', async () => {
  const [only, top] = await chain({ 0: 1 }, {});
  expect(await join(only ?? '', top ?? '')).toEqual({ frozen: new Map([['hda', only]]), joined: [] });
  const [, damaged, front] = await chain({ 0: 1 }, { 1: 1 }, {});
  await writeFile(layers.fileOf(MACHINE, damaged ?? ''), 'nonsense');
  const before = await readdir(path.join(folder, 'disks'));
  expect((await join(damaged ?? '', front ?? '')).joined).toEqual([]);
  expect(await readdir(path.join(folder, 'disks'))).toEqual(before);
});
