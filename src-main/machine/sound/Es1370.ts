import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState, TimerHandle, TimerService } from '../BusDevice.ts';
import type { PciBar, PciDevice, PciSlot } from '../pci/PciDevice.ts';
import { registerRange } from '../pci/registerRange.ts';
import { checkVersion, readNumber, readObject } from '../snapshot.ts';
import { Ak4531 } from './Ak4531.ts';
import { Es1370Channel, type SampleFormat } from './Es1370Channel.ts';
import type { SoundSource } from './Mixer.ts';

const PORTS = 0x40;
const DAC1 = 0, DAC2 = 1, ADC = 2; // prettier-ignore
/** Registers, by their offset. */
const REGISTER = {
  control: 0x00,
  status: 0x04,
  uart: 0x08,
  page: 0x0c,
  codec: 0x10,
  serial: 0x20,
  counts: 0x24,
} as const;
const WINDOW = 0x30;
/** Pages of the window that hold the channels' frames; the others are the MIDI port's and the channels' own memory. */
const PAGE_DACS = 0x0c, PAGE_ADC = 0x0d; // prettier-ignore
const PAGE_MASK = 0x0f;
/** The MIDI port takes everything and never has anything. */
const UART_READY = 0x0200;
const INTERRUPT = 0x8000_0000;

/** Bits of each channel in control (enable), serial (format, interrupt enable, pause) and status. */
const BITS = [
  { enable: 1 << 6, format: 0, interrupt: 1 << 8, pause: 1 << 11, status: 1 << 2 },
  { enable: 1 << 5, format: 2, interrupt: 1 << 9, pause: 1 << 12, status: 1 << 1 },
  { enable: 1 << 4, format: 4, interrupt: 1 << 10, pause: 0, status: 1 << 0 },
] as const;
const FORMAT_STEREO = 1, FORMAT_16_BIT = 2; // prettier-ignore
/** DAC1 has four rates; DAC2 and the ADC share a divider. */
const DAC1_LEAST_HZ = 5512.5;
const DIVIDED_HZ = 1_411_200;

/**
 * The Ensoniq AudioPCI ES1370 (Ensoniq, "AudioPCI ES1370 Specification"): two DACs and an ADC that take samples from
 * rings in memory, or put them there, and interrupt after so many samples.
 *
 * | offset | register |
 * |---|---|
 * | 00 | control: 4 ADC, 5 DAC2, 6 DAC1 on; 13..12 DAC1's rate, 5512 Hz times a power of two; 28..16 divider of 1411200 Hz, less two |
 * | 04 | status: 0 ADC, 1 DAC2, 2 DAC1 interrupt; 31 any of them |
 * | 08 | MIDI data, status and control |
 * | 0C | page of the window at 30h |
 * | 10 | codec, written: a register of the {@link Ak4531} |
 * | 20 | serial: 1..0 DAC1's, 3..2 DAC2's, 5..4 ADC's format (bit 0 stereo, bit 1 16 bits); 8, 9, 10 interrupt; 11, 12 pause |
 * | 24, 28, 2C | DAC1, DAC2, ADC: 15..0 samples between interrupts less one, 31..16 those that are left |
 * | 30, 38 | page Ch: DAC1's, DAC2's, page Dh: ADC's (30h alone): address of the ring |
 * | 34, 3C | likewise: 15..0 double words in the ring less one, 31..16 the one that is moved now |
 *
 * An interrupt is acknowledged by switching it off. The ADC hears silence. The loop bits, which stop a channel at the
 * count's end when they are set, are not followed: drivers stop it themselves.
 */
export class Es1370 implements PciDevice, SoundSource {
  readonly id: string;
  readonly identity = {
    vendorId: 0x1274,
    deviceId: 0x5000,
    classCode: 0x04_0100,
    subsystemVendorId: 0x4942,
    subsystemId: 0x4c4c,
  };
  readonly interruptPin = 1;
  readonly bars: readonly PciBar[];
  private readonly timers: TimerService;
  private readonly catchUp: () => void;
  private readonly channels = [
    new Es1370Channel('playback'),
    new Es1370Channel('playback'),
    new Es1370Channel('capture'),
  ] as const;
  private readonly codec = new Ak4531();
  private slot: PciSlot | undefined;
  private control = 0;
  private status = 0;
  private serial = 0;
  private page = 0;
  private timer: TimerHandle | undefined;

  /** @param catchUp has the mixer take what was played, before something changes */
  constructor(id: string, timers: TimerService, catchUp: () => void) {
    this.id = id;
    this.timers = timers;
    this.catchUp = catchUp;
    this.bars = [{ index: 0, space: 'io', byteLength: PORTS, device: this.ports(), width: 4 }];
  }

  get isSounding(): boolean {
    return this.channels[DAC1].isPlaying || this.channels[DAC2].isPlaying;
  }

  attach(slot: PciSlot): void {
    this.slot = slot;
  }

  mix(into: Float64Array, firstSample: number): void {
    this.advance();
    this.channels[DAC1].mix(into, firstSample, this.format(DAC1), this.codec.gain('fm'));
    this.channels[DAC2].mix(into, firstSample, this.format(DAC2), this.codec.gain('voice'));
  }

  reset(): void {
    this.control = 0;
    this.status = 0;
    this.serial = 0;
    this.page = 0;
    for (const channel of this.channels) channel.reset();
    this.codec.reset();
    this.update();
  }

