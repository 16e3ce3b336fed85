import { defineStore } from 'pinia';
import { shallowReactive, shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { Outcome, Problem } from '../../src-preload/contract/Outcome.ts';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import type { Snapshot, SnapshotTree } from '../../src-preload/contract/snapshots.ts';
import { useMachines } from './machines.ts';
import { useNotices } from './notices.ts';

export type SnapshotsOf =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly tree: SnapshotTree }
  | { readonly state: 'failed'; readonly problem: Problem };

/** Snapshots of the machines that somebody has looked at, as main publishes them. */
export const useSnapshots = defineStore('snapshots', () => {
  const machines = useMachines();
  const notices = useNotices();
  const byMachine = shallowReactive(new Map<string, SnapshotsOf>());
  /** By machine and snapshot; null: there is none. They never change. */
  const pictures = new Map<string, Promise<ImageBitmap | null>>();

  /** A snapshot that somebody wants restored; the machine's Snapshots panel takes the request, and asks first. */
  const restoreRequest = shallowRef<{ readonly machine: string; readonly snapshot: string } | null>(null);

  function connect(): () => void {
    const disposers = [
      bridge().subscribe('snapshot:changed', ({ id, ...tree }) => {
        if (byMachine.has(id)) byMachine.set(id, { state: 'ready', tree });
      }),
      bridge().subscribe('vm:removed', ({ id }) => byMachine.delete(id)),
    ];
    return () => disposers.forEach((dispose) => dispose());
  }

  async function load(id: string): Promise<void> {
    if (byMachine.get(id)?.state !== 'ready') byMachine.set(id, { state: 'loading' });
    const outcome = await bridge().call('snapshot:list', { id });
    if (outcome.ok) byMachine.set(id, { state: 'ready', tree: outcome.value });
    else byMachine.set(id, { state: 'failed', problem: outcome.problem });
  }

  function of(id: string): SnapshotsOf {
    return byMachine.get(id) ?? { state: 'loading' };
  }

  function picture(id: string, { id: snapshot, hasThumbnail }: Snapshot): Promise<ImageBitmap | null> {
    if (!hasThumbnail) return Promise.resolve(null);
    const key = `${id}/${snapshot}`;
    let found = pictures.get(key);
    if (found === undefined) pictures.set(key, (found = fetchPicture(id, snapshot)));
    return found;
  }

  async function fetchPicture(id: string, snapshot: string): Promise<ImageBitmap | null> {
    const outcome = await bridge().call('snapshot:thumbnail', { id, snapshot });
    if (!outcome.ok || outcome.value === null) return null;
    return createImageBitmap(new Blob([outcome.value.slice()], { type: 'image/png' }));
  }

  /** A refused command shows its reason beside the machine's snapshots. */
  function settle<Value>(id: string, outcome: Outcome<Value>): Value | undefined {
    return notices.settle(`snapshots:${id}`, outcome);
  }

  async function take(id: string, name: string): Promise<boolean> {
    return settle(id, await bridge().call('snapshot:take', { id, name })) !== undefined;
  }

  async function restore(id: string, snapshot: string): Promise<void> {
    settle(id, await bridge().call('snapshot:restore', { id, snapshot }));
  }

  async function annotate(
    id: string,
    snapshot: string,
    change: { readonly name?: string; readonly notes?: string },
  ): Promise<void> {
    settle(id, await bridge().call('snapshot:annotate', { id, snapshot, ...change }));
  }

  async function remove(id: string, snapshot: string): Promise<void> {
    settle(id, await bridge().call('snapshot:delete', { id, snapshot }));
  }

  /** A new machine in the snapshot's state. */
  async function clone(id: string, snapshot: string): Promise<VmSummary | undefined> {
    const made = settle(id, await bridge().call('snapshot:clone', { id, snapshot }));
    return made && machines.byId.get(made.id);
  }

  return { connect, load, of, picture, take, restore, restoreRequest, annotate, remove, clone };
});
