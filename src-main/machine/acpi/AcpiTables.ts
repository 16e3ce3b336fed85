import { APM_COMMAND_PORT, ACPI_DISABLE, ACPI_ENABLE, PM_BASE, SCI_IRQ } from './Piix4Pm.ts';
import { IO_APIC_ADDRESS } from '../apic/IoApic.ts';
import { LOCAL_APIC_ADDRESS } from '../apic/localApicRegisters.ts';
import { HPET_ADDRESS, HPET_CAPABILITIES } from '../hpet/Hpet.ts';
import { dsdt } from './dsdt.ts';

/** A field in one blob that is to hold the address of a place in a blob; the field holds the place's offset in it. */
export interface TablePointer {
  readonly inBlob: 'rsdp' | 'tables';
  readonly offset: number;
  readonly byteLength: 4 | 8;
}

/** A byte that makes the bytes from `start` on sum up to zero. */
export interface TableChecksum {
  readonly inBlob: 'rsdp' | 'tables';
  readonly offset: number;
  readonly start: number;
  readonly byteLength: number;
}

/** ACPI tables that do not know yet where they will lie: all pointers lead into `tables`. */
export interface AcpiTables {
  readonly rsdp: Uint8Array;
  readonly tables: Uint8Array;
  readonly pointers: readonly TablePointer[];
  /** In the order in which they are to be computed, once the pointers are right. */
  readonly checksums: readonly TableChecksum[];
}

export interface AcpiTableOptions {
  readonly memoryBytes: number;
  readonly vcpuCount: number;
  readonly hasLocalApic: boolean;
  /** ACPI mode is switched on through the APM command port, as under firmware; else it is on from the start. */
  readonly hasFirmware: boolean;
}

const LENGTH_FIELD = 4;
const CHECKSUM_FIELD = 9;
/** Interrupt flags of the MADT (ACPI 6.5, table 5.26): level triggered, active high. */
const LEVEL_HIGH = 0x0d;
const RSDP_BYTES = 36;
const RSDP_V1_BYTES = 20;

class Writer {
  readonly bytes: number[] = [];

  get length(): number {
    return this.bytes.length;
  }

  put(byteLength: number, ...values: number[]): this {
    for (const value of values)
      for (let i = 0; i < byteLength; i++) this.bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff);
    return this;
  }

  text(text: string): this {
    for (const letter of text) this.bytes.push(letter.charCodeAt(0));
    return this;
  }

  /** Generic address structure (5.2.3.2): 0 memory, 1 ports. */
  address(space: 0 | 1, bits: number, address: number): this {
    return this.put(1, space, bits, 0, 0).put(8, address);
  }

  zeros(count: number): this {
    return this.put(1, ...Array.from({ length: count }, () => 0));
  }

  align(to: number): this {
    return this.zeros((to - (this.length % to)) % to);
  }
}

/** The tables of a `pc` machine (ACPI specification 6.5, 5.2): RSDP, RSDT, XSDT, FADT, FACS, MADT, HPET, DSDT. */
export function acpiTables(options: AcpiTableOptions): AcpiTables {
  const blob = new Writer();
  const pointers: TablePointer[] = [];
  const checksums: TableChecksum[] = [];

  const pointer = (value: number, byteLength: 4 | 8): void => {
    pointers.push({ inBlob: 'tables', offset: blob.length, byteLength });
    blob.put(byteLength, value);
  };
  /** Writes a table with its header; returns its offset. */
  const table = (signature: string, revision: number, body: () => void): number => {
    const start = blob.align(16).length;
    blob.text(signature).put(4, 0).put(1, revision, 0).text('VVARUM').text('VIVARIUM').put(4, 1).text('VVAR').put(4, 1);
    body();
    const byteLength = blob.length - start;
    for (let i = 0; i < 4; i++) blob.bytes[start + LENGTH_FIELD + i] = (byteLength >>> (8 * i)) & 0xff;
    checksums.push({ inBlob: 'tables', offset: start + CHECKSUM_FIELD, start, byteLength });
    return start;
  };

  // FACS: on 64 bytes, without a checksum. It comes first so that it is aligned wherever the blob is.
  blob.text('FACS').put(4, 64).zeros(56);
  const dsdtAt = table('DSDT', 1, () => blob.put(1, ...dsdt(options.memoryBytes)));
  const fadt = table('FACP', 3, () => fadtBody(blob, pointer, dsdtAt, options));
  const tables = [fadt];
  if (options.hasLocalApic) tables.push(table('APIC', 1, () => madtBody(blob, options.vcpuCount)));
  tables.push(
    table('HPET', 1, () => blob.put(4, HPET_CAPABILITIES).address(0, 64, HPET_ADDRESS).put(1, 0).put(2, 100).put(1, 0)),
  );
  const rsdt = table('RSDT', 1, () => tables.forEach((at) => pointer(at, 4)));
  const xsdt = table('XSDT', 1, () => tables.forEach((at) => pointer(at, 8)));

  const rsdp = new Writer()
    .text('RSD PTR ')
    .put(1, 0)
    .text('VVARUM')
    .put(1, 2)
    .put(4, rsdt, RSDP_BYTES)
    .put(8, xsdt)
    .zeros(4);
  pointers.push({ inBlob: 'rsdp', offset: 16, byteLength: 4 }, { inBlob: 'rsdp', offset: 24, byteLength: 8 });
  checksums.push(
    { inBlob: 'rsdp', offset: 8, start: 0, byteLength: RSDP_V1_BYTES },
    { inBlob: 'rsdp', offset: 32, start: 0, byteLength: RSDP_BYTES },
  );
  return { rsdp: Uint8Array.from(rsdp.bytes), tables: Uint8Array.from(blob.bytes), pointers, checksums };
}

