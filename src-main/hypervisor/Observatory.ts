import { STATE } from '../engine/state/layout.ts';
import type { ContainmentRecord } from '../machine/containment/ContainmentLog.ts';
import { ContainmentLedger } from './containment/ContainmentLedger.ts';
import { BLOCK_PAGES, IsolationMonitor } from './isolation/IsolationMonitor.ts';
import { monotonicMs } from './scheduler/hostClock.ts';
import type { Scheduler } from './scheduler/Scheduler.ts';
import { PHASE } from './scheduler/SchedulerState.ts';
import { ExitTrace } from './statistics/ExitTrace.ts';
import { StatisticsSampler } from './statistics/StatisticsSampler.ts';
import type { LoadedPages } from './threads/ThreadMachine.ts';
import type { VcpuWorker } from './threads/VcpuWorker.ts';
import type { TypedEmitter } from './TypedEmitter.ts';
import {
  SLICE_ENDS,
  type CrashReport,
  type HypervisorEvents,
  type HypervisorStatistics,
  type IsolationSample,
  type ScheduledExit,
  type ScheduledExits,
  type ScheduleTrace,
  type SchedulerSettings,
  type VmId,
} from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

const TICK_MS = 250;
/** Exits are noted for so long after somebody has asked for them. */
const EXITS_WANTED_MS = 1000;
/** Pages verified in one tick, of all machines together: two milliseconds of main's time. */
const VERIFIED_PAGES = 2048;
/** The same while nobody looks. */
const VERIFIED_PAGES_UNSEEN = 256;
/** A vCPU whose thread has not looked at its clock for so many ticks does not answer: its pCPU goes to others. */
const SILENT_TICKS = 4;
/** After so many its thread is ended. */
const HUNG_TICKS = 40;
/** Vcpus whose slices the trace may still hold. */
const INCARNATIONS_KEPT = 1000;

interface Watch {
  readonly machine: VirtualMachine;
  readonly monitor: IsolationMonitor;
  isWatchingWrites: boolean;
  /** Digest of the memory as it was at this standstill; null while it is computed. */
  exact: { readonly standstill: string; digest: string | null } | null;
}

/** What can be seen of the machines: statistics, the schedule, memory under glass, attempts to break out, hung threads. */
export class Observatory {
  readonly ledger = new ContainmentLedger();
  readonly #scheduler: Scheduler;
  readonly #emitter: TypedEmitter<HypervisorEvents>;
  readonly #machines: () => Iterable<VirtualMachine>;
  readonly #settings: () => SchedulerSettings;
  readonly #sampler: StatisticsSampler;
  readonly #watches = new Map<VmId, Watch>();
  readonly #incarnations = new Map<number, { readonly vmId: VmId; readonly vcpu: number }>();
  /** Power-ons of each machine, to tell their containment records apart. */
  readonly #runs = new Map<VmId, number>();
  /** Ticks for which a thread that should run has been in the same slice. */
  readonly #silence = new Map<VmId, { readonly slices: number; readonly ticks: number }>();
  readonly #timer: NodeJS.Timeout;
  #lastIncarnation = 0;
  /** Whose memory is verified next. */
  #nextVerified = 0;
  #previousTickAt = monotonicMs();