  save(): DeviceState {
    const { control, status, serial, page } = this;
    const [dac1, dac2, adc] = this.channels.map((channel) => channel.save());
    return { version: 2, control, status, serial, page, dac1, dac2, adc, codec: this.codec.save() };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 2);
    const word = (field: string): number => readNumber(state, field, 0, 0xffff_ffff);
    const [control, status, serial] = [word('control'), word('status'), word('serial')];
    this.page = readNumber(state, 'page', 0, PAGE_MASK);
    (['dac1', 'dac2', 'adc'] as const).forEach((name, index) =>
      this.channels[index as 0 | 1 | 2].restore(readObject(state, name)),
    );
    this.codec.restore(readObject(state, 'codec'));
    this.control = control;
    this.status = status & 7;
    this.serial = serial;
    this.update();
  }

  private ports(): BusDevice {
    return registerRange(this.id, {
      read: (offset, width) => this.read(offset, width),
      write: (offset, width, value) => this.write(offset, width, value),
    });
  }

  private read(offset: number, width: AccessWidth): number {
    this.advance();
    const shifted = this.register(offset & ~3) >>> (8 * (offset & 3));
    return width === 4 ? shifted : width === 2 ? shifted & 0xffff : shifted & 0xff;
  }

  private write(offset: number, width: AccessWidth, value: number): void {
    this.catchUp();
    this.advance();
    const mask = (width === 4 ? 0xffff_ffff : width === 2 ? 0xffff : 0xff) << (8 * (offset & 3));
    const old = this.register(offset & ~3);
    this.setRegister(offset & ~3, ((old & ~mask) | ((value << (8 * (offset & 3))) & mask)) >>> 0);
    this.update();
  }

  private register(offset: number): number {
    switch (offset) {
      case REGISTER.control:
        return this.control;
      case REGISTER.status:
        return (this.status !== 0 ? INTERRUPT : 0) + this.status;
      case REGISTER.uart:
        return UART_READY;
      case REGISTER.page:
        return this.page;
      case REGISTER.serial:
        return this.serial;
    }
    if (offset >= REGISTER.counts && offset < WINDOW) {
      const channel = this.channels[((offset - REGISTER.counts) >> 2) as 0 | 1 | 2];
      return channel.sampleCount + channel.countLeft * 0x1_0000;
    }
    const channel = this.windowChannel(offset);
    if (channel === undefined) return 0;
    return offset & 4 ? channel.frameSize + channel.frameCount * 0x1_0000 : channel.frameAddress;
  }

  private setRegister(offset: number, value: number): void {
    const now = this.timers.now();
    switch (offset) {
      case REGISTER.control: {
        const changed = this.control ^ value;
        this.control = value;
        this.startAndStop(now, (changed & 0x1fff_3000) !== 0);
        return;
      }
      case REGISTER.page:
        this.page = value & PAGE_MASK;
        return;
      case REGISTER.codec:
        this.codec.write(value & 0xffff);
        return;
      case REGISTER.serial: {
        const changed = this.serial ^ value;
        this.serial = value;
        for (const bits of BITS) if ((value & bits.interrupt) === 0) this.status &= ~bits.status;
        this.startAndStop(now, (changed & 0x3f) !== 0);
        return;
      }
    }
    if (offset >= REGISTER.counts && offset < WINDOW) {
      this.channels[((offset - REGISTER.counts) >> 2) as 0 | 1 | 2].setSampleCount(value & 0xffff);
      return;
    }
    const channel = this.windowChannel(offset);
    if (channel === undefined) return;
    if (offset & 4) channel.setFrame(value & 0xffff, value >>> 16);
    else channel.frameAddress = value;
  }

  private windowChannel(offset: number): Es1370Channel | undefined {
    if (offset < WINDOW) return undefined;
    if (this.page === PAGE_DACS) return this.channels[offset & 8 ? DAC2 : DAC1];
    return this.page === PAGE_ADC && (offset & 8) === 0 ? this.channels[ADC] : undefined;
  }

  private startAndStop(now: number, isNewFormat: boolean): void {
    this.channels.forEach((channel, index) => {
      const { enable, pause } = BITS[index as 0 | 1 | 2];
      channel.setRunning((this.control & enable) !== 0 && (this.serial & pause) === 0, now, isNewFormat);
    });
  }

  private format(index: 0 | 1 | 2): SampleFormat {
    const bits = this.serial >>> BITS[index].format;
    const rateHz =
      index === DAC1
        ? DAC1_LEAST_HZ * 2 ** ((this.control >>> 12) & 3)
        : DIVIDED_HZ / (((this.control >>> 16) & 0x1fff) + 2);
    return { isStereo: (bits & FORMAT_STEREO) !== 0, is16Bit: (bits & FORMAT_16_BIT) !== 0, rateHz };
  }

  /** Moves all samples that are due by now, and notes whose count ran out. */
  private advance(): void {
    const { slot } = this;
    if (slot === undefined) return;
    const now = this.timers.now();
    this.channels.forEach((channel, index) => {
      const { interrupt, status } = BITS[index as 0 | 1 | 2];
      const isOver = channel.advance(now, this.format(index as 0 | 1 | 2), slot.memory);
      if (isOver && this.serial & interrupt) this.status |= status;
    });
    this.slot?.interrupt.set(this.status !== 0);
  }

  /** The interrupt's level, and the time of the next one. */
  private update(): void {
    this.slot?.interrupt.set(this.status !== 0);
    this.timer?.cancel();
    const next = Math.min(
      ...this.channels.map((channel, index) => channel.nextInterrupt(this.format(index as 0 | 1 | 2)) ?? Infinity),
    );
    if (next === Infinity) return;
    this.timer = this.timers.schedule(Math.ceil(next), () => {
      this.catchUp();
      this.advance();
      this.update();
    });
  }
}
