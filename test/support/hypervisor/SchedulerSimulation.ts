import { PHASE, SCHEDULER_BYTES, SchedulerState } from '../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import type { VcpuShare, VcpuSlot } from '../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import * as policy from '../../../src-main/hypervisor/scheduler/policy.ts';

/** Runs, then halts. */
export interface Nap {
  readonly runMs: number;
  readonly haltMs: number;
}

/** What a simulated vCPU does with the time it gets. */
export interface Workload {
  readonly weight: number;
  /** Percent of one pCPU; 0 means none. */
  readonly capPercent?: number;
  /** Its own slice; absent: the scheduler's. */
  readonly sliceMs?: number | undefined;
  /** The pCPUs it is pinned to; absent: any. */
  readonly pcpus?: readonly number[] | undefined;
  /** What it does over and over, one after the other if there are several; absent: an endless loop. */
  readonly pattern?: Nap | readonly Nap[];
}

interface Simulated {
  readonly slot: VcpuSlot;
  workload: Workload;
  readonly naps: readonly Nap[];
  napsTaken: number;
  /** Run time left before it halts. */
  work: number;
  wakeAt: number;
  wokenAt: number;
  readonly latencies: number[];
  /** The longest that it was ready without running. */
  longestWaitMs: number;
}

interface SimulationSettings {
  readonly pcpuCount: number;
  readonly sliceMs?: number;
  readonly switchMs?: number;
  /** For how long the host runs something else during a slice: it ends so much later. */
  readonly stolenMs?: (index: number, slice: number) => number;
}

/** Drives the policy with a simulated clock: threads that obey at once, and switches that cost nothing or `switchMs`. */
export class SchedulerSimulation {
  readonly state = new SchedulerState(new ArrayBuffer(SCHEDULER_BYTES));
  readonly vcpus: readonly Simulated[];
  now = 0;
  /** Time in which a pCPU was idle although one more of those who were ready could have run. */
  wastedMs = 0;
  readonly #switchMs: number;
  readonly #stolenMs: NonNullable<SimulationSettings['stolenMs']>;

  constructor(workloads: readonly Workload[], settings: SimulationSettings) {
    this.#switchMs = settings.switchMs ?? 0;
    this.#stolenMs = settings.stolenMs ?? (() => 0);
    policy.initialise(this.state, settings.pcpuCount, settings.sliceMs ?? 5, 0);
    this.vcpus = workloads.map((workload, index) => {
      const slot = policy.add(this.state, { ...shareOf(workload), incarnation: index }, 0);
      if (slot === undefined) throw new Error('no slot left');
      const naps = [workload.pattern ?? []].flat();
      return {
        slot,
        workload,
        naps,
        napsTaken: 0,
        work: naps[0]?.runMs ?? Infinity,
        wakeAt: Infinity,
        wokenAt: 0,
        latencies: [],
        longestWaitMs: 0,
      };
    });
    for (const { slot } of this.vcpus) policy.wake(this.state, slot, 0);
  }

  /** Run time of vCPU `index` since the start. */
  runMs(index: number): number {
    return this.vcpus[index].slot.runMs;
  }

  /** Another weight, cap or pin, from now on. */
  change(index: number, changes: Partial<Pick<Workload, 'weight' | 'capPercent' | 'pcpus' | 'sliceMs'>>): void {
    const vcpu = this.vcpus[index];
    vcpu.workload = { ...vcpu.workload, ...changes };
    policy.setShare(this.state, vcpu.slot, shareOf(vcpu.workload), this.now);
  }

  setPcpuCount(pcpuCount: number): void {
    policy.setPcpuCount(this.state, pcpuCount, this.now);
  }

  setSlice(sliceMs: number): void {
    this.state.sliceMs = sliceMs;
    this.state.ratesStale = true;
  }

  advance(durationMs: number): void {
    const end = this.now + durationMs;
    while (this.now < end) {
      const next = Math.min(end, this.#nextEvent());
      this.#pass(next);
      this.#act();
    }
    policy.tick(this.state, this.now);
  }

  #nextEvent(): number {
    let next = Infinity;
    for (const { slot, work, wakeAt } of this.vcpus) {
      if (slot.phase === PHASE.running)
        next = Math.min(next, slot.preempt ? this.now : this.#endOf(slot), Math.max(this.now, slot.sliceStart) + work);
      else if (slot.phase === PHASE.halted) next = Math.min(next, wakeAt);
      else if (slot.phase === PHASE.capped) next = Math.min(next, policy.refillTime(slot));
    }
    return next === Infinity ? Infinity : Math.max(next, this.now + 1e-3);
  }

  #endOf(slot: VcpuSlot): number {
    return slot.sliceEnd + this.#stolenMs(slot.index, slot.sliceCount);
  }

  #pass(until: number): void {
    const elapsed = until - this.now;
    for (const vcpu of this.vcpus) if (vcpu.slot.phase === PHASE.running) vcpu.work -= elapsed;
    for (const vcpu of this.vcpus)
      if (vcpu.slot.phase === PHASE.ready)
        vcpu.longestWaitMs = Math.max(vcpu.longestWaitMs, until - vcpu.slot.readySince);
    if (elapsed > 0 && this.#couldRunMore()) this.wastedMs += elapsed;
    this.now = until;
  }

