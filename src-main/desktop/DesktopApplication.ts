import { dialog, type App, type WebContents } from 'electron';
import type { QuitRequest } from '../../src-preload/contract/application.ts';
import type { Problem } from '../../src-preload/contract/Outcome.ts';
import { Breakpoints } from '../debug/Breakpoints.ts';
import type { HypervisorService, VmId } from '../hypervisor/types.ts';
import type { BridgeDoor } from './bridge/BridgeDoor.ts';
import { BridgeServer } from './bridge/BridgeServer.ts';
import { PageMail } from './bridge/PageMail.ts';
import type { EmitEvent, Handlers } from '../control/handlers.ts';
import { ContainmentJournal } from './ContainmentJournal.ts';
import { controlHandlers } from '../control/controlHandlers.ts';
import { Debugging } from '../control/Debugging.ts';
import { FileDialogs } from './files/FileDialogs.ts';
import { FileOpener } from './files/FileOpener.ts';
import type { ControlService } from '../control/ControlService.ts';
import { FileGrants } from '../control/files/FileGrants.ts';
import { GdbServers } from '../control/GdbServers.ts';
import { ProgramInspector } from './files/ProgramInspector.ts';
import { ProgramSources } from '../control/files/ProgramSources.ts';
import { ControlServer } from '../control/socket/ControlServer.ts';
import { RecentFiles } from './files/RecentFiles.ts';
import type { SampleCatalogue } from '../control/files/SampleCatalogue.ts';
import { applianceHandlers } from './handlers/applianceHandlers.ts';
import { applicationHandlers } from './handlers/applicationHandlers.ts';
import { chartHandlers } from './handlers/chartHandlers.ts';
import { machineFileHandlers } from './handlers/machineFileHandlers.ts';
import { imageHandlers } from './handlers/imageHandlers.ts';
import { observationHandlers } from './handlers/observationHandlers.ts';
import { programHandlers } from './handlers/programHandlers.ts';
import { symbolFileHandlers } from './handlers/symbolFileHandlers.ts';
import { tourHandlers } from './handlers/tourHandlers.ts';
import { Machines } from '../control/Machines.ts';
import { toSnapshotTree } from '../control/snapshotHandlers.ts';
import { toTrace } from '../control/traceHandlers.ts';
import { MemoryRanges } from '../control/memory/MemoryRanges.ts';
import { ApplicationMenu } from './menu/ApplicationMenu.ts';
import { QuitGuard } from './QuitGuard.ts';
import { quitTexts } from './quitTexts.ts';
import type { AppearanceService } from './settings/AppearanceService.ts';
import { HostPreferences } from './settings/HostPreferences.ts';
import { flushSettings, type Settings } from './settings/Settings.ts';
import { SleepingMachines } from './SleepingMachines.ts';
import { stopTogether } from './StopTogether.ts';
import { StreamHub } from './streams/StreamHub.ts';
import { Occasions } from './temporary/Occasions.ts';
import type { DemonstrationCast } from './temporary/RunningDemonstration.ts';
import type { MachineMaker } from './temporary/TemporaryMachines.ts';
import type { MainWindow } from './window/MainWindow.ts';

/** A machine that will not end must not keep the app from ending. */
const ENDING_MS_MOST = 8_000;

export interface DesktopParts {
  readonly app: App;
  readonly dataFolder: string;
  /** Its page is loading. */
  readonly window: MainWindow;
  readonly door: BridgeDoor;
  readonly appearance: AppearanceService;
  /** The build's lists of the packages that it holds code of. */
  readonly packageLists: readonly string[];
  readonly hypervisor: HypervisorService;
  /** Machines that another owner of the store has suspended for this one: they go on here. */
  readonly handedOver: readonly VmId[];
  readonly settings: Settings;
  readonly samples: SampleCatalogue;
  readonly cast: DemonstrationCast;
  log(message: string, error?: unknown): void;
}

