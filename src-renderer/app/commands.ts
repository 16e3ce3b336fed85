import { computed, type ComputedRef } from 'vue';
import { bridge } from './bridge.ts';
import { commandLabel } from './commandLabel.ts';
import type { MenuCommand } from '../../src-preload/contract/application.ts';
import { PANELS } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { TOURS } from '../../src-preload/contract/layouts/TourTitles.ts';
import { usePanelActions } from '../features/dock/panelActions.ts';
import { PRESETS } from '../features/dock/presets.ts';
import { useMachineActions } from '../features/machines/machineActions.ts';
import { useScreenActions } from '../features/screen/screenActions.ts';
import { useSnapshotActions } from '../features/snapshots/snapshotActions.ts';
import { useBreakpoints } from '../stores/breakpoints.ts';
import { useContainment } from '../stores/containment.ts';
import { useDialogs } from '../stores/dialogs.ts';
import { useEditor } from '../stores/editor.ts';
import { useGdb } from '../stores/gdb.ts';
import { useLayouts } from '../stores/layouts.ts';
import { useMachines } from '../stores/machines.ts';
import { useSound } from '../stores/sound.ts';
import { canGoBack } from '../features/timeline/timeLineActions.ts';
import { useTimeLines } from '../stores/timeLines.ts';
import { useSymbols } from '../stores/symbols.ts';
import { useTraces } from '../stores/traces.ts';
import { useTours } from '../stores/tours.ts';
import { useUndo } from '../stores/undo.ts';
import { useView } from '../stores/view.ts';

export interface Command {
  readonly id: MenuCommand;
  readonly label: string;
  readonly isEnabled: boolean;
  run(): void;
}