/** The tables for these physical addresses: pointers and checksums filled in. */
export function placeAcpiTables(
  source: AcpiTables,
  rsdpAddress: number,
  tablesAddress: number,
): readonly { readonly physicalAddress: number; readonly bytes: Uint8Array }[] {
  const blobs = { rsdp: source.rsdp.slice(), tables: source.tables.slice() };
  for (const { inBlob, offset } of source.pointers) {
    const view = new DataView(blobs[inBlob].buffer);
    view.setUint32(offset, view.getUint32(offset, true) + tablesAddress, true);
  }
  for (const { inBlob, offset, start, byteLength } of source.checksums) {
    const sum = blobs[inBlob].subarray(start, start + byteLength).reduce((total, byte) => total + byte, 0);
    blobs[inBlob][offset] = ((blobs[inBlob][offset] ?? 0) - sum) & 0xff;
  }
  return [
    { physicalAddress: rsdpAddress, bytes: blobs.rsdp },
    { physicalAddress: tablesAddress, bytes: blobs.tables },
  ];
}

/** Fixed hardware (5.2.9). The FACS lies at the blob's start. */
function fadtBody(
  blob: Writer,
  pointer: (value: number, byteLength: 4 | 8) => void,
  dsdtAt: number,
  { hasFirmware }: AcpiTableOptions,
): void {
  const [event, control, timer] = [PM_BASE, PM_BASE + 4, PM_BASE + 8];
  pointer(0, 4);
  pointer(dsdtAt, 4);
  // Interrupt model, profile: desktop.
  blob.put(1, 1, 1).put(2, SCI_IRQ);
  if (hasFirmware) blob.put(4, APM_COMMAND_PORT).put(1, ACPI_ENABLE, ACPI_DISABLE, 0, 0);
  else blob.zeros(8);
  blob.put(4, event, 0, control, 0, 0, timer, 0, 0);
  blob.put(1, 4, 2, 0, 4, 0, 0, 0, 0);
  // No C2 and C3 states, no cache flush, no duty cycle; no day and month alarm; the century at CMOS 32h.
  blob.put(2, 0xfff, 0xfff, 0, 0).put(1, 0, 0, 0, 0, 0x32);
  // Legacy devices and an 8042 are there.
  blob.put(2, 3).put(1, 0);
  // WBINVD works, C1 is there, no sleep button, no RTC wake status, the reset register is there.
  blob.put(4, (1 << 0) | (1 << 2) | (1 << 5) | (1 << 6) | (1 << 10));
  blob.address(1, 8, 0xcf9).put(1, 0x06).zeros(3);
  pointer(0, 8);
  pointer(dsdtAt, 8);
  blob.address(1, 32, event).zeros(12).address(1, 16, control).zeros(12).zeros(12).address(1, 32, timer).zeros(24);
}

/** Interrupt controllers (5.2.12). */
function madtBody(blob: Writer, vcpuCount: number): void {
  blob.put(4, LOCAL_APIC_ADDRESS, 1);
  for (let id = 0; id < vcpuCount; id++) blob.put(1, 0, 8, id, id).put(4, 1);
  blob.put(1, 1, 12, 0, 0).put(4, IO_APIC_ADDRESS, 0);
  const override = (irq: number, pin: number, flags: number): void => {
    blob.put(1, 2, 10, 0, irq).put(4, pin).put(2, flags);
  };
  override(0, 2, 0);
  override(SCI_IRQ, SCI_IRQ, LEVEL_HIGH);
  // LINT1 of every processor is its NMI.
  blob.put(1, 4, 6, 0xff).put(2, 0).put(1, 1);
}
