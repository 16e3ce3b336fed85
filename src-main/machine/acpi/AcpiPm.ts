import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, InterruptLine, TimerHandle, TimerService } from '../BusDevice.ts';
import { checkVersion, readNumber } from '../snapshot.ts';

/** Rate of the power management timer, in Hz (ACPI specification 6.5, 4.8.3.3). */
export const PM_TIMER_HZ = 3_579_545;
const NS_PER_TICK = 1e9 / PM_TIMER_HZ;
const TIMER_BITS = 24;

/** Fixed events, in PM1_STS and PM1_EN alike (tables 4.13 and 4.14). */
const EVENT = {
  timer: 1 << 0,
  busMaster: 1 << 4,
  global: 1 << 5,
  powerButton: 1 << 8,
  sleepButton: 1 << 9,
  rtc: 1 << 10,
  wake: 1 << 15,
} as const;
const ENABLES = EVENT.timer | EVENT.global | EVENT.powerButton | EVENT.sleepButton | EVENT.rtc;
const STATUSES = ENABLES | EVENT.busMaster | EVENT.wake;

/** PM1_CNT (table 4.15). */
const SCI_ENABLE = 1;
const SLEEP_ENABLE = 0x2000;
const CONTROL_WRITABLE = 0x1c06;
/** The sleep type of S5 in the _S5 package: the one that QEMU's and Bochs' tables name too. */
export const S5_SLEEP_TYPE = 0;

/** Offsets from the block's start. */
const REGISTER = { status: 0, enable: 2, control: 4, timer: 8 } as const;
export const PM_BLOCK_BYTES = 0x40;

/**
 * Fixed ACPI hardware, at the offsets that the PIIX4 gives it (Intel 82371AB datasheet, order 290562, 7.2; ACPI
 * specification 6.5, 4.8.3): PM1_STS at 0 (write ones to clear), PM1_EN at 2, PM1_CNT at 4, PM_TMR at 8 (24 bits).
 */
export class AcpiPm implements BusDevice {
  readonly id: string;
  private readonly timers: TimerService;
  private readonly sci: InterruptLine;
  private readonly powerOff: (through: string) => void;
  private readonly isAcpiFromReset: boolean;
  private status = 0;
  private enable = 0;
  private control = 0;
  /** The timer's top bit when it was last looked at, to see it change. */
  private topBit = 0;
  private handle: TimerHandle | undefined;

  /** @param isAcpiFromReset without firmware nobody could be asked to switch to ACPI mode: it is on already */
  constructor(
    id: string,
    timers: TimerService,
    sci: InterruptLine,
    powerOff: (through: string) => void,
    isAcpiFromReset: boolean,
  ) {
    this.id = id;
    this.timers = timers;
    this.sci = sci;
    this.powerOff = powerOff;
    this.isAcpiFromReset = isAcpiFromReset;
    this.reset();
  }

  /** Somebody presses the machine's button: the guest is to shut down. Returns whether it listens. */
  pressPowerButton(): boolean {
    this.status |= EVENT.powerButton;
    this.update();
    return (this.control & SCI_ENABLE) !== 0 && (this.enable & EVENT.powerButton) !== 0;
  }

  /** Through the APM command port: firmware's tables say which commands. */
  setAcpiMode(isOn: boolean): void {
    this.control = isOn ? this.control | SCI_ENABLE : this.control & ~SCI_ENABLE;
    this.update();
  }

  read(offset: number, width: AccessWidth): number {
    let value = 0;
    for (let i = 0; i < width; i++) value += this.readByte(offset + i) * 2 ** (8 * i);
    return value;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    for (let i = 0; i < width; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    this.update();
  }

  reset(): void {
    this.status = 0;
    this.enable = 0;
    this.control = this.isAcpiFromReset ? SCI_ENABLE : 0;
    this.topBit = this.timerTop();
    this.update();
  }

  save(): DeviceState {
    return { version: 1, status: this.status, enable: this.enable, control: this.control, topBit: this.topBit };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.status = readNumber(state, 'status', 0, 0xffff) & STATUSES;
    this.enable = readNumber(state, 'enable', 0, 0xffff) & ENABLES;
    this.control = readNumber(state, 'control', 0, 0xffff) & (CONTROL_WRITABLE | SCI_ENABLE);
    this.topBit = readNumber(state, 'topBit', 0, 1);
    this.drive();
  }

  private ticks(): number {
    return Math.floor(this.timers.now() / NS_PER_TICK);
  }

  private timerTop(): number {
    return Math.floor(this.ticks() / 2 ** (TIMER_BITS - 1)) & 1;
  }

  private readByte(offset: number): number {
    this.noteTimer();
    const word = offset & ~1;
    const shift = 8 * (offset & 1);
    if (word === REGISTER.status) return (this.status >>> shift) & 0xff;
    if (word === REGISTER.enable) return (this.enable >>> shift) & 0xff;
    if (word === REGISTER.control) return (this.control >>> shift) & 0xff;
    if (offset >= REGISTER.timer && offset < REGISTER.timer + 3) {
      return ((this.ticks() % 2 ** TIMER_BITS) >>> (8 * (offset - REGISTER.timer))) & 0xff;
    }
    return 0;
  }

  private writeByte(offset: number, value: number): void {
    this.noteTimer();
    const word = offset & ~1;
    const shift = 8 * (offset & 1);
    const merged = (old: number): number => (old & ~(0xff << shift)) | (value << shift);
    if (word === REGISTER.status) this.status &= ~(value << shift);
    else if (word === REGISTER.enable) this.enable = merged(this.enable) & ENABLES;
    else if (word === REGISTER.control) {
      const control = merged(this.control);
      this.control = (control & CONTROL_WRITABLE) | (this.control & SCI_ENABLE);
      if (shift === 8 && control & SLEEP_ENABLE && ((control >>> 10) & 7) === S5_SLEEP_TYPE) {
        this.powerOff('PM1a control');
      }
    }
  }

  /** TMR_STS: the timer's highest bit has changed. */
  private noteTimer(): void {
    const top = this.timerTop();
    if (top !== this.topBit) this.status |= EVENT.timer;
    this.topBit = top;
  }

  private update(): void {
    this.noteTimer();
    this.drive();
  }

  /** The SCI is level triggered; a timer looks for the next change while its event is wanted. */
  private drive(): void {
    this.sci.set((this.control & SCI_ENABLE) !== 0 && (this.status & this.enable) !== 0);
    this.handle?.cancel();
    this.handle = undefined;
    if ((this.enable & EVENT.timer) === 0 || this.status & EVENT.timer) return;
    const half = 2 ** (TIMER_BITS - 1);
    const next = (Math.floor(this.ticks() / half) + 1) * half;
    this.handle = this.timers.schedule(Math.ceil(next * NS_PER_TICK), () => this.update());
  }
}
