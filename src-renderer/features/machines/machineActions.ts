import { bridge } from '../../app/bridge.ts';
import { t } from '../../app/i18n.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { FileGrant, ProgramSource } from '../../../src-preload/contract/programs.ts';
import { isRemovable } from '../drives/drives.ts';
import { DRIVES_OF } from './machineDraft.ts';
import { useDialogs } from '../../stores/dialogs.ts';
import { useMachines } from '../../stores/machines.ts';
import { useNotices } from '../../stores/notices.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useView } from '../../stores/view.ts';

/** A machine that has memory and registers to lose. */
export function isAlive(machine: VmSummary): boolean {
  return machine.state === 'running' || machine.state === 'paused' || machine.state === 'starting';
}

/** What a user does to machines: the store's commands, with the questions that come before some of them. */
export function useMachineActions() {
  const machines = useMachines();
  const notices = useNotices();
  const dialogs = useDialogs();
  const preferences = usePreferences();
  const view = useView();

  /** Machines of the demonstration have nothing that anybody would miss. */
  async function mayLoseState(machine: VmSummary, title: string, confirm: string): Promise<boolean> {
    if (!isAlive(machine) || machine.role !== 'none' || !preferences.preferences.confirmQuit) return true;
    return dialogs.ask({ title, body: t('ask.stateLost', { name: machine.name }), confirm, isDangerous: true });
  }

  async function toggleRun(machine: VmSummary): Promise<void> {
    if (machine.state === 'running') await machines.command('vm:pause', machine.id);
    else if (machine.state === 'paused') await machines.command('vm:resume', machine.id);
    else await machines.command('vm:start', machine.id);
  }

  /** From off, the first step is the start into a pause before the first instruction. */
  async function step(machine: VmSummary, command: 'vm:step' | 'vm:stepOver' = 'vm:step'): Promise<void> {
    if (machine.state === 'off') await machines.startPaused(machine.id);
    else await machines.command(command, machine.id);
  }

  /** Side by side: none is to run on while another is being stopped. */
  async function pauseAll(): Promise<void> {
    await Promise.all(machines.list.flatMap(({ id, state }) => (state === 'running' ? [machines.command('vm:pause', id)] : []))); // prettier-ignore
  }

  async function resumeAll(): Promise<void> {
    // Those that a debugger holds go on when it says so.
    const paused = machines.list.filter(({ state, isDebugged }) => state === 'paused' && !isDebugged);
    await Promise.all(paused.map(({ id }) => machines.command('vm:resume', id)));
  }

  async function powerOff(machine: VmSummary): Promise<void> {
    const title = t('ask.powerOff', { name: machine.name });
    if (await mayLoseState(machine, title, t('control.powerOff'))) await machines.command('vm:powerOff', machine.id);
  }

  /** One after the other: what does not fit any more is refused by itself. Whether all of them run. */
  async function startAll(list: readonly VmSummary[]): Promise<boolean> {
    let isDone = true;
    for (const { id, state } of list) {
      if (state === 'running' || state === 'starting' || state === 'saving') continue;
      isDone = (await machines.command(state === 'paused' ? 'vm:resume' : 'vm:start', id)) && isDone;
    }
    return isDone;
  }

  async function powerOffAll(group: string, list: readonly VmSummary[]): Promise<void> {
    const alive = list.filter(isAlive);
    const names = alive.filter(({ role }) => role === 'none').map(({ name }) => name);
    const isConfirmed =
      names.length === 0 ||
      !preferences.preferences.confirmQuit ||
      (await dialogs.ask({
        title: t('rail.stopAllQuestion', { group }),
        body: t('rail.stopAllBody', { names: names.join(', ') }),
        confirm: t('rail.stopAll'),
        isDangerous: true,
      }));
    if (isConfirmed) await Promise.all(alive.map(({ id }) => machines.command('vm:powerOff', id)));
  }

  async function remove(machine: VmSummary): Promise<void> {
    const confirmed = await dialogs.ask({
      title: t('ask.delete', { name: machine.name }),
      body: t(isAlive(machine) ? 'ask.deleteAlive' : 'ask.deleteBody'),
      confirm: t('ask.deleteConfirm'),
      isDangerous: true,
    });
    if (!confirmed) return;
    await machines.destroy(machine.id);
  }

  async function clone(machine: VmSummary): Promise<void> {
    const made = await machines.clone(machine.id);
    if (made) view.select(made.id);
  }

  /** As one file, with its snapshots and what its drives hold. */
  async function exportMachine(machine: VmSummary): Promise<void> {
    const place = `machine:${machine.id}` as const;
    const file = notices.settle(place, await bridge().call('machine:pickExport', { id: machine.id }));
    if (!file) return;
    const outcome = await bridge().call('vm:export', { id: machine.id, token: file.token });
    if (!outcome.ok) notices.show(place, outcome.problem);
    else notices.show(place, { code: 'exported', message: t('machine.exported', { file: file.displayPath }) }, 'info');
  }

  async function pickAndImport(): Promise<void> {
    const file = notices.settle('machines', await bridge().call('machine:pickImport'));
    if (file) await importMachine(file);
  }

  async function importMachine(file: FileGrant): Promise<void> {
    const made = notices.settle('machines', await machines.importFrom(file.token));
    if (made) view.select(made.id);
  }

  async function createFrom(source: ProgramSource, isStarted: boolean): Promise<VmSummary | undefined> {
    const made = notices.settle('machines', await machines.create({ program: source, start: isStarted }));
    if (made) view.select(made.id);
    return made;
  }

  async function loadFile(machine: VmSummary, file: FileGrant): Promise<void> {
    const title = t('ask.load', { file: file.name, name: machine.name });
    if (!(await mayLoseState(machine, title, t('machine.loadAndReset')))) return;
    notices.settle(`machine:${machine.id}`, await machines.load(machine.id, { kind: 'file', token: file.token }));
    view.select(machine.id);
  }

  /** Lets the user choose a file for a machine that exists. */
  async function pickAndLoad(machine: VmSummary): Promise<void> {
    const outcome = await bridge().call('program:pick', { purpose: 'load' });
    const file = notices.settle(`machine:${machine.id}`, outcome)?.[0];
    if (file) await loadFile(machine, file);
  }

  /** Lets the user choose files, and makes a machine of each. */
  async function pickAndCreate(): Promise<void> {
    const files = notices.settle('machines', await bridge().call('program:pick', { purpose: 'create' }));
    if (files) await createFromFiles(files);
  }

  /** Programs run at once, each in a machine of its own; of kernels and media a machine is proposed. */
  async function createFromFiles(files: readonly FileGrant[]): Promise<void> {
    if (files.length === 0) return;
    const [first] = files;
    if (files.length === 1 && first?.name.endsWith('.vivarium')) return importMachine(first);
    const tokens = files.map(({ token }) => token);
    const proposal = notices.settle('machines', await bridge().call('machine:propose', { tokens }));
    if (proposal?.isSystem) dialogs.newMachine = { files };
    else if (proposal) for (const { token } of files) await createFrom({ kind: 'file', token }, true);
  }

  async function dropFiles(files: readonly File[], onto: VmSummary | null): Promise<void> {
    const grants: FileGrant[] = [];
    for (const file of files) {
      const grant = notices.settle(onto ? `machine:${onto.id}` : 'machines', await bridge().grantFile(file));
      if (grant) grants.push(grant);
    }
    if (onto === null) await createFromFiles(grants);
    else for (const grant of grants) await useOn(onto, grant);
  }

  /** A diskette or CD dropped onto a machine goes into its drive; anything else becomes its program. */
  async function useOn(machine: VmSummary, file: FileGrant): Promise<void> {
    const outcome = await bridge().call('machine:propose', { tokens: [file.token] });
    const proposed = outcome.ok ? outcome.value.files[0] : undefined;
    if (proposed?.use === 'floppy' || proposed?.use === 'cdrom') {
      await machines.changeMedium(machine.id, proposed.use, { token: file.token, access: proposed.access });
      view.select(machine.id);
    } else if (proposed?.use === 'hda') await addDisk(machine, file);
    else await loadFile(machine, file);
  }

  /** Into the first hard disk drive that is free. */
  async function addDisk(machine: VmSummary, file: FileGrant): Promise<void> {
    const taken = machine.drives.map(({ slot, file: { token }, access }) => ({ slot, token, access }));
    const slot = DRIVES_OF[machine.profile].find(
      (each) => !isRemovable(each) && !taken.some((drive) => drive.slot === each),
    );
    const drives = slot ? [...taken, { slot, token: file.token, access: 'read-write' as const }] : taken;
    notices.settle(`machine:${machine.id}`, await machines.update(machine.id, {}, drives));
    view.select(machine.id);
  }

  return {
    toggleRun,
    step,
    pauseAll,
    resumeAll,
    powerOff,
    startAll,
    powerOffAll,
    remove,
    clone,
    exportMachine,
    pickAndImport,
    createFrom,
    createFromFiles,
    loadFile,
    pickAndLoad,
    pickAndCreate,
    dropFiles,
  };
}
