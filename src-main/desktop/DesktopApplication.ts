import { dialog, session, type App, type WebContents } from 'electron';
import type { QuitRequest } from '../../src-preload/contract/application.ts';
import type { Problem } from '../../src-preload/contract/Outcome.ts';
import { Breakpoints } from '../debug/Breakpoints.ts';
import { proposeMachine } from '../hypervisor/proposals/proposeMachine.ts';
import type { HypervisorService, VmId } from '../hypervisor/types.ts';
import { BridgeServer } from './bridge/BridgeServer.ts';
import { PageMail } from './bridge/PageMail.ts';
import type { EmitEvent, Handlers } from '../control/handlers.ts';
import { ContainmentJournal } from './ContainmentJournal.ts';
import { Inspection } from './Inspection.ts';
import { ProcessorInspection } from './ProcessorInspection.ts';
import { Debugging } from './Debugging.ts';
import { FileDialogs } from './files/FileDialogs.ts';
import type { ControlService } from '../control/ControlService.ts';
import { FileGrants } from '../control/files/FileGrants.ts';
import { GdbServers, gdbHandlers } from '../control/GdbServers.ts';
import { ProgramInspector } from './files/ProgramInspector.ts';
import { ProgramSources } from '../control/files/ProgramSources.ts';
import { ControlServer } from '../control/socket/ControlServer.ts';
import { RecentFiles } from './files/RecentFiles.ts';
import type { SampleCatalogue } from '../control/files/SampleCatalogue.ts';
import { applianceHandlers } from './handlers/applianceHandlers.ts';
import { applicationHandlers } from './handlers/applicationHandlers.ts';
import { deviceHandlers } from './handlers/deviceHandlers.ts';
import { inspectionHandlers } from './handlers/inspectionHandlers.ts';
import { chartHandlers } from './handlers/chartHandlers.ts';
import { debugHandlers } from './handlers/debugHandlers.ts';
import { imageHandlers } from './handlers/imageHandlers.ts';
import { memoryHandlers } from './handlers/memoryHandlers.ts';
import { timeTravelHandlers } from './handlers/timeTravelHandlers.ts';
import { machineHandlers } from '../control/machineHandlers.ts';
import { observationHandlers } from './handlers/observationHandlers.ts';
import { programHandlers } from './handlers/programHandlers.ts';
import { symbolFileHandlers } from './handlers/symbolFileHandlers.ts';
import { traceFileHandlers } from './handlers/traceFileHandlers.ts';
import { tourHandlers } from './handlers/tourHandlers.ts';
import { Machines } from '../control/Machines.ts';
import { snapshotHandlers, toSnapshotTree } from '../control/snapshotHandlers.ts';
import { symbolHandlers } from '../control/symbolHandlers.ts';
import { toTrace, traceHandlers } from '../control/traceHandlers.ts';
import { statisticsHandlers } from '../control/statisticsHandlers.ts';
import type { VmRole } from '../control/summaries.ts';
import { MemoryRanges } from './MemoryRanges.ts';
import { MemoryComparisons } from './MemoryComparisons.ts';
import { MemorySearches } from './MemorySearches.ts';
import { ApplicationMenu } from './menu/ApplicationMenu.ts';
import { QuitGuard } from './QuitGuard.ts';
import { quitTexts } from './quitTexts.ts';
import { AppearanceService } from './settings/AppearanceService.ts';
import { flushSettings, type Settings } from './settings/Settings.ts';
import { SleepingMachines } from './SleepingMachines.ts';
import { stopTogether } from './StopTogether.ts';
import { StreamHub } from './streams/StreamHub.ts';
import { RunningDemonstration, type DemonstrationCast } from './temporary/RunningDemonstration.ts';
import { TemporaryMachines, type MachineMaker } from './temporary/TemporaryMachines.ts';
import { serveAppProtocol } from './window/appProtocol.ts';
import { MainWindow } from './window/MainWindow.ts';
import { restrictSession } from './window/securityPolicy.ts';

/** A machine that will not end must not keep the app from ending. */
const ENDING_MS_MOST = 8_000;

