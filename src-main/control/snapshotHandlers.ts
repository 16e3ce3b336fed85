import type { CallName } from '../../src-preload/contract/contract.ts';
import type { SnapshotTree } from '../../src-preload/contract/snapshots.ts';
import type { HypervisorService, VmSnapshots } from '../hypervisor/types.ts';
import { definedOnly } from './definedOnly.ts';
import type { Handlers } from './handlers.ts';
import type { Machines } from './Machines.ts';
import { refuse, succeed, toOutcome } from './outcomes.ts';

type SnapshotCall = Extract<CallName, `snapshot:${string}`>;

/** Snapshots of machines, for whoever speaks the contract. */
export function snapshotHandlers(hypervisor: HypervisorService, machines: Machines): Handlers<SnapshotCall> {
  return {
    'snapshot:list': ({ id }) => {
      const tree = hypervisor.snapshots(id);
      return tree ? succeed(toSnapshotTree(tree)) : refuse('machine-not-found', 'That machine no longer exists.');
    },
    'snapshot:take': async ({ id, ...request }) =>
      toOutcome(await hypervisor.takeSnapshot(id, definedOnly(request)), (taken) => ({ ...taken })),
    'snapshot:restore': ({ id, snapshot, then }) => machines.outcome(hypervisor.restoreSnapshot(id, snapshot, then)),
    'snapshot:annotate': async ({ id, snapshot, ...change }) =>
      toOutcome(await hypervisor.annotateSnapshot(id, snapshot, definedOnly(change)), (changed) => ({ ...changed })),
    'snapshot:delete': async ({ id, snapshot }) =>
      toOutcome(await hypervisor.deleteSnapshot(id, snapshot), () => undefined),
    'snapshot:thumbnail': async ({ id, snapshot }) =>
      toOutcome(await hypervisor.snapshotThumbnail(id, snapshot), (picture) => picture),
    'snapshot:clone': ({ id, snapshot, name }) =>
      machines.outcome(hypervisor.clone(id, definedOnly({ name, snapshot }))),
  };
}

export function toSnapshotTree({ current, entries }: VmSnapshots): SnapshotTree {
  return { current, entries: entries.map((entry) => ({ ...entry })) };
}
