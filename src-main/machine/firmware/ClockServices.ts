import type { FirmwareMemory } from './FirmwareMemory.ts';
import { linear, type ServiceFrame } from './ServiceFrame.ts';

/** Registers of the RTC (MC146818 datasheet), with the century where PCs have it. */
const RTC = {
  seconds: 0,
  secondsAlarm: 1,
  minutes: 2,
  minutesAlarm: 3,
  hours: 4,
  hoursAlarm: 5,
  day: 7,
  month: 8,
  year: 9,
  statusA: 0x0a,
  statusB: 0x0b,
  century: 0x32,
} as const;
const IS_UPDATING = 0x80;
const STATUS_B = { daylight: 0x01, is24Hours: 0x02, alarm: 0x20, periodic: 0x40, set: 0x80 } as const;
/** IRQ 8 in the second interrupt controller's mask, and the first one's input for it. */
const SLAVE_MASK = 0xa1,
  MASTER_MASK = 0x21;
const IRQ_8 = 1,
  CASCADE = 1 << 2;
/** Offsets in the BIOS data area: ticks and midnight; whom a wait tells, how long it lasts, and whether there is one. */
const TICKS = 0x6c,
  MIDNIGHT = 0x70;
const WAIT_OFFSET = 0x98,
  WAIT_SEGMENT = 0x9a,
  WAIT_LOW = 0x9c,
  WAIT_HIGH = 0x9e,
  WAIT_ACTIVE = 0xa0;
/** One period of the RTC's periodic interrupt as firmware leaves it, 1024 Hz, in microseconds. */
const PERIOD_US = 976;
const WAIT_ENDED = 0x80;

export interface ClockPorts {
  readPort(port: number): number;
  writePort(port: number, value: number): void;
}

/** What firmware knows of time: INT 1Ah, and the wait of INT 15h 83h (IBM BIOS Interface Technical Reference). */
export class ClockServices {
  private readonly memory: FirmwareMemory;
  private readonly ports: ClockPorts;

  constructor(memory: FirmwareMemory, ports: ClockPorts) {
    this.memory = memory;
    this.ports = ports;
  }

  /** Ticks since midnight, from the clock. */
  powerOn(): void {
    const decimal = (index: number): number => (this.register(index) >> 4) * 10 + (this.register(index) & 15);
    const seconds = (decimal(RTC.hours) * 60 + decimal(RTC.minutes)) * 60 + decimal(RTC.seconds);
    const ticks = Math.floor(seconds * (1_193_182 / 65_536));
    this.memory.setData16(TICKS, ticks & 0xffff);
    this.memory.setData16(TICKS + 2, ticks >>> 16);
    this.memory.setData8(MIDNIGHT, 0);
    this.memory.setData8(WAIT_ACTIVE, 0);
  }

  /** INT 1Ah but for the PCI functions. */
  serve(frame: ServiceFrame): void {
    const { memory } = this;
    frame.isCarry = false;
    switch (frame.ah) {
      case 0x00:
        frame.cx = memory.data16(TICKS + 2);
        frame.dx = memory.data16(TICKS);
        frame.al = memory.data8(MIDNIGHT);
        memory.setData8(MIDNIGHT, 0);
        return;
      case 0x01:
        memory.setData16(TICKS + 2, frame.cx);
        memory.setData16(TICKS, frame.dx);
        memory.setData8(MIDNIGHT, 0);
        return;
      case 0x02:
        if (this.isUpdating()) return this.refuse(frame);
        frame.ch = this.register(RTC.hours);
        frame.cl = this.register(RTC.minutes);
        frame.dh = this.register(RTC.seconds);
        frame.dl = this.register(RTC.statusB) & STATUS_B.daylight;
        return;
      case 0x03:
        return this.setWhileStopped(STATUS_B.daylight, frame.dl & STATUS_B.daylight, [
          [RTC.hours, frame.ch],
          [RTC.minutes, frame.cl],
          [RTC.seconds, frame.dh],
        ]);
      case 0x04:
        if (this.isUpdating()) return this.refuse(frame);
        frame.ch = this.register(RTC.century);
        frame.cl = this.register(RTC.year);
        frame.dh = this.register(RTC.month);
        frame.dl = this.register(RTC.day);
        return;
      case 0x05:
        return this.setWhileStopped(0, 0, [
          [RTC.century, frame.ch],
          [RTC.year, frame.cl],
          [RTC.month, frame.dh],
          [RTC.day, frame.dl],
        ]);
      case 0x06:
        return this.setAlarm(frame);
      case 0x07:
        this.changeStatusB(STATUS_B.alarm, 0);
        return;
      default:
        return this.refuse(frame);
    }
  }

