import { t } from '../../app/i18n.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Snapshot } from '../../../src-preload/contract/snapshots.ts';
import { useDialogs } from '../../stores/dialogs.ts';
import { useMachines } from '../../stores/machines.ts';
import { useSnapshots } from '../../stores/snapshots.ts';
import { useView } from '../../stores/view.ts';
import { nextName } from './snapshotRows.ts';

/** What a restore would take away that is nowhere else. */
export type Loss = 'memory' | 'disks' | 'nothing';

export function lossOf(machine: VmSummary): Loss {
  if (machine.state === 'running' || machine.state === 'paused') return 'memory';
  const isWritten = machine.drives.some(({ slot, access }) => access === 'read-write' && slot !== 'cdrom');
  return isWritten || machine.isSuspended ? 'disks' : 'nothing';
}

/** What a user does to snapshots: the store's commands, with the questions that come before some of them. */
export function useSnapshotActions() {
  const snapshots = useSnapshots();
  const machines = useMachines();
  const dialogs = useDialogs();
  const view = useView();

  async function remove(machine: VmSummary, snapshot: Snapshot): Promise<void> {
    const isConfirmed = await dialogs.ask({
      title: t('snapshots.askDelete', { name: snapshot.name }),
      body: t('snapshots.deleteBody'),
      confirm: t('ask.deleteConfirm'),
      isDangerous: true,
    });
    if (isConfirmed) await snapshots.remove(machine.id, snapshot.id);
  }

  async function clone(machine: VmSummary, snapshot: Snapshot): Promise<void> {
    const made = await snapshots.clone(machine.id, snapshot.id);
    if (made) view.select(made.id);
  }

  /** Takes one under the next free name. */
  async function take(machine: VmSummary): Promise<void> {
    await snapshots.load(machine.id);
    const known = snapshots.of(machine.id);
    const entries = known.state === 'ready' ? known.tree.entries : [];
    const name = nextName(entries, (number) => t('snapshots.suggestion', { number }));
    view.showPanel('snapshots');
    await snapshots.take(machine.id, name);
  }

  async function discardSuspended(machine: VmSummary): Promise<void> {
    const isConfirmed = await dialogs.ask({
      title: t('snapshots.askDiscard', { name: machine.name }),
      body: t('snapshots.discardBody', { name: machine.name }),
      confirm: t('snapshots.discard'),
      isDangerous: true,
    });
    if (isConfirmed) await machines.command('vm:discardSuspended', machine.id);
  }

  return { remove, clone, take, discardSuspended };
}
