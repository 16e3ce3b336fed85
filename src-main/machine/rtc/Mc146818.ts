import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes, readNumber, readTime } from '../snapshot.ts';
import { type CivilTime, SECONDS_PER_DAY, fromSeconds, isValid, toSeconds } from './CivilTime.ts';

const NS_PER_SECOND = 1_000_000_000;
/** The update cycle with a 32.768 kHz crystal, and the notice before it (datasheet, t_UC and t_BUC). */
const UPDATE_NS = 1_984_000;
const UPDATE_NOTICE_NS = 244_000;

/** Addresses (MC146818A datasheet, figure 12); the century lies where IBM's PS/2 and every PC since have it. */
export const REG = {
  seconds: 0, secondsAlarm: 1, minutes: 2, minutesAlarm: 3, hours: 4, hoursAlarm: 5, weekday: 6, day: 7, month: 8,
  year: 9, a: 10, b: 11, c: 12, d: 13, century: 0x32,
} as const; // prettier-ignore

const A_UIP = 0x80;
const B_SET = 0x80, B_PIE = 0x40, B_AIE = 0x20, B_UIE = 0x10, B_BINARY = 0x04, B_24_HOUR = 0x02; // prettier-ignore
const C_IRQF = 0x80, C_PF = 0x40, C_AF = 0x20, C_UF = 0x10; // prettier-ignore
const D_VALID = 0x80;
/** An alarm byte with both top bits set matches everything. */
const ALARM_ANY = 0xc0;
/** Register A's divider bits for a 32.768 kHz crystal; other values hold the clock. */
const DIVIDER_RUNNING = 0x20;

/**
 * The AT's real-time clock and CMOS memory (Motorola MC146818A datasheet, ADI1026).
 *
 * Offset 0, write only: bit 7 masks the non-maskable interrupt, bits 6..0 choose a register. Offset 1: its value.
 * - 0..9: time, alarm and date, in BCD or binary (B bit 2), 12 or 24 hours (B bit 1)
 * - A: bit 7 update in progress, 6..4 divider, 3..0 rate of the periodic interrupt
 * - B: bit 7 SET (holds the clock), 6 PIE, 5 AIE, 4 UIE, 3 SQWE, 2 binary, 1 24-hour, 0 daylight saving (ignored)
 * - C, cleared by reading: bit 7 IRQF, 6 PF, 5 AF, 4 UF
 * - D: bit 7 valid RAM and time
 * - 0Eh..7Fh: memory that survives a reset; the machine puts the PC's configuration bytes there
 *
 * The clock advances when someone looks; a timer runs only for an enabled interrupt.
 */
export class Mc146818 implements BusDevice {
  readonly id: string;
  /** Port 70h bit 7. */
  onNmiMask: ((isMasked: boolean) => void) | undefined;
  private readonly timers: TimerService;
  private readonly irq: InterruptLine;
  /** Registers as the guest sees them, but for A's UIP and for C. */
  private readonly ram = new Uint8Array(128);
  private index = 0;
  private flags = 0;
  /** Guest time up to which the clock has counted whole seconds: the last update. */
  private updatedAt: number;
  /** Guest time up to which the periodic flag was looked at. */
  private periodicAt: number;
  private timer: TimerHandle | undefined;

  /** @param unixSeconds UTC at power-on, which the clock then shows */
  constructor(id: string, timers: TimerService, irq: InterruptLine, unixSeconds: number) {
    this.id = id;
    this.timers = timers;
    this.irq = irq;
    this.ram[REG.a] = DIVIDER_RUNNING | 6;
    this.ram[REG.b] = B_24_HOUR;
    this.ram[REG.d] = D_VALID;
    this.updatedAt = timers.now();
    this.periodicAt = this.updatedAt;
    this.encode(fromSeconds(Math.floor(unixSeconds)));
  }

  /** Puts configuration into the memory part, as a BIOS's setup program does. */
  setMemory(address: number, value: number): void {
    this.ram[address & 0x7f] = value;
  }

  memory(address: number): number {
    return this.ram[address & 0x7f] ?? 0xff;
  }

