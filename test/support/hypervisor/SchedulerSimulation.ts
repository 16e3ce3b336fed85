import { PHASE, SCHEDULER_BYTES, SchedulerState } from '../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import type { VcpuSlot } from '../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import * as policy from '../../../src-main/hypervisor/scheduler/policy.ts';

/** What a simulated vCPU does with the time it gets. */
export interface Workload {
  readonly weight: number;
  /** Percent of one pCPU; 0 means none. */
  readonly capPercent?: number;
  /** Runs `runMs`, then halts for `haltMs`, over and over; absent: an endless loop. */
  readonly pattern?: { readonly runMs: number; readonly haltMs: number };
}

interface Simulated {
  readonly slot: VcpuSlot;
  readonly workload: Workload;
  /** Run time left before it halts. */
  work: number;
  wakeAt: number;
  wokenAt: number;
  readonly latencies: number[];
}

/** Drives the policy with a simulated clock: threads that obey at once, and switches that cost nothing or `switchMs`. */
export class SchedulerSimulation {
  readonly state = new SchedulerState(new ArrayBuffer(SCHEDULER_BYTES));
  readonly vcpus: readonly Simulated[];
  now = 0;
  /** Time in which a pCPU was idle although somebody was ready. */
  wastedMs = 0;
  readonly #switchMs: number;

  constructor(
    workloads: readonly Workload[],
    settings: { readonly pcpuCount: number; readonly sliceMs?: number; readonly switchMs?: number },
  ) {
    this.#switchMs = settings.switchMs ?? 0;
    policy.initialise(this.state, settings.pcpuCount, settings.sliceMs ?? 5, 0);
    this.vcpus = workloads.map((workload, index) => {
      const limit = workload.capPercent === undefined || workload.capPercent === 0 ? 1 : workload.capPercent / 100;
      const slot = policy.add(this.state, { weight: workload.weight, limit, incarnation: index }, 0);
      if (slot === undefined) throw new Error('no slot left');
      return { slot, workload, work: workload.pattern?.runMs ?? Infinity, wakeAt: Infinity, wokenAt: 0, latencies: [] };
    });
    for (const { slot } of this.vcpus) policy.wake(this.state, slot, 0);
  }

  /** Run time of vCPU `index` since the start. */
  runMs(index: number): number {
    return this.vcpus[index].slot.runMs;
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
        next = Math.min(next, slot.preempt ? this.now : slot.sliceEnd, Math.max(this.now, slot.sliceStart) + work);
      else if (slot.phase === PHASE.halted) next = Math.min(next, wakeAt);
      else if (slot.phase === PHASE.capped) next = Math.min(next, policy.refillTime(slot));
    }
    return next === Infinity ? Infinity : Math.max(next, this.now + 1e-3);
  }

  #pass(until: number): void {
    const elapsed = until - this.now;
    let running = 0;
    let ready = 0;
    for (const vcpu of this.vcpus) {
      if (vcpu.slot.phase === PHASE.ready) ready++;
      if (vcpu.slot.phase !== PHASE.running) continue;
      running++;
      vcpu.work -= elapsed;
    }
    if (ready > 0 && running < this.state.pcpuCount) this.wastedMs += elapsed;
    this.now = until;
  }

  #act(): void {
    for (const vcpu of this.vcpus) {
      const { slot, workload } = vcpu;
      const before = this.vcpus.map((each) => each.slot.phase);
      if (slot.phase === PHASE.running && vcpu.work <= 1e-9 && workload.pattern !== undefined) {
        vcpu.work = workload.pattern.runMs;
        vcpu.wakeAt = this.now + workload.pattern.haltMs;
        policy.release(this.state, slot, PHASE.halted, this.now + this.#switchMs);
      } else if (slot.phase === PHASE.running && (slot.preempt || slot.sliceEnd <= this.now)) {
        policy.yieldPcpu(this.state, slot, this.now + this.#switchMs);
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

/** Shares that weights and caps entitle endless loops to, as fractions of one pCPU: water-filling by bisection, as an independent check. */
export function entitledShares(workloads: readonly Workload[], pcpuCount: number): number[] {
  const limit = ({ capPercent }: Workload) => (capPercent === undefined || capPercent === 0 ? 1 : capPercent / 100);
  const shares = (level: number) => workloads.map((each) => Math.min(limit(each), each.weight * level));
  const total = (level: number) => shares(level).reduce((sum, share) => sum + share, 0);
  let low = 0;
  let high = 1;
  for (let round = 0; round < 200; round++) {
    const level = (low + high) / 2;
    if (total(level) < pcpuCount) low = level;
    else high = level;
  }
  return shares(high);
}
