import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import { t } from '../app/i18n.ts';
import type { CallInput } from '../../src-preload/contract/contract.ts';
import type { RemovableSlot, VmSummary } from '../../src-preload/contract/machines.ts';
import type { ProgramSource } from '../../src-preload/contract/programs.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';

/** Commands that take a machine and nothing else. */
export type LifeCycleCommand =
  | 'vm:start'
  | 'vm:pause'
  | 'vm:resume'
  | 'vm:step'
  | 'vm:stepOver'
  | 'vm:reset'
  | 'vm:powerButton'
  | 'vm:powerOff'
  | 'vm:suspend'
  | 'vm:discardSuspended';

/** The machines as main publishes them. */
export const useMachines = defineStore('machines', () => {
  const notices = useNotices();
  const undo = useUndo();
  const list = shallowRef<readonly VmSummary[]>([]);
  const isLoaded = shallowRef(false);
  const byId = computed(() => new Map(list.value.map((machine) => [machine.id, machine])));

  function apply(changed: VmSummary): void {
    const index = list.value.findIndex((machine) => machine.id === changed.id);
    list.value =
      index < 0
        ? [...list.value, changed].toSorted((left, right) => left.createdAt - right.createdAt)
        : list.value.map((machine, at) => (at === index ? changed : machine));
  }

  function remove(id: string): void {
    list.value = list.value.filter((machine) => machine.id !== id);
    notices.clear(`machine:${id}`);
  }

  async function connect(): Promise<() => void> {
    const disposers = [
      bridge().subscribe('vm:changed', apply),
      bridge().subscribe('vm:removed', ({ id }) => remove(id)),
    ];
    await refresh();
    isLoaded.value = true;
    return () => disposers.forEach((dispose) => dispose());
  }

  async function refresh(): Promise<void> {
    const outcome = await bridge().call('vm:list');
    if (outcome.ok) for (const machine of outcome.value) apply(machine);
  }

  /** A refused command shows its reason on the machine's page. */
  async function command(name: LifeCycleCommand, id: string): Promise<boolean> {
    const changed = notices.settle(`machine:${id}`, await bridge().call(name, { id }));
    if (changed) apply(changed);
    return changed !== undefined;
  }

  async function startPaused(id: string): Promise<void> {
    const changed = notices.settle(`machine:${id}`, await bridge().call('vm:start', { id, paused: true }));
    if (changed) apply(changed);
  }

  async function create(request: CallInput<'vm:create'>): Promise<Outcome<VmSummary>> {
    const outcome = await bridge().call('vm:create', request);
    if (outcome.ok) apply(outcome.value);
    return outcome;
  }

  /** Builds the appliance; resolves when its machine is there. */
  async function build(start: boolean): Promise<Outcome<VmSummary>> {
    const outcome = await bridge().call('appliance:build', { recipe: 'debian-mini', start });
    if (outcome.ok) apply(outcome.value);
    return outcome;
  }

  async function update(
    id: string,
    changes: CallInput<'vm:update'>['changes'],
    drives?: CallInput<'vm:update'>['drives'],
  ): Promise<Outcome<VmSummary>> {
    const before = byId.value.get(id);
    const outcome = await bridge().call('vm:update', { id, changes, ...(drives && { drives }) });
    if (!outcome.ok) return outcome;
    apply(outcome.value);
    if (before) undo.push({ what: nameOf(before, changes), undo: () => takeBack(before, changes, drives) });
    return outcome;
  }

  function nameOf({ name }: VmSummary, changes: CallInput<'vm:update'>['changes']): string {
    const isRenaming = Object.keys(changes).length === 1 && 'name' in changes;
    return t(isRenaming ? 'undo.nameOf' : 'undo.settingsOf', { name });
  }

  /** Sets what was changed to what it was, or returns false; a machine that is gone since has nothing to set. */
  async function takeBack(
    before: VmSummary,
    changes: CallInput<'vm:update'>['changes'],
    drives: CallInput<'vm:update'>['drives'],
  ): Promise<boolean> {
    if (!byId.value.has(before.id)) return true;
    const former = Object.fromEntries(
      Object.keys(changes).map((key) => [key, before[key as keyof typeof changes]]), // keys of a machine's settings
    );
    const choices = before.drives.map(({ slot, file, access }) => ({ slot, token: file.token, access }));
    return notices.settle(`machine:${before.id}`, await update(before.id, former, drives && choices)) !== undefined;
  }

  /** Puts an image into a drive, or takes out what is there. */
  async function changeMedium(
    id: string,
    slot: RemovableSlot,
    image: CallInput<'vm:changeMedium'>['image'],
  ): Promise<void> {
    const changed = notices.settle(`machine:${id}`, await bridge().call('vm:changeMedium', { id, slot, image }));
    if (changed) apply(changed);
  }

  async function clone(id: string): Promise<VmSummary | undefined> {
    const made = notices.settle(`machine:${id}`, await bridge().call('vm:clone', { id }));
    if (made) apply(made);
    return made;
  }

  /** A machine of a file that was exported. */
  async function importFrom(token: string): Promise<Outcome<VmSummary>> {
    const outcome = await bridge().call('vm:import', { token });
    if (outcome.ok) apply(outcome.value);
    return outcome;
  }

  /** Until Vivarium ends, it can be taken back. */
  async function destroy(id: string): Promise<void> {
    const name = byId.value.get(id)?.name ?? '';
    const outcome = await bridge().call('vm:delete', { id, undoable: true });
    if (!outcome.ok) {
      notices.show(`machine:${id}`, outcome.problem);
      return;
    }
    remove(id);
    undo.push({ what: t('undo.deletionOf', { name }), undo: () => bringBack(id, name) });
  }

  async function bringBack(id: string, name: string): Promise<boolean> {
    const back = notices.settle('machines', await bridge().call('vm:undelete', { id }));
    if (!back) return false;
    apply(back);
    undo.push({ what: t('undo.deletionOf', { name }), undo: () => destroyAgain(id) });
    return true;
  }

  /** Nobody is asked what becomes of a machine that is on: it is not deleted. */
  async function destroyAgain(id: string): Promise<boolean> {
    const machine = byId.value.get(id);
    if (!machine) return true;
    if (machine.state !== 'off' && machine.state !== 'crashed') {
      const message = t('undo.isOn', { name: machine.name });
      notices.show(`machine:${id}`, { code: 'wrong-state', message }, 'info');
      return false;
    }
    await destroy(id);
    return !byId.value.has(id);
  }

  /** Puts a program into a machine, and starts it afresh with that if it is on. */
  async function load(id: string, source: ProgramSource): Promise<Outcome<VmSummary>> {
    const outcome = await bridge().call('vm:load', { id, source, reset: true });
    if (outcome.ok) apply(outcome.value);
    return outcome;
  }

  return {
    list,
    isLoaded,
    byId,
    connect,
    refresh,
    command,
    startPaused,
    create,
    build,
    update,
    changeMedium,
    clone,
    importFrom,
    destroy,
    load,
  };
});