  constructor(
    scheduler: Scheduler,
    emitter: TypedEmitter<HypervisorEvents>,
    machines: () => Iterable<VirtualMachine>,
    settings: () => SchedulerSettings,
  ) {
    this.#scheduler = scheduler;
    this.#emitter = emitter;
    this.#machines = machines;
    this.#settings = settings;
    this.#sampler = new StatisticsSampler(scheduler);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  /** A machine gets a thread. */
  nextIncarnation(machine: VirtualMachine): number {
    const incarnation = ++this.#lastIncarnation;
    this.#incarnations.set(incarnation, { vmId: machine.id, vcpu: 0 });
    this.#incarnations.delete(incarnation - INCARNATIONS_KEPT);
    this.#runs.set(machine.id, incarnation);
    return incarnation;
  }

  onLoaded(machine: VirtualMachine, loaded: LoadedPages): void {
    const { views } = machine;
    if (views === undefined) return;
    const monitor = new IsolationMonitor(machine.id, views, loaded);
    this.#watches.set(machine.id, { machine, monitor, isWatchingWrites: false, exact: null });
  }

  onOff(machine: VirtualMachine): void {
    this.#watches.delete(machine.id);
    this.#sampler.forget(machine.id);
    this.#silence.delete(machine.id);
  }

  /** The machine is deleted: nothing of its id comes any more. */
  onRemoved(id: VmId): void {
    this.#runs.delete(id);
    this.ledger.forget(id);
  }

  onContainment(machine: VirtualMachine, records: readonly ContainmentRecord[]): void {
    const run = this.#runs.get(machine.id) ?? 0;
    this.#emitter.emit('containment', this.ledger.add(machine.id, run, records));
  }

  onCrashed(machine: VirtualMachine, report: CrashReport): void {
    // A triple fault has been recorded by the machine itself.
    if (report.kind === 'triple-fault') return;
    this.#emitter.emit('containment', [this.ledger.addThreadDeath(machine.id, report.kind)]);
  }

  statistics(): HypervisorStatistics {
    return this.#sampler.sample(this.#machines(), this.#settings(), (vmId) => this.ledger.count(vmId));
  }

  scheduleTrace(since: number): ScheduleTrace {
    const { entries, lost, next } = this.#scheduler.trace(since);
    const slices = entries.flatMap(({ incarnation, pcpu, end, startMs, endMs, waitedMs }) => {
      const owner = this.#incarnations.get(incarnation);
      if (owner === undefined) return [];
      return [{ ...owner, pcpu, startMs, endMs, waitedMs, end: SLICE_ENDS[end] ?? 'slice' }];
    });
    return { slices, cursor: next, lost, nowMs: monotonicMs() };
  }

  scheduledExits(since: ScheduledExits['cursor']): ScheduledExits {
    const wantedUntilMs = monotonicMs() + EXITS_WANTED_MS;
    const cursor = new Map<number, number>();
    const exits: ScheduledExit[] = [];
    for (const { id: vmId, views, worker } of this.#machines()) {
      if (views === undefined || worker === undefined || worker.hasEnded) continue;
      const trace = new ExitTrace(views.exits);
      trace.wantUntil(wantedUntilMs);
      const run = worker.slot.incarnation;
      const { records, next } = trace.read(since.get(run) ?? 0);
      cursor.set(run, next);
      for (const record of records) exits.push({ vmId, ...record });
    }
    return { exits: exits.sort((a, b) => a.endMs - b.endMs), cursor };
  }

  async exactDigest(vmId: VmId): Promise<string | undefined> {
    return this.#watches.get(vmId)?.monitor.exactDigest();
  }

  #tick(): void {
    const now = monotonicMs();
    // A tick that comes late was late for the threads too: the host slept, or is overloaded.
    const isPunctual = now - this.#previousTickAt < 2 * TICK_MS;
    this.#previousTickAt = now;
    if (isPunctual) this.#lookForHungThreads();
    if (this.#emitter.hasListeners('statistics')) this.#emitter.emit('statistics', this.statistics());
    const isWatched = this.#emitter.hasListeners('isolation');
    for (const machine of this.#machines()) this.#setWatchingWrites(machine, isWatched);
    this.#verify(isWatched ? VERIFIED_PAGES : VERIFIED_PAGES_UNSEEN);
    if (isWatched) this.#emitter.emit('isolation', this.#sampleIsolation(now));
  }

  /** So many pages of all machines together: of some, by turns, where a block of each would be more. */
  #verify(pages: number): void {
    const watches = [...this.#watches.values()];
    const turns = Math.min(watches.length, Math.ceil(pages / BLOCK_PAGES));
    for (let turn = 0; turn < turns; turn++) {
      const watch = watches[(this.#nextVerified + turn) % watches.length];
      watch?.monitor.verify(Math.ceil(pages / turns));
    }
    this.#nextVerified = watches.length > 0 ? (this.#nextVerified + turns) % watches.length : 0;
  }

  #sampleIsolation(at: number): IsolationSample {
    const watches = [...this.#watches.values()];
    return {
      at,
      activity: watches.map(({ monitor }) => monitor.activity()),
      integrity: watches.map((watch) => watch.monitor.integrity(this.#exactDigestOf(watch))),
    };
  }

  /** Null while the machine runs, and until the digest of its standstill is ready. */
  #exactDigestOf(watch: Watch): string | null {
    const { machine, monitor } = watch;
    if (!machine.isStill) return (watch.exact = null);
    const standstill = `${machine.cpu(0)?.getFloat64(STATE.retired)}/${machine.memoryVersion}`;
    if (watch.exact?.standstill === standstill) return watch.exact.digest;
    const exact: NonNullable<Watch['exact']> = { standstill, digest: null };
    watch.exact = exact;
    void monitor.exactDigest().then((digest) => (exact.digest = digest));
    return null;
  }

  #setWatchingWrites(machine: VirtualMachine, isWatched: boolean): void {
    const watch = this.#watches.get(machine.id);
    if (watch === undefined || watch.isWatchingWrites === isWatched) return;
    watch.isWatchingWrites = isWatched;
    machine.worker?.post('watchWrites', isWatched);
  }

  /**
   * A thread in the middle of a slice long past its end hangs, in the engine or in the host. The others get its pCPU
   * at once; should it come back, it queues for one like anybody who wakes. Its owner may end it; in the end it is.
   */
  #lookForHungThreads(): void {
    for (const machine of this.#machines()) {
      const { id, worker } = machine;
      const known = this.#silence.get(id);
      const isExpected = worker?.slot.phase === PHASE.running || !machine.isAnswering;
      if (worker === undefined || worker.hasEnded || !isExpected) {
        this.#silence.delete(id);
        continue;
      }
      const slices = worker.slot.sliceCount;
      const ticks = known?.slices === slices && !this.#hasComeBack(machine, worker) ? known.ticks + 1 : 0;
      this.#silence.set(id, { slices, ticks });
      if (ticks === SILENT_TICKS) this.#scheduler.release(worker.slot, PHASE.stopped);
      machine.noteAnswering(ticks < SILENT_TICKS);
      if (ticks >= HUNG_TICKS) this.#giveUp(machine);
    }
  }

  /** It was without its pCPU, and is in a queue again. */
  #hasComeBack(machine: VirtualMachine, { slot }: VcpuWorker): boolean {
    return !machine.isAnswering && slot.phase !== PHASE.stopped;
  }

  #giveUp(machine: VirtualMachine): void {
    this.#silence.delete(machine.id);
    void machine.giveUp({
      kind: 'thread-hung',
      message: `The thread of “${machine.stored.name}” hung and was ended.`,
      detail: `it did not look at its clock for ${(HUNG_TICKS * TICK_MS) / 1000} s`,
    });
  }
}
