/**
 * Changes machines and snapshots in a store without end, until it is killed. Tells on stdout, a line each, what it is
 * about to do and, once that is promised to be stored, the whole state.
 */
import { newVmId } from '../../../src-main/hypervisor/settings.ts';
import { MachineStore } from '../../../src-main/hypervisor/storage/MachineStore.ts';
import { filesOf, type StoredMachine } from '../../../src-main/hypervisor/storage/StoredMachine.ts';
import type { Result, VmId } from '../../../src-main/hypervisor/types.ts';
import { Random } from '../engine/Random.ts';
import { storedMachine } from './snapshots.ts';
import {
  nameOf,
  programOf,
  snapshotOf,
  stateOf,
  storedProgram,
  type MachineContent,
  type StoreChange,
  type StoreState,
} from './storeState.ts';

const MACHINES_MOST = 5;
const SNAPSHOTS_MOST = 6;

type Machines = Map<VmId, StoredMachine>;
/** Machines whose deletion can be taken back. */
type Aside = Map<VmId, { readonly machine: StoredMachine; readonly content: MachineContent }>;

async function main(folder: string, seed: number): Promise<void> {
  const store = unwrap(await MachineStore.open(folder));
  const machines: Machines = new Map(store.machines.map((machine) => [machine.id, machine]));
  const aside: Aside = new Map();
  const random = new Random(seed);
  for (;;) {
    const state = stateOf(machines.values(), store);
    say({ state });
    const change = nextChange(random, state, aside);
    say({ change });
    if (change.kind === 'undelete') await bringBack(store, machines, aside, change.vm);
    else if (change.kind === 'delete' && change.isUndoable) await putAside(store, machines, aside, change.vm);
    else await apply(store, machines, change);
  }
}

function nextChange(random: Random, state: StoreState, aside: Aside): StoreChange {
  const seed = random.below(1_000_000);
  const machines = Object.keys(state);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[random.below(items.length)];
  const deleted = pick([...aside]);
  if (deleted && machines.length < MACHINES_MOST && random.below(4) === 0)
    return { kind: 'undelete', vm: deleted[0], content: deleted[1].content };
  const vm = pick(machines);
  if (vm === undefined) return { kind: 'create', seed };
  const deletion: StoreChange = { kind: 'delete', vm, isUndoable: random.below(2) === 0 };
  const ids = state[vm]?.snapshots.map(({ id }) => id) ?? [];
  const snapshot = pick(ids);
  switch (random.below(12)) {
    case 0:
      return machines.length < MACHINES_MOST ? { kind: 'create', seed } : deletion;
    case 1:
      return { kind: 'update', vm, seed };
    case 2:
      return { kind: 'program', vm, seed };
    case 3:
    case 4:
      return machines.length < MACHINES_MOST
        ? { kind: 'clone', vm, seed, snapshots: ids.filter(() => random.below(2) === 0) }
        : deletion;
    case 5:
      return machines.length < MACHINES_MOST ? { kind: 'move', vm, seed } : deletion;
    case 6:
      return snapshot === undefined ? { kind: 'take', vm, seed } : { kind: 'annotate', vm, snapshot, seed };
    case 7:
      return { kind: 'current', vm, snapshot: snapshot ?? null };
    case 8:
      return snapshot === undefined ? { kind: 'take', vm, seed } : { kind: 'discard', vm, snapshot };
    default:
      return snapshot !== undefined && ids.length >= SNAPSHOTS_MOST
        ? { kind: 'discard', vm, snapshot }
        : { kind: 'take', vm, seed };
  }
}

async function putAside(store: MachineStore, machines: Machines, aside: Aside, vm: VmId): Promise<void> {
  const machine = machines.get(vm);
  const content = stateOf(machines.values(), store)[vm];
  if (machine === undefined || content === undefined) throw new Error(`${vm} is not there`);
  unwrap(await store.putAside(vm, machine.name));
  machines.delete(vm);
  aside.set(vm, { machine, content });
}

async function bringBack(store: MachineStore, machines: Machines, aside: Aside, vm: VmId): Promise<void> {
  const machine = aside.get(vm)?.machine;
  if (machine === undefined) throw new Error(`${vm} was not put aside`);
  unwrap(await store.takeBack(vm, machine.name));
  aside.delete(vm);
  machines.set(vm, machine);
}

async function apply(
  store: MachineStore,
  machines: Machines,
  change: Exclude<StoreChange, { readonly kind: 'undelete' }>,
): Promise<void> {
  if (change.kind === 'create') {
    const bytes = programOf(change.seed);
    const program = storedProgram(bytes);
    const machine = storedMachine({ id: newVmId(), name: nameOf(change.seed), program });
    unwrap(await store.create(machine, new Map([[program.file.sha256, bytes]])));
    machines.set(machine.id, machine);
    return;
  }
  const { vm } = change;
  const machine = machines.get(vm);
  if (machine === undefined) throw new Error(`${vm} is not there`);
  switch (change.kind) {
    case 'update': {
      const changed = { ...machine, notes: `${change.seed}`, weight: 1 + (change.seed % 1000) };
      unwrap(await store.update(changed));
      machines.set(vm, changed);
      return;
    }
    case 'program': {
      const bytes = programOf(change.seed);
      const changed = { ...machine, program: storedProgram(bytes) };
      unwrap(await store.update(changed, new Map([[changed.program.file.sha256, bytes]])));
      machines.set(vm, changed);
      return;
    }
    case 'clone': {
      const clone = { ...machine, id: newVmId(), name: nameOf(change.seed) };
      const blobs = new Map<string, Uint8Array>();
      for (const { sha256 } of filesOf(machine.program)) blobs.set(sha256, unwrap(await store.readBlob(vm, sha256)));
      unwrap(await store.create(clone, blobs, { from: vm, snapshots: change.snapshots, layers: [] }));
      machines.set(clone.id, clone);
      return;
    }
    case 'move': {
      const file = `${store.folder}.vivarium`;
      unwrap(await store.exportMachine(machine, file, { withSnapshots: true, withImages: false, layers: [] }));
      const moved = unwrap(
        await store.importMachine(file, (each) => ({ ...each, id: newVmId(), name: nameOf(change.seed) })),
      );
      machines.set(moved.id, moved);
      return;
    }
    case 'delete':
      unwrap(await store.delete(vm, machine.name));
      machines.delete(vm);
      return;
    case 'take':
      unwrap(await store.snapshots.put(machine, snapshotOf(change.seed), { name: nameOf(change.seed) }));
      return;
    case 'annotate': {
      const entry = store.snapshots.tree(vm).entries.find(({ id }) => id === change.snapshot);
      const [content = ''] = (entry?.name ?? '').split('.');
      const name = nameOf(Number(content), change.seed);
      unwrap(await store.snapshots.annotate(vm, change.snapshot, { name, notes: `${change.seed}` }));
      return;
    }
    case 'current':
      unwrap(await store.snapshots.setCurrent(vm, change.snapshot));
      return;
    case 'discard':
      unwrap(await store.snapshots.delete(vm, change.snapshot));
  }
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
