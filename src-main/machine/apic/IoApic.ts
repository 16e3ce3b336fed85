import type { AccessWidth } from '../../engine/VirtualProcessor.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import { checkVersion, readBytes, readNumber } from '../snapshot.ts';
import type { ApicBus } from './ApicBus.ts';

export const IO_APIC_PINS = 24;
export const IO_APIC_ADDRESS = 0xfec0_0000;
export const IO_APIC_BYTES = 0x1000;

/** Highest redirection entry, and a version whose EOI register exists. */
const VERSION = ((IO_APIC_PINS - 1) << 16) | 0x20;
const INDEX = { id: 0x00, version: 0x01, arbitration: 0x02, redirections: 0x10 } as const;

/** Bits of a redirection entry's low half. */
const LOGICAL = 1 << 11;
const REMOTE_IRR = 1 << 14;
const LEVEL = 1 << 15;
const MASKED = 1 << 16;
const WRITABLE_LOW = 0x1_afff;
const WRITABLE_HIGH = 0xff00_0000;

/** What becomes of interrupts at one of its inputs. */
export interface IoApicPin {
  readonly pin: number;
  readonly vector: number;
  readonly isAsserted: boolean;
  readonly isMasked: boolean;
  readonly isLevel: boolean;
  readonly isLogical: boolean;
  readonly destination: number;
  /** Messages sent since the machine was made. */
  readonly sent: number;
}

/**
 * I/O APIC (Intel 82093AA datasheet, order 290566; with the EOI register of later ones).
 *
 * Offset 00h: IOREGSEL, the index. 10h: IOWIN, the register that it names: 0 id (bits 27..24), 1 version, 2 arbitration
 * id, 10h + 2n and 11h + 2n the redirection of pin n: vector 7..0, delivery mode 10..8, logical 11, polarity 13,
 * remote IRR 14, level 15, mask 16, destination 63..56. 40h: a written vector ends its level interrupts.
 *
 * Pins are asserted or not, whatever polarity the guest believes them to have. An edge while a pin is masked is lost.
 */
export class IoApic implements BusDevice {
  readonly id: string;
  private readonly bus: ApicBus;
  /** Low and high half of each redirection entry. */
  private readonly redirections = new Uint32Array(2 * IO_APIC_PINS);
  private lines = 0;
  private index = 0;
  private apicId = 0;
  /** For whoever looks: no part of the device's state. */
  private readonly sentCounts = new Float64Array(IO_APIC_PINS);

  constructor(id: string, bus: ApicBus) {
    this.id = id;
    this.bus = bus;
    bus.onEndOfInterrupt((vector) => this.endInterrupt(vector));
    this.reset();
  }

  setPin(pin: number, isAsserted: boolean): void {
    const bit = 1 << pin;
    if (isAsserted === ((this.lines & bit) !== 0)) return;
    this.lines ^= bit;
    if (isAsserted) this.service(pin);
  }

  pin(pin: number): IoApicPin {
    const low = this.redirections[2 * pin] ?? 0;
    return {
      pin,
      vector: low & 0xff,
      isAsserted: (this.lines & (1 << pin)) !== 0,
      isMasked: (low & MASKED) !== 0,
      isLevel: (low & LEVEL) !== 0,
      isLogical: (low & LOGICAL) !== 0,
      destination: (this.redirections[2 * pin + 1] ?? 0) >>> 24,
      sent: this.sentCounts[pin] ?? 0,
    };
  }

  read(offset: number, width: AccessWidth): number {
    if (width !== 4) return 0;
    if (offset === 0x00) return this.index;
    return offset === 0x10 ? this.readIndexed() : 0;
  }

  write(offset: number, width: AccessWidth, value: number): void {
    if (offset === 0x00) this.index = value & 0xff;
    else if (width !== 4) return;
    else if (offset === 0x10) this.writeIndexed(value);
    else if (offset === 0x40) this.endInterrupt(value & 0xff);
  }

  /** Pins keep their levels: they belong to who drives them. */
  reset(): void {
    this.index = 0;
    this.apicId = 0;
    for (let pin = 0; pin < IO_APIC_PINS; pin++) {
      this.redirections[2 * pin] = MASKED;
      this.redirections[2 * pin + 1] = 0;
    }
  }

  save(): DeviceState {
    return {
      version: 1,
      index: this.index,
      apicId: this.apicId,
      lines: this.lines,
      redirections: [...new Uint8Array(this.redirections.buffer)],
    };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const length = this.redirections.byteLength;
    const bytes = readBytes(state, 'redirections', length, length);
    this.index = readNumber(state, 'index', 0, 0xff);
    this.apicId = readNumber(state, 'apicId', 0, 0xf);
    this.lines = readNumber(state, 'lines', 0, 2 ** IO_APIC_PINS - 1);
    new Uint8Array(this.redirections.buffer).set(bytes);
  }

  private readIndexed(): number {
    const { index } = this;
    if (index === INDEX.id || index === INDEX.arbitration) return this.apicId << 24;
    if (index === INDEX.version) return VERSION;
    return this.redirections[index - INDEX.redirections] ?? 0;
  }

  private writeIndexed(value: number): void {
    if (this.index === INDEX.id) this.apicId = (value >>> 24) & 0xf;
    const half = this.index - INDEX.redirections;
    if (half < 0 || half >= this.redirections.length) return;
    if (half & 1) {
      this.redirections[half] = value & WRITABLE_HIGH;
      return;
    }
    const was = this.redirections[half] ?? 0;
    let entry = (value & WRITABLE_LOW) | (was & REMOTE_IRR);
    if ((entry & LEVEL) === 0) entry &= ~REMOTE_IRR;
    this.redirections[half] = entry;
    if (entry & LEVEL) this.service(half >>> 1);
  }

  /** Sends a pin's message when it is asserted, not masked, and not yet being serviced. */
  private service(pin: number): void {
    const low = this.redirections[2 * pin] ?? 0;
    if (low & MASKED || (this.lines & (1 << pin)) === 0 || low & REMOTE_IRR) return;
    const isLevel = (low & LEVEL) !== 0;
    if (isLevel) this.redirections[2 * pin] = low | REMOTE_IRR;
    this.sentCounts[pin] = (this.sentCounts[pin] ?? 0) + 1;
    this.bus.deliver({
      vector: low & 0xff,
      deliveryMode: (low >>> 8) & 7,
      isLogical: (low & LOGICAL) !== 0,
      destination: (this.redirections[2 * pin + 1] ?? 0) >>> 24,
      isLevel,
    });
  }

  private endInterrupt(vector: number): void {
    for (let pin = 0; pin < IO_APIC_PINS; pin++) {
      const low = this.redirections[2 * pin] ?? 0;
      if ((low & 0xff) !== vector || (low & REMOTE_IRR) === 0) continue;
      this.redirections[2 * pin] = low & ~REMOTE_IRR;
      this.service(pin);
    }
  }
}
