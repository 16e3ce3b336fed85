import type { FirmwareFile } from '../fwcfg/FwCfg.ts';
import type { AcpiTables } from './AcpiTables.ts';

const FILE = { rsdp: 'etc/acpi/rsdp', tables: 'etc/acpi/tables' } as const;
const COMMAND = { allocate: 1, addPointer: 2, addChecksum: 3 } as const;
const ZONE = { high: 1, fSegment: 2 } as const;
const COMMAND_BYTES = 128;
const NAME_BYTES = 56;

/**
 * The tables as files for firmware, and the script by which it places them, links them and computes their checksums
 * (QEMU, hw/acpi/bios-linker-loader.c describes the format; SeaBIOS obeys it).
 */
export function acpiFiles(source: AcpiTables): readonly FirmwareFile[] {
  const commands: Uint8Array[] = [];
  const command = (kind: number, write: (view: DataView, text: (at: number, name: string) => void) => void): void => {
    const bytes = new Uint8Array(COMMAND_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, kind, true);
    write(view, (at, name) => bytes.set(new TextEncoder().encode(name), at));
    commands.push(bytes);
  };
  const allocate = (file: string, alignment: number, zone: number): void =>
    command(COMMAND.allocate, (view, text) => {
      text(4, file);
      view.setUint32(4 + NAME_BYTES, alignment, true);
      view.setUint8(8 + NAME_BYTES, zone);
    });
  allocate(FILE.tables, 64, ZONE.high);
  allocate(FILE.rsdp, 16, ZONE.fSegment);
  for (const { inBlob, offset, byteLength } of source.pointers) {
    command(COMMAND.addPointer, (view, text) => {
      text(4, FILE[inBlob]);
      text(4 + NAME_BYTES, FILE.tables);
      view.setUint32(4 + 2 * NAME_BYTES, offset, true);
      view.setUint8(8 + 2 * NAME_BYTES, byteLength);
    });
  }
  for (const { inBlob, offset, start, byteLength } of source.checksums) {
    command(COMMAND.addChecksum, (view, text) => {
      text(4, FILE[inBlob]);
      [offset, start, byteLength].forEach((value, i) => view.setUint32(4 + NAME_BYTES + 4 * i, value, true));
    });
  }
  const script = new Uint8Array(COMMAND_BYTES * commands.length);
  commands.forEach((bytes, i) => script.set(bytes, i * COMMAND_BYTES));
  return [
    { name: FILE.rsdp, contents: source.rsdp },
    { name: FILE.tables, contents: source.tables },
    { name: 'etc/table-loader', contents: script },
  ];
}