  read(offset: number): number {
    if (offset === 0) return 0xff;
    this.advance();
    switch (this.index) {
      case REG.a:
        return this.memory(REG.a) | (this.isUpdating() ? A_UIP : 0);
      case REG.c: {
        const flags = this.flags;
        this.flags = 0;
        this.refresh();
        return flags;
      }
      default:
        return this.memory(this.index);
    }
  }

  write(offset: number, _width: number, value: number): void {
    if (offset === 0) {
      this.index = value & 0x7f;
      this.onNmiMask?.((value & 0x80) !== 0);
      return;
    }
    this.advance();
    switch (this.index) {
      case REG.a: {
        const wasRunning = this.isRunning();
        this.ram[REG.a] = value & ~A_UIP;
        // Leaving the divider's reset, the first update follows half a second later (datasheet, "Divider control").
        if (!wasRunning && this.isRunning()) this.updatedAt = this.timers.now() - NS_PER_SECOND / 2;
        break;
      }
      case REG.b: {
        const wasRunning = this.isRunning();
        this.ram[REG.b] = value & B_SET ? value & ~B_UIE : value;
        if (!wasRunning && this.isRunning()) this.updatedAt = this.timers.now();
        break;
      }
      case REG.c:
      case REG.d:
        return;
      default:
        this.ram[this.index] = value;
    }
    this.refresh();
  }

  /** The RESET pin: clears interrupt enables and flags; time and memory live on (datasheet, "RESET"). */
  reset(): void {
    this.advance();
    this.ram[REG.b] = this.memory(REG.b) & ~(B_PIE | B_AIE | B_UIE | 0x08);
    this.flags = 0;
    this.index = 0;
    this.onNmiMask?.(false);
    this.refresh();
  }

