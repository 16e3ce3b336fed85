import { beforeAll, describe, expect, test } from 'vitest';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { openDriveImage } from '../../../src-main/machine/drives/openDriveImage.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';
import { type AssembledMachine, bareMachine } from '../../support/machine/assembledMachine.ts';
import { emulatingDisc, MEDIA_TYPE } from '../../support/machine/bootMedia.ts';
import { AX, BX, CX, DI, DX, END, SECTOR, SI, disk, register } from '../../support/machine/bootedProgram.ts';

// Once for all tests of the file, with time for a slow host.
beforeAll(compileThreadedHandlers, 60_000);

function image(slot: 'floppy' | 'hda' | 'cdrom', bytes: Uint8Array): DiskImage {
  const opened = openDriveImage(new MemoryImageHost().put('image', bytes), slot, 'image', 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

/** An image whose sectors are full of their number's low byte, but for the first, which is a program. */
function numbered(source: string, sectors: number): Uint8Array {
  const bytes = new Uint8Array(sectors * SECTOR).map((_, at) => at >> 9);
  bytes.set(disk(source));
  return bytes;
}

/** Starts from a CD; the machine's own diskette is full of DDh, its own hard disk of EEh. */
async function fromDisc(content: Uint8Array, mediaType: number): Promise<AssembledMachine> {
  const parts = await bareMachine({
    memoryBytes: 0x100_0000,
    drives: {
      images: {
        cdrom: image('cdrom', emulatingDisc(content, mediaType)),
        floppy: image('floppy', new Uint8Array(2880 * SECTOR).fill(0xdd)),
        hda: image('hda', new Uint8Array(4096 * SECTOR).fill(0xee)),
      },
      bootOrder: ['cdrom'],
    },
  });
  parts.machine.reset();
  expect(parts.machine.run({ instructions: 5_000_000 })).toMatchObject({ reason: 'halted' });
  return parts;
}

const byteAt = ({ memory }: AssembledMachine, address: number): number | undefined => memory.ram(address, 1)[0];
const low16 = (parts: AssembledMachine, index: number): number => register(parts, index) & 0xffff;

/** Reads one sector into 0:address. */
const read = (drive: number, cylinder: number, head: number, sector: number, address: number): string => `
      mov ax, 0x0201
      mov cx, ${(cylinder << 8) | sector}
      mov dx, ${(head << 8) | drive}
      mov bx, ${address}
      int 0x13`;

describe('a CD that stands for a diskette', () => {
  test('starts as drive 0, is read by cylinder, head and sector, and the machine’s own diskette is the second', async () => {
    const parts = await fromDisc(
      numbered(`mov di, dx ${read(0, 1, 1, 3, 0x9000)}\nsetc bl\nmov si, bx ${read(1, 0, 0, 1, 0xa000)} ${END}`, 2880),
      MEDIA_TYPE['1.44M'],
    );
    expect([low16(parts, DI), low16(parts, SI) & 0xff]).toEqual([0, 0]);
    // Cylinder 1, head 1, sector 3 of two heads and 18 sectors.
    expect([byteAt(parts, 0x9000), byteAt(parts, 0xa000)]).toEqual([56, 0xdd]);
  });

  test.each([
    ['1.2M', 2400, 0x4f0f, 2],
    ['1.44M', 2880, 0x4f12, 4],
    ['2.88M', 5760, 0x4f24, 5],
  ] as const)('of %s has its geometry', async (kind, sectors, last, type) => {
    const parts = await fromDisc(numbered(`mov ah, 8\nmov dl, 0\nint 0x13 ${END}`, sectors), MEDIA_TYPE[kind]);
    expect([low16(parts, CX), low16(parts, DX), low16(parts, BX)]).toEqual([last, 0x0102, type]);
  });

  test('cannot be written to', async () => {
    const parts = await fromDisc(
      numbered(`mov ax, 0x0301\nmov cx, 2\nxor dx, dx\nmov bx, 0x9000\nint 0x13\nsetc bl ${END}`, 2880),
      MEDIA_TYPE['1.44M'],
    );
    expect([low16(parts, AX) >> 8, low16(parts, BX) & 0xff]).toEqual([3, 1]);
  });

  test('is told of by 4B01h, and ends by 4B00h: then drive 0 is the machine’s own', async () => {
    const parts = await fromDisc(
      numbered(
        `
      mov si, 0x9000
      mov ax, 0x4b01
      mov dl, 0
      int 0x13
      mov si, 0xa000
      mov ax, 0x4b00
      mov dl, 0
      int 0x13
      setc bl
      mov bp, bx ${read(0, 0, 0, 1, 0xb000)} ${END}`,
        2880,
      ),
      MEDIA_TYPE['1.44M'],
    );
    expect([...parts.memory.ram(0x9000, 16)]).toEqual([0x13, 2, 0, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x07, 1, 0]);
    expect(byteAt(parts, 0xb000)).toBe(0xdd);
  });

  test('is not changed when the machine’s own diskette is', async () => {
    const source = `${read(0, 0, 0, 2, 0x9000)}
      mov byte [0x9000], 1
    .wait: cmp byte [0x9000], 0
      jne .wait
      ${read(0, 0, 0, 3, 0xa000)}
      mov si, ax
      ${read(1, 0, 0, 1, 0xb000)}
      mov di, ax ${END}`;
    const cdrom = image('cdrom', emulatingDisc(numbered(source, 2880), MEDIA_TYPE['1.44M']));
    const floppy = image('floppy', new Uint8Array(2880 * SECTOR).fill(0xdd));
    const parts = await bareMachine({
      memoryBytes: 0x100_0000,
      drives: { images: { cdrom, floppy }, bootOrder: ['cdrom'] },
    });
    parts.machine.reset();
    parts.machine.run({ instructions: 200_000 });
    parts.machine.chipset.drives.insert('floppy', image('floppy', new Uint8Array(2880 * SECTOR).fill(0xcc)));
    parts.memory.ram(0x9000, 1)[0] = 0;
    expect(parts.machine.run({ instructions: 1_000_000 })).toMatchObject({ reason: 'halted' });
    expect([low16(parts, SI), low16(parts, DI)]).toEqual([1, 0x0600]);
  });
});

describe('a CD that stands for a hard disk', () => {
  /** A partition that ends at head 3 and sector 20. */
  function partitioned(source: string): Uint8Array {
    const bytes = numbered(source, 4 * 20 * 10);
    bytes.set([0x80, 1, 1, 0, 6, 3, 20, 9, 20, 0, 0, 0, 0x0c, 3, 0, 0], 0x1be);
    return bytes;
  }

  test('starts as drive 80h, by the geometry that its partition was made by; the machine’s own disk is the next', async () => {
    const parts = await fromDisc(
      partitioned(`mov di, dx ${read(0x80, 1, 2, 5, 0x9000)} ${read(0x81, 0, 0, 1, 0xa000)}
      mov ah, 8
      mov dl, 0x80
      int 0x13 ${END}`),
      MEDIA_TYPE.disk,
    );
    expect(low16(parts, DI) & 0xff).toBe(0x80);
    expect([byteAt(parts, 0x9000), byteAt(parts, 0xa000)]).toEqual([(1 * 4 + 2) * 20 + 4, 0xee]);
    expect([low16(parts, CX) & 0x3f, low16(parts, DX)]).toEqual([20, 0x0302]);
  });

  test('tells of that geometry in its extended parameters as well', async () => {
    const parts = await fromDisc(
      partitioned(`
      mov si, 0x9000
      mov word [si], 0x1a
      mov ah, 0x48
      mov dl, 0x80
      int 0x13 ${END}`),
      MEDIA_TYPE.disk,
    );
    expect([12, 8].map((offset) => byteAt(parts, 0x9000 + offset))).toEqual([20, 4]);
  });

  test('is read by packets too', async () => {
    const parts = await fromDisc(
      partitioned(`
      mov si, packet
      mov ah, 0x42
      mov dl, 0x80
      int 0x13 ${END}
    align 4
    packet: db 16, 0
      dw 1
      dw 0x9000, 0
      dq 77`),
      MEDIA_TYPE.disk,
    );
    expect(byteAt(parts, 0x9000)).toBe(77);
  });
});