/** What stands behind the window; lives from soon after the app's readiness to its end. */
export class DesktopApplication {
  private readonly parts: DesktopParts;
  private readonly appearance: AppearanceService;
  private readonly machines: Machines;
  private readonly recent: RecentFiles;
  private readonly grants = new FileGrants();
  private readonly journal: ContainmentJournal;
  private readonly occasions: Occasions;
  private readonly files: FileOpener;
  private readonly hostPreferences: HostPreferences;
  private readonly streams: StreamHub;
  private readonly bridge: BridgeServer;
  private readonly quit: QuitGuard;
  private readonly window: MainWindow;
  /** What other programs of this user may ask, and where; null: they cannot. */
  private readonly control: ControlService;
  private controlServer: ControlServer | null = null;

  private readonly mail: PageMail;
  private readonly menu: ApplicationMenu;
  private readonly sleeping: SleepingMachines;
  private menuVm: string | null = null;
  private isEditorInView = false;
  private unsaved: readonly string[] = [];

  constructor(parts: DesktopParts) {
    this.parts = parts;
    const { app, hypervisor, settings, samples } = parts;
    const emit: EmitEvent = (name, payload) => this.bridge.emit(name, payload);

    this.mail = new PageMail(emit);
    this.menu = new ApplicationMenu({
      command: (command) => emit('menu:command', { command }),
      openRecent: (file) => void this.openFiles([file]),
      clearRecent: () => this.recent.clear(),
      quit: () => void this.quit.request(),
    });
    this.appearance = parts.appearance;
    this.window = parts.window;
    const programs = new ProgramSources(this.grants, samples);
    this.recent = new RecentFiles(settings.recentFiles, this.grants, () => {
      this.buildMenu();
      emit('recent:changed', this.recent.list());
    });
    const breakpoints = new Breakpoints(settings.breakpoints.value, (id, list) => {
      settings.breakpoints.set(breakpoints.all());
      emit('debug:breakpointsChanged', { id, breakpoints: [...list] });
    });
    this.machines = new Machines(hypervisor, this.grants, programs, this.recent, breakpoints, (id) =>
      this.occasions.roleOf(id),
    );
    const maker: MachineMaker = {
      create: (wishes, sampleId) => this.machines.create(wishes, { kind: 'sample', sampleId }),
      start: (id) => this.machines.start(id),
      delete: (id) => this.machines.delete(id),
    };
    this.occasions = new Occasions({
      hypervisor,
      maker,
      cast: parts.cast,
      kept: settings.temporary,
      onDemonstration: (demonstration) => emit('demonstration:changed', demonstration),
      onChanged: () => {
        // Roles are part of the machines' summaries.
        for (const vm of this.machines.list()) emit('vm:changed', vm);
        this.buildMenu();
      },
    });
    this.hostPreferences = new HostPreferences(hypervisor, settings.preferences);
    this.files = new FileOpener({
      machines: this.machines,
      grants: this.grants,
      reveal: (id) => this.mail.send('vm:reveal', { id }),
      offer: (files) => this.mail.send('machine:offered', [...files]),
      refuse: (problem) => this.notify('error', problem),
    });
    this.sleeping = new SleepingMachines({
      hypervisor,
      machines: this.machines,
      settings,
      isKept: (id) => this.occasions.roleOf(id) === 'none',
      language: () => this.appearance.language,
      notify: (notification) => this.mail.send('app:notification', notification),
    });
    stopTogether(hypervisor, () => settings.preferences.value.stopTogether);
    this.journal = new ContainmentJournal(hypervisor, (entries) => emit('containment:recorded', entries));
    this.streams = new StreamHub(hypervisor, () => this.window.isVisible);
    this.quit = new QuitGuard({
      losses: () => this.losses(),
      isConfirmationWanted: () => settings.preferences.value.confirmQuit,
      isSuspendWanted: () => settings.preferences.value.suspendOnQuit,
      suspend: async () => {
        const isDone = await this.sleeping.suspend();
        if (!isDone) this.window.reveal();
        return isDone;
      },
      askInWindow: (request) => this.askInWindow(request),
      askBySystem: (request) => this.askBySystem(request),
      leave: () => this.leave(),
    });
    const dialogs = new FileDialogs(
      () => this.window.browserWindow,
      () => this.appearance.language,
    );
    const debugging = new Debugging(hypervisor, breakpoints, this.machines.symbols);
    const ranges = new MemoryRanges(hypervisor, debugging, this.grants);
    const handlers: Handlers = {
      ...controlHandlers({
        hypervisor,
        machines: this.machines,
        breakpoints,
        debugging,
        ranges,
        gdb: new GdbServers(hypervisor, (id, server) => emit('gdb:changed', { id, server })),
        grants: this.grants,
      }),
      ...symbolFileHandlers(this.grants, dialogs),
      ...machineFileHandlers({ hypervisor, grants: this.grants, dialogs, ranges }),
      ...observationHandlers(hypervisor, this.journal, this.occasions.demonstration, emit),
      ...tourHandlers(this.occasions.tour),
      ...programHandlers({
        hypervisor,
        grants: this.grants,
        recent: this.recent,
        samples,
        inspector: new ProgramInspector(programs),
        dialogs,
        onUnsaved: (names) => (this.unsaved = names),
      }),
      ...chartHandlers({ grants: this.grants, dialogs }),
      ...imageHandlers({ hypervisor, grants: this.grants, dialogs }),
      ...applianceHandlers(parts.dataFolder, this.machines, emit),
      ...applicationHandlers({
        app,
        dataFolder: parts.dataFolder,
        packageLists: parts.packageLists,
        settings,
        appearance: this.appearance,
        quit: this.quit,
        onReady: () => this.mail.onPageReady(),
        onMenuContext: (vm, isEditor) => {
          this.menuVm = vm;
          this.isEditorInView = isEditor;
          this.buildMenu();
        },
        toggleFullScreen: () => this.window.toggleFullScreen(),
        setWholeScreen: (isOn) => this.window.setWholeScreen(isOn),
      }),
    };
    this.control = { hypervisor, handlers, grants: this.grants, toSummary: (vm) => this.machines.toSummary(vm) };
    this.bridge = new BridgeServer(handlers, this.streams, this.grants, (error, where) => parts.log(where, error));
    this.forwardEvents(emit);
  }

