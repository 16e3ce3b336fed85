/** SMBIOS structures and their entry point (DMTF DSP0134, version 2.8), which name the machine to its guest. */

const MIB = 1 << 20;
const ANCHOR_BYTES = 31;
const INTERMEDIATE_BYTES = 15;

export interface Smbios {
  /** The entry point; its pointer to the structures is 0. */
  readonly anchor: Uint8Array;
  readonly structures: Uint8Array;
}

class Structures {
  readonly bytes: number[] = [];
  count = 0;
  longest = 0;

  /** @param fields the formatted area behind the header; `strings` are numbered from 1 */
  add(type: number, handle: number, fields: readonly number[], strings: readonly string[] = []): void {
    const start = this.bytes.length;
    this.bytes.push(type, 4 + fields.length, handle & 0xff, handle >> 8, ...fields);
    for (const text of strings) this.bytes.push(...[...text].map((letter) => letter.charCodeAt(0)), 0);
    if (strings.length === 0) this.bytes.push(0);
    this.bytes.push(0);
    this.count++;
    this.longest = Math.max(this.longest, this.bytes.length - start);
  }
}

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const dword = (value: number): number[] => [...word(value), ...word(value >>> 16)];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

export function smbios(memoryBytes: number, vcpuCount: number): Smbios {
  const all = new Structures();
  // BIOS: vendor, version, segment E800h, date, 64 KiB; characteristics: PCI, boot from CD selectable; ACPI; a VM.
  all.add(
    0,
    0x000,
    [1, 2, ...word(0xe800), 3, 0, ...dword(0x0000_8080), ...zeros(4), 0x01, 0x1c, 0, 0, 0xff, 0xff],
    ['Vivarium', '1', '01/01/2000'],
  );
  // System: maker, product; wake-up by the power switch.
  all.add(1, 0x100, [1, 2, 0, 0, ...zeros(16), 6, 0, 0], ['Vivarium', 'Vivarium virtual machine']);
  // Chassis: other.
  all.add(3, 0x300, [1, 1, 0, 0, 0, 3, 3, 3, 2, ...zeros(4), 0, 0, 0, 0], ['Vivarium']);
  for (let cpu = 0; cpu < vcpuCount; cpu++) {
    // Processor: a central one, enabled, in no socket that could be changed.
    all.add(
      4,
      0x400 + cpu,
      [
        1,
        3,
        1,
        2,
        ...zeros(8),
        0,
        0,
        ...word(0),
        ...word(1000),
        ...word(1000),
        0x41,
        1,
        ...word(0xffff),
        ...word(0xffff),
        ...word(0xffff),
      ],
      [`CPU ${cpu}`, 'Vivarium'],
    );
  }
  const kib = Math.floor(memoryBytes / 1024);
  // Memory array on the board, one module in it, and what it is mapped to.
  all.add(16, 0x1000, [1, 3, 6, ...dword(kib), ...word(0xfffe), ...word(1)]);
  all.add(
    17,
    0x1100,
    [
      ...word(0x1000),
      ...word(0xfffe),
      ...word(0xffff),
      ...word(0xffff),
      ...word(Math.min(0x7ffe, Math.floor(memoryBytes / MIB))),
      9,
      0,
      1,
      0,
      7,
      ...word(2),
    ],
    ['DIMM 0'],
  );
  all.add(19, 0x1300, [...dword(0), ...dword(kib - 1), ...word(0x1000), 1]);
  all.add(32, 0x2000, [...zeros(6), 0]);
  all.add(127, 0x7f00, []);
  return { anchor: anchor(all), structures: Uint8Array.from(all.bytes) };
}

/** The entry point for structures at this physical address. */
export function placeSmbios({ anchor: source }: Smbios, structuresAddress: number): Uint8Array {
  const bytes = source.slice();
  new DataView(bytes.buffer).setUint32(0x18, structuresAddress, true);
  complete(bytes);
  return bytes;
}

function anchor(all: Structures): Uint8Array {
  const bytes = new Uint8Array(ANCHOR_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('_SM_'));
  bytes.set([ANCHOR_BYTES, 2, 8], 5);
  view.setUint16(8, all.longest, true);
  bytes.set(new TextEncoder().encode('_DMI_'), 0x10);
  view.setUint16(0x16, all.bytes.length, true);
  view.setUint16(0x1c, all.count, true);
  bytes[0x1e] = 0x28;
  complete(bytes);
  return bytes;
}

/** Both checksums: of the intermediate part, then of all. */
function complete(bytes: Uint8Array): void {
  bytes[0x15] = 0;
  bytes[4] = 0;
  const negated = (part: Uint8Array): number => -part.reduce((sum, byte) => sum + byte, 0) & 0xff;
  bytes[0x15] = negated(bytes.subarray(0x10, 0x10 + INTERMEDIATE_BYTES));
  bytes[4] = negated(bytes);
}