  /** Whether more of those who run and those who are ready have a place than run: by matching each to a pCPU (Kuhn). */
  #couldRunMore(): boolean {
    const { pcpuCount } = this.state;
    const running = this.vcpus.filter(({ slot }) => slot.phase === PHASE.running);
    const ready = this.vcpus.filter(({ slot }) => slot.phase === PHASE.ready);
    if (ready.length === 0 || running.length >= pcpuCount) return false;
    const holders = new Map<number, Simulated>();
    const canPlace = (vcpu: Simulated, tried: Set<number>): boolean => {
      for (let pcpu = 0; pcpu < pcpuCount; pcpu++) {
        if (tried.has(pcpu) || !mayRunOn(vcpu.workload, pcpu, pcpuCount)) continue;
        tried.add(pcpu);
        const holder = holders.get(pcpu);
        if (holder !== undefined && !canPlace(holder, tried)) continue;
        holders.set(pcpu, vcpu);
        return true;
      }
      return false;
    };
    return [...running, ...ready].filter((vcpu) => canPlace(vcpu, new Set())).length > running.length;
  }

  #act(): void {
    for (const vcpu of this.vcpus) {
      const { slot, naps } = vcpu;
      const before = this.vcpus.map((each) => each.slot.phase);
      if (slot.phase === PHASE.running && vcpu.work <= 1e-9) {
        vcpu.wakeAt = this.now + naps[vcpu.napsTaken % naps.length].haltMs;
        vcpu.work = naps[++vcpu.napsTaken % naps.length].runMs;
        policy.release(this.state, slot, PHASE.halted, this.now + this.#switchMs);
      } else if (slot.phase === PHASE.running && (slot.preempt || this.#endOf(slot) <= this.now)) {
        const stolenMs = this.#stolenMs(slot.index, slot.sliceCount);
        policy.yieldPcpu(this.state, slot, this.now + this.#switchMs, stolenMs);
      } else if (slot.phase === PHASE.halted && vcpu.wakeAt <= this.now) {
        vcpu.wokenAt = this.now;
        policy.wake(this.state, slot, this.now);
      } else if (slot.phase === PHASE.capped && policy.refillTime(slot) <= this.now) {
        policy.tick(this.state, this.now);
      } else continue;
      this.#noteLatencies(before);
    }
  }

  #noteLatencies(before: readonly number[]): void {
    for (const [index, vcpu] of this.vcpus.entries()) {
      if (vcpu.wokenAt === 0 || vcpu.slot.phase !== PHASE.running || before[index] === PHASE.running) continue;
      vcpu.latencies.push(this.now - vcpu.wokenAt);
      vcpu.wokenAt = 0;
    }
  }
}

/** Pins to pCPUs that are not there hold nobody. */
function mayRunOn({ pcpus }: Workload, pcpu: number, pcpuCount: number): boolean {
  const present = pcpus?.filter((each) => each < pcpuCount) ?? [];
  return present.length === 0 || present.includes(pcpu);
}

const limitOf = ({ capPercent = 0 }: Workload): number => (capPercent === 0 ? 1 : capPercent / 100);

function shareOf(workload: Workload): VcpuShare {
  return {
    weight: workload.weight,
    limit: limitOf(workload),
    pcpus: workload.pcpus ?? null,
    sliceMs: workload.sliceMs ?? null,
  };
}

/**
 * Shares that weights, caps and pins entitle endless loops to, as fractions of one pCPU, as an independent check:
 * of all sets of pCPUs the one is found that those who have no place outside fill at the lowest level, by bisection;
 * they have their shares, and the others go on without those pCPUs.
 */
export function entitledShares(workloads: readonly Workload[], pcpuCount: number): number[] {
  const all = 2 ** pcpuCount - 1;
  const places = workloads.map(({ pcpus }) => {
    const mask = (pcpus ?? []).reduce((bits, pcpu) => bits | ((1 << pcpu) & all), 0);
    return mask === 0 ? all : mask;
  });
  const shares = workloads.map(() => 0);
  let open = workloads.map((_, index) => index);
  for (let free = all; open.length > 0;) {
    let tightest = { level: Infinity, members: open, pcpus: free };
    for (let pcpus = free; pcpus > 0; pcpus = (pcpus - 1) & free) {
      const members = open.filter((index) => (places[index] & free & ~pcpus) === 0);
      const level = levelOf(
        members.map((index) => workloads[index]),
        bitCount(pcpus),
      );
      if (level < tightest.level) tightest = { level, members, pcpus };
    }
    const { level, members, pcpus } = tightest;
    for (const index of members) shares[index] = Math.min(limitOf(workloads[index]), workloads[index].weight * level);
    open = open.filter((index) => !members.includes(index));
    free &= ~pcpus;
  }
  return shares;
}

/** The level at which workloads fill so many pCPUs; Infinity: they cannot. */
function levelOf(workloads: readonly Workload[], capacity: number): number {
  const total = (level: number) =>
    workloads.reduce((sum, each) => sum + Math.min(limitOf(each), each.weight * level), 0);
  // Weights are at least 1, so at this level everybody has its limit.
  let [low, high] = [0, 1];
  if (total(high) <= capacity) return Infinity;
  for (let round = 0; round < 100; round++) {
    const level = (low + high) / 2;
    if (total(level) < capacity) low = level;
    else high = level;
  }
  return high;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count++;
  return count;
}
