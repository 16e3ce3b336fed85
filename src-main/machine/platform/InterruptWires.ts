import type { IoApic } from '../apic/IoApic.ts';
import type { BusDevice, DeviceState, InterruptLine } from '../BusDevice.ts';
import type { InterruptController } from '../pic/InterruptController.ts';
import { checkVersion, SnapshotError } from '../snapshot.ts';

const ISA_LINES = 16;
/** The timer reaches the I/O APIC's pin 2, since pin 0 is the 8259's (MADT: interrupt source override). */
const TIMER_PIN = 2;

interface Driver {
  readonly irq: number;
  readonly owner: string;
  isAsserted: boolean;
  /** Times that it has asserted the wire, for whoever looks: no part of its state. */
  requests: number;
}

/** An ISA request line and who drives it. */
export interface InterruptWire {
  readonly irq: number;
  readonly drivers: readonly Readonly<Driver>[];
  /** Where it leads, in machines with an I/O APIC. */
  readonly ioApicPin: number;
}

/**
 * The wires of ISA interrupt requests 0 to 15: each may have several drivers, any of which asserts it, and leads to
 * the 8259 pair and, where there is one, to the I/O APIC's pin of the same number.
 *
 * A device only for the sake of its state; nothing maps it.
 */
export class InterruptWires implements BusDevice {
  readonly id = 'wires0';
  private readonly outputs: readonly InterruptLine[];
  private readonly drivers: Driver[] = [];
  private readonly driversOf: readonly Driver[][] = Array.from({ length: ISA_LINES }, () => []);
  /** Who alone is connected to a wire; undefined: everybody. */
  private readonly soleOwners = new Array<string | undefined>(ISA_LINES);
  private ioApic: IoApic | undefined;

  constructor(pic: Pick<InterruptController, 'line'>) {
    this.outputs = Array.from({ length: ISA_LINES }, (_, irq) => pic.line(irq));
  }

  connect(ioApic: IoApic): void {
    this.ioApic = ioApic;
  }

  /** One more driver of a wire; `owner` names it in snapshots. */
  line(irq: number, owner: string): InterruptLine {
    const driver: Driver = { irq, owner, isAsserted: false, requests: 0 };
    this.drivers.push(driver);
    this.driversOf[irq]?.push(driver);
    return {
      set: (isAsserted) => {
        if (isAsserted === driver.isAsserted) return;
        driver.isAsserted = isAsserted;
        if (isAsserted) driver.requests++;
        this.drive(irq);
      },
    };
  }

  /**
   * Leaves a wire to one owner: what others drive is cut off, as the HPET's legacy replacement does with the 8254 and
   * the RTC. Without an owner all are connected again.
   */
  leaveTo(owner: string | undefined, irq: number): void {
    if (this.soleOwners[irq] === owner) return;
    this.soleOwners[irq] = owner;
    this.drive(irq);
  }

  /** Those that somebody drives. */
  wires(): InterruptWire[] {
    return this.driversOf
      .map((drivers, irq) => ({ irq, drivers: drivers.map((each) => ({ ...each })), ioApicPin: pinOf(irq) }))
      .filter(({ drivers }) => drivers.length > 0);
  }

  read(): number {
    return 0xffff_ffff;
  }

  write(): void {}

  /** Drivers let go of their wires themselves. */
  reset(): void {}

  save(): DeviceState {
    return { version: 1, asserted: this.drivers.filter(({ isAsserted }) => isAsserted).map(nameOf) };
  }

  /** Interrupt controllers keep the levels that they saw in states of their own. */
  restore(state: DeviceState): void {
    checkVersion(this.id, state, 1);
    const asserted: unknown = state['asserted'];
    if (!Array.isArray(asserted)) throw new SnapshotError(`${this.id}: the list of asserted wires is missing`);
    for (const driver of this.drivers) driver.isAsserted = asserted.includes(nameOf(driver));
  }

  private drive(irq: number): void {
    const soleOwner = this.soleOwners[irq];
    let isAsserted = false;
    for (const driver of this.driversOf[irq] ?? [])
      if (driver.isAsserted && (soleOwner === undefined || soleOwner === driver.owner)) isAsserted = true;
    this.outputs[irq]?.set(isAsserted);
    this.ioApic?.setPin(pinOf(irq), isAsserted);
  }
}

function pinOf(irq: number): number {
  return irq === 0 ? TIMER_PIN : irq;
}

function nameOf({ irq, owner }: Driver): string {
  return `${irq} ${owner}`;
}
