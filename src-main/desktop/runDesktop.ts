import { app, dialog } from 'electron';
import path from 'node:path';
import { dataFolder } from '../control/dataFolder.ts';
import { openStore } from '../control/socket/openStore.ts';
import type { HypervisorService, Result } from '../hypervisor/types.ts';
import { DesktopApplication, type DesktopParts } from './DesktopApplication.ts';
import { commandLineFiles } from './files/commandLineFiles.ts';
import { openSettings } from './settings/Settings.ts';
import { declareAppProtocol } from './window/appProtocol.ts';
import { restrictContents } from './window/securityPolicy.ts';

export interface DesktopDependencies extends Pick<
  DesktopParts,
  'preload' | 'rendererFolder' | 'packageLists' | 'samples' | 'cast'
> {
  openHypervisor(dataFolder: string, onInternalError: (error: unknown) => void): Promise<Result<HypervisorService>>;
}

/** Starts the app, or hands its files to the one that runs already on the same folder. */
export function runDesktop(dependencies: DesktopDependencies): void {
  app.setName('Vivarium');
  const folder = dataFolder();
  // Chromium's own files, and with them the lock that makes a second start find the first.
  if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', path.join(folder, 'chromium'));
  declareAppProtocol();
  restrictContents(app);

  const files = (argv: readonly string[], workingFolder: string): string[] =>
    commandLineFiles(argv, app.isPackaged, workingFolder);
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }

  let waitingFiles = files(process.argv, process.cwd());
  let application: DesktopApplication | null = null;
  const open = (paths: string[]): void => {
    if (application) void application.openFiles(paths);
    else waitingFiles.push(...paths);
  };
  app.on('second-instance', (_event, argv, workingFolder) => {
    application?.reveal();
    open(files(argv, workingFolder));
  });
  // macOS hands over files by this event, also before the app is ready.
  app.on('open-file', (event, file) => {
    event.preventDefault();
    open([file]);
  });
  process.on('uncaughtException', (error) => log('A bug in the main process', error));
  process.on('unhandledRejection', (error) => log('A bug in the main process', error));

  void app.whenReady().then(async () => {
    const problems: string[] = [];
    const settings = await openSettings(folder, (message) => {
      if (application) application.reportProblem(message);
      else problems.push(message);
    });
    const store = await openStore(folder, () =>
      dependencies.openHypervisor(folder, (error) => log('A bug in the hypervisor', error)),
    );
    if (!store.ok) {
      dialog.showErrorBox('Vivarium', store.error.message);
      app.exit(1);
      return;
    }
    application = new DesktopApplication({
      ...dependencies,
      app,
      dataFolder: folder,
      settings,
      hypervisor: store.value.value,
      handedOver: store.value.handedOver,
      log,
    });
    for (const problem of problems) application.reportProblem(problem);
    await application.open();
    const paths = waitingFiles;
    waitingFiles = [];
    await application.openFiles(paths);
  });
}

function log(message: string, error?: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : error === undefined ? '' : String(error);
  process.stderr.write(`vivarium: ${message}${detail && `: ${detail}`}\n`);
}