/** Everything that menus, shortcuts and the palette can do, by the names that main's menu uses. */
export function useCommands(): ComputedRef<ReadonlyMap<MenuCommand, Command>> {
  const view = useView();
  const machines = useMachines();
  const editor = useEditor();
  const dialogs = useDialogs();
  const containment = useContainment();
  const breakpoints = useBreakpoints();
  const gdb = useGdb();
  const timeLines = useTimeLines();
  const actions = useMachineActions();
  const screenActions = useScreenActions();
  const layouts = useLayouts();
  const symbols = useSymbols();
  const traces = useTraces();
  const tours = useTours();
  const undo = useUndo();
  const panelActions = usePanelActions();
  const snapshotActions = useSnapshotActions();

  return computed(() => {
    const commands = new Map<MenuCommand, Command>();
    const add = (id: MenuCommand, run: () => void, isEnabled = true): void => {
      commands.set(id, { id, run, isEnabled, label: commandLabel(id) });
    };
    const machine = view.machine;
    const state = machine?.state;
    // A debugger that is connected drives in the window's place.
    const isHeld = state === 'paused' && machine?.isDebugged !== true;
    const canStep = state === 'off' || isHeld;
    const text = editor.active;

    add('file.newMachine', () => (dialogs.newMachine = { files: [] }));
    add('file.newProgram', () => editor.create());
    add('file.openProgram', () => void actions.pickAndCreate());
    add('file.importMachine', () => void actions.pickAndImport());
    add('file.openInEditor', () => void editor.openWithDialog());
    add('file.save', () => void editor.save(), text !== null);
    add('file.saveAs', () => void editor.save(true), text !== null);
    add('file.preferences', () => (view.isSettingsOpen = true));
    if (machine) {
      const { id } = machine;
      const isOn = state === 'running' || state === 'paused';
      add('machine.start', () => void machines.command('vm:start', id), state === 'off' || state === 'crashed');
      add('machine.pause', () => void machines.command('vm:pause', id), state === 'running');
      add('machine.resume', () => void machines.command('vm:resume', id), isHeld);
      add('machine.toggleRun', () => void actions.toggleRun(machine));
      add('machine.step', () => void actions.step(machine), canStep);
      add('machine.stepOver', () => void actions.step(machine, 'vm:stepOver'), canStep);
      add('machine.stepOut', () => void breakpoints.stepOut(id), isHeld);
      add('machine.runToCursor', () => void breakpoints.runToCursor(id), isHeld);
      add('machine.stepBack', () => void timeLines.stepBack(machine), canGoBack(machine));
      add('machine.runBack', () => void timeLines.runBack(machine), canGoBack(machine));
      add('machine.reset', () => void machines.command('vm:reset', id), state !== 'off' && !machine.isDebugged);
      add(
        'machine.powerButton',
        () => void machines.command('vm:powerButton', id),
        state === 'running' || state === 'paused',
      );
      add('machine.powerOff', () => void actions.powerOff(machine), state !== 'off');
      add('machine.takeSnapshot', () => void snapshotActions.take(machine), isOn);
      add('machine.suspend', () => void machines.command('vm:suspend', id), isOn);
      add('machine.discardSuspended', () => void snapshotActions.discardSuspended(machine), machine.isSuspended);
      add('machine.loadProgram', () => void actions.pickAndLoad(machine));
      add('machine.rename', () => (dialogs.renaming = id));
      add('machine.clone', () => void actions.clone(machine));
      add('machine.export', () => void actions.exportMachine(machine), state === 'off' || state === 'crashed');
      add('machine.delete', () => void actions.remove(machine));
      add('machine.settings', () => (dialogs.settingsOf = id));
      add('machine.trace', () => void traces.toggle(machine));
      add('machine.symbols', () => void symbols.show(id));
      add('machine.gdb', () => void gdb.show(id), state !== 'off');
      add('machine.toggleBreakpoint', () => void breakpoints.toggleAtCursor(id), state !== 'off');
    }
    add(
      'machine.pauseAll',
      () => void actions.pauseAll(),
      machines.list.some((each) => each.state === 'running'),
    );
    add(
      'machine.resumeAll',
      () => void actions.resumeAll(),
      machines.list.some((each) => each.state === 'paused'),
    );
    add('editor.assemble', () => void editor.assemble(), text !== null);
    add('editor.run', () => void editor.run(text?.machineId ?? null), text !== null);
    for (const panel of PANELS) add(`view.${panel}`, () => view.focusPanel(panel), machine !== null);
    add('view.timeLine', () => machine && view.toggleTimeLine(machine), machine !== null);
    if (machine && view.page === 'machine') {
      const { id } = machine;
      for (const preset of PRESETS) add(`layout.${preset}`, () => layouts.apply(id, preset));
      add('panel.splitRight', () => panelActions.split(id, layouts.panelInUse(id), 'end'));
      add('panel.splitDown', () => panelActions.split(id, layouts.panelInUse(id), 'bottom'));
      add('panel.moveOn', () => panelActions.moveOn(id, layouts.panelInUse(id)));
      add('panel.float', () => panelActions.toggleFloating(id, layouts.panelInUse(id)));
      add('panel.maximise', () => layouts.toggleMaximised(layouts.panelInUse(id)));
      add('panel.next', () => layouts.focus(id, layouts.neighbour(id, 1)));
      add('panel.previous', () => layouts.focus(id, layouts.neighbour(id, -1)));
    }
    if (machine) {
      const { id } = machine;
      const isOn = state === 'running' || state === 'paused';
      add('screen.whole', () => view.setWholeScreen(!view.isWholeScreen));
      add('screen.savePicture', () => void screenActions.savePicture(id), isOn);
      add('screen.paste', () => void screenActions.paste(id), isOn);
      add('sound.mute', () => useSound().toggleMute(id), machine.hasSound);
      add('screen.controlAltDelete', () => screenActions.pressControlAltDelete(id), isOn);
    }
    add('screen.smooth', () => (view.isSmooth = !view.isSmooth));
    add('view.machines', () => view.open('machine'));
    add('view.isolation', () => view.open('isolation'));
    add('view.schedule', () => view.open('schedule'));
    add('view.editor', () => view.open('editor'));
    add('view.samples', () => view.open('samples'));
    add('view.commandPalette', () => (view.isPaletteOpen = !view.isPaletteOpen));
    add('edit.undo', () => void undo.undo(), undo.last !== null);
    add('edit.redo', () => void undo.redo(), undo.lastUndone !== null);
    add('edit.find', () => view.requestFind());
    add(
      'demonstration.start',
      () => {
        view.open('isolation');
        void containment.startDemonstration();
      },
      containment.demonstration.state === 'off',
    );
    add(
      'demonstration.stop',
      () => void containment.stopDemonstration(),
      containment.demonstration.state === 'running',
    );
    const isTouring = tours.state.kind !== 'closed';
    for (const tour of TOURS) add(`tour.${tour}`, () => void tours.take(tour));
    add('coach.focus', () => tours.requestFocus(), isTouring);
    add('coach.leave', () => void tours.leave(), isTouring);
    add('help.shortcuts', () => (view.isShortcutsOpen = true));
    add('help.about', () => (dialogs.isAboutOpen = true));
    return commands;
  });
}

/** Tells main what is in view, so that its menu offers what makes sense. */
export function publishMenuContext(vm: string | null, isEditor: boolean): void {
  void bridge().call('menu:context', { vm, editor: isEditor });
}
