import { z } from 'zod';
import { call, event } from './Channel.ts';
import { PANELS } from './layouts/PanelTitles.ts';
import { TOURS } from './layouts/TourTitles.ts';
import { VmId } from './machines.ts';
import { Problem } from './Outcome.ts';

export const Language = z.enum(['en', 'zh-CN']);
export type Language = z.infer<typeof Language>;

export const Preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh-CN']),
  /** Host processors that the scheduler may fill; null: as many as the host has. */
  pcpuCount: z.number().int().min(1).max(256).nullable(),
  /** The longest that a machine keeps a pCPU which others want, in milliseconds. */
  sliceMs: z.number().int().min(1).max(100),
  /** How much RAM machines that are on may have together, in MiB; null: three quarters of the host's. */
  memoryLimitMiB: z.number().int().min(16).max(16_777_216).nullable(),
  /** Ask before quitting or powering off while machines run. */
  confirmQuit: z.boolean(),
  /** Quitting suspends machines that are on, and the next start wakes them. */
  suspendOnQuit: z.boolean(),
  /** A machine that stops at a breakpoint, or for its debugger, stops all others too. */
  stopTogether: z.boolean(),
});
export type Preferences = z.infer<typeof Preferences>;

/** What the preferences come to on this host, now. */
export const Appearance = z.object({ language: Language, dark: z.boolean(), highContrast: z.boolean() });
export type Appearance = z.infer<typeof Appearance>;

export const AppInfo = z.object({
  name: z.string(),
  version: z.string(),
  electron: z.string(),
  chromium: z.string(),
  node: z.string(),
  v8: z.string(),
  platform: z.enum(['linux', 'darwin', 'win32', 'other']),
  architecture: z.string(),
  hostProcessors: z.number().int(),
  hostMemoryMiB: z.number(),
  /** The limit of all machines' memory unless the user sets another, in MiB. */
  usualMemoryLimitMiB: z.number().int(),
  /** For showing only. */
  dataFolder: z.string(),
});
export type AppInfo = z.infer<typeof AppInfo>;

/** Somebody else's work that the app holds code of. */
export const ThirdParty = z.object({
  name: z.string(),
  version: z.string(),
  /** An SPDX expression. */
  licence: z.string(),
  text: z.string(),
});
export type ThirdParty = z.infer<typeof ThirdParty>;

/** The window's own state, kept by main across starts and crashes of the renderer; its shape is the renderer's. */
export const Session = z.record(z.string().max(64), z.json());
export type Session = z.infer<typeof Session>;

/** What a menu item or its shortcut asks the window to do; those about a machine mean the one in view. */
export const MENU_COMMANDS = [
  'file.newMachine',
  'file.newProgram',
  'file.openProgram',
  'file.importMachine',
  'file.openInEditor',
  'file.save',
  'file.saveAs',
  'file.preferences',
  'edit.undo',
  'edit.redo',
  'edit.find',
  'machine.start',
  'machine.pause',
  'machine.resume',
  'machine.toggleRun',
  'machine.step',
  'machine.stepOver',
  'machine.stepOut',
  'machine.runToCursor',
  'machine.pauseAll',
  'machine.resumeAll',
  'machine.stepBack',
  'machine.runBack',
  'machine.reset',
  'machine.powerButton',
  'machine.powerOff',
  'machine.takeSnapshot',
  'machine.suspend',
  'machine.discardSuspended',
  'machine.loadProgram',
  'machine.rename',
  'machine.clone',
  'machine.export',
  'machine.delete',
  'machine.settings',
  'machine.toggleBreakpoint',
  'machine.gdb',
  'machine.trace',
  'machine.symbols',
  'editor.assemble',
  'editor.run',
  'view.machines',
  ...PANELS.map((panel) => `view.${panel}` as const),
  'view.timeLine',
  'layout.learn',
  'layout.debug',
  'layout.run',
  'layout.watch',
  'panel.splitRight',
  'panel.splitDown',
  'panel.moveOn',
  'panel.float',
  'panel.maximise',
  'panel.next',
  'panel.previous',
  'view.isolation',
  'view.schedule',
  'view.editor',
  'view.samples',
  'view.commandPalette',
  'screen.whole',
  'screen.savePicture',
  'screen.paste',
  'sound.mute',
  'screen.controlAltDelete',
  'screen.smooth',
  'demonstration.start',
  'demonstration.stop',
  ...TOURS.map((tour) => `tour.${tour}` as const),
  'coach.focus',
  'coach.leave',
  'help.shortcuts',
  'help.about',
] as const;
export const MenuCommand = z.enum(MENU_COMMANDS);
export type MenuCommand = z.infer<typeof MenuCommand>;

export const Notification = z.object({
  severity: z.enum(['info', 'warning', 'error']),
  problem: Problem,
  vm: VmId.optional(),
});
export type Notification = z.infer<typeof Notification>;

export const QuitRequest = z.object({
  /** Machines that would lose their state. */
  machines: z.array(z.object({ id: VmId, name: z.string() })),
  /** Texts that would lose changes. */
  unsaved: z.array(z.string()),
});
export type QuitRequest = z.infer<typeof QuitRequest>;

export const applicationContract = {
  'app:info': call(z.void(), AppInfo),
  /** By name. Electron's own notices and Chromium's lie beside the executable. */
  'app:thirdParties': call(z.void(), z.array(ThirdParty)),
  /** The window is mounted: main shows it and sends what has waited (`vm:reveal`, `app:notification`). */
  'app:ready': call(z.void(), z.void()),
  'app:notification': event(Notification),

  /** Something would be lost: the window asks the user and answers with `app:answerQuit`. */
  'app:quitRequested': event(QuitRequest),
  // `suspend`: machines that are on are suspended first; when one cannot be, the app stays.
  'app:answerQuit': call(z.object({ quit: z.boolean(), suspend: z.boolean().default(false) }), z.void()),
  /** As the window's close button would. */
  'app:quit': call(z.void(), z.void()),
  'app:toggleFullScreen': call(z.void(), z.void()),
  /** The whole screen, without a menu bar, for a guest's picture. */
  'app:setWholeScreen': call(z.object({ on: z.boolean() }), z.void()),
  /** The window left the whole screen by other means. */
  'app:wholeScreenLeft': event(z.void()),

  'preferences:get': call(z.void(), z.object({ preferences: Preferences, appearance: Appearance })),
  'preferences:update': call(Preferences.partial(), z.object({ preferences: Preferences, appearance: Appearance })),
  /** Also when the host's theme changes. */
  'preferences:changed': event(z.object({ preferences: Preferences, appearance: Appearance })),

  'session:get': call(z.void(), Session),
  /** Replaces the keys named; null removes one. Written to disk within a second. At most 4 MB of JSON. */
  'session:update': call(Session, z.void()),

  'menu:command': event(z.object({ command: MenuCommand })),
  /** What is in view, so that the menu enables what makes sense. */
  'menu:context': call(z.object({ vm: VmId.nullable(), editor: z.boolean() }), z.void()),

  'clipboard:writeText': call(z.object({ text: z.string().max(4_000_000) }), z.void()),
  'clipboard:readText': call(z.void(), z.string()),
} as const;
