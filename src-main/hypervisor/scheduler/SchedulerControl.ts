import { availableParallelism } from 'node:os';
import { done } from '../results.ts';
import { findSchedulerProblem } from '../settings.ts';
import { type Result, type SchedulerSettings, SLICE_MS_RANGE } from '../types.ts';
import { MAIN_OWNER, Scheduler } from './Scheduler.ts';
import { SCHEDULER_BYTES, SCHEDULER_PCPUS_MOST } from './SchedulerState.ts';

/** The scheduler as main has it: made with settings, which can be changed while machines run. */
export class SchedulerControl {
  readonly scheduler: Scheduler;
  #settings: SchedulerSettings;

  /** @param wanted in place of the host's processors, and of the usual slice */
  constructor(wanted: Partial<SchedulerSettings> = {}) {
    this.#settings = {
      pcpuCount: wanted.pcpuCount ?? Math.min(SCHEDULER_PCPUS_MOST, availableParallelism()),
      sliceMs: wanted.sliceMs ?? SLICE_MS_RANGE.usual,
    };
    this.scheduler = new Scheduler(new SharedArrayBuffer(SCHEDULER_BYTES), MAIN_OWNER);
    this.scheduler.initialise(this.#settings.pcpuCount, this.#settings.sliceMs);
  }

  get settings(): SchedulerSettings {
    return this.#settings;
  }

  change(settings: Partial<SchedulerSettings>): Result<SchedulerSettings> {
    const { pcpuCount = this.#settings.pcpuCount, sliceMs = this.#settings.sliceMs } = settings;
    const problem = findSchedulerProblem({ pcpuCount, sliceMs });
    if (problem !== undefined) return problem;
    this.#settings = { pcpuCount, sliceMs };
    this.scheduler.setSlice(sliceMs);
    this.scheduler.setPcpuCount(pcpuCount);
    return done(this.#settings);
  }
}
