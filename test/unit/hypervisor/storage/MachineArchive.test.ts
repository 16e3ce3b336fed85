import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../../../src-main/hypervisor/storage/CheckedJson.ts';
import { MachineArchive, writeMachineArchive } from '../../../../src-main/hypervisor/storage/MachineArchive.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import { NodeImageHost } from '../../../../src-main/hypervisor/storage/NodeImageHost.ts';
import type { StoredMachine } from '../../../../src-main/hypervisor/storage/StoredMachine.ts';
import { openImage } from '../../../../src-main/machine/images/openImage.ts';
import { newQcow2 } from '../../../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { Random } from '../../../support/engine/Random.ts';
import { checkContents, checkFiles } from '../../../support/hypervisor/crashTrial.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { storedMachine } from '../../../support/hypervisor/snapshots.ts';
import { nameOf, snapshotOf, stateOf, storedProgram } from '../../../support/hypervisor/storeState.ts';

const IMAGE_BYTES = 5 * 1024 * 1024;
const LAYER = 'hda-00000000000000aa.qcow2';
const random = new Random(3);
const program = new TextEncoder().encode('a program');
const OTHER = 'vm-fedcba9876543210';
const define = (machine: StoredMachine): StoredMachine => ({ ...machine, id: OTHER, name: 'imported' });

