import { LOCAL_APIC_ADDRESS } from '../apic/localApicRegisters.ts';
import { IO_APIC_ADDRESS } from '../apic/IoApic.ts';

/** An interrupt pin of a device on bus 0. */
export interface PciPin {
  readonly deviceNumber: number;
  /** INTA# to INTD# as 1 to 4. */
  readonly pin: number;
  /** PIRQA# to PIRQD# as 0 to 3. */
  readonly line: number;
}

export interface MpTableOptions {
  readonly vcpuCount: number;
  readonly pins: readonly PciPin[];
  /** The ISA request, and so the I/O APIC's pin, of each of the four lines. */
  readonly routes: readonly number[];
  /** The level-triggered request that announces ACPI events. */
  readonly sciIrq: number;
}

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const dword = (value: number): number[] => [...word(value), ...word(value >>> 16)];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));

/** The byte at `at` makes all of them add up to 0. */
function summed(bytes: readonly number[], at: number): Uint8Array {
  const result = Uint8Array.from(bytes);
  result[at] = -result.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return result;
}

const MP_REVISION = 4;
const PCI_BUS = 0,
  ISA_BUS = 1;
const IO_APIC_ID = 0,
  IO_APIC_VERSION = 0x20,
  LOCAL_APIC_VERSION = 0x14;
const EVERY_APIC = 0xff;
/** Bits of the processor's flags, and a signature and features that claim as little as can be. */
const ENABLED = 1,
  BOOTSTRAP = 2;
const PROCESSOR_SIGNATURE = 0x600,
  PROCESSOR_FEATURES = 0x201;
const INTERRUPT = { vectored: 0, nmi: 1, external: 3 } as const;
/** Polarity (1..0) and trigger (3..2); 0: as is usual on the bus. */
const LEVEL_LOW = 0b1111,
  LEVEL_HIGH = 0b1101;
/** The timer's request goes to the I/O APIC's pin 2 (`InterruptWires`); there is no request 2. */
const TIMER_PIN = 2,
  CASCADE = 2;
const ISA_REQUESTS = 16;

/**
 * What kernels find processors and interrupts by where they know no ACPI: the configuration table and the structure
 * that leads to it (Intel MultiProcessor Specification 1.4, chapter 4).
 * @param tableAddress where the table is to lie
 */
export function mpTables(
  { vcpuCount, pins, routes, sciIrq }: MpTableOptions,
  tableAddress: number,
): { readonly pointer: Uint8Array; readonly table: Uint8Array } {
  const taken = new Set(pins.map(({ line }) => routes[line]));
  const ioInterrupt = (flags: number, bus: number, source: number, pin: number): number[] => [
    3, INTERRUPT.vectored, ...word(flags), bus, source, IO_APIC_ID, pin,
  ]; // prettier-ignore
  const entries = [
    ...Array.from({ length: vcpuCount }, (_, id) => [
      ...[0, id, LOCAL_APIC_VERSION, ENABLED | (id === 0 ? BOOTSTRAP : 0)],
      ...[...dword(PROCESSOR_SIGNATURE), ...dword(PROCESSOR_FEATURES), ...zeros(8)],
    ]),
    [1, PCI_BUS, ...text('PCI   ')],
    [1, ISA_BUS, ...text('ISA   ')],
    [2, IO_APIC_ID, IO_APIC_VERSION, ENABLED, ...dword(IO_APIC_ADDRESS)],
    ...pins.map(({ deviceNumber, pin, line }) =>
      ioInterrupt(LEVEL_LOW, PCI_BUS, (deviceNumber << 2) | (pin - 1), routes[line] ?? 0),
    ),
    ...Array.from({ length: ISA_REQUESTS }, (_, irq) => irq)
      .filter((irq) => irq !== CASCADE && !taken.has(irq))
      .map((irq) => ioInterrupt(irq === sciIrq ? LEVEL_HIGH : 0, ISA_BUS, irq, irq === 0 ? TIMER_PIN : irq)),
    [4, INTERRUPT.external, ...word(0), ISA_BUS, 0, 0, 0],
    [4, INTERRUPT.nmi, ...word(0), ISA_BUS, 0, EVERY_APIC, 1],
  ];
  const body = entries.flat();
  const header = [
    ...[...text('PCMP'), ...word(44 + body.length), MP_REVISION, 0],
    ...[...text('VIVARIUM'), ...text('VIRTUAL PC  '), ...zeros(6)],
    ...[...word(entries.length), ...dword(LOCAL_APIC_ADDRESS), ...zeros(4)],
  ];
  // In units of 16 bytes: its own length; revision, checksum; a configuration table is there, and no IMCR.
  const pointer = [...text('_MP_'), ...dword(tableAddress), 1, MP_REVISION, 0, ...zeros(5)];
  return { pointer: summed(pointer, 10), table: summed([...header, ...body], 7) };
}

const ROUTER = 0x7000_8086;
/** Where the bridge's registers for the four lines begin; they name the links. */
const FIRST_LINK = 0x60;

/**
 * The $PIR table: which pins of which slots are wired to which of the bridge's lines, and where those may be routed
 * (Microsoft, PCI IRQ Routing Table Specification 1.0).
 * @param routerDevice device number of the ISA bridge
 * @param routable bit per ISA request
 */
export function routingTable(pins: readonly PciPin[], routerDevice: number, routable: number): Uint8Array {
  const devices = [...new Set(pins.map(({ deviceNumber }) => deviceNumber))];
  const slots = devices.flatMap((deviceNumber) => {
    const links = [1, 2, 3, 4].flatMap((pin) => {
      const wired = pins.find((each) => each.deviceNumber === deviceNumber && each.pin === pin);
      return wired ? [FIRST_LINK + wired.line, ...word(routable)] : zeros(3);
    });
    return [0, deviceNumber << 3, ...links, 0, 0];
  });
  const header = [
    ...[...text('$PIR'), ...word(0x0100), ...word(32 + slots.length), 0, routerDevice << 3],
    ...[...word(0), ...dword(ROUTER), ...dword(0), ...zeros(11), 0],
  ];
  return summed([...header, ...slots], 31);
}