  /**
   * INT 15h 83h: AL 0 sets bit 7 of the byte at ES:BX after CX:DX microseconds, 1 gives that up.
   * @returns false when there is a wait already
   */
  serveEventWait(frame: ServiceFrame): boolean {
    const { memory } = this;
    if (frame.al === 1) {
      this.endWait();
      return true;
    }
    if (frame.al !== 0 || memory.data8(WAIT_ACTIVE) & 1) return false;
    memory.setData16(WAIT_OFFSET, frame.bx);
    memory.setData16(WAIT_SEGMENT, frame.es);
    memory.setData16(WAIT_LOW, frame.dx);
    memory.setData16(WAIT_HIGH, frame.cx);
    this.setPeriodic(true);
    memory.setData8(WAIT_ACTIVE, 1);
    return true;
  }

  /** Whether the RTC's periodic interrupt, 1024 Hz, wakes whoever waits in HLT. A wait of 83h keeps it on. */
  setPeriodic(isOn: boolean): void {
    if (this.memory.data8(WAIT_ACTIVE) & 1) return;
    if (isOn) this.letInIrq8();
    this.changeStatusB(isOn ? 0 : STATUS_B.periodic, isOn ? STATUS_B.periodic : 0);
  }

  /** The RTC's periodic interrupt came. */
  onPeriod(): void {
    const { memory } = this;
    if ((memory.data8(WAIT_ACTIVE) & 1) === 0) return;
    const left = memory.data16(WAIT_LOW) + memory.data16(WAIT_HIGH) * 0x1_0000 - PERIOD_US;
    if (left > 0) {
      memory.setData16(WAIT_LOW, left & 0xffff);
      memory.setData16(WAIT_HIGH, left >>> 16);
      return;
    }
    this.endWait();
    const told = linear(memory.data16(WAIT_SEGMENT), memory.data16(WAIT_OFFSET));
    memory.write8(told, memory.read8(told) | WAIT_ENDED);
  }

  private endWait(): void {
    this.memory.setData8(WAIT_ACTIVE, 0);
    this.setPeriodic(false);
  }

  /** INT 4Ah comes at CH:CL:DH, every day until it is taken back; there is one alarm. */
  private setAlarm(frame: ServiceFrame): void {
    if (this.register(RTC.statusB) & STATUS_B.alarm) return this.refuse(frame);
    this.setRegister(RTC.hoursAlarm, frame.ch);
    this.setRegister(RTC.minutesAlarm, frame.cl);
    this.setRegister(RTC.secondsAlarm, frame.dh);
    this.letInIrq8();
    this.changeStatusB(0, STATUS_B.alarm);
  }

  /** Writes time or date while the clock stands, and lets it go on. */
  private setWhileStopped(clear: number, set: number, values: readonly (readonly [number, number])[]): void {
    this.changeStatusB(clear, set | STATUS_B.is24Hours | STATUS_B.set);
    for (const [index, value] of values) this.setRegister(index, value);
    this.changeStatusB(STATUS_B.set, 0);
  }

  private refuse(frame: ServiceFrame): void {
    frame.isCarry = true;
  }

  private isUpdating(): boolean {
    return (this.register(RTC.statusA) & IS_UPDATING) !== 0;
  }

  private letInIrq8(): void {
    const { ports } = this;
    ports.writePort(SLAVE_MASK, ports.readPort(SLAVE_MASK) & ~IRQ_8);
    ports.writePort(MASTER_MASK, ports.readPort(MASTER_MASK) & ~CASCADE);
  }

  private changeStatusB(clear: number, set: number): void {
    this.setRegister(RTC.statusB, (this.register(RTC.statusB) & ~clear) | set);
  }

  private register(index: number): number {
    this.ports.writePort(0x70, index);
    return this.ports.readPort(0x71);
  }

  private setRegister(index: number, value: number): void {
    this.ports.writePort(0x70, index);
    this.ports.writePort(0x71, value);
  }
}
