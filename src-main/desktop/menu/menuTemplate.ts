import type { MenuItemConstructorOptions } from 'electron';
import path from 'node:path';
import type { MenuCommand } from '../../../src-preload/contract/application.ts';
import { PANELS } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { TOURS } from '../../../src-preload/contract/layouts/TourTitles.ts';
import type { VmState } from '../../hypervisor/types.ts';
import { displayPath } from '../../control/files/FileGrants.ts';
import type { MenuTexts } from './menuTexts.ts';

/** What is in view, as far as it decides what the menu offers. */
export interface MenuContext {
  /** State of the machine in view, or null. */
  readonly machine: VmState | null;
  readonly isEditor: boolean;
  readonly isDemonstrating: boolean;
}

export interface MenuActions {
  command(command: MenuCommand): void;
  openRecent(path: string): void;
  clearRecent(): void;
  quit(): void;
}

// prettier-ignore
const accelerators: Readonly<Partial<Record<MenuCommand, string>>> = {
  'screen.whole': 'CmdOrCtrl+Alt+Enter',
  'file.newMachine': 'CmdOrCtrl+N', 'file.newProgram': 'CmdOrCtrl+Shift+N', 'file.openProgram': 'CmdOrCtrl+O',
  'file.openInEditor': 'CmdOrCtrl+Shift+O', 'file.save': 'CmdOrCtrl+S', 'file.saveAs': 'CmdOrCtrl+Shift+S',
  'file.preferences': 'CmdOrCtrl+,', 'edit.find': 'CmdOrCtrl+F',
  'machine.toggleRun': 'F5', 'machine.step': 'F11', 'machine.stepOver': 'F10', 'machine.stepOut': 'CmdOrCtrl+F11', 'machine.runToCursor': 'CmdOrCtrl+F10', 'machine.stepBack': 'Shift+F11', 'machine.runBack': 'Shift+F5', 'machine.toggleBreakpoint': 'F9',
  'machine.takeSnapshot': 'CmdOrCtrl+Shift+T',
  'machine.reset': 'CmdOrCtrl+Shift+R', 'machine.powerOff': 'CmdOrCtrl+Shift+P', 'machine.loadProgram': 'CmdOrCtrl+L',
  'machine.rename': 'F2',
  'editor.assemble': 'CmdOrCtrl+B', 'editor.run': 'CmdOrCtrl+Enter',
  'panel.splitRight': 'CmdOrCtrl+\\', 'panel.maximise': 'CmdOrCtrl+M', 'panel.next': 'F6', 'panel.previous': 'Shift+F6',
  'view.screen': 'CmdOrCtrl+1', 'view.console': 'CmdOrCtrl+2', 'view.processor': 'CmdOrCtrl+3', 'view.memory': 'CmdOrCtrl+4',
  'view.code': 'CmdOrCtrl+5', 'view.exits': 'CmdOrCtrl+6', 'view.isolation': 'CmdOrCtrl+7', 'view.schedule': 'CmdOrCtrl+8',
  'view.editor': 'CmdOrCtrl+9', 'view.samples': 'CmdOrCtrl+Shift+E', 'view.commandPalette': 'CmdOrCtrl+K',
  'help.shortcuts': 'CmdOrCtrl+/', 'coach.focus': 'F1',
};

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The application's menu as a plain description. */
export function menuTemplate(
  texts: MenuTexts,
  context: MenuContext,
  recentFiles: readonly string[],
  actions: MenuActions,
  isMac: boolean,
): MenuItemConstructorOptions[] {
  const command = (name: MenuCommand, enabled = true): MenuItemConstructorOptions => ({
    id: name,
    label: texts.commands[name],
    enabled,
    ...(accelerators[name] !== undefined && { accelerator: accelerators[name] }),
    click: () => actions.command(name),
  });
  const role = (label: keyof MenuTexts['roles'], name: NonNullable<MenuItemConstructorOptions['role']>) => ({
    label: texts.roles[label],
    role: name,
  });
  const quit: MenuItemConstructorOptions = {
    label: texts.roles.quit,
    accelerator: 'CmdOrCtrl+Q',
    click: () => actions.quit(),
  };

  const { machine, isEditor, isDemonstrating } = context;
  const isOn = machine === 'running' || machine === 'paused';
  const isOff = machine === 'off' || machine === 'crashed';
  const hasMachine = machine !== null;
  const appMenu: MenuItemConstructorOptions = {
    label: 'Vivarium',
    submenu: [
      command('help.about'),
      SEPARATOR,
      command('file.preferences'),
      SEPARATOR,
      role('services', 'services'),
      SEPARATOR,
      role('hide', 'hide'),
      role('hideOthers', 'hideOthers'),
      SEPARATOR,
      quit,
    ],
  };

  return [
    ...(isMac ? [appMenu] : []),
    {
      label: texts.titles.file,
      submenu: [
        command('file.newMachine'),
        command('file.newProgram'),
        SEPARATOR,
        command('file.openProgram'),
        command('file.openInEditor'),
        command('file.importMachine'),
        { label: texts.titles.openRecent, submenu: recentItems(texts, recentFiles, actions) },
        SEPARATOR,
        command('file.save', isEditor),
        command('file.saveAs', isEditor),
        ...(isMac ? [] : [SEPARATOR, command('file.preferences'), SEPARATOR, quit]),
      ],
    },
    {
      label: texts.titles.edit,
      submenu: [
        role('undo', 'undo'),
        role('redo', 'redo'),
        SEPARATOR,
        role('cut', 'cut'),
        role('copy', 'copy'),
        role('paste', 'paste'),
        role('selectAll', 'selectAll'),
        SEPARATOR,
        command('edit.undo'),
        command('edit.redo'),
        SEPARATOR,
        command('edit.find'),
        SEPARATOR,
        command('editor.assemble', isEditor),
        command('editor.run', isEditor),
      ],
    },
    {
      label: texts.titles.machine,
      submenu: [
        command('machine.toggleRun', isOn || isOff),
        command('machine.step', machine === 'paused'),
        command('machine.stepOver', machine === 'paused'),
        command('machine.stepOut', machine === 'paused'),
        command('machine.runToCursor', machine === 'paused'),
        command('machine.stepBack', machine === 'paused' || machine === 'crashed'),
        command('machine.runBack', machine === 'paused' || machine === 'crashed'),
        command('machine.toggleBreakpoint', hasMachine),
        command('machine.gdb', hasMachine && machine !== 'off'),
        command('machine.trace', hasMachine),
        command('machine.symbols', hasMachine),
        SEPARATOR,
        command('machine.pauseAll', hasMachine),
        command('machine.resumeAll', hasMachine),
        SEPARATOR,
        command('machine.reset', hasMachine && machine !== 'off'),
        command('machine.powerButton', isOn),
        command('machine.powerOff', hasMachine && machine !== 'off'),
        SEPARATOR,
        command('machine.takeSnapshot', isOn),
        command('machine.suspend', isOn),
        SEPARATOR,
        command('screen.paste', isOn),
        command('screen.controlAltDelete', isOn),
        command('screen.savePicture', isOn),
        command('sound.mute', hasMachine),
        SEPARATOR,
        command('machine.loadProgram', hasMachine),
        command('machine.settings', hasMachine),
        command('machine.rename', hasMachine),
        command('machine.clone', hasMachine),
        command('machine.export', isOff),
        command('machine.delete', hasMachine),
      ],
    },
    {
      label: texts.titles.view,
      submenu: [
        ...PANELS.map((panel) => command(`view.${panel}`, hasMachine)),
        command('view.timeLine', hasMachine),
        { label: texts.titles.layout, submenu: layoutItems(command, hasMachine) },
        SEPARATOR,
        command('view.isolation'),
        command('view.schedule'),
        command('view.editor'),
        command('view.samples'),
        SEPARATOR,
        command('screen.smooth', hasMachine),
        command('screen.whole', hasMachine),
        SEPARATOR,
        command('view.commandPalette'),
        SEPARATOR,
        role('zoomIn', 'zoomIn'),
        role('zoomOut', 'zoomOut'),
        role('zoomReset', 'resetZoom'),
        role('fullScreen', 'togglefullscreen'),
      ],
    },
    {
      label: texts.titles.help,
      submenu: [
        {
          label: texts.titles.tours,
          submenu: [
            ...TOURS.map((tour) => command(`tour.${tour}`)),
            SEPARATOR,
            command('coach.focus'),
            command('coach.leave'),
          ],
        },
        SEPARATOR,
        command('demonstration.start', !isDemonstrating),
        command('demonstration.stop', isDemonstrating),
        SEPARATOR,
        command('help.shortcuts'),
        ...(isMac ? [] : [command('help.about')]),
      ],
    },
  ];
}

function layoutItems(
  command: (name: MenuCommand, enabled: boolean) => MenuItemConstructorOptions,
  hasMachine: boolean,
): MenuItemConstructorOptions[] {
  const items = (names: readonly MenuCommand[]): MenuItemConstructorOptions[] =>
    names.map((name) => command(name, hasMachine));
  return [
    ...items(['layout.learn', 'layout.debug', 'layout.run', 'layout.watch']),
    SEPARATOR,
    ...items(['panel.splitRight', 'panel.splitDown', 'panel.moveOn', 'panel.float', 'panel.maximise']),
    SEPARATOR,
    ...items(['panel.next', 'panel.previous']),
  ];
}

function recentItems(
  texts: MenuTexts,
  recentFiles: readonly string[],
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  if (recentFiles.length === 0) return [{ label: texts.titles.noRecent, enabled: false }];
  return [
    ...recentFiles.map((file) => ({
      // An ampersand would mark an access key.
      label: `${path.basename(file)} — ${displayPath(path.dirname(file))}`.replaceAll('&', '&&'),
      click: () => actions.openRecent(file),
    })),
    SEPARATOR,
    { label: texts.titles.clearRecent, click: () => actions.clearRecent() },
  ];
}