let folder: string;
let here: MachineStore;
let there: MachineStore;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium archive '));
  here = unwrap(await MachineStore.open(path.join(folder, 'here')));
  there = unwrap(await MachineStore.open(path.join(folder, 'there')));
  file = path.join(folder, 'machine.vivarium');
});
afterEach(async () => {
  await Promise.all([here.close(), there.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function reopened(store: MachineStore): Promise<MachineStore> {
  await store.close();
  return unwrap(await MachineStore.open(store.folder));
}

/** A machine with a program, two snapshots, and a disk whose writes go to a layer. */
async function makeMachine(): Promise<StoredMachine> {
  const image = path.join(folder, 'disk.img');
  await writeFile(
    image,
    Uint8Array.from({ length: IMAGE_BYTES }, (_, at) => (at < 1000 ? 1 + (at % 255) : 0)),
  );
  const drive = {
    slot: 'hda',
    path: image,
    access: 'read-write',
    layer: LAYER,
    base: { byteLength: IMAGE_BYTES, modifiedNs: '1' },
  } as const;
  const machine = storedMachine({ program: storedProgram(program), drives: [{ ...drive }], notes: 'héllo' });
  unwrap(await here.create(machine, new Map([[hashBytes(program), program]])));
  const disks = path.join(here.machineFolder(machine.id), 'disks');
  await mkdir(disks);
  await writeFile(
    path.join(disks, LAYER),
    newQcow2({ byteLength: IMAGE_BYTES, backing: { name: image, format: 'raw' } }),
  );
  const layer = openImage(new NodeImageHost(), path.join(disks, LAYER), 'read-write');
  if (!layer.ok) throw new Error(layer.message);
  layer.image.write(500, Uint8Array.of(9, 9, 9));
  layer.image.close();
  unwrap(await here.snapshots.put(machine, snapshotOf(7), { name: nameOf(7), layers: { hda: LAYER } }));
  unwrap(await here.snapshots.put(machine, snapshotOf(5059), { name: nameOf(5059), thumbnail: Uint8Array.of(1, 2) }));
  return machine;
}

const everything = { withSnapshots: true, withImages: true, layers: [LAYER] };

describe('a machine goes to another store', () => {
  test('with its program, snapshots and disks, which need nothing of the first one any more', async () => {
    const machine = await makeMachine();
    const { entries } = here.snapshots.tree(machine.id);
    unwrap(await here.exportMachine(machine, file, everything));
    await here.close();
    await rm(path.join(folder, 'here'), { recursive: true });
    await rm(path.join(folder, 'disk.img'));
    unwrap(await there.importMachine(file, define));
    there = await reopened(there);
    expect(there.problems).toEqual([]);
    const [imported] = there.machines;
    expect(imported).toMatchObject({ id: OTHER, name: 'imported', notes: 'héllo', program: machine.program });
    expect(there.snapshots.tree(OTHER).entries).toEqual(entries);
    await checkContents(there, stateOf(there.machines, there));
    expect(unwrap(await there.snapshots.readThumbnail(OTHER, entries[1]!.id))).toEqual(Buffer.of(1, 2));
    const disks = path.join(there.machineFolder(OTHER), 'disks');
    const base = path.join(disks, 'image-0.img');
    expect(imported!.drives).toMatchObject([
      { slot: 'hda', path: base, layer: LAYER, base: { byteLength: IMAGE_BYTES } },
    ]);
    expect(unwrap(await there.snapshots.read(OTHER, entries[0]!.id)).definition).toMatchObject({
      id: OTHER,
      drives: imported!.drives,
    });
    const opened = openImage(new NodeImageHost(), path.join(disks, LAYER), 'read-only');
    if (!opened.ok) throw new Error(opened.message);
    const bytes = new Uint8Array(5);
    opened.image.read(499, bytes);
    opened.image.close();
    expect([...bytes]).toEqual([1 + (499 % 255), 9, 9, 9, 1 + (503 % 255)]);
  });

  test('into the store that it came from, where pages are stored once', async () => {
    const machine = await makeMachine();
    unwrap(await here.exportMachine(machine, file, everything));
    const before = await readdir(path.join(here.folder, 'pages'));
    unwrap(await here.importMachine(file, define));
    expect(await readdir(path.join(here.folder, 'pages'))).toEqual(before);
    unwrap(await here.delete(machine.id, machine.name));
    here = await reopened(here);
    await checkContents(here, stateOf(here.machines, here));
  });

  test('without images its drives are empty', async () => {
    const machine = await makeMachine();
    unwrap(await here.exportMachine(machine, file, { ...everything, withImages: false }));
    unwrap(await there.importMachine(file, define));
    there = await reopened(there);
    expect(there.machines).toMatchObject([{ drives: [] }]);
    expect(there.snapshots.tree(OTHER).entries.map(({ layers }) => layers)).toEqual([{}, {}]);
    await checkContents(there, stateOf(there.machines, there));
  });

  test('without snapshots', async () => {
    const machine = await makeMachine();
    unwrap(await here.exportMachine(machine, file, { withSnapshots: false, withImages: false, layers: [] }));
    unwrap(await there.importMachine(file, define));
    there = await reopened(there);
    expect(there.snapshots.tree(OTHER).entries).toEqual([]);
    await there.close();
    await checkFiles(there.folder, there);
    there = unwrap(await MachineStore.open(there.folder));
  });

  test('an image that is not there any more is named, and no file is left', async () => {
    const machine = await makeMachine();
    await rm(path.join(folder, 'disk.img'));
    expect(await here.exportMachine(machine, file, everything)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('disk.img') },
    });
    expect(await readdir(folder)).toEqual(['here', 'there']);
  });
});

describe('a file that cannot be imported changes nothing', () => {
  async function expectRefused(message: RegExp | string): Promise<void> {
    const refused = await there.importMachine(file, define);
    expect(refused).toMatchObject({ ok: false, error: { message: expect.stringMatching(message) } });
    expect(await readdir(path.join(there.folder, 'machines'))).toEqual([]);
    expect(await readdir(path.join(there.folder, 'pages')).catch(() => [])).toEqual([]);
  }

  test('a flipped bit anywhere', async () => {
    const machine = await makeMachine();
    unwrap(await here.exportMachine(machine, file, everything));
    const whole = await readFile(file);
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(whole);
      const at = random.below(damaged.length);
      damaged[at] = damaged[at]! ^ (1 << random.below(8));
      await writeFile(file, damaged);
      await expectRefused(
        /cannot be imported: its .*(bytes \d+ to \d+\)|no sense|damaged)|it (does not|is a file|has)/,
      );
    }
  });

  test.each([0, 10, 1000, 20_000])('one that was cut off after %d bytes', async (length) => {
    unwrap(await here.exportMachine(await makeMachine(), file, everything));
    await writeFile(file, (await readFile(file)).subarray(0, length));
    await expectRefused(/cannot be imported/);
  });

  test('another kind of file, and none', async () => {
    await writeFile(file, 'hello');
    await expectRefused('does not begin as files of Vivarium do');
    await rm(file);
    await expectRefused('there is no such file');
  });
});

