import { describe, expect, test } from 'vitest';
import { acpiTables, placeAcpiTables } from '../../../../src-main/machine/acpi/AcpiTables.ts';
import { acpiFiles } from '../../../../src-main/machine/acpi/tableLoader.ts';
import { placeSmbios, smbios } from '../../../../src-main/machine/smbios/smbios.ts';

const RSDP = 0xe_0000,
  TABLES = 0xe_0040;
const options = { memoryBytes: 64 << 20, vcpuCount: 2, hasLocalApic: true, hasFirmware: false };

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0) & 0xff;
const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

describe('ACPI tables, placed', () => {
  const [rsdp, blob] = placeAcpiTables(acpiTables(options), RSDP, TABLES).map(({ bytes }) => bytes) as [
    Uint8Array,
    Uint8Array,
  ];
  const view = new DataView(blob.buffer);
  const root = new DataView(rsdp.buffer);
  /** A table as it lies in memory. */
  const table = (address: number): { signature: string; bytes: Uint8Array; view: DataView } => {
    const at = address - TABLES;
    const bytes = blob.slice(at, at + view.getUint32(at + 4, true));
    return { signature: text(bytes, 0, 4), bytes, view: new DataView(bytes.buffer) };
  };

  test('the root pointer is found and sums up, in both of its lengths', () => {
    expect([text(rsdp, 0, 8), sum(rsdp.subarray(0, 20)), sum(rsdp)]).toEqual(['RSD PTR ', 0, 0]);
  });

  test('both root tables lead to the same tables, each of which sums up', () => {
    const rsdt = table(root.getUint32(16, true));
    const xsdt = table(root.getUint32(24, true));
    const fromRsdt = [36, 40, 44].map((at) => table(rsdt.view.getUint32(at, true)));
    const fromXsdt = [36, 44, 52].map((at) => table(Number(xsdt.view.getBigUint64(at, true))));
    expect([rsdt.signature, xsdt.signature]).toEqual(['RSDT', 'XSDT']);
    expect(fromRsdt.map(({ signature }) => signature)).toEqual(['FACP', 'APIC', 'HPET']);
    expect(fromXsdt.map(({ signature }) => signature)).toEqual(['FACP', 'APIC', 'HPET']);
    for (const each of [rsdt, xsdt, ...fromRsdt]) expect(sum(each.bytes)).toBe(0);
  });

  test('the fixed description leads on to FACS and DSDT, and names the registers', () => {
    const fadt = table(table(root.getUint32(16, true)).view.getUint32(36, true));
    expect(fadt.bytes).toHaveLength(244);
    expect(fadt.view.getUint32(36, true)).toBe(TABLES);
    expect(text(blob, 0, 4)).toBe('FACS');
    expect([table(fadt.view.getUint32(40, true)).signature, sum(table(fadt.view.getUint32(40, true)).bytes)]).toEqual([
      'DSDT',
      0,
    ]);
    expect([46, 48, 56, 64, 76].map((at) => fadt.view.getUint16(at, true))).toEqual([9, 0, 0x600, 0x604, 0x608]);
    expect([fadt.view.getUint8(88), fadt.view.getUint8(89), fadt.view.getUint8(91)]).toEqual([4, 2, 4]);
    expect([fadt.view.getUint8(116), fadt.view.getUint16(120, true), fadt.view.getUint8(128)]).toEqual([1, 0xcf9, 6]);
    expect(fadt.view.getBigUint64(140, true)).toBe(BigInt(fadt.view.getUint32(40, true)));
    expect(fadt.view.getUint16(212, true)).toBe(0x608);
  });

  test('the interrupt controllers are one local APIC a processor and the I/O APIC', () => {
    const madt = table(table(root.getUint32(16, true)).view.getUint32(40, true));
    const entries: number[][] = [];
    for (let at = 44; at < madt.bytes.length; at += madt.bytes[at + 1] ?? 1)
      entries.push([...madt.bytes.subarray(at, at + (madt.bytes[at + 1] ?? 1))]);
    expect(entries.map(([type]) => type)).toEqual([0, 0, 1, 2, 2, 4]);
    expect(entries[3]).toEqual([2, 10, 0, 0, 2, 0, 0, 0, 0, 0]);
  });
});

test('firmware is told how to place, link and sum them, in this order', () => {
  const script = acpiFiles(acpiTables(options)).find(({ name }) => name === 'etc/table-loader')?.contents;
  if (script === undefined) throw new Error('there is no script');
  const commands = Array.from({ length: script.length / 128 }, (_, i) => script[128 * i] ?? 0);
  expect(commands.slice(0, 2)).toEqual([1, 1]);
  expect(commands).toEqual([...commands].sort((a, b) => a - b));
  expect(text(script, 4, 15)).toBe('etc/acpi/tables');
});

test('SMBIOS sums up, placed or not, and its structures end', () => {
  const found = smbios(64 << 20, 1);
  for (const anchor of [found.anchor, placeSmbios(found, 0xe_8000)]) {
    expect([text(anchor, 0, 4), sum(anchor), sum(anchor.subarray(0x10)), text(anchor, 0x10, 5)]).toEqual([
      '_SM_',
      0,
      0,
      '_DMI_',
    ]);
  }
  expect([...found.structures.subarray(-6)]).toEqual([127, 4, 0x00, 0x7f, 0, 0]);
});
