import { monotonicMs } from './hostClock.ts';
import * as policy from './policy.ts';
import { SchedulerLock } from './SchedulerLock.ts';
import { PHASE, SchedulerState, TRACE_CAPACITY } from './SchedulerState.ts';
import type { TraceEntry, VcpuShare, VcpuSlot } from './SchedulerState.ts';

/** Owner id of the main thread; threads use their slot's incarnation. */
export const MAIN_OWNER = 0x7fff_ffff;

/** The times of one vCPU, copied under the lock. */
export interface SlotTimes {
  readonly phase: VcpuSlot['phase'];
  readonly runMs: number;
  readonly stolenMs: number;
  readonly readyMs: number;
  readonly haltedMs: number;
  readonly cappedMs: number;
  readonly sliceCount: number;
  readonly sliceStart: number;
  readonly entitledMs: number;
}

/**
 * The policy for threads: takes the lock, asks the clock, applies the policy, and wakes whoever has been
 * given a pCPU. One instance in each thread, all on the same buffer. The lock is never held while waiting.
 */
export class Scheduler {
  readonly state: SchedulerState;
  readonly buffer: SharedArrayBuffer;
  readonly #lock: SchedulerLock;
  /** Owners whose threads are being ended. */
  readonly #ending = new Set<number>();
  readonly #isEnding = (owner: number): boolean => this.#ending.has(owner);

  constructor(buffer: SharedArrayBuffer, owner: number) {
    this.buffer = buffer;
    this.state = new SchedulerState(buffer);
    this.#lock = new SchedulerLock(this.state.words, owner);
  }

  initialise(pcpuCount: number, sliceMs: number): void {
    this.#locked((now) => {
      policy.initialise(this.state, pcpuCount, sliceMs, now);
      return [];
    });
  }

  /** Adds a stopped vCPU; undefined when all slots are taken. */
  add(vcpu: VcpuShare & { readonly incarnation: number }): VcpuSlot | undefined {
    let slot: VcpuSlot | undefined;
    this.#locked((now) => {
      slot = policy.add(this.state, vcpu, now);
      return [];
    });
    return slot;
  }

  wake(slot: VcpuSlot): void {
    this.#locked((now) => policy.wake(this.state, slot, now), slot);
  }

  /**
   * Gives up the pCPU at the end of a slice; returns whether the vCPU holds one again.
   * @param stolenMs for how long of its stay there the host had no processor for its thread
   */
  yieldPcpu(slot: VcpuSlot, stolenMs: number): boolean {
    let isRunning = false;
    this.#locked((now) => {
      const granted = policy.yieldPcpu(this.state, slot, now, stolenMs);
      isRunning = slot.phase === PHASE.running;
      return granted;
    }, slot);
    return isRunning;
  }

  release(slot: VcpuSlot, to: typeof PHASE.halted | typeof PHASE.stopped, stolenMs = 0): void {
    this.#locked((now) => policy.release(this.state, slot, to, now, stolenMs), slot);
  }

  /**
   * Main is about to end the thread of a vCPU. Should that stop it while it holds the lock, main, which waits
   * for the lock, would never learn of its end: it takes the lock over without.
   */
  noteEnding(slot: VcpuSlot): void {
    this.#ending.add(slot.incarnation);
  }

  /**
   * Removes the vCPU of a thread that has ended, however it ended: its pCPU goes to the next, its lock is
   * taken over, and whoever it may have failed to wake is woken.
   */
  removeDead(slot: VcpuSlot): void {
    this.#ending.delete(slot.incarnation);
    if (this.#lock.takeOverFrom(slot.incarnation)) {
      policy.repair(this.state);
      this.#lock.release();
    }
    this.#locked((now) => policy.remove(this.state, slot, now));
    for (let index = 0; index < this.state.slotsUsed; index++) this.signal(this.state.slot(index));
  }

  tick(): void {
    this.#locked((now) => policy.tick(this.state, now));
  }

  setShare(slot: VcpuSlot, share: VcpuShare): void {
    this.#locked((now) => policy.setShare(this.state, slot, share, now));
  }

  setPcpuCount(pcpuCount: number): void {
    this.#locked((now) => policy.setPcpuCount(this.state, pcpuCount, now));
  }

  setSlice(sliceMs: number): void {
    this.#locked(() => {
      this.state.sliceMs = sliceMs;
      this.state.ratesStale = true;
      return [];
    });
  }

  /** Of each vCPU, all at the same moment. */
  times(slots: readonly VcpuSlot[]): SlotTimes[] {
    let times: SlotTimes[] = [];
    this.#locked((now) => {
      const granted = policy.tick(this.state, now);
      times = slots.map(timesOf);
      return granted;
    });
    return times;
  }

  /** Slices with numbers from `since`, oldest first, and how many of them were overwritten before. */
  trace(since: number): { readonly entries: TraceEntry[]; readonly lost: number; readonly next: number } {
    let entries: TraceEntry[] = [];
    let next = 0;
    let first = 0;
    this.#locked(() => {
      next = this.state.traceCount;
      first = Math.min(next, Math.max(since, next - TRACE_CAPACITY));
      entries = Array.from({ length: next - first }, (_, index) => this.state.traceEntry(first + index));
      return [];
    });
    return { entries, lost: Math.max(0, first - since), next };
  }

  /**
   * Takes what others have worked for a vCPU since this was asked last, in milliseconds, as far as it is to pay for that: where a
   * pCPU is idle, nobody has missed what they took.
   */
  takeOwed(slot: VcpuSlot): number {
    const owedMs = Atomics.exchange(this.state.words, slot.owedWord, 0) / 1000;
    return owedMs > 0 && this.#isFull() ? owedMs : 0;
  }

  /** Without the lock: by the time that the answer is used it may be another. */
  #isFull(): boolean {
    const { state } = this;
    for (let pcpu = 0; pcpu < state.pcpuCount; pcpu++) if (state.pcpuSlot(pcpu) < 0) return false;
    return true;
  }

  /** Makes the thread of a vCPU look at its messages and its phase. */
  signal(slot: VcpuSlot): void {
    Atomics.add(this.state.words, slot.signalWord, 1);
    Atomics.notify(this.state.words, slot.signalWord);
  }

  /** Value of a vCPU's signal, to be passed to `waitForSignal`. */
  signalCount(slot: VcpuSlot): number {
    return Atomics.load(this.state.words, slot.signalWord);
  }

  /** Sleeps until the signal is no longer `count`, or the time is over. Never on the main thread. */
  waitForSignal(slot: VcpuSlot, count: number, timeoutMs: number): void {
    Atomics.wait(this.state.words, slot.signalWord, count, Math.max(0, timeoutMs));
  }

  isPreempted(slot: VcpuSlot): boolean {
    return Atomics.load(this.state.words, slot.preemptWord) !== 0;
  }

  #locked(apply: (now: number) => VcpuSlot[], self?: VcpuSlot): void {
    const isTakenOver = this.#lock.acquire(this.#isEnding);
    let granted: VcpuSlot[];
    try {
      if (isTakenOver) policy.repair(this.state);
      granted = apply(monotonicMs());
    } finally {
      this.#lock.release();
    }
    for (const slot of granted) if (slot !== self) this.signal(slot);
  }
}

function timesOf(slot: VcpuSlot): SlotTimes {
  const { phase, runMs, stolenMs, readyMs, haltedMs, cappedMs, sliceCount, sliceStart, entitledMs } = slot;
  return { phase, runMs, stolenMs, readyMs, haltedMs, cappedMs, sliceCount, sliceStart, entitledMs };
}