  save(): DeviceState {
    this.advance();
    return {
      version: 1,
      ram: [...this.ram],
      index: this.index,
      flags: this.flags,
      updatedAt: this.updatedAt,
      periodicAt: this.periodicAt,
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const ram = readBytes(state, 'ram', 128, 128);
    const index = readByte(state, 'index');
    const flags = readByte(state, 'flags');
    // May lie before power-on: the half second after a divider reset.
    const updatedAt = readNumber(state, 'updatedAt', -NS_PER_SECOND, Number.MAX_SAFE_INTEGER);
    this.periodicAt = readTime(state, 'periodicAt');
    this.flags = flags;
    this.updatedAt = updatedAt;
    this.ram.set(ram);
    this.index = index & 0x7f;
    this.refresh();
  }

  private isRunning(): boolean {
    return (this.memory(REG.a) & 0x70) === DIVIDER_RUNNING && (this.memory(REG.b) & B_SET) === 0;
  }

  private isUpdating(): boolean {
    const left = this.updatedAt + NS_PER_SECOND - this.timers.now();
    return this.isRunning() && left <= UPDATE_NS + UPDATE_NOTICE_NS;
  }

  /** Period of the periodic interrupt, in nanoseconds; undefined when it is off (datasheet, table 5). */
  private period(): number | undefined {
    const rate = this.memory(REG.a) & 15;
    if (rate === 0 || (this.memory(REG.a) & 0x70) !== DIVIDER_RUNNING) return undefined;
    return (2 ** ((rate < 3 ? rate + 7 : rate) - 1) * 1e9) / 32_768;
  }

  /** Counts the seconds and periods that have passed, and raises their flags. */
  private advance(): void {
    const now = this.timers.now();
    const period = this.period();
    if (period !== undefined && Math.floor(now / period) > Math.floor(this.periodicAt / period)) this.flags |= C_PF;
    this.periodicAt = now;
    if (!this.isRunning()) return;
    const seconds = Math.floor((now - this.updatedAt) / NS_PER_SECOND);
    if (seconds <= 0) return;
    this.updatedAt += seconds * NS_PER_SECOND;
    this.flags |= C_UF;
    const time = this.decode();
    if (!isValid(time)) return;
    const start = toSeconds(time);
    if (this.isAlarmWithin(start + 1, start + seconds)) this.flags |= C_AF;
    this.encode(fromSeconds(start + seconds));
  }

  /** Raises or drops IRQ 8 and plans the next look. */
  private refresh(): void {
    const enabled = this.memory(REG.b) & (B_PIE | B_AIE | B_UIE);
    const isRequesting = (this.flags & enabled & (C_PF | C_AF | C_UF)) !== 0;
    this.flags = isRequesting ? this.flags | C_IRQF : this.flags & ~C_IRQF;
    this.irq.set(isRequesting);
    this.timer?.cancel();
    const deadline = this.nextEvent(enabled);
    this.timer = deadline === undefined ? undefined : this.timers.schedule(deadline, () => this.onTimer());
  }

  private onTimer(): void {
    this.advance();
    this.refresh();
  }

  private nextEvent(enabled: number): number | undefined {
    const now = this.timers.now();
    let deadline = Infinity;
    const period = this.period();
    if (enabled & B_PIE && (this.flags & C_PF) === 0 && period !== undefined) {
      deadline = Math.ceil((Math.floor(now / period) + 1) * period);
    }
    const isUpdateWanted = enabled & B_UIE && (this.flags & C_UF) === 0;
    const isAlarmWanted = enabled & B_AIE && (this.flags & C_AF) === 0;
    if ((isUpdateWanted || isAlarmWanted) && this.isRunning()) {
      deadline = Math.min(deadline, this.updatedAt + NS_PER_SECOND);
    }
    return deadline === Infinity ? undefined : deadline;
  }

  private isAlarmWithin(first: number, last: number): boolean {
    // The pattern repeats daily.
    const end = Math.min(last, first + SECONDS_PER_DAY - 1);
    const alarm = [this.memory(REG.hoursAlarm), this.memory(REG.minutesAlarm), this.memory(REG.secondsAlarm)] as const;
    const [hour, minute, second] = [this.hourOf(alarm[0]), this.number(alarm[1]), this.number(alarm[2])];
    for (let at = first; at <= end; at++) {
      const time = fromSeconds(at);
      const isMatch =
        ((alarm[0] & ALARM_ANY) === ALARM_ANY || time.hour === hour) &&
        ((alarm[1] & ALARM_ANY) === ALARM_ANY || time.minute === minute) &&
        ((alarm[2] & ALARM_ANY) === ALARM_ANY || time.second === second);
      if (isMatch) return true;
    }
    return false;
  }

  private decode(): CivilTime {
    const century = this.number(this.memory(REG.century)) || 20;
    return {
      second: this.number(this.memory(REG.seconds)),
      minute: this.number(this.memory(REG.minutes)),
      hour: this.hourOf(this.memory(REG.hours)),
      weekday: this.number(this.memory(REG.weekday)),
      day: this.number(this.memory(REG.day)),
      month: this.number(this.memory(REG.month)),
      year: century * 100 + this.number(this.memory(REG.year)),
    };
  }

  private encode(time: CivilTime): void {
    this.ram[REG.seconds] = this.digits(time.second);
    this.ram[REG.minutes] = this.digits(time.minute);
    this.ram[REG.hours] = this.hourDigits(time.hour);
    this.ram[REG.weekday] = this.digits(time.weekday);
    this.ram[REG.day] = this.digits(time.day);
    this.ram[REG.month] = this.digits(time.month);
    this.ram[REG.year] = this.digits(time.year % 100);
    this.ram[REG.century] = this.digits(Math.floor(time.year / 100));
  }

  private number(digits: number): number {
    return this.memory(REG.b) & B_BINARY ? digits : (digits >> 4) * 10 + (digits & 15);
  }

  private digits(value: number): number {
    return this.memory(REG.b) & B_BINARY ? value : (Math.floor(value / 10) << 4) | (value % 10);
  }

  /** In 12-hour mode bit 7 means afternoon and midnight is 12. */
  private hourOf(digits: number): number {
    if (this.memory(REG.b) & B_24_HOUR) return this.number(digits);
    return (this.number(digits & 0x7f) % 12) + (digits & 0x80 ? 12 : 0);
  }

  private hourDigits(hour: number): number {
    if (this.memory(REG.b) & B_24_HOUR) return this.digits(hour);
    return this.digits(hour % 12 === 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0);
  }
}
