import type { TimerHandle, TimerService, TimerSource } from '../BusDevice.ts';
import type { GuestClock } from './GuestClock.ts';

class Timer implements TimerHandle {
  readonly owner: string;
  readonly deadline: number;
  /** Order of scheduling: timers with the same deadline expire in it. */
  sequence: number;
  onExpire: (() => void) | undefined;

  constructor(owner: string, deadline: number, sequence: number, onExpire: () => void) {
    this.owner = owner;
    this.deadline = deadline;
    this.sequence = sequence;
    this.onExpire = onExpire;
  }

  cancel(): void {
    this.onExpire = undefined;
  }
}

/** A timer that has not expired, as a snapshot names it. */
export interface PendingTimer {
  readonly owner: string;
  /** Guest time in nanoseconds. */
  readonly deadline: number;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.sequence < b.sequence);
}

/**
 * All timers of a machine: a binary heap over its clock. Timers never expire by themselves: the machine
 * calls `fireDue` between runs of the processor, so devices are never entered twice.
 *
 * Cancelled timers stay in the heap until they come up or outnumber the others.
 */
export class TimerQueue implements TimerSource {
  /** Called when a timer becomes the first one: the processor may have to be stopped earlier than planned. */
  onEarlierDeadline: ((deadline: number) => void) | undefined;
  private readonly clock: GuestClock;
  private heap: Timer[] = [];
  private nextSequence = 0;

  constructor(clock: GuestClock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock.now();
  }

  of(owner: string): TimerService {
    return { now: () => this.now(), schedule: (deadline, onExpire) => this.add(owner, deadline, onExpire) };
  }

  schedule(deadline: number, onExpire: () => void): TimerHandle {
    return this.add('', deadline, onExpire);
  }

  private add(owner: string, deadline: number, onExpire: () => void): TimerHandle {
    const timer = new Timer(owner, deadline, this.nextSequence++, onExpire);
    if (this.heap.length > 64 && this.heap.length > 4 * this.heap.filter((each) => each.onExpire).length)
      this.compact();
    this.heap.push(timer);
    this.siftUp(this.heap.length - 1);
    if (this.heap[0] === timer) this.onEarlierDeadline?.(deadline);
    return timer;
  }

  /** Guest time of the first timer; undefined when there is none. */
  nextDeadline(): number | undefined {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined) return undefined;
      if (first.onExpire !== undefined) return first.deadline;
      this.removeFirst();
    }
  }

  /** Guest time of the timer behind the first one; Infinity when there is none. */
  secondDeadline(): number {
    this.nextDeadline();
    let least = Infinity;
    for (let index = 1; index < this.heap.length; index++) {
      const timer = this.heap[index];
      if (timer?.onExpire !== undefined && timer.deadline < least) least = timer.deadline;
    }
    return least;
  }

  /**
   * Expires what is due, in order of deadlines. A timer that a callback schedules and that is due already
   * expires in the same call, but at most `limit` do: a device that asks for impossibly short periods
   * cannot hold the machine here.
   */
  fireDue(limit = 1000): void {
    const now = this.clock.now();
    for (let fired = 0; fired < limit; fired++) {
      const deadline = this.nextDeadline();
      if (deadline === undefined || deadline > now) return;
      const { onExpire } = this.removeFirst();
      onExpire?.();
    }
  }

  clear(): void {
    this.heap = [];
  }

  /** What is still to expire, in the order in which it will. */
  pending(): PendingTimer[] {
    return this.inOrder().map(({ owner, deadline }) => ({ owner, deadline }));
  }

  /**
   * Gives timers that devices have scheduled anew the order they had: those with the same deadline expire as
   * `pending` once listed them. Timers that are not listed come behind.
   */
  restoreOrder(pending: readonly PendingTimer[]): void {
    const timers = this.inOrder();
    const ordered: Timer[] = [];
    for (const { owner, deadline } of pending) {
      const found = timers.findIndex((each) => each.owner === owner && each.deadline === deadline);
      if (found >= 0) ordered.push(...timers.splice(found, 1));
    }
    this.heap = [];
    this.nextSequence = 0;
    for (const timer of [...ordered, ...timers]) {
      timer.sequence = this.nextSequence++;
      this.heap.push(timer);
      this.siftUp(this.heap.length - 1);
    }
  }

  private inOrder(): Timer[] {
    const live = this.heap.filter((timer) => timer.onExpire !== undefined);
    return live.sort((a, b) => a.deadline - b.deadline || a.sequence - b.sequence);
  }

  private removeFirst(): Timer {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) throw new Error('the timer heap is empty');
    if (first !== last) {
      this.heap[0] = last;
      this.siftDown(0);
    }
    return first;
  }

  private compact(): void {
    const live = this.heap.filter((timer) => timer.onExpire !== undefined);
    this.heap = [];
    for (const timer of live) {
      this.heap.push(timer);
      this.siftUp(this.heap.length - 1);
    }
  }

  private siftUp(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  private siftDown(index: number): void {
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const [a, b] = [this.heap[left], this.heap[right]];
      if (a === undefined) return;
      const child = b !== undefined && isBefore(b, a) ? right : left;
      if (!this.swapIfBefore(child, index)) return;
      index = child;
    }
  }

  /** Swaps two places when the lower one belongs first. */
  private swapIfBefore(lower: number, upper: number): boolean {
    const [a, b] = [this.heap[lower], this.heap[upper]];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.heap[upper] = a;
    this.heap[lower] = b;
    return true;
  }
}
