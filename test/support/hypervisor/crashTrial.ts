import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unpackSnapshot } from '../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import type { MachineSnapshot } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { MachineArchive } from '../../../src-main/hypervisor/storage/MachineArchive.ts';
import { MachineStore } from '../../../src-main/hypervisor/storage/MachineStore.ts';
import { filesOf } from '../../../src-main/hypervisor/storage/StoredMachine.ts';
import { unwrap } from './openTestHypervisor.ts';
import { snapshotOf, stateAfter, stateOf, type StoreChange, type StoreState } from './storeState.ts';

/** What a process promised about a store before it was killed. */
interface Testimony {
  readonly state: StoreState;
  /** Begun, and not promised yet. */
  readonly change: StoreChange | undefined;
  readonly changesDone: number;
}

/** How a trial ended. */
export interface TrialOutcome {
  readonly found: StoreState;
  readonly changesDone: number;
  /** The change that was under way. */
  readonly interrupted: StoreChange['kind'] | undefined;
  /** It was found done. */
  readonly isDone: boolean;
}

export interface Trial {
  /** The bundled `storeVictim.ts`. */
  readonly script: string;
  readonly folder: string;
  /** What the store holds. */
  readonly before: StoreState;
  readonly seed: number;
  /** Since the process was started, or with `isOnceOpen` since it has the store open. */
  readonly killAfterMs: number;
  readonly isOnceOpen: boolean;
}

/**
 * Lets a process change a store, kills it, and looks whether the store is as the process had promised, or as it is after
 * the one change that was under way; and whether anything lies around that nobody needs. Throws when it is not so.
 */
export async function crashTrial(trial: Trial): Promise<TrialOutcome> {
  const { folder } = trial;
  const { state, change, changesDone } = await killed(trial);
  const store = unwrap(await MachineStore.open(folder));
  try {
    if (store.problems.length > 0) throw new Error(store.problems.map(({ message }) => message).join('\n'));
    const found = stateOf(store.machines, store);
    const isBefore = isDeepStrictEqual(found, state);
    const isDone = change !== undefined && !isBefore && isAfter(found, state, change);
    if (!isBefore && !isDone)
      throw new Error(
        `interrupted by ${JSON.stringify(change)}\nbefore ${JSON.stringify(state)}\nfound ${JSON.stringify(found)}`,
      );
    await checkContents(store, found);
    await checkExported(`${folder}.vivarium`);
    return { found, changesDone, interrupted: change?.kind, isDone };
  } finally {
    await store.close();
    await checkFiles(folder, store);
  }
}

async function killed({ script, folder, before, seed, killAfterMs, isOnceOpen }: Trial): Promise<Testimony> {
  const child = spawn(process.execPath, [script, folder, `${seed}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const isOpen = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
    child.on('close', () => resolve());
  });
  if (isOnceOpen) await isOpen;
  await new Promise((resolve) => setTimeout(resolve, killAfterMs));
  child.kill('SIGKILL');
  const status = await ended;
  if (status !== null) throw new Error(`the victim ended by itself with status ${status}`);
  let testimony: Testimony = { state: before, change: undefined, changesDone: -1 };
  for (const line of output.split('\n').slice(0, -1)) {
    const { state, change } = JSON.parse(line) as { state?: StoreState; change?: StoreChange };
    if (state) testimony = { state, change: undefined, changesDone: testimony.changesDone + 1 };
    else testimony = { ...testimony, change };
  }
  return testimony;
}

function isAfter(found: StoreState, before: StoreState, change: StoreChange): boolean {
  const ids = (state: StoreState): string[] =>
    Object.entries(state).flatMap(([vm, { snapshots }]) => [vm, ...snapshots.map(({ id }) => id)]);
  const known = new Set(ids(before));
  const made = ids(found).find((id) => !known.has(id)) ?? '';
  return isDeepStrictEqual(found, stateAfter(before, change, made));
}

/** Throws when programs and snapshots are not what their names say. */
export async function checkContents(store: MachineStore, state: StoreState): Promise<void> {
  for (const [id, { program, snapshots }] of Object.entries(state)) {
    if (program !== null) unwrap(await store.readBlob(id, program));
    for (const snapshot of snapshots) {
      const read = unwrap(await store.snapshots.read(id, snapshot.id));
      const wanted = snapshotOf(Number(snapshot.name.split('.')[0]));
      if (!isSame(unpackSnapshot(read.snapshot), wanted))
        throw new Error(`${id} ${snapshot.id} holds something else than it was given`);
      for (const { sha256 } of filesOf(read.definition.program)) unwrap(await store.readBlob(id, sha256));
    }
  }
}

function isSame(found: MachineSnapshot, wanted: MachineSnapshot): boolean {
  if (!isDeepStrictEqual(found.state, wanted.state)) return false;
  return (
    [
      [found.ram, wanted.ram],
      [found.video, wanted.video],
    ] as const
  ).every(
    ([pages, expected]) =>
      pages.size === expected.size &&
      [...expected].every(([page, bytes]) => Buffer.compare(pages.get(page) ?? new Uint8Array(), bytes) === 0),
  );
}

/** Throws when there is a file, and not a whole one. */
async function checkExported(file: string): Promise<void> {
  if (!(await stat(file).catch(() => undefined))) return;
  const archive = await MachineArchive.open(file);
  try {
    for await (const pages of archive.pages()) void pages;
  } finally {
    await archive.close();
  }
}

/** Throws when a closed store holds a file that nothing in it needs. */
export async function checkFiles(folder: string, store: MachineStore): Promise<void> {
  const wanted = new Set(['machines', 'pages']);
  const owners = new Set<string>();
  for (const { id, program } of store.machines) {
    const { entries } = store.snapshots.tree(id);
    const files = [...filesOf(program).map(({ sha256 }) => sha256), ...entries.flatMap((entry) => entry.files)];
    const names = ['', 'machine.json', 'snapshots.json', 'snapshots', ...files];
    for (const name of names) wanted.add(path.join('machines', id, name));
    for (const entry of entries) wanted.add(path.join('machines', id, 'snapshots', `${entry.id}.snapshot`));
    for (const entry of entries) owners.add(entry.id);
  }
  for (const name of await readdir(folder, { recursive: true })) {
    const pack = /^pages.(?:(sn-[0-9a-f]{16})(?:\.\d+)?|shared-[0-9a-f]{16})\.pack$/.exec(name);
    const isNeeded =
      pack === null
        ? wanted.has(name) || wanted.has(`${name}${path.sep}`)
        : pack[1] === undefined || owners.has(pack[1]);
    if (!isNeeded) throw new Error(`${name} is left over`);
  }
}
