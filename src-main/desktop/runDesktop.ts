import { app, dialog, session } from 'electron';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { dataFolder } from '../control/dataFolder.ts';
import { openStore } from '../control/socket/openStore.ts';
import type { SampleCatalogue } from '../control/files/SampleCatalogue.ts';
import type { HypervisorService, Result } from '../hypervisor/types.ts';
import { BridgeDoor } from './bridge/BridgeDoor.ts';
import type { DesktopApplication, DesktopParts } from './DesktopApplication.ts';
import { commandLineFiles } from './files/commandLineFiles.ts';
import { AppearanceService } from './settings/AppearanceService.ts';
import { openSettings } from './settings/Settings.ts';
import { declareAppProtocol, serveAppProtocol } from './window/appProtocol.ts';
import { MainWindow } from './window/MainWindow.ts';
import { restrictContents, restrictSession } from './window/securityPolicy.ts';

export interface DesktopDependencies extends Pick<DesktopParts, 'packageLists' | 'cast'> {
  readonly preload: string;
  readonly rendererFolder: string;
  loadSamples(): Promise<SampleCatalogue>;
  openHypervisor(dataFolder: string, onInternalError: (error: unknown) => void): Promise<Result<HypervisorService>>;
}

/**
 * Starts the app, or hands its files to the one that runs already on the same folder. The page comes first: while
 * Chromium starts its process and that reads its scripts, main loads what stands behind it.
 */
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
    const appearance = new AppearanceService(settings.preferences, [
      ...app.getPreferredSystemLanguages(),
      app.getLocale(),
    ]);
    restrictSession(session.defaultSession);
    serveAppProtocol(dependencies.rendererFolder);
    const door = new BridgeDoor();
    const window = new MainWindow(dependencies.preload, settings.bounds);
    window.load().catch((error: unknown) => log('The window has no page', error));

    // A turn of the loop between any two of the large parts: the page is served meanwhile.
    await turn();
    const store = await openStore(folder, () =>
      dependencies.openHypervisor(folder, (error) => log('A bug in the hypervisor', error)),
    );
    if (!store.ok) {
      dialog.showErrorBox('Vivarium', store.error.message);
      app.exit(1);
      return;
    }
    const samples = await dependencies.loadSamples();
    await turn();
    const { DesktopApplication } = await import('./DesktopApplication.ts');
    application = new DesktopApplication({
      ...dependencies,
      app,
      window,
      door,
      appearance,
      samples,
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
