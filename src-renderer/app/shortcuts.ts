import type { MenuCommand } from '../../src-preload/contract/application.ts';

/** A key with its modifiers; `mod` is Command on a Mac and Control elsewhere. */
interface Shortcut {
  readonly key: string;
  readonly mod?: boolean;
  readonly shift?: boolean;
  readonly alt?: boolean;
}

/** The same keys as the accelerators of main's menu: whichever sees a key first deals with it. */
export const SHORTCUTS: Partial<Record<MenuCommand, Shortcut>> = {
  'file.newMachine': { key: 'n', mod: true },
  'file.newProgram': { key: 'n', mod: true, shift: true },
  'file.openProgram': { key: 'o', mod: true },
  'file.openInEditor': { key: 'o', mod: true, shift: true },
  'file.save': { key: 's', mod: true },
  'file.saveAs': { key: 's', mod: true, shift: true },
  'file.preferences': { key: ',', mod: true },
  'edit.undo': { key: 'z', mod: true },
  'edit.redo': { key: 'z', mod: true, shift: true },
  'edit.find': { key: 'f', mod: true },
  'machine.toggleRun': { key: 'F5' },
  'machine.step': { key: 'F11' },
  'machine.stepOver': { key: 'F10' },
  'machine.stepOut': { key: 'F11', mod: true },
  'machine.runToCursor': { key: 'F10', mod: true },
  'machine.stepBack': { key: 'F11', shift: true },
  'machine.runBack': { key: 'F5', shift: true },
  'machine.toggleBreakpoint': { key: 'F9' },
  'machine.reset': { key: 'r', mod: true, shift: true },
  'machine.powerOff': { key: 'p', mod: true, shift: true },
  'machine.takeSnapshot': { key: 't', mod: true, shift: true },
  'machine.loadProgram': { key: 'l', mod: true },
  'machine.rename': { key: 'F2' },
  'editor.assemble': { key: 'b', mod: true },
  'editor.run': { key: 'Enter', mod: true },
  'panel.splitRight': { key: '\\', mod: true },
  'panel.maximise': { key: 'm', mod: true },
  'panel.next': { key: 'F6' },
  'panel.previous': { key: 'F6', shift: true },
  'view.screen': { key: '1', mod: true },
  'view.console': { key: '2', mod: true },
  'view.processor': { key: '3', mod: true },
  'view.memory': { key: '4', mod: true },
  'view.code': { key: '5', mod: true },
  'view.exits': { key: '6', mod: true },
  'view.isolation': { key: '7', mod: true },
  'view.schedule': { key: '8', mod: true },
  'view.editor': { key: '9', mod: true },
  'view.samples': { key: 'e', mod: true, shift: true },
  'view.commandPalette': { key: 'k', mod: true },
  'screen.whole': { key: 'Enter', mod: true, alt: true },
  'coach.focus': { key: 'F1' },
  'help.shortcuts': { key: '/', mod: true },
};

const isMac = navigator.platform.startsWith('Mac');

/** The shortcut as its platform writes it; empty when there is none. */
export function shortcutText(command: MenuCommand): string {
  const shortcut = SHORTCUTS[command];
  if (!shortcut) return '';
  const key = shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key;
  if (isMac)
    return `${shortcut.alt ? '⌥' : ''}${shortcut.shift ? '⇧' : ''}${shortcut.mod ? '⌘' : ''}${key === 'Enter' ? '↩' : key}`;
  return `${shortcut.mod ? 'Ctrl+' : ''}${shortcut.alt ? 'Alt+' : ''}${shortcut.shift ? 'Shift+' : ''}${key}`;
}

/** The command that a key asks for. */
export function commandOf(event: KeyboardEvent): MenuCommand | undefined {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (isMac ? event.ctrlKey : event.metaKey) return undefined;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  for (const [command, shortcut] of Object.entries(SHORTCUTS)) {
    const isSame =
      shortcut.key === pressed &&
      (shortcut.mod ?? false) === mod &&
      (shortcut.shift ?? false) === event.shiftKey &&
      (shortcut.alt ?? false) === event.altKey;
    if (isSame) return command as MenuCommand; // a key of SHORTCUTS
  }
  return undefined;
}
