import type { MachineSnapshot } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import type { Pages } from '../../../src-main/hypervisor/snapshots/pages.ts';
import {
  type SnapshotId,
  type SnapshotTree,
  withoutSnapshot,
} from '../../../src-main/hypervisor/snapshots/SnapshotTree.ts';
import { subtree } from '../../../src-main/hypervisor/snapshots/copySnapshots.ts';
import { hashBytes } from '../../../src-main/hypervisor/storage/CheckedJson.ts';
import type { MachineStore } from '../../../src-main/hypervisor/storage/MachineStore.ts';
import type { StoredMachine } from '../../../src-main/hypervisor/storage/StoredMachine.ts';
import type { VmId } from '../../../src-main/hypervisor/types.ts';
import { Random } from '../engine/Random.ts';
import { madeUpSnapshot, randomPages, withWrites } from './snapshots.ts';

/** What of a store a crash must not tear apart, by machines. Plain JSON. */
export type StoreState = Record<VmId, MachineContent>;

export interface MachineContent {
  readonly name: string;
  /** Changed together. */
  readonly notes: string;
  readonly weight: number;
  readonly program: string | null;
  readonly current: SnapshotId | null;
  readonly snapshots: readonly SnapshotContent[];
}

export interface SnapshotContent {
  readonly id: SnapshotId;
  readonly parent: SnapshotId | null;
  /** Changed together; the number in the name is what the content was made from. */
  readonly name: string;
  readonly notes: string;
}

/** A change, told before it is begun. What it makes gets its id from the store. */
export type StoreChange =
  | { readonly kind: 'create'; readonly seed: number }
  | { readonly kind: 'update'; readonly vm: VmId; readonly seed: number }
  | { readonly kind: 'program'; readonly vm: VmId; readonly seed: number }
  | { readonly kind: 'clone'; readonly vm: VmId; readonly seed: number; readonly snapshots: readonly SnapshotId[] }
  /** Exported, and imported again. */
  | { readonly kind: 'move'; readonly vm: VmId; readonly seed: number }
  | { readonly kind: 'delete'; readonly vm: VmId; readonly isUndoable: boolean }
  /** Such a deletion is taken back. */
  | { readonly kind: 'undelete'; readonly vm: VmId; readonly content: MachineContent }
  | { readonly kind: 'take'; readonly vm: VmId; readonly seed: number }
  | { readonly kind: 'annotate'; readonly vm: VmId; readonly snapshot: SnapshotId; readonly seed: number }
  | { readonly kind: 'current'; readonly vm: VmId; readonly snapshot: SnapshotId | null }
  | { readonly kind: 'discard'; readonly vm: VmId; readonly snapshot: SnapshotId };

export const nameOf = (seed: number, part = 0): string => `${seed}.${part}`;

export function programOf(seed: number): Uint8Array {
  return new Uint8Array(100 + (seed % 5000)).fill(seed & 0xff);
}

export function storedProgram(bytes: Uint8Array): NonNullable<StoredMachine['program']> {
  const file = { name: 'p.bin', byteLength: bytes.length, sha256: hashBytes(bytes) };
  return { file, sourcePath: null, format: 'bin', includes: [] };
}

export function stateOf(machines: Iterable<StoredMachine>, store: MachineStore): StoreState {
  return Object.fromEntries(
    [...machines].map((machine) => [machine.id, contentOf(machine, store.snapshots.tree(machine.id))]),
  );
}

function contentOf(machine: StoredMachine, { current, entries }: SnapshotTree): MachineContent {
  const { name, notes, weight, program } = machine;
  return {
    name,
    notes,
    weight,
    program: program?.file.sha256 ?? null,
    current,
    snapshots: entries.map(({ id, parent, name: each, notes: text }) => ({ id, parent, name: each, notes: text })),
  };
}

const SHARED_PAGES = randomPages(
  new Random(99),
  Array.from({ length: 300 }, (_, page) => page),
);

/** What a snapshot that was named for a seed holds: much that all have, and something of its own. */
export function snapshotOf(seed: number): MachineSnapshot {
  const random = new Random(seed);
  const shared: Pages = new Map([...SHARED_PAGES].slice(0, 100 + (seed % 200)));
  const own = Array.from({ length: 1 + (seed % 60) }, () => random.below(2000));
  return madeUpSnapshot(withWrites(shared, random, own), {
    instructions: seed,
    video: randomPages(random, [seed % 50]),
  });
}

/**
 * What the store must hold once a change is done.
 * @param made the id of what it makes
 */
export function stateAfter(state: StoreState, change: StoreChange, made: string): StoreState {
  if (change.kind === 'create') {
    const { seed } = change;
    return { ...state, [made]: { ...blank, name: nameOf(seed), program: hashBytes(programOf(seed)) } };
  }
  if (change.kind === 'undelete') return { ...state, [change.vm]: change.content };
  const machine = state[change.vm];
  if (machine === undefined) throw new Error(`${change.vm} was not there before ${change.kind}`);
  if (change.kind === 'delete') {
    const { [change.vm]: _, ...rest } = state;
    return rest;
  }
  if (change.kind === 'move') return { ...state, [made]: { ...machine, name: nameOf(change.seed) } };
  if (change.kind === 'clone') {
    const { current, entries } = subtree(treeOf(machine), new Set(change.snapshots));
    return { ...state, [made]: { ...machine, name: nameOf(change.seed), current, snapshots: entries } };
  }
  return { ...state, [change.vm]: machineAfter(machine, change, made) };
}

function machineAfter(
  machine: MachineContent,
  change: Exclude<StoreChange, { readonly kind: 'create' | 'delete' | 'undelete' | 'clone' | 'move' }>,
  made: string,
): MachineContent {
  switch (change.kind) {
    case 'update':
      return { ...machine, notes: `${change.seed}`, weight: 1 + (change.seed % 1000) };
    case 'program':
      return { ...machine, program: hashBytes(programOf(change.seed)) };
    case 'take': {
      const taken = { id: made, parent: machine.current, name: nameOf(change.seed), notes: '' };
      return { ...machine, current: made, snapshots: [...machine.snapshots, taken] };
    }
    case 'annotate': {
      const renamed = (each: SnapshotContent): SnapshotContent => {
        const [content = ''] = each.name.split('.');
        return { ...each, name: nameOf(Number(content), change.seed), notes: `${change.seed}` };
      };
      const snapshots = machine.snapshots.map((each) => (each.id === change.snapshot ? renamed(each) : each));
      return { ...machine, snapshots };
    }
    case 'current':
      return { ...machine, current: change.snapshot };
    case 'discard': {
      const gone = treeOf(machine).entries.find(({ id }) => id === change.snapshot);
      if (gone === undefined) throw new Error(`${change.snapshot} was not there before it was discarded`);
      const { current, entries } = withoutSnapshot(treeOf(machine), gone);
      return { ...machine, current, snapshots: entries };
    }
  }
}

const blank: MachineContent = { name: '', notes: '', weight: 100, program: null, current: null, snapshots: [] };

/** A tree of which only what trees decide by is there. */
function treeOf({ current, snapshots }: MachineContent): SnapshotTree {
  // The functions used here look at ids and parents, and hand on the rest as it is.
  return { current, entries: snapshots as unknown as SnapshotTree['entries'] };
}