  async open(): Promise<void> {
    const { app, door, settings } = this.parts;
    this.hostPreferences.apply();
    await this.occasions.clearOld();
    this.appearance.onChange((state) => {
      this.hostPreferences.apply();
      this.buildMenu();
      this.bridge.emit('preferences:changed', state);
    });
    app.on('before-quit', (event) => {
      event.preventDefault();
      void this.quit.request();
    });
    app.on('window-all-closed', () => void this.quit.leaveNow());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.quit.leaveNow());
    this.buildMenu();
    this.window.serve({
      onPage: (contents) => this.onPage(contents),
      onCloseRequest: () => void this.quit.request(),
      onPageCrash: (reason, willReload) => void this.onPageCrash(reason, willReload),
      onWholeScreenLeft: () => this.bridge.emit('app:wholeScreenLeft', undefined),
    });
    door.openTo(this.bridge);
    for (const { message } of this.parts.hypervisor.storeProblems())
      this.notify('warning', { code: 'storage', message });
    await this.openToControl();
    void this.sleeping.wake(this.parts.handedOver);
    // Written at once, so that a first run that is killed is remembered too.
    await flushSettings(settings);
  }

  async openFiles(files: readonly string[]): Promise<void> {
    await this.files.open(files);
  }

  /** The command line finds the machines in this window. Without it the window is as good. */
  private async openToControl(): Promise<void> {
    const { dataFolder, log } = this.parts;
    try {
      this.controlServer = await ControlServer.start(this.control, { folder: dataFolder, owner: 'window', log });
    } catch (error) {
      log('The command line cannot reach this window', error);
    }
  }

  reveal(): void {
    this.window.reveal();
  }

  reportProblem(message: string): void {
    this.parts.log(message);
    this.notify('error', { code: 'storage', message });
  }

  private forwardEvents(emit: EmitEvent): void {
    const { hypervisor } = this.parts;
    const onChanged = (vm: Parameters<Machines['toSummary']>[0]): void => {
      emit('vm:changed', this.machines.toSummary(vm));
      if (vm.id === this.menuVm) this.buildMenu();
    };
    hypervisor.on('vm-added', onChanged);
    hypervisor.on('vm-changed', onChanged);
    hypervisor.on('vm-removed', ({ id }) => {
      emit('vm:removed', { id });
      if (id === this.menuVm) this.menuVm = null;
      this.buildMenu();
    });
    hypervisor.on('snapshots-changed', ({ id, ...tree }) => emit('snapshot:changed', { id, ...toSnapshotTree(tree) }));
    hypervisor.on('trace-changed', ({ id, trace }) =>
      emit('trace:changed', { id, trace: toTrace(trace, this.grants) }),
    );
    hypervisor.on('drive-problem', ({ vmId, message }) =>
      this.mail.send('app:notification', { severity: 'error', problem: { code: 'drive', message }, vm: vmId }),
    );
    hypervisor.on('store-problem', ({ message }) => this.notify('error', { code: 'storage', message }));
  }

  private onPage(contents: WebContents): void {
    this.mail.onPageGone();
    this.bridge.attach(contents);
  }

  private notify(severity: 'warning' | 'error', problem: Problem): void {
    this.mail.send('app:notification', { severity, problem });
  }

  private async onPageCrash(reason: string, willReload: boolean): Promise<void> {
    this.parts.log(`The window's page ended: ${reason}.`);
    this.mail.onPageGone();
    this.streams.closeAll();
    if (willReload) {
      this.notify('warning', { code: 'internal', message: `The window's page ended (${reason}) and was loaded again. No machine was touched.` }); // prettier-ignore
      return;
    }
    const texts = quitTexts[this.appearance.language];
    const { response } = await dialog.showMessageBox(this.window.browserWindow, {
      type: 'error',
      message: texts.crashed,
      buttons: [texts.reload, texts.quit],
    });
    if (response === 0) await this.window.load();
    else await this.quit.leaveNow();
  }

  private losses(): QuitRequest {
    const machines = this.machines.alive.filter(({ id }) => this.occasions.roleOf(id) === 'none');
    return { machines: machines.map(({ id, name }) => ({ id, name })), unsaved: [...this.unsaved] };
  }

  private askInWindow(request: QuitRequest): boolean {
    if (!this.mail.isPageReady || !this.window.isResponsive) return false;
    this.window.reveal();
    this.bridge.emit('app:quitRequested', request);
    return true;
  }

  private async askBySystem({ machines, unsaved }: QuitRequest): Promise<boolean> {
    const texts = quitTexts[this.appearance.language];
    const { response } = await dialog.showMessageBox(this.window.browserWindow, {
      type: 'warning',
      message: texts.question,
      detail: [...machines.map(({ name }) => name), ...unsaved].join('\n'),
      buttons: [texts.quit, texts.cancel],
      defaultId: 1,
      cancelId: 1,
    });
    return response === 0;
  }

  private async leave(): Promise<void> {
    const { app, hypervisor, settings, log } = this.parts;
    this.journal.dispose();
    this.streams.closeAll();
    const ending = async (): Promise<void> => {
      await this.controlServer?.close();
      await this.occasions.end();
      await hypervisor.dispose();
    };
    await Promise.race([ending(), expire(ENDING_MS_MOST)]).catch((error: unknown) =>
      log('The machines could not be ended in good order.', error),
    );
    await flushSettings(settings);
    this.window.destroy();
    app.exit(0);
  }

  private buildMenu(): void {
    const vm = this.menuVm === null ? undefined : this.parts.hypervisor.get(this.menuVm);
    this.menu.show({
      language: this.appearance.language,
      machine: vm?.state ?? null,
      isEditor: this.isEditorInView,
      isDemonstrating: this.occasions.demonstration.current.state !== 'off',
      recentFiles: this.recent.paths,
    });
  }
}

function expire(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`no end after ${ms} ms`)), ms));
}
