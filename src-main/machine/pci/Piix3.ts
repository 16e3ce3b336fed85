import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import { checkVersion, readByte } from '../snapshot.ts';
import type { PciDevice, PciRegister } from './PciDevice.ts';

const PIRQ_ROUTES = 0x60;
const ROUTE_OFF = 0x80;
/** ISA requests that a PCI line may be routed to (PIRQRC, bits 3..0). */
export const ROUTABLE = 0b1101_1110_1111_1000;
/** Where firmware routes the four lines; so they stand from the start in a machine without firmware. */
export const USUAL_ROUTES = [10, 10, 11, 11] as const;

const RESET_SYSTEM = 2,
  RESET_NOW = 4;

/**
 * The PIIX3's ISA bridge (Intel 82371SB datasheet, order 290550): routes PIRQA# to PIRQD# (registers 60h to 63h:
 * bit 7 off, bits 3..0 the ISA request). Its level or edge control lies in the 8259s.
 */
export class Piix3 implements PciDevice {
  readonly id: string;
  readonly identity = { vendorId: 0x8086, deviceId: 0x7000, classCode: 0x06_0100 };
  readonly registers: readonly PciRegister[];
  /** PIRQA# to PIRQD#. */
  readonly lines: readonly InterruptLine[];
  private readonly isa: readonly InterruptLine[];
  private readonly routes = [ROUTE_OFF, ROUTE_OFF, ROUTE_OFF, ROUTE_OFF];
  private readonly asserted = [false, false, false, false];

  /** @param isa a driver of each ISA request line, by number */
  constructor(id: string, isa: readonly InterruptLine[], hasFirmware: boolean) {
    this.id = id;
    this.isa = isa;
    this.lines = this.routes.map((_, index) => ({
      set: (isAsserted: boolean) => {
        this.asserted[index] = isAsserted;
        this.drive();
      },
    }));
    const routes = this.routes.map((_, index): PciRegister => ({
      offset: PIRQ_ROUTES + index,
      reset: hasFirmware ? ROUTE_OFF : (USUAL_ROUTES[index] ?? ROUTE_OFF),
      writable: 0x8f,
      onChange: (value) => {
        this.routes[index] = value;
        this.drive();
      },
    }));
    this.registers = [
      // ISA recovery timers, X-bus chip select, and the memory hole's end: stored only.
      { offset: 0x4c, reset: 0x4d, writable: 0xff },
      { offset: 0x4e, reset: 0x03, writable: 0xff },
      { offset: 0x4f, writable: 0x01 },
      { offset: 0x69, reset: 0x02, writable: 0xfe },
      ...routes,
    ];
  }

  /** The ISA request that each of PIRQA# to PIRQD# is routed to; undefined: none. */
  get routed(): readonly (number | undefined)[] {
    return this.routes.map((route) => (route & ROUTE_OFF ? undefined : route & 0xf));
  }

  reset(): void {}

  save(): DeviceState {
    return { version: 1 };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
  }

  private drive(): void {
    let levels = 0;
    this.routes.forEach((route, index) => {
      if ((route & ROUTE_OFF) === 0 && this.asserted[index]) levels |= 1 << (route & 0xf);
    });
    this.isa.forEach((line, irq) => {
      if ((ROUTABLE >>> irq) & 1) line.set(((levels >>> irq) & 1) !== 0);
    });
  }
}

/** The bridge's reset control register, port CF9h: bit 2 going from 0 to 1 resets the machine. */
export class ResetControl implements BusDevice {
  readonly id: string;
  private readonly requestReset: (through: string) => void;
  private value = 0;

  constructor(id: string, requestReset: (through: string) => void) {
    this.id = id;
    this.requestReset = requestReset;
  }

  read(): number {
    return this.value;
  }

  write(_offset: number, _width: number, value: number): void {
    const isRising = (value & ~this.value & RESET_NOW) !== 0;
    this.value = value & (RESET_SYSTEM | RESET_NOW);
    if (isRising) this.requestReset('reset control port CF9h');
  }

  reset(): void {
    this.value = 0;
  }

  save(): DeviceState {
    return { version: 1, value: this.value };
  }

  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    this.value = readByte(state, 'value') & (RESET_SYSTEM | RESET_NOW);
  }
}
