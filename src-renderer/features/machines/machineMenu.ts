import {
  ArrowDownToLine,
  Camera,
  CirclePower,
  Copy,
  FileCode,
  FolderInput,
  MoonStar,
  PackageOpen,
  Pause,
  Pencil,
  Play,
  Power,
  RotateCcw,
  Settings2,
  Trash2,
} from '@lucide/vue';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { shortcutText } from '../../app/shortcuts.ts';
import { useDialogs } from '../../stores/dialogs.ts';
import { useEditor } from '../../stores/editor.ts';
import { useMachines } from '../../stores/machines.ts';
import { useView } from '../../stores/view.ts';
import { action, separator, type MenuItem } from '../../ui/MenuItem.ts';
import { useSnapshotActions } from '../snapshots/snapshotActions.ts';
import { isAlive, useMachineActions } from './machineActions.ts';

/** What can be done to one machine, for its row and its title bar. */
export function useMachineMenu(machineOf: () => VmSummary): ComputedRef<MenuItem[]> {
  const { t } = useI18n();
  const machines = useMachines();
  const dialogs = useDialogs();
  const editor = useEditor();
  const view = useView();
  const actions = useMachineActions();
  const snapshotActions = useSnapshotActions();

  return computed(() => {
    const machine = machineOf();
    const { id } = machine;
    const alive = isAlive(machine);
    const run = {
      running: action('pause', t('control.pause'), () => void actions.toggleRun(machine), { icon: Pause }),
      paused: action('resume', t('control.resume'), () => void actions.toggleRun(machine), { icon: Play }),
      other: action('start', t('control.start'), () => void actions.toggleRun(machine), { icon: Play }),
    };
    const state = machine.state === 'running' || machine.state === 'paused' ? machine.state : 'other';
    return [
      run[state],
      action('step', t('control.step'), () => void actions.step(machine), {
        icon: ArrowDownToLine,
        shortcut: shortcutText('machine.step'),
        disabled: machine.state === 'running' || machine.state === 'crashed',
      }),
      action('reset', t('control.reset'), () => void machines.command('vm:reset', id), {
        icon: RotateCcw,
        disabled: machine.state === 'off',
      }),
      action('power-button', t('command.machine-powerButton'), () => void machines.command('vm:powerButton', id), {
        icon: CirclePower,
        disabled: machine.state !== 'running' && machine.state !== 'paused',
      }),
      action('power-off', t('control.powerOff'), () => void actions.powerOff(machine), {
        icon: Power,
        disabled: !alive && machine.state !== 'crashed',
      }),
      machine.isSuspended
        ? action('discard-suspended', t('snapshots.discard'), () => void snapshotActions.discardSuspended(machine), {
            icon: MoonStar,
          })
        : action('suspend', t('command.machine-suspend'), () => void machines.command('vm:suspend', id), {
            icon: MoonStar,
            disabled: machine.state !== 'running' && machine.state !== 'paused',
          }),
      action('take-snapshot', t('snapshots.take'), () => void snapshotActions.take(machine), {
        icon: Camera,
        shortcut: shortcutText('machine.takeSnapshot'),
        disabled: machine.state !== 'running' && machine.state !== 'paused',
      }),
      separator,
      action('load', t('machine.loadProgram'), () => void actions.pickAndLoad(machine), { icon: FolderInput }),
      action('edit-program', t('machine.editProgram'), () => void editor.openMachine(id), {
        icon: FileCode,
        disabled: machine.program?.hasSource !== true,
      }),
      separator,
      action('rename', t('machine.rename'), () => (dialogs.renaming = id), { icon: Pencil, shortcut: 'F2' }),
      action('clone', t('machine.clone'), () => void actions.clone(machine), { icon: Copy }),
      action('export', t('machine.export'), () => void actions.exportMachine(machine), {
        icon: PackageOpen,
        disabled: machine.state !== 'off' && machine.state !== 'crashed',
      }),
      action(
        'settings',
        t('machine.settings'),
        () => {
          view.select(id);
          dialogs.settingsOf = id;
        },
        { icon: Settings2 },
      ),
      separator,
      action('delete', t('machine.delete'), () => void actions.remove(machine), { icon: Trash2, danger: true }),
    ];
  });
}
