import { computed, type ComputedRef, watch } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { useCommands } from '../../app/commands.ts';
import { i18n, t } from '../../app/i18n.ts';
import { shortcutText } from '../../app/shortcuts.ts';
import type { Preferences } from '../../../src-preload/contract/application.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useBreakpoints } from '../../stores/breakpoints.ts';
import { useEditor } from '../../stores/editor.ts';
import { useMachines } from '../../stores/machines.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useSamples } from '../../stores/samples.ts';
import { useSnapshots } from '../../stores/snapshots.ts';
import { useView } from '../../stores/view.ts';
import { machineColourVariable } from '../../ui/palette.ts';
import { useDriveMenu } from '../drives/driveMenu.ts';
import { useMachineActions } from '../machines/machineActions.ts';
import { DRIVES_OF } from '../machines/machineDraft.ts';
import { useDebugEntries } from './debugEntries.ts';

/** One line of the palette. */
export interface PaletteEntry {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly colour?: string;
  run(): void;
}

const THEMES: readonly Preferences['theme'][] = ['system', 'light', 'dark'];
/** Languages are called by their own names, so that everybody finds the way back. */
const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const;

/** All that the window can do at this moment, of everything in sight and out of sight. */
export function usePaletteEntries(): ComputedRef<PaletteEntry[]> {
  const commands = useCommands();
  const machines = useMachines();
  const view = useView();
  const parts = [usePrograms(), useMachineEntries(), useChoices()];

  return computed(() => [
    ...[...commands.value.values()]
      .filter((command) => command.isEnabled && command.id !== 'view.commandPalette')
      .map((command) => ({
        key: command.id,
        label: command.label,
        detail: shortcutText(command.id),
        run: () => command.run(),
      })),
    ...machines.list.map((machine) => ({
      key: machine.id,
      label: machine.name,
      detail: t('palette.goToMachine'),
      colour: machineColourVariable(machine.colour),
      run: () => view.select(machine.id),
    })),
    ...parts.flatMap((entries) => entries.value),
  ]);
}

/** Samples, and files lately opened. */
function usePrograms(): ComputedRef<PaletteEntry[]> {
  const samples = useSamples();
  const editor = useEditor();
  const view = useView();
  const actions = useMachineActions();

  return computed(() => [
    ...samples.list.flatMap(({ id, title: titles, fileName }) => {
      const title = i18n.global.locale.value === 'zh-CN' ? titles.zh : titles.en;
      return [
        {
          key: `sample-${id}`,
          label: t('palette.runSample', { title }),
          detail: fileName,
          run: () => void actions.createFrom({ kind: 'sample', sampleId: id }, true),
        },
        {
          key: `source-${id}`,
          label: t('samples.editLabel', { title }),
          detail: fileName,
          run: () => void editor.openSample(id),
        },
      ];
    }),
    ...editor.documents.map(({ key, name }) => ({
      key: `tab-${key}`,
      label: `${t('page.editor')}: ${name}`,
      detail: '',
      run: () => {
        editor.activeKey = key;
        view.open('editor');
      },
    })),
    ...samples.recent.map((file) => ({
      key: `recent-${file.token}`,
      label: t('palette.openRecent', { file: file.name }),
      detail: file.displayPath,
      run: () => void actions.createFromFiles([file]),
    })),
  ]);
}

