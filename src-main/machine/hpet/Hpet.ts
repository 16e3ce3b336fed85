import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readNumber, readObject } from '../snapshot.ts';

export const HPET_ADDRESS = 0xfed0_0000;
export const HPET_BYTES = 0x400;
export const TIMER_COUNT = 3;
const TICK_NS = 10;
const TICK_FEMTOSECONDS = TICK_NS * 1_000_000;
const TWO_TO_32 = 2 ** 32;
/** The main counter is 64 bits wide; a double holds 53 of them exactly, which last for a thousand days. */
const COUNTER_MOST = Number.MAX_SAFE_INTEGER;

/** Revision 1, the timers, a 64-bit counter, legacy replacement, Intel. */
export const HPET_CAPABILITIES = ((0x8086 << 16) | (1 << 15) | (1 << 13) | ((TIMER_COUNT - 1) << 8) | 1) >>> 0;

const REGISTER = { capabilities: 0x000, configuration: 0x010, status: 0x020, counter: 0x0f0, timers: 0x100 } as const;
const TIMER_BYTES = 0x20;
const ENABLE = 1,
  LEGACY_REPLACEMENT = 2;

/** Bits of a timer's configuration. */
const LEVEL = 1 << 1,
  INTERRUPT_ENABLE = 1 << 2,
  PERIODIC = 1 << 3,
  PERIODIC_CAPABLE = 1 << 4,
  WIDE_CAPABLE = 1 << 5,
  SET_VALUE = 1 << 6,
  NARROW = 1 << 8;
const WRITABLE = LEVEL | INTERRUPT_ENABLE | PERIODIC | SET_VALUE | NARROW | 0x3e00;
/** Inputs of the I/O APIC that a timer may be routed to. */
const ROUTES = 0x00ff_0000;
/** Expiries closer together than this are skipped, as no guest could serve them. */
const LEAST_PERIOD_TICKS = 1000;
/** Periods that a machine has slept through are announced this far apart, so that its guest's clock catches up. */
const CATCH_UP_TICKS = 20_000;
/** No more than these: a guest that was stopped for long has other means to notice. */
const MOST_OWED = 1000;

interface HpetTimer {
  configuration: number;
  comparator: number;
  /** Added to the comparator after each expiry, in periodic mode. */
  period: number;
  /** Counter value of the next match; Infinity: there is none. */
  match: number;
  /** Periods that passed while the machine did not run, still to be announced. */
  owed: number;
  handle: TimerHandle | undefined;
}

/**
 * High precision event timer with three comparators (IA-PC HPET Specification 1.0a): 10 ns a tick. Registers at 000h
 * capabilities, 010h configuration, 020h interrupt status, 0F0h main counter, 100h + 20h n configuration and 108h +
 * 20h n comparator of timer n. Accesses are 32 bits wide, or 64 in halves. No FSB interrupts.
 */
