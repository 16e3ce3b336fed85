import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  captureMachine,
  type MachineSnapshot,
  restoreMachine,
} from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { unpackSnapshot } from '../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src-main/hypervisor/snapshots/SnapshotFile.ts';
import { MachineStore } from '../../../src-main/hypervisor/storage/MachineStore.ts';
import { unwrap } from '../../support/hypervisor/openTestHypervisor.ts';
import { storedMachine } from '../../support/hypervisor/snapshots.ts';
import { storedProgram } from '../../support/hypervisor/storeState.ts';
import { type AssembledMachine, assembledMachine } from '../../support/machine/assembledMachine.ts';

/**
 * A folder for each released version of the formats, with what that version has written: `store` (machine.json,
 * snapshots.json, stored snapshots, packs), `machine.vivarium`, `machine.snap`. They are never changed. What a version
 * that is not released yet writes is renewed by VIVARIUM_MAKE_FIXTURES=<version>.
 */
const FIXTURES = fileURLToPath(new URL('../../fixtures/formats', import.meta.url));
const made = process.env['VIVARIUM_MAKE_FIXTURES'];

/** Sends letters, and needs its registers, RAM, the timer and the UART for it. */
const PROGRAM = `
  mov cx, 26
  mov byte [0x2000], 'a'
next: mov al, [0x2000]
  mov dx, 0x3f8
  out dx, al
  inc byte [0x2000]
  mov bx, 2000
wait: dec bx
  jnz wait
  loop next
  cli
  hlt`;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const machine = storedMachine({
  name: 'kept',
  notes: 'from an earlier version',
  memoryMiB: 2,
  sliceMs: 20,
  tier: 'threaded',
  clock: 'instructions',
  program: storedProgram(new TextEncoder().encode('a program')),
});

/** What a machine is whose definition is of a version that did not know a field yet. */
const UNKNOWN_TO: Readonly<Record<string, Partial<typeof machine>>> = { 1: { sliceMs: null, tier: 'auto' } };

async function runFor(instructions: number): Promise<AssembledMachine> {
  const parts = await assembledMachine(PROGRAM);
  parts.machine.run({ instructions });
  return parts;
}

// The handlers of the engine are compiled once, which takes seconds.
beforeAll(async () => {
  await runFor(1);
}, 120_000);

/** The machine goes on from there as it would have. */
async function expectGoesOn(snapshot: MachineSnapshot): Promise<void> {
  const parts = await runFor(10);
  const before = parts.serial().length;
  restoreMachine(parts, snapshot);
  parts.machine.run({ instructions: 200_000 });
  expect(parts.serial().slice(before)).toBe(LETTERS.slice(10));
}

describe.skipIf(made === undefined)('fixtures', () => {
  test('are made anew', async () => {
    const place = path.join(FIXTURES, made ?? '');
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    const parts = await runFor(10 * 4010 - 2000);
    expect(parts.serial()).toBe(LETTERS.slice(0, 10));
    const snapshot = captureMachine(parts);
    await writeFile(
      path.join(place, 'machine.snap'),
      encodeSnapshot({ definition: { kept: true }, files: [], snapshot }),
    );
    const store = unwrap(await MachineStore.open(path.join(place, 'store')));
    const bytes = new TextEncoder().encode('a program');
    unwrap(await store.create(machine, new Map([[machine.program?.file.sha256 ?? '', bytes]])));
    const first = unwrap(
      await store.snapshots.put(machine, snapshot, { name: 'first', notes: 'kept', isPaused: true }),
    );
    parts.machine.run({ instructions: 1000 });
    unwrap(await store.snapshots.put(machine, captureMachine(parts), { name: 'second', thumbnail: Uint8Array.of(1) }));
    unwrap(await store.snapshots.setCurrent(machine.id, first.id));
    const choice = { withSnapshots: true, withImages: true, layers: [] };
    unwrap(await store.exportMachine(machine, path.join(place, 'machine.vivarium'), choice));
    await store.close();
  });
});

describe.skipIf(made !== undefined).each(await readdir(FIXTURES))('files of version %s', (version) => {
  const place = path.join(FIXTURES, version);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-formats-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function expectKept(store: MachineStore, id: string, changed: object = {}): Promise<void> {
    expect(store.problems).toEqual([]);
    expect(store.machines).toEqual([{ ...machine, ...UNKNOWN_TO[version], ...changed }]);
    const bytes = unwrap(await store.readBlob(id, machine.program?.file.sha256 ?? ''));
    expect(new TextDecoder().decode(bytes)).toBe('a program');
    const { current, entries } = store.snapshots.tree(id);
    expect(entries).toMatchObject([
      { name: 'first', notes: 'kept', parent: null, isPaused: true, kind: 'taken' },
      { name: 'second', parent: entries[0]?.id, hasThumbnail: true },
    ]);
    expect(current).toBe(entries[0]?.id);
    await expectGoesOn(unpackSnapshot(unwrap(await store.snapshots.read(id, entries[0]?.id ?? '')).snapshot));
    unwrap(await store.snapshots.read(id, entries[1]?.id ?? ''));
    await store.close();
  }

  test('a store opens, and its machine goes on from its snapshots', async () => {
    await cp(path.join(place, 'store'), folder, { recursive: true });
    await expectKept(unwrap(await MachineStore.open(folder)), machine.id);
  });

  test('an exported machine is imported', async () => {
    const id = 'vm-fedcba9876543210';
    let store = unwrap(await MachineStore.open(folder));
    unwrap(await store.importMachine(path.join(place, 'machine.vivarium'), (each) => ({ ...each, id })));
    await store.close();
    store = unwrap(await MachineStore.open(folder));
    await expectKept(store, id, { id });
  });

  test('a machine goes on from a snapshot in a file of its own', async () => {
    const decoded = decodeSnapshot(await readFile(path.join(place, 'machine.snap')));
    if (!decoded.ok) throw new Error(decoded.message);
    await expectGoesOn(decoded.file.snapshot);
  });
});
