import { beforeAll, describe, expect, test } from 'vitest';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import type { BootDevice } from '../../../src-main/machine/drives/DriveSlot.ts';
import { openDriveImage } from '../../../src-main/machine/drives/openDriveImage.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { isaProfile } from '../../../src-main/machine/profiles/isa.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';
import { type AssembledMachine, bareMachine } from '../../support/machine/assembledMachine.ts';
import { bootDisc, bootDiskette } from '../../support/machine/bootMedia.ts';
import { AX, BP, BX, CX, DI, DX, END, SECTOR, SI, disk, register, run } from '../../support/machine/bootedProgram.ts';

// Once for all tests of the file, with time for a slow host.
beforeAll(compileThreadedHandlers, 60_000);

function image(slot: 'floppy' | 'hda' | 'cdrom', bytes: Uint8Array): DiskImage {
  const opened = openDriveImage(new MemoryImageHost().put('image', bytes), slot, 'image', 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

/** Starts a program from a hard disk of 2 MiB whose other sectors are full of their number's low byte. */
async function fromHardDisk(source: string): Promise<AssembledMachine> {
  const bytes = new Uint8Array(4096 * SECTOR).map((_, at) => at >> 9);
  bytes.set(disk(source));
  const parts = await bareMachine({ memoryBytes: 0x100_0000, drives: { images: { hda: image('hda', bytes) } } });
  parts.machine.reset();
  expect(parts.machine.run({ instructions: 5_000_000 })).toMatchObject({ reason: 'halted' });
  return parts;
}

test('INT 11h lists the equipment: coprocessor, mouse, 80 columns of colour, four serial ports', async () => {
  const parts = await run(`int 0x11 ${END}`);
  const equipment = register(parts, AX);
  expect({
    coprocessor: (equipment >> 1) & 1,
    mouse: (equipment >> 2) & 1,
    video: (equipment >> 4) & 3,
    serialPorts: (equipment >> 9) & 7,
  }).toEqual({ coprocessor: 1, mouse: 1, video: 2, serialPorts: 4 });
});

describe('INT 13h’s extensions', () => {
  test('are there for hard disks, not for diskettes', async () => {
    const parts = await fromHardDisk(`
      mov ah, 0x41
      mov bx, 0x55aa
      int 0x13
      setc ch
      mov si, bx
      mov bp, cx
      mov ah, 0x41
      mov bx, 0x55aa
      mov dl, 0
      int 0x13
      setc bl ${END}`);
    // Packets, removable media, drive parameters; no carry.
    expect([SI, BP].map((index) => register(parts, index) & 0xffff)).toEqual([0xaa55, 0x0007]);
    expect(register(parts, BX) & 0xff).toBe(1);
  });

  test('read and write by sector number, wherever a packet says', async () => {
    const parts = await fromHardDisk(`
      mov si, packet
      mov ah, 0x42
      int 0x13
      setc cl
      mov word [packet + 2], 1
      mov word [packet + 8], 2500
      mov ah, 0x43
      mov al, 0
      int 0x13
      setc ch
      mov word [packet + 4], 0xb000
      mov ah, 0x42
      int 0x13
      setc bl ${END}
    align 4
    packet: db 16, 0
      dw 2
      dw 0x9000, 0
      dq 1234`);
    const ram = parts.memory.ram(0, 0x1_0000);
    expect([0x9000, 0x9000 + SECTOR, 0xb000].map((at) => ram[at])).toEqual([1234 & 0xff, 1235 & 0xff, 1234 & 0xff]);
    expect([register(parts, CX) & 0xffff, register(parts, BX) & 0xff]).toEqual([0, 0]);
  });

  test('beyond the end of the disk nothing moves, which the packet says', async () => {
    const parts = await fromHardDisk(`
      mov si, packet
      mov ah, 0x42
      int 0x13
      setc cl
      mov bx, [packet + 2] ${END}
    align 4
    packet: db 16, 0
      dw 2
      dw 0x9000, 0
      dq 4095`);
    expect([register(parts, CX) & 0xff, register(parts, BX) & 0xffff]).toEqual([1, 0]);
    expect(parts.memory.ram(0x9000, 1)[0]).toBe(0);
  });

  test('tell a disk’s sectors', async () => {
    const parts = await fromHardDisk(`mov word [0x9000], 0x1a\nmov si, 0x9000\nmov ah, 0x48\nint 0x13\nsetc cl ${END}`);
    const answer = new DataView(parts.memory.ram(0x9000, 0x1a).slice().buffer);
    expect([answer.getUint32(16, true), answer.getUint32(20, true), answer.getUint16(24, true)]).toEqual([
      4096,
      0,
      SECTOR,
    ]);
    expect(register(parts, CX) & 0xff).toBe(0);
  });
});

describe('INT 14h', () => {
  test('sets a serial port up, sends, receives, and tells when nothing came', async () => {
    const parts = await run(`
      mov ax, 0x00e3
      xor dx, dx
      int 0x14
      mov al, 'S'
      mov ah, 1
      int 0x14
      mov bx, ax
      mov ah, 2
      int 0x14
      mov cx, ax
      mov dx, 0x3fc
      mov al, 0x10
      out dx, al
      mov dx, 0x3f8
      mov al, 'L'
      out dx, al
    .wait: mov ah, 3
      xor dx, dx
      int 0x14
      test ah, 1
      jz .wait
      mov ah, 2
      int 0x14
      mov si, ax ${END}`);
    expect(parts.serial()).toBe('S');
    expect([register(parts, BX) >> 15, (register(parts, CX) >> 15) & 1]).toEqual([0, 1]);
    expect(String.fromCharCode(register(parts, SI) & 0xff)).toBe('L');
  });

  test('a port that is not there has timed out', async () => {
    const parts = await run(`mov ax, 0x0141\nmov dx, 4\nint 0x14 ${END}`);
    expect((register(parts, AX) >> 8) & 0x80).toBe(0x80);
    expect(parts.serial()).toBe('');
  });
});

test('INT 17h prints, and tells of a printer that is ready', async () => {
  const printed: number[] = [];
  const parts = await run(
    `mov ah, 1\nxor dx, dx\nint 0x17\nmov bx, ax\nmov ax, 'P'\nint 0x17\nmov dx, 7\nmov ah, 2\nint 0x17 ${END}`,
    undefined,
    { sinks: { parallel: (port, byte) => printed.push(port, byte) } },
  );
  expect(printed).toEqual([0, 'P'.charCodeAt(0)]);
  // Ready and selected; the port that is not there has timed out.
  expect([(register(parts, BX) >> 8) & 0xff, (register(parts, AX) >> 8) & 0xff]).toEqual([0x90, 0x01]);
});

describe('the PCI BIOS, INT 1Ah AH B1h', () => {
  test('is there, in version 2.1', async () => {
    const parts = await run(`mov ax, 0xb101\nint 0x1a\nsetc cl ${END}`);
    expect([register(parts, AX) >> 8, register(parts, BX), register(parts, CX) & 0xff]).toEqual([0, 0x0210, 0]);
    expect(register(parts, DX)).toBe(0x2049_4350);
  });

  test('finds a function by its identity and by its class', async () => {
    const parts = await run(`
      mov ax, 0xb102
      mov cx, 0x1237
      mov dx, 0x8086
      xor si, si
      int 0x1a
      mov bp, bx
      mov ax, 0xb103
      mov ecx, 0x060100
      int 0x1a
      mov di, bx
      mov ax, 0xb102
      mov cx, 0x1237
      mov si, 1
      int 0x1a
      setc cl ${END}`);
    // The host bridge is 0:0.0, the ISA bridge 0:1.0; there is no second host bridge.
    expect([register(parts, BP) & 0xffff, register(parts, DI) & 0xffff]).toEqual([0, 1 << 3]);
    expect([(register(parts, AX) >> 8) & 0xff, register(parts, CX) & 0xff]).toEqual([0x86, 1]);
  });

  test('reads and writes configuration space in bytes, words and doublewords', async () => {
    const parts = await run(`
      mov bx, 1 << 3
      mov ax, 0xb10a
      mov di, 0
      int 0x1a
      mov ebp, ecx
      mov ax, 0xb10b
      mov di, 0x62
      mov cl, 0x0b
      int 0x1a
      mov ax, 0xb108
      int 0x1a
      mov dl, cl
      mov ax, 0xb109
      mov di, 1
      int 0x1a
      setc dh ${END}`);
    expect(register(parts, BP)).toBe(0x7000_8086);
    expect(register(parts, DX) & 0xffff).toBe(0x010b);
    expect((register(parts, AX) >> 8) & 0xff).toBe(0x87);
  });

  test('tells how interrupts may be routed, once there is room for it', async () => {
    const parts = await run(`
      mov ax, 0xb10e
      mov di, room
      int 0x1a
      mov bp, ax
      setc cl
      mov ax, 0xb10e
      int 0x1a
      setc ch
      mov dx, [room] ${END}
    room: dw 4, 0x9000, 0`);
    expect([register(parts, BP) >> 8, register(parts, CX) & 0xffff]).toEqual([0x89, 1]);
    const length = register(parts, DX) & 0xffff;
    const slots = parts.memory.ram(0x9000, length);
    expect([...slots]).toEqual([...parts.memory.ram(0xf0060, length)]);
    expect([length % 16, slots[0], slots[1]]).toEqual([0, 0, 1 << 3]);
    // The one line that is wired is at 10, as the machine’s own firmware leaves it.
    expect(register(parts, BX) & 0xffff).toBe(1 << 10);
  });

  test('routes an interrupt anew, but not to a request that is not for PCI', async () => {
    const parts = await run(`
      mov ax, 0xb10f
      mov bx, (1 << 3) | 3
      mov cx, 0x050a
      int 0x1a
      setc dl
      mov ax, 0xb10f
      mov cx, 0x000a
      int 0x1a
      setc dh
      mov bp, ax
      mov bx, 1 << 3
      mov di, 0x60
      mov ax, 0xb10a
      int 0x1a ${END}`);
    expect([register(parts, DX) & 0xffff, register(parts, BP) >> 8]).toEqual([0x0100, 0x88]);
    expect([0, 8, 16, 24].map((by) => (register(parts, CX) >>> by) & 0xff)).toContain(5);
  });

  test('is missing where there is no PCI', async () => {
    const parts = await run(`mov ax, 0xb101\nint 0x1a\nsetc cl ${END}`, undefined, { profile: isaProfile });
    expect([(register(parts, AX) >> 8) & 0xff, register(parts, CX) & 0xff]).toEqual([0x81, 1]);
  });
});

test.each<[BootDevice[], string]>([
  [['floppy', 'disk', 'cdrom'], 'DISKETTE'],
  [['disk', 'floppy', 'cdrom'], 'DISK'],
  [['cdrom', 'disk'], 'DISC'],
])('a machine told to start from %j starts from the first', async (bootOrder, text) => {
  const images = {
    floppy: image('floppy', bootDiskette('DISKETTE')),
    hda: image('hda', bootDiskette('DISK')),
    cdrom: image('cdrom', bootDisc('DISC')),
  };
  const { machine } = await bareMachine({ drives: { images, bootOrder } });
  machine.reset();
  machine.run({ instructions: 20_000 });
  expect(machine.screenText().filter((line) => line !== '')).toEqual([text]);
});
