import { clipboard, type App } from 'electron';
import os from 'node:os';
import type { AppInfo } from '../../../src-preload/contract/application.ts';
import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import { usualMemoryLimitMiB } from '../../hypervisor/MemoryLimit.ts';
import { readThirdParties } from '../files/thirdParties.ts';
import { displayPath } from '../../control/files/FileGrants.ts';
import type { QuitGuard } from '../QuitGuard.ts';
import type { AppearanceService } from '../settings/AppearanceService.ts';
import type { Settings } from '../settings/Settings.ts';
import { definedOnly } from '../../control/definedOnly.ts';

type ApplicationCall = Extract<
  CallName,
  `app:${string}` | `preferences:${string}` | `session:${string}` | `menu:${string}` | `clipboard:${string}`
>;

const SESSION_CHARACTERS_MOST = 4_000_000;

export interface ApplicationServices {
  readonly app: App;
  readonly dataFolder: string;
  /** The build's lists of the packages that it holds code of. */
  readonly packageLists: readonly string[];
  readonly settings: Settings;
  readonly appearance: AppearanceService;
  readonly quit: QuitGuard;
  onReady(): void;
  onMenuContext(vm: string | null, isEditor: boolean): void;
  toggleFullScreen(): void;
  setWholeScreen(isOn: boolean): void;
}

export function applicationHandlers(services: ApplicationServices): Handlers<ApplicationCall> {
  const { app, settings, appearance, quit } = services;
  return {
    'app:info': () => succeed(describeApp(app, services.dataFolder)),
    'app:thirdParties': async () => succeed(await readThirdParties(services.packageLists)),
    'app:ready': () => {
      services.onReady();
      return succeed(undefined);
    },
    // Neither waits for the end: an app that is gone cannot answer.
    'app:answerQuit': ({ quit: isConfirmed, suspend }) => {
      void quit.answer(isConfirmed, suspend || undefined);
      return succeed(undefined);
    },
    'app:quit': () => {
      void quit.request();
      return succeed(undefined);
    },
    'app:toggleFullScreen': () => {
      services.toggleFullScreen();
      return succeed(undefined);
    },

    'app:setWholeScreen': ({ on }) => {
      services.setWholeScreen(on);
      return succeed(undefined);
    },

    'preferences:get': () => succeed(appearance.state),
    'preferences:update': (changes) => {
      appearance.update(definedOnly(changes));
      return succeed(appearance.state);
    },

    'session:get': () => succeed(settings.session.value),
    'session:update': (changes) => {
      const merged = { ...settings.session.value, ...changes };
      const session = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      if (JSON.stringify(session).length > SESSION_CHARACTERS_MOST) {
        return refuse('file-too-large', 'The window has more to remember than 4 MB.');
      }
      settings.session.set(session);
      return succeed(undefined);
    },

    'menu:context': ({ vm, editor }) => {
      services.onMenuContext(vm, editor);
      return succeed(undefined);
    },

    // Electron 25 answers at once, later versions with a promise.
    'clipboard:writeText': async ({ text }) => {
      await clipboard.writeText(text);
      return succeed(undefined);
    },
    'clipboard:readText': async () => succeed(await clipboard.readText()),
  };
}

function describeApp(app: App, dataFolder: string): AppInfo {
  const { electron = '', chrome = '', node, v8 } = process.versions;
  const { platform } = process;
  return {
    name: app.getName(),
    version: app.getVersion(),
    electron,
    chromium: chrome,
    node,
    v8,
    platform: platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other',
    architecture: process.arch,
    hostProcessors: os.cpus().length,
    usualMemoryLimitMiB: usualMemoryLimitMiB(),
    hostMemoryMiB: Math.round(os.totalmem() / 1024 ** 2),
    dataFolder: displayPath(dataFolder),
  };
}
