import type { CpuState } from '../../engine/state/CpuState.ts';
import { STATE } from '../../engine/state/layout.ts';
import { EXIT_KINDS, type ExitKind } from '../../engine/VirtualProcessor.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import type { Scheduler, SlotTimes } from '../scheduler/Scheduler.ts';
import type { VcpuSlot } from '../scheduler/SchedulerState.ts';
import type { HypervisorStatistics, SchedulerSettings, VmId, VmStatistics } from '../types.ts';
import type { VirtualMachine } from '../VirtualMachine.ts';

/** What was read of one machine at one moment. */
interface Reading {
  readonly at: number;
  readonly times: SlotTimes;
  readonly retired: number;
  readonly exits: Readonly<Record<ExitKind, number>>;
  readonly pageFaults: number;
  readonly diskAccesses: number;
  readonly networkFrames: number;
}

const NO_TIMES = { runMs: 0, stolenMs: 0, readyMs: 0, haltedMs: 0, cappedMs: 0, entitledMs: 0, slices: 0 } as const;
const NO_RATES = { pageFaultRate: 0, diskAccessRate: 0, networkFrameRate: 0 } as const;
/** Rates are averages over this: half a second of a busy host's moods would drown them. */
const WINDOW_MS = 1100;
/** A rate over less than this is noise. */
const SAMPLE_LEAST_MS = 50;

/** Turns the counters of all machines into rates, sample by sample. */
export class StatisticsSampler {
  readonly #scheduler: Scheduler;
  /** Of the last second, oldest first. */
  readonly #readings = new Map<VmId, Reading[]>();
  #last: HypervisorStatistics | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  forget(vmId: VmId): void {
    this.#readings.delete(vmId);
  }

  /** A new sample, or the last one when that has only just been taken. */
  sample(
    machines: Iterable<VirtualMachine>,
    settings: SchedulerSettings,
    containmentCount: (vmId: VmId) => number,
  ): HypervisorStatistics {
    const at = monotonicMs();
    if (this.#last !== undefined && at - this.#last.at < SAMPLE_LEAST_MS) return this.#last;
    const all = [...machines];
    const slots = all.flatMap((machine) => slotOf(machine) ?? []);
    // Read one after the other, the last of many would have had some milliseconds more than the first.
    const times = new Map(this.#scheduler.times(slots).map((each, index) => [slots[index], each]));
    const vms = all.map((machine) =>
      this.#sampleMachine(machine, at, times.get(slotOf(machine)), containmentCount(machine.id)),
    );
    const received = vms.reduce((sum, { receivedShare }) => sum + receivedShare, 0);
    this.#last = {
      at,
      pcpuCount: settings.pcpuCount,
      sliceMs: settings.sliceMs,
      load: Math.min(1, received / settings.pcpuCount),
      vms,
    };
    return this.#last;
  }

  #sampleMachine(
    machine: VirtualMachine,
    at: number,
    times: SlotTimes | undefined,
    containmentCount: number,
  ): VmStatistics {
    const { id: vmId, state, activity } = machine;
    const base = { vmId, state, activity, containmentCount };
    const cpu = machine.cpu(0);
    if (times === undefined || cpu === undefined) {
      this.#readings.delete(vmId);
      const nothing = { receivedShare: 0, entitledShare: 0, mips: 0, exitRates: {}, ...NO_RATES };
      return {
        ...base,
        ...nothing,
        retiredInstructions: cpu?.getFloat64(STATE.retired) ?? 0,
        vcpus: [NO_TIMES],
        exits: cpu === undefined ? {} : readExits(cpu),
      };
    }
    const reading: Reading = {
      at,
      times,
      retired: cpu.getFloat64(STATE.retired),
      exits: readExits(cpu),
      pageFaults: cpu.getFloat64(STATE.pageFaults),
      ...readDevices(machine),
    };
    // A machine that was stopped has no speed at once, not a second later.
    if (state !== 'running') this.#readings.delete(vmId);
    const [before] = this.#remember(vmId, reading);
    const elapsed = before === undefined ? 0 : at - before.at;
    const perSecond = (now: number, then: number | undefined): number =>
      then === undefined || elapsed <= 0 || now < then ? 0 : ((now - then) * 1000) / elapsed;
    const exitRates: Partial<Record<ExitKind, number>> = {};
    for (const kind of EXIT_KINDS) {
      const rate = perSecond(reading.exits[kind], before?.exits[kind]);
      if (rate > 0) exitRates[kind] = rate;
    }
    return {
      ...base,
      receivedShare: Math.min(1, perSecond(received(times), before && received(before.times)) / 1000),
      entitledShare: Math.min(1, perSecond(times.entitledMs, before?.times.entitledMs) / 1000),
      mips: perSecond(reading.retired, before?.retired) / 1e6,
      retiredInstructions: reading.retired,
      vcpus: [
        {
          runMs: times.runMs,
          stolenMs: times.stolenMs,
          readyMs: times.readyMs,
          haltedMs: times.haltedMs,
          cappedMs: times.cappedMs,
          entitledMs: times.entitledMs,
          slices: times.sliceCount,
        },
      ],
      exits: reading.exits,
      exitRates,
      pageFaultRate: perSecond(reading.pageFaults, before?.pageFaults),
      diskAccessRate: perSecond(reading.diskAccesses, before?.diskAccesses),
      networkFrameRate: perSecond(reading.networkFrames, before?.networkFrames),
    };
  }

  /** Adds a reading, and returns those that rates are to be taken from. */
  #remember(vmId: VmId, reading: Reading): readonly Reading[] {
    const last = this.#readings.get(vmId) ?? [];
    // A machine that was started anew counts from zero again.
    const kept = last.filter(({ at, times }) => reading.at - at <= WINDOW_MS && times.runMs <= reading.times.runMs);
    const readings = [...kept, reading];
    this.#readings.set(vmId, readings);
    return readings;
  }
}

/** Of a machine with a thread. */
function slotOf({ worker }: VirtualMachine): VcpuSlot | undefined {
  return worker === undefined || worker.hasEnded ? undefined : worker.slot;
}

function readDevices(machine: VirtualMachine): Pick<Reading, 'diskAccesses' | 'networkFrames'> {
  const activity = machine.deviceActivity();
  if (activity === undefined) return { diskAccesses: 0, networkFrames: 0 };
  const diskAccesses = Object.values(activity.drives).reduce((sum, { reads, writes }) => sum + reads + writes, 0);
  return { diskAccesses, networkFrames: activity.framesSent + activity.framesReceived };
}

/** What a vCPU had of the host: it falls a little when the host has taken some of a stay on a pCPU. */
function received({ runMs, stolenMs }: SlotTimes): number {
  return runMs - stolenMs;
}

function readExits(cpu: CpuState): Record<ExitKind, number> {
  const counts = EXIT_KINDS.map((kind, index) => [kind, cpu.getFloat64(STATE.exitCounts + 8 * index)] as const);
  // One entry per kind, by construction.
  return Object.fromEntries(counts) as Record<ExitKind, number>;
}