/** Machines out of view, groups of them, and the drives, snapshots and what is being debugged of the one in view. */
function useMachineEntries(): ComputedRef<PaletteEntry[]> {
  const machines = useMachines();
  const view = useView();
  const actions = useMachineActions();
  const snapshots = useSnapshots();
  const breakpoints = useBreakpoints();
  const debugEntries = useDebugEntries();
  let shown: VmSummary | null = null;
  const driveMenu = useDriveMenu(() => {
    if (!shown) throw new Error('Drives are those of the machine in view');
    return shown;
  });

  function runEntry(machine: VmSummary): PaletteEntry {
    const deed = machine.state === 'running' ? 'pause' : machine.state === 'paused' ? 'resume' : 'start';
    return {
      key: `run-${machine.id}`,
      label: `${t(`control.${deed}`)}: ${machine.name}`,
      detail: '',
      colour: machineColourVariable(machine.colour),
      run: () => void actions.toggleRun(machine),
    };
  }

  function groupEntries(group: string): PaletteEntry[] {
    const members = machines.list.filter((machine) => machine.group === group);
    return [
      {
        key: `start-${group}`,
        label: `${t('rail.startAll')}: ${group}`,
        detail: '',
        run: () => void actions.startAll(members),
      },
      {
        key: `stop-${group}`,
        label: `${t('rail.stopAll')}: ${group}`,
        detail: '',
        run: () => void actions.powerOffAll(group, members),
      },
    ];
  }

  function driveEntries(machine: VmSummary): PaletteEntry[] {
    return DRIVES_OF[machine.profile].flatMap((slot) => {
      const items = driveMenu(slot, machine.drives.find((drive) => drive.slot === slot)); // prettier-ignore
      return items.flatMap((item) =>
        item.kind === 'action' && !item.disabled && item.id !== 'drive-settings'
          ? [{ key: `${slot}-${item.id}`, label: `${t(`drive.${slot}`)}: ${item.label}`, detail: '', run: item.run }]
          : [],
      );
    });
  }

  function snapshotEntries({ id }: VmSummary): PaletteEntry[] {
    const known = snapshots.of(id);
    if (known.state !== 'ready') return [];
    return known.tree.entries.map((snapshot) => ({
      key: `restore-${snapshot.id}`,
      label: `${t('snapshots.restore')}: ${snapshot.name}`,
      detail: '',
      run: () => {
        snapshots.restoreRequest = { machine: id, snapshot: snapshot.id };
        view.showPanel('snapshots');
      },
    }));
  }

  // Nobody else may have asked for them yet.
  watch(
    () => view.isPaletteOpen && view.machine?.id,
    (id) => {
      if (typeof id !== 'string') return;
      void snapshots.load(id);
      void breakpoints.load(id);
    },
    { immediate: true },
  );

  return computed(() => {
    shown = view.machine;
    const groups = new Set(machines.list.flatMap(({ group }) => group ?? []));
    return [
      ...(shown ? [...driveEntries(shown), ...snapshotEntries(shown), ...debugEntries(shown)] : []),
      ...machines.list.filter((machine) => machine.id !== shown?.id).map(runEntry),
      ...[...groups].flatMap(groupEntries),
    ];
  });
}

/** What the settings choose from, and what the window's frame does. */
function useChoices(): ComputedRef<PaletteEntry[]> {
  const preferences = usePreferences();
  const set = (changes: Partial<Preferences>) => (): void => void preferences.update(changes);

  return computed(() => {
    const { theme, language, confirmQuit, suspendOnQuit, stopTogether } = preferences.preferences;
    const languages = Object.entries(LANGUAGES) as [keyof typeof LANGUAGES, string][]; // of the constant above
    const toggle = (isOn: boolean, what: string): string => `${t(isOn ? 'palette.off' : 'palette.on')}: ${what}`;
    return [
      ...THEMES.filter((each) => each !== theme).map((each) => ({
        key: `theme-${each}`,
        label: `${t('settings.theme')}: ${t(`settings.theme-${each}`)}`,
        detail: '',
        run: set({ theme: each }),
      })),
      ...languages
        .filter(([code]) => code !== language)
        .map(([code, name]) => ({
          key: `language-${code}`,
          label: `${t('settings.language')}: ${name}`,
          detail: 'Language',
          run: set({ language: code }),
        })),
      {
        key: 'confirm-quit',
        label: toggle(confirmQuit, t('settings.confirm')),
        detail: '',
        run: set({ confirmQuit: !confirmQuit }),
      },
      {
        key: 'suspend-on-quit',
        label: toggle(suspendOnQuit, t('settings.suspend')),
        detail: '',
        run: set({ suspendOnQuit: !suspendOnQuit }),
      },
      {
        key: 'stop-together',
        label: toggle(stopTogether, t('debug.stopTogether')),
        detail: '',
        run: set({ stopTogether: !stopTogether }),
      },
      {
        key: 'full-screen',
        label: t('palette.fullScreen'),
        detail: '',
        run: () => void bridge().call('app:toggleFullScreen'),
      },
      { key: 'quit', label: t('palette.quit'), detail: '', run: () => void bridge().call('app:quit') },
    ];
  });
}