export class Hpet implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly line: (pin: number) => InterruptLine | undefined;
  private readonly replaceLegacyTimers: (isOn: boolean) => void;
  private readonly comparators: HpetTimer[] = [];
  private configuration = 0;
  private status = 0;
  /** The counter's value while it stands; while it runs, its value at guest time 0. */
  private counterBase = 0;

  /**
   * @param line the I/O APIC's input of a number; 0 and 8 are those of the timer and the RTC in legacy replacement
   * @param replaceLegacyTimers cuts the 8254 and the RTC off from their interrupts, or connects them again
   */
  constructor(
    id: string,
    timers: TimerService,
    line: (pin: number) => InterruptLine | undefined,
    replaceLegacyTimers: (isOn: boolean) => void,
  ) {
    this.id = id;
    this.timers = timers;
    this.line = line;
    this.replaceLegacyTimers = replaceLegacyTimers;
    for (let i = 0; i < TIMER_COUNT; i++) {
      this.comparators.push({
        configuration: 0,
        comparator: 0,
        period: 0,
        match: Infinity,
        owed: 0,
        handle: undefined,
      });
    }
    this.reset();
  }

  read(offset: number, width: AccessWidth): number {
    const shift = offset & 3;
    const word = this.readWord(offset & ~3);
    if (width === 4) return word >>> (8 * shift);
    return (word >>> (8 * shift)) & (width === 2 ? 0xffff : 0xff);
  }

  /** Narrow writes are not defined by the specification and change nothing. */
  write(offset: number, width: AccessWidth, value: number): void {
    if (width === 4 && (offset & 3) === 0) this.writeWord(offset, value >>> 0);
  }

  reset(): void {
    this.configuration = 0;
    this.status = 0;
    this.counterBase = 0;
    for (const timer of this.comparators) {
      timer.handle?.cancel();
      timer.configuration = PERIODIC_CAPABLE | WIDE_CAPABLE;
      timer.comparator = COUNTER_MOST;
      timer.period = 0;
      timer.owed = 0;
      timer.match = Infinity;
      timer.handle = undefined;
    }
    this.updateReplacement();
  }

  save(): DeviceState {
    for (const timer of this.comparators) this.settle(timer);
    return {
      version: 1,
      configuration: this.configuration,
      status: this.status,
      counter: this.counter(),
      ...Object.fromEntries(
        this.comparators.map(({ configuration, comparator, period }, i) => [
          `timer${i}`,
          { version: 1, configuration, comparator, period },
        ]),
      ),
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const configuration = readNumber(state, 'configuration', 0, 3);
    const status = readNumber(state, 'status', 0, 7);
    const counter = readNumber(state, 'counter', 0, COUNTER_MOST);
    const restored = this.comparators.map((_, i) => {
      const own = readObject(state, `timer${i}`);
      return {
        configuration: (readNumber(own, 'configuration', 0, 0xffff) & WRITABLE) | PERIODIC_CAPABLE | WIDE_CAPABLE,
        comparator: readNumber(own, 'comparator', 0, COUNTER_MOST),
        period: readNumber(own, 'period', 0, COUNTER_MOST),
      };
    });
    this.configuration = configuration;
    this.status = status;
    this.setCounter(counter);
    this.comparators.forEach((timer, i) => Object.assign(timer, { ...restored[i], owed: 0 }));
    this.updateReplacement();
    this.scheduleAll();
  }

  /** Legacy replacement takes effect while the counter runs (2.3.5). */
  private updateReplacement(): void {
    this.replaceLegacyTimers((this.configuration & LEGACY_REPLACEMENT) !== 0 && this.isRunning);
  }

  private get isRunning(): boolean {
    return (this.configuration & ENABLE) !== 0;
  }

  private counter(): number {
    if (!this.isRunning) return this.counterBase;
    return Math.min(COUNTER_MOST, Math.max(0, Math.floor(this.timers.now() / TICK_NS) + this.counterBase));
  }

  private setCounter(value: number): void {
    this.counterBase = this.isRunning ? value - Math.floor(this.timers.now() / TICK_NS) : value;
  }

  private readWord(offset: number): number {
    if (offset >= REGISTER.timers) return this.readTimer(offset - REGISTER.timers);
    switch (offset) {
      case REGISTER.capabilities:
        return HPET_CAPABILITIES;
      case REGISTER.capabilities + 4:
        return TICK_FEMTOSECONDS;
      case REGISTER.configuration:
        return this.configuration;
      case REGISTER.status:
        return this.status;
      case REGISTER.counter:
        return this.counter() % TWO_TO_32;
      case REGISTER.counter + 4:
        return Math.floor(this.counter() / TWO_TO_32);
      default:
        return 0;
    }
  }

  private readTimer(offset: number): number {
    const timer = this.comparators[Math.floor(offset / TIMER_BYTES)];
    if (timer === undefined) return 0;
    this.settle(timer);
    switch (offset % TIMER_BYTES) {
      case 0x00:
        return timer.configuration & ~SET_VALUE;
      case 0x04:
        return ROUTES;
      case 0x08:
        return timer.comparator % TWO_TO_32;
      case 0x0c:
        return timer.configuration & NARROW ? 0 : Math.floor(timer.comparator / TWO_TO_32);
      default:
        return 0;
    }
  }

  private writeWord(offset: number, value: number): void {
    if (offset >= REGISTER.timers) {
      this.writeTimer(offset - REGISTER.timers, value);
      return;
    }
    for (const timer of this.comparators) this.settle(timer);
    const counter = this.counter();
    switch (offset) {
      case REGISTER.configuration:
        this.configuration = value & (ENABLE | LEGACY_REPLACEMENT);
        this.setCounter(counter);
        this.updateReplacement();
        break;
      case REGISTER.status:
        this.status &= ~value;
        this.comparators.forEach((_, i) => this.drive(i));
        return;
      case REGISTER.counter:
        this.setCounter(withLow(counter, value));
        break;
      case REGISTER.counter + 4:
        this.setCounter(withHigh(counter, value));
        break;
      default:
        return;
    }
    this.scheduleAll();
  }

  private writeTimer(offset: number, value: number): void {
    const index = Math.floor(offset / TIMER_BYTES);
    const timer = this.comparators[index];
    if (timer === undefined) return;
    this.settle(timer);
    const register = offset % TIMER_BYTES;
    if (register === 0x00) {
      this.lineOf(index)?.set(false);
      timer.configuration = (value & WRITABLE) | PERIODIC_CAPABLE | WIDE_CAPABLE;
      timer.owed = 0;
      this.drive(index);
    } else if (register === 0x08) this.writeComparator(timer, (old) => withLow(old, value));
    else if (register === 0x0c && (timer.configuration & NARROW) === 0) {
      this.writeComparator(timer, (old) => withHigh(old, value));
    } else return;
    this.schedule(index);
  }

  /** In periodic mode a write sets the period; the comparator as well only right after SET_VALUE (2.3.9.2.2). */
  private writeComparator(timer: HpetTimer, change: (old: number) => number): void {
    const isPeriodic = (timer.configuration & PERIODIC) !== 0;
    if (!isPeriodic || timer.configuration & SET_VALUE) timer.comparator = change(timer.comparator);
    if (isPeriodic) timer.period = change(timer.period);
    timer.configuration &= ~SET_VALUE;
  }

  private scheduleAll(): void {
    this.comparators.forEach((_, index) => this.schedule(index));
  }

  private schedule(index: number): void {
    const timer = this.comparators[index];
    if (timer === undefined) return;
    timer.handle?.cancel();
    timer.handle = undefined;
    timer.match = Infinity;
    if (!this.isRunning) return;
    const left = this.ticksLeft(timer);
    if (left >= COUNTER_MOST / TICK_NS) return;
    timer.match = this.counter() + left;
    if (!isWatched(timer)) return;
    const wait = timer.owed > 0 ? Math.min(left, CATCH_UP_TICKS) : left;
    // Aligned to the tick at which the counter shows the comparator's value.
    const deadline = (Math.floor(this.timers.now() / TICK_NS) + wait) * TICK_NS;
    timer.handle = this.timers.schedule(deadline, () => this.expire(index));
  }

  /** Until the comparator matches: a 32-bit comparator matches each time the counter's low half comes around. */
  private ticksLeft({ configuration, comparator }: HpetTimer): number {
    const counter = this.counter();
    if (comparator > counter)
      return (configuration & NARROW) === 0 ? comparator - counter : low(comparator - counter) || TWO_TO_32;
    return (configuration & NARROW) === 0 ? COUNTER_MOST : low(comparator - counter) || TWO_TO_32;
  }

  /** Brings a comparator up to date whose matches nobody could see. */
  private settle(timer: HpetTimer): void {
    if (timer.handle !== undefined || this.counter() < timer.match) return;
    this.advance(timer);
    timer.match = this.counter() + this.ticksLeft(timer);
  }

  /** A periodic comparator goes on to its next match; returns how many it has left out. */
  private advance(timer: HpetTimer): number {
    if ((timer.configuration & PERIODIC) === 0 || timer.period === 0) return 0;
    const step = timer.period * Math.ceil(LEAST_PERIOD_TICKS / timer.period);
    const missed = Math.floor((this.counter() - timer.match) / step);
    timer.comparator = timer.match + step * (missed + 1);
    return missed;
  }

  private expire(index: number): void {
    const timer = this.comparators[index];
    if (timer === undefined) return;
    if (this.counter() < timer.match) timer.owed--;
    else timer.owed = Math.min(MOST_OWED, timer.owed + this.advance(timer));
    if (timer.configuration & LEVEL) {
      this.status |= 1 << index;
      this.drive(index);
    } else if (timer.configuration & INTERRUPT_ENABLE) {
      const line = this.lineOf(index);
      line?.set(true);
      line?.set(false);
    }
    this.schedule(index);
  }

  /** A level-triggered timer's line follows its status bit. */
  private drive(index: number): void {
    const timer = this.comparators[index];
    if (timer === undefined || (timer.configuration & LEVEL) === 0) return;
    const isAsserted = (timer.configuration & INTERRUPT_ENABLE) !== 0 && (this.status & (1 << index)) !== 0;
    this.lineOf(index)?.set(isAsserted);
  }

  private lineOf(index: number): InterruptLine | undefined {
    if (this.configuration & LEGACY_REPLACEMENT && index < 2) return this.line(index === 0 ? 0 : 8);
    const route = ((this.comparators[index]?.configuration ?? 0) >>> 9) & 0x1f;
    return this.line(route);
  }
}

/**
 * Whether anything but a read of its comparator tells that a timer matched. One that does not is not scheduled: Linux
 * leaves its early periodic timer counting with the interrupt off, which would wake an idle host at each tick.
 */
function isWatched({ configuration }: HpetTimer): boolean {
  return (configuration & (LEVEL | INTERRUPT_ENABLE)) !== 0;
}

function low(value: number): number {
  return ((value % TWO_TO_32) + TWO_TO_32) % TWO_TO_32;
}

function withLow(old: number, value: number): number {
  return Math.floor(old / TWO_TO_32) * TWO_TO_32 + value;
}

function withHigh(old: number, value: number): number {
  return Math.min(COUNTER_MOST, value * TWO_TO_32 + (old % TWO_TO_32));
}