describe('nothing in a file made to harm is believed', () => {
  test('a drive that names a file of the user’s comes in empty', async () => {
    const secret = path.join(folder, 'secret');
    await writeFile(secret, 'secret');
    const machine = storedMachine({
      drives: [{ slot: 'hda', path: secret, access: 'read-only', layer: null, base: null }],
    });
    const contents = { files: [], images: [], layers: [], pageBatches: 0 };
    const sources = { files: [], snapshots: [], images: [], layers: [], pages: async function* () {} };
    await writeMachineArchive(file, { machine, tree: { current: null, entries: [] }, contents }, sources);
    expect(unwrap(await there.importMachine(file, define)).drives).toEqual([]);
  });

  test('a layer in front of a file of the user’s is refused', async () => {
    const layer = newQcow2({ byteLength: IMAGE_BYTES, backing: { name: '/etc/passwd', format: 'raw' } });
    const source = {
      read: (position: number, into: Uint8Array) => into.set(layer.subarray(position, position + into.length)),
    };
    const contents = { files: [], images: [], layers: [{ name: LAYER, byteLength: layer.length }], pageBatches: 0 };
    const sources = { files: [], snapshots: [], images: [], layers: [source], pages: async function* () {} };
    await writeMachineArchive(
      file,
      { machine: storedMachine(), tree: { current: null, entries: [] }, contents },
      sources,
    );
    expect(await there.importMachine(file, define)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('in front of /etc/passwd, which did not come along') },
    });
  });

  test('an image that names another file, as qcow2 images can, is refused', async () => {
    const image = path.join(folder, 'disk.img');
    const drive = { slot: 'hda', path: image, access: 'read-only', layer: null, base: null } as const;
    const crafted = newQcow2({ byteLength: IMAGE_BYTES, backing: { name: '/etc/passwd', format: 'raw' } });
    const source = {
      read: (position: number, into: Uint8Array) => into.set(crafted.subarray(position, position + into.length)),
    };
    const contents = { files: [], images: [{ path: image, byteLength: crafted.length }], layers: [], pageBatches: 0 };
    const sources = { files: [], snapshots: [], images: [source], layers: [], pages: async function* () {} };
    const machine = storedMachine({ drives: [{ ...drive }] });
    await writeMachineArchive(file, { machine, tree: { current: null, entries: [] }, contents }, sources);
    expect(await there.importMachine(file, define)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('begins as a qcow2 image does') },
    });
    expect(await readdir(path.join(there.folder, 'machines'))).toEqual([]);
  });

  test('a machine neither starts by itself, nor reads the file that its program is said to come from', async () => {
    const stored = { ...storedProgram(program), sourcePath: '/etc/passwd' };
    const machine = storedMachine({ program: stored, autostart: true });
    unwrap(await here.create(machine, new Map([[hashBytes(program), program]])));
    unwrap(await here.snapshots.put(machine, snapshotOf(7), { name: nameOf(7) }));
    unwrap(await here.exportMachine(machine, file, { ...everything, layers: [] }));
    const imported = unwrap(await there.importMachine(file, define));
    expect(imported).toMatchObject({ autostart: false, program: { sourcePath: null } });
    const [entry] = there.snapshots.tree(OTHER).entries;
    const { definition } = unwrap(await there.snapshots.read(OTHER, entry!.id));
    expect(definition).toMatchObject({ id: OTHER, autostart: false, program: { sourcePath: null } });
  });

  test('pages that are missing are missed', async () => {
    const machine = await makeMachine();
    unwrap(await here.exportMachine(machine, file, everything));
    const archive = await MachineArchive.open(file);
    const contents = { ...archive.contents, images: [], layers: [], pageBatches: 0 };
    const snapshots = here.snapshots
      .tree(machine.id)
      .entries.map(({ id }) => path.join(here.machineFolder(machine.id), 'snapshots', `${id}.snapshot`));
    const files = [path.join(here.machineFolder(machine.id), hashBytes(program))];
    const sources = { files, snapshots, images: [], layers: [], pages: async function* () {} };
    await archive.close();
    await writeMachineArchive(file, { ...archive, machine, tree: here.snapshots.tree(machine.id), contents }, sources);
    expect(await there.importMachine(file, define)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(`its snapshot “${nameOf(7)}” lacks some of its pages`) },
    });
  });
});