export interface DesktopParts {
  readonly app: App;
  readonly dataFolder: string;
  readonly preload: string;
  readonly rendererFolder: string;
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

/** The window and what stands behind it; lives from the app's readiness to its end. */
export class DesktopApplication {
  private readonly parts: DesktopParts;
  private readonly appearance: AppearanceService;
  private readonly machines: Machines;
  private readonly recent: RecentFiles;
  private readonly grants = new FileGrants();
  private readonly journal: ContainmentJournal;
  private readonly demonstration: RunningDemonstration;
  private readonly tour: TemporaryMachines<string>;
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
    this.appearance = new AppearanceService(settings.preferences, systemLanguages(app));
    const programs = new ProgramSources(this.grants, samples);
    this.recent = new RecentFiles(settings.recentFiles, this.grants, () => {
      this.buildMenu();
      emit('recent:changed', this.recent.list());
    });
    const breakpoints = new Breakpoints(settings.breakpoints.value, (id, list) => {
      settings.breakpoints.set(breakpoints.all());
      emit('debug:breakpointsChanged', { id, breakpoints: [...list] });
    });
    this.machines = new Machines(hypervisor, this.grants, programs, this.recent, breakpoints, (id) => this.roleOf(id));
    const maker: MachineMaker = {
      create: (wishes, sampleId) => this.machines.create(wishes, { kind: 'sample', sampleId }),
      start: (id) => this.machines.start(id),
      delete: (id) => this.machines.delete(id),
    };
    this.demonstration = new RunningDemonstration(maker, parts.cast, (demonstration) => {
      emit('demonstration:changed', demonstration);
      this.onTemporaryChanged(emit);
    });
    this.tour = new TemporaryMachines(maker, () => this.onTemporaryChanged(emit));
    this.sleeping = new SleepingMachines({
      hypervisor,
      machines: this.machines,
      settings,
      isKept: (id) => this.roleOf(id) === 'none',
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
    const handlers: Handlers = {
      ...machineHandlers(hypervisor, this.machines),
      ...snapshotHandlers(hypervisor, this.machines),
      ...statisticsHandlers(hypervisor),
      ...debugHandlers(hypervisor, debugging, breakpoints),
      ...gdbHandlers(new GdbServers(hypervisor, (id, server) => emit('gdb:changed', { id, server }))),
      ...symbolHandlers({ hypervisor, symbols: this.machines.symbols, breakpoints, grants: this.grants }),
      ...symbolFileHandlers(this.grants, dialogs),
      ...traceHandlers(hypervisor.traces, this.grants),
      ...traceFileHandlers({ hypervisor, grants: this.grants, dialogs }),
      ...memoryHandlers(
        new MemorySearches(hypervisor),
        new MemoryComparisons(hypervisor),
        new MemoryRanges(hypervisor, debugging, dialogs, this.grants),
      ),
      ...deviceHandlers(hypervisor.inspection),
      ...inspectionHandlers(new Inspection(hypervisor, debugging), new ProcessorInspection(hypervisor, debugging)),
      ...observationHandlers(hypervisor, this.journal, this.demonstration, emit),
      ...tourHandlers(this.tour),
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
      ...timeTravelHandlers({ hypervisor, machines: this.machines, grants: this.grants, dialogs }),
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
    this.window = new MainWindow(parts.preload, settings.bounds, {
      onPage: (contents) => this.onPage(contents),
      onCloseRequest: () => void this.quit.request(),
      onPageCrash: (reason, willReload) => void this.onPageCrash(reason, willReload),
      onWholeScreenLeft: () => emit('app:wholeScreenLeft', undefined),
    });
    this.forwardEvents(emit);
  }

  async open(): Promise<void> {
    const { app, rendererFolder, settings } = this.parts;
    restrictSession(session.defaultSession);
    serveAppProtocol(rendererFolder);
    this.applyHostPreferences();
    await this.clearOldTemporary();
    this.appearance.onChange((state) => {
      this.applyHostPreferences();
      this.buildMenu();
      this.bridge.emit('preferences:changed', state);
    });
    app.on('before-quit', (event) => {
      event.preventDefault();
      void this.quit.request();
    });
    app.on('window-all-closed', () => void this.quit.leaveNow());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.quit.leaveNow());
    this.bridge.listen();
    this.buildMenu();
    for (const { message } of this.parts.hypervisor.storeProblems())
      this.notify('warning', { code: 'storage', message });
    await this.openToControl();
    await this.window.load();
    void this.sleeping.wake(this.parts.handedOver);
    // Written at once, so that a first run that is killed is remembered too.
    await flushSettings(settings);
  }

  /**
   * Files named on the command line, by the system, or by a second start: each program becomes a running machine, and
   * of a system's kernel or media the window proposes one, and machines that were exported are imported.
   */
  async openFiles(files: readonly string[]): Promise<void> {
    for (const file of files.filter(isMachineFile)) {
      const imported = await this.machines.importFrom(this.grants.grant(file, 'read').token);
      if (imported.ok) this.mail.send('vm:reveal', { id: imported.value.id });
      else this.notify('error', imported.problem);
    }
    await this.openPrograms(files.filter((file) => !isMachineFile(file)));
  }

  private async openPrograms(files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    if (proposeMachine(files).isSystem) {
      this.mail.send(
        'machine:offered',
        files.map((file) => this.grants.grant(file, 'read')),
      );
      return;
    }
    for (const file of files) {
      const { token } = this.grants.grant(file, 'read');
      const created = await this.machines.create({}, { kind: 'file', token }, undefined, true);
      if (created.ok) this.mail.send('vm:reveal', { id: created.value.id });
      else this.notify('error', created.problem);
    }
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

  private roleOf(id: VmId): VmRole {
    return this.demonstration.roleOf(id) ?? (this.tour.partOf(id) === undefined ? 'none' : 'tour');
  }

  private onTemporaryChanged(emit: EmitEvent): void {
    const { temporary } = this.parts.settings;
    const { residents, rogues } = this.demonstration.current;
    temporary.set([...residents, ...rogues, ...this.tour.current.machines.map(({ id }) => id)]);
    void temporary.flush();
    // Roles are part of the machines' summaries.
    for (const vm of this.machines.list()) emit('vm:changed', vm);
    this.buildMenu();
  }

  /** The machines of a demonstration or a tour whose app was killed are nobody's. */
  private async clearOldTemporary(): Promise<void> {
    const { hypervisor, settings } = this.parts;
    for (const id of settings.temporary.value) if (hypervisor.get(id)) await this.machines.delete(id);
    settings.temporary.set([]);
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
      this.demonstration.forget(id);
      this.tour.forget(id);
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
    const machines = this.machines.alive.filter(({ id }) => this.roleOf(id) === 'none');
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
      await Promise.all([this.demonstration.stop(), this.tour.clear()]);
      await hypervisor.dispose();
    };
    await Promise.race([ending(), expire(ENDING_MS_MOST)]).catch((error: unknown) =>
      log('The machines could not be ended in good order.', error),
    );
    await flushSettings(settings);
    this.window.destroy();
    app.exit(0);
  }

  private applyHostPreferences(): void {
    const { hypervisor, settings } = this.parts;
    const { pcpuCount, sliceMs, memoryLimitMiB } = settings.preferences.value;
    hypervisor.setMemoryLimit(memoryLimitMiB);
    const present = hypervisor.schedulerSettings();
    const wanted = pcpuCount ?? this.defaultPcpuCount;
    if (present.pcpuCount !== wanted) hypervisor.setSchedulerSettings({ pcpuCount: wanted });
    if (present.sliceMs !== sliceMs) hypervisor.setSchedulerSettings({ sliceMs });
  }

  private get defaultPcpuCount(): number {
    this.hostPcpuCount ??= this.parts.hypervisor.schedulerSettings().pcpuCount;
    return this.hostPcpuCount;
  }

  private hostPcpuCount: number | undefined;

  private buildMenu(): void {
    const vm = this.menuVm === null ? undefined : this.parts.hypervisor.get(this.menuVm);
    this.menu.show({
      language: this.appearance.language,
      machine: vm?.state ?? null,
      isEditor: this.isEditorInView,
      isDemonstrating: this.demonstration.current.state !== 'off',
      recentFiles: this.recent.paths,
    });
  }
}

/** One that `vm:export` has written. */
function isMachineFile(file: string): boolean {
  return file.endsWith('.vivarium');
}

function expire(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`no end after ${ms} ms`)), ms));
}

function systemLanguages(app: App): string[] {
  return [...app.getPreferredSystemLanguages(), app.getLocale()];
}
