import { beforeAll, describe, expect, test } from 'vitest';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { openDriveImage } from '../../../src-main/machine/drives/openDriveImage.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';
import { bareMachine, type AssembledMachine } from '../../support/machine/assembledMachine.ts';
import {
  AX,
  BP,
  BX,
  CX,
  DI,
  DX,
  END,
  SECTOR,
  SI,
  boot,
  disk,
  register,
  run,
} from '../../support/machine/bootedProgram.ts';

// Once for all tests of the file, with time for a slow host.
beforeAll(compileThreadedHandlers, 60_000);

describe('INT 10h', () => {
  test('prints by teletype, with line ends', async () => {
    const { machine } = await run(`
      mov si, text
      mov ah, 0x0e
    .next: lodsb
      test al, al
      jz .done
      int 0x10
      jmp .next
    .done: ${END}
    text: db 'Hello', 13, 10, 'world', 0`);
    expect(machine.screenText().slice(0, 2)).toEqual(['Hello', 'world']);
    expect(machine.screen()).toMatchObject({ cursor: 85 });
  });

  test('scrolls at the end of the screen', async () => {
    const { machine } = await run(`
      mov cx, 30
    .row: mov ax, 0x0e0d
      int 0x10
      mov ax, 0x0e0a
      int 0x10
      mov al, cl
      add al, 'A' - 1
      mov ah, 0x0e
      int 0x10
      loop .row ${END}`);
    expect(
      machine
        .screenText()
        .map((line) => line.trim())
        .join(''),
    ).toBe('YXWVUTSRQPONMLKJIHGFEDCBA');
  });

  test('writes cells with attributes, and reads them back', async () => {
    const parts = await run(`
      mov ax, 3
      int 0x10
      mov ah, 2
      mov bh, 0
      mov dx, 0x0305
      int 0x10
      mov ax, 0x0958
      mov bx, 0x001e
      mov cx, 4
      int 0x10
      mov ah, 8
      mov bh, 0
      int 0x10 ${END}`);
    expect(parts.machine.screenText()[3]).toBe('     XXXX');
    expect(register(parts, AX) & 0xffff).toBe(0x1e58);
  });

  test('writes a string with attributes', async () => {
    const { machine } = await run(`
      mov ax, 0x1301
      mov bx, 0x002f
      mov cx, 5
      mov dx, 0x0203
      mov bp, text
      int 0x10 ${END}
    text: db 'green'`);
    expect(machine.screenText()[2]).toBe('   green');
    const screen = machine.screen();
    expect(screen.mode === 'text' && screen.cells[(2 * 80 + 3) * 2 + 1]).toBe(0x2f);
  });

  test.each([
    { mode: 0x13, width: 320, height: 200 },
    { mode: 0x12, width: 640, height: 480 },
    { mode: 0x04, width: 320, height: 200 },
    { mode: 0x0d, width: 320, height: 200 },
  ])('mode $mode shows text as pixels', async ({ mode, width, height }) => {
    const { machine } = await run(`
      mov ax, ${mode}
      int 0x10
      mov ax, 0x0e00 + 'A'
      mov bx, 3
      int 0x10
      mov ax, 0x0c02
      mov cx, 100
      mov dx, 50
      mov bh, 0
      int 0x10 ${END}`);
    const screen = machine.screen();
    expect(screen).toMatchObject({ mode: 'graphics', width, height });
    if (screen.mode !== 'graphics') return;
    const isLit = (x: number, y: number): boolean =>
      screen.pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).some((component) => component > 0);
    expect([isLit(100, 50), isLit(101, 50)]).toEqual([true, false]);
    expect(Array.from({ length: 8 }, (_, x) => isLit(x, mode === 0x12 ? 8 : 4)).some(Boolean)).toBe(true);
  });

  test('80 by 50 lines with the small font', async () => {
    const { machine } = await run(`
      mov ax, 0x1112
      mov bl, 0
      int 0x10 ${END}`);
    expect(machine.screen()).toMatchObject({ rows: 50, cellHeight: 8 });
  });

  test('sets a VBE mode with a linear frame buffer', async () => {
    const parts = await run(`
      mov ax, 0x4f01
      mov cx, 0x115
      mov di, 0x9000
      int 0x10
      mov esi, [0x9000 + 40]
      mov ax, 0x4f02
      mov bx, 0x4115
      int 0x10 ${END}`);
    expect(parts.machine.screen()).toMatchObject({ mode: 'graphics', width: 800, height: 600 });
    expect(register(parts, AX) & 0xffff).toBe(0x004f);
    expect(register(parts, 6)).toBe(0xe000_0000);
  });
});

describe('the screen’s own data, INT 10h AX 4F15h', () => {
  test('are read by DDC2: one block, whose bytes add up to 0, with 1024x768 as the best', async () => {
    const parts = await run(`
      mov ax, 0x4f15
      mov bl, 0
      int 0x10
      mov si, ax
      mov bp, bx
      mov ax, 0x4f15
      mov bl, 1
      xor cx, cx
      xor dx, dx
      mov di, 0x9000
      int 0x10 ${END}`);
    expect([register(parts, SI), register(parts, BP), register(parts, AX)].map((value) => value & 0xffff)).toEqual([
      0x004f, 0x0102, 0x004f,
    ]);
    const block = parts.memory.ram(0x9000, 128);
    expect([...block.subarray(0, 8)]).toEqual([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]);
    expect(block.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    const [, , wide = 0, , wideHigh = 0, high = 0, , highHigh = 0] = block.subarray(54);
    expect([wide | ((wideHigh & 0xf0) << 4), high | ((highHigh & 0xf0) << 4)]).toEqual([1024, 768]);
    expect(Buffer.from(block).toString('latin1')).toContain('Vivarium');
  });

  test('have no second block', async () => {
    const parts = await run(`mov ax, 0x4f15\nmov bl, 1\nxor cx, cx\nmov dx, 1\nint 0x10 ${END}`);
    expect(register(parts, AX) & 0xffff).toBe(0x014f);
  });
});

describe('INT 13h', () => {
  const second = new Uint8Array(SECTOR * 40).map((_, at) => (at >> 9) + 2);

  test('reads by cylinder, head and sector', async () => {
    const parts = await run(
      `
      mov ax, 0x0203
      mov cx, 0x0002
      mov dx, 0x0000
      mov bx, 0x9000
      int 0x13
      jc .failed
      mov ax, 0x0201
      mov cx, 0x0001
      mov dx, 0x0100
      mov bx, 0xa000
      int 0x13
    .failed: pushf
      pop di ${END}`,
      second,
    );
    const ram = parts.memory.ram(0, 0x10000);
    expect([ram[0x9000], ram[0x9000 + SECTOR], ram[0x9000 + 2 * SECTOR]]).toEqual([2, 3, 4]);
    expect(ram[0xa000]).toBe(19); // sector 18 of the disk
    expect([register(parts, AX) & 0xffff, register(parts, DI) & 1]).toEqual([1, 0]);
  });

  test('writes and reads back', async () => {
    const parts = await run(
      `
      mov di, 0x9000
      mov cx, 512
      mov al, 0x5a
      rep stosb
      mov ax, 0x0301
      mov cx, 0x0005
      xor dx, dx
      mov bx, 0x9000
      int 0x13
      mov ax, 0x0201
      mov bx, 0xb000
      int 0x13 ${END}`,
      second,
    );
    expect(parts.memory.ram(0xb000, 2)).toEqual(Uint8Array.of(0x5a, 0x5a));
  });

  test('tells the geometry of a diskette', async () => {
    const parts = await run(`mov ah, 8\nmov dl, 0\nint 0x13 ${END}`, second);
    expect(
      [register(parts, CX), register(parts, DX) & 0xffff, register(parts, BX) & 0xff].map((value) => value & 0xffff),
    ).toEqual([0x4f12, 0x0101, 4]);
  });

  test('refuses drives that are not there', async () => {
    const parts = await run(
      `mov ax, 0x0201\nmov cx, 1\nmov dx, 0x0081\nmov bx, 0x9000\nint 0x13\nsetc dl ${END}`,
      second,
    );
    expect([register(parts, AX) >> 8, register(parts, DX) & 0xff]).toEqual([1, 1]);
  });
});

describe('INT 13h and diskettes', () => {
  /** Stops at each HLT with interrupts on; `next` goes on. */
  async function fromDiskette(source: string, sectors = 2880): Promise<AssembledMachine> {
    const parts = await bareMachine({
      memoryBytes: 0x100_0000,
      drives: { images: { floppy: diskette(source, sectors) } },
    });
    parts.machine.reset();
    return parts;
  }

  function diskette(source: string, sectors = 2880): DiskImage {
    const bytes = new Uint8Array(sectors * SECTOR);
    bytes.set(disk(source));
    const opened = openDriveImage(new MemoryImageHost().put('disk.img', bytes), 'floppy', 'disk.img', 'read-write');
    if (!opened.ok) throw new Error(opened.message);
    return opened.image;
  }

  const READ = `
      mov ax, 0x0201
      mov bx, 0x9000
      mov cx, 2
      xor dx, dx
      int 0x13`;

  test.each([
    { sectors: 720, last: 0x2709 },
    { sectors: 1440, last: 0x4f09 },
    { sectors: 3200, last: 0x4f14 },
    { sectors: 83 * 2 * 21, last: 0x5215 },
  ])('of $sectors sectors have the geometry that their drive reads them by', async ({ sectors, last }) => {
    const parts = await fromDiskette(`mov ah, 8\nmov dl, 0\nint 0x13 ${END}`, sectors);
    parts.machine.run({ instructions: 1_000_000 });
    expect([register(parts, CX) & 0xffff, register(parts, DX) & 0xffff]).toEqual([last, 0x0101]);
  });

  test('one that was changed is told once, and then read', async () => {
    const parts = await fromDiskette(`${READ}
      mov si, ax
      mov byte [0x9000], 1
    .wait: cmp byte [0x9000], 0
      jne .wait
      ${READ}
      mov di, ax
      ${READ} ${END}`);
    parts.machine.run({ instructions: 100_000 });
    expect(parts.machine.chipset.drives.insert('floppy', diskette(''))).toMatchObject({ ok: true });
    parts.memory.ram(0x9000, 1)[0] = 0;
    expect(parts.machine.run({ instructions: 1_000_000 })).toMatchObject({ reason: 'halted' });
    expect([6, DI, AX].map((index) => register(parts, index) & 0xffff)).toEqual([1, 0x0600, 1]);
  });

  test('a track is formatted with the byte of the parameter table', async () => {
    const parts = await fromDiskette(`
      mov ah, 0x18
      mov ch, 79
      mov cl, 18
      xor dx, dx
      int 0x13
      setc bl
      mov ax, 0x0512
      mov cx, 0x0001
      mov dx, 0x0100
      int 0x13
      setc bh
      mov bp, bx
      xor ax, ax
      mov es, ax
      mov ax, 0x0212
      mov bx, 0x9000
      mov cx, 0x0001
      mov dx, 0x0100
      int 0x13 ${END}`);
    expect(parts.machine.run({ instructions: 1_000_000 })).toMatchObject({ reason: 'halted' });
    expect(register(parts, 5) & 0xffff).toBe(0);
    expect([...new Set(parts.memory.ram(0x9000, 18 * SECTOR))]).toEqual([0xf6]);
  });

  test('a format that the diskette cannot take is refused', async () => {
    const parts = await fromDiskette(`
      mov ah, 0x18
      mov ch, 79
      mov cl, 15
      xor dx, dx
      int 0x13 ${END}`);
    parts.machine.run({ instructions: 1_000_000 });
    expect((register(parts, AX) >> 8) & 0xff).toBe(0x0c);
  });
});

test('the data area tells of ports and drives', async () => {
  const { memory } = await run(END);
  const bytes = (offset: number, count: number): number[] => [...memory.ram(0x400 + offset, count)];
  expect([bytes(0x00, 8), bytes(0x08, 6)]).toEqual([
    [0xf8, 0x03, 0xf8, 0x02, 0xe8, 0x03, 0xe8, 0x02],
    [0x78, 0x03, 0x78, 0x02, 0xbc, 0x03],
  ]);
  expect([bytes(0x0e, 2), bytes(0x13, 2)]).toEqual([
    [0xc0, 0x9f],
    [0x7f, 0x02],
  ]);
  expect(bytes(0x78, 8)).toEqual([0x14, 0x14, 0x14, 0x14, 1, 1, 1, 1]);
  expect([bytes(0x3e, 1), bytes(0x8f, 2), bytes(0x96, 1)]).toEqual([[1], [0x07, 0x17], [0x10]]);
});

test('INT 41h leads to the geometry of the first hard disk, and INT 46h nowhere without a second', async () => {
  const bytes = new Uint8Array(100 * 16 * 63 * SECTOR);
  bytes.set(disk(`${END}`));
  const opened = openDriveImage(new MemoryImageHost().put('disk.img', bytes), 'hda', 'disk.img', 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  const parts = await bareMachine({ memoryBytes: 0x100_0000, drives: { images: { hda: opened.image } } });
  parts.machine.reset();
  const vector = (number: number): Uint8Array => parts.memory.ram(number * 4, 4);
  const [low = 0, high = 0, segmentLow = 0, segmentHigh = 0] = vector(0x41);
  const table = parts.memory.ram(((segmentHigh << 8) | segmentLow) * 16 + ((high << 8) | low), 16);
  expect([table[0], table[1], table[2], table[14]]).toEqual([100, 0, 16, 63]);
  expect([...vector(0x46)]).toEqual([0, 0, 0, 0]);
});

describe('INT 15h', () => {
  test('describes memory by E820h', async () => {
    const parts = await run(`
      xor ebx, ebx
      mov di, 0x9000
    .next: mov eax, 0xe820
      mov ecx, 20
      mov edx, 0x534d4150
      int 0x15
      jc .done
      add di, 20
      test ebx, ebx
      jnz .next
    .done: ${END}`);
    const view = new DataView(parts.memory.ram(0x9000, 80).slice().buffer);
    const ranges = Array.from({ length: 4 }, (_, at) => [
      view.getUint32(at * 20, true),
      view.getUint32(at * 20 + 8, true),
      view.getUint32(at * 20 + 16, true),
    ]);
    expect(register(parts, DI)).toBe(0x9000 + 80);
    expect(ranges).toEqual([
      [0, 0x9fc00, 1],
      [0x9fc00, 0x400, 2],
      [0xf0000, 0x10000, 2],
      [0x10_0000, 0xf0_0000, 1],
    ]);
  });

  test('counts extended memory', async () => {
    const parts = await run(`mov ah, 0x88\nint 0x15\nmov bp, ax\nint 0x12 ${END}`);
    expect([register(parts, 5) & 0xffff, register(parts, AX) & 0xffff]).toEqual([15 * 1024, 639]);
  });

  test('moves a block above 1 MiB', async () => {
    const parts = await run(`
      mov si, table
      mov cx, 2
      mov ah, 0x87
      int 0x15 ${END}
      align 8
    table: times 16 db 0
      dw 0xffff, source, 0x9300, 0
      dw 0xffff, 0x0000, 0x9320, 0
      times 16 db 0
    source: db 'move'`);
    expect(String.fromCharCode(...parts.memory.ram(0x20_0000, 4))).toBe('move');
  });

  test('moves a block above 1 MiB through a closed A20 gate, and leaves it closed', async () => {
    const parts = await run(`
      mov ax, 0x2400
      int 0x15
      mov si, table
      mov cx, 2
      mov ah, 0x87
      int 0x15
      mov ax, 0x2402
      int 0x15 ${END}
      align 8
    table: times 16 db 0
      dw 0xffff, source, 0x9300, 0
      dw 0xffff, 0x0000, 0x9330, 0
      times 16 db 0
    source: db 'move'`);
    expect(String.fromCharCode(...parts.memory.ram(0x30_0000, 4))).toBe('move');
    expect(register(parts, AX) & 0xff).toBe(0);
  });

  test('sets a byte after a while, by 83h', async () => {
    const parts = await run(`
      mov byte [0x9000], 0
      mov ax, 0x8300
      mov cx, 0
      mov dx, 20000
      mov bx, 0x9000
      int 0x15
      setc dl
      mov ax, 0x8300
      int 0x15
      setc dh
      sti
    .wait: hlt
      test byte [0x9000], 0x80
      jz .wait ${END}`);
    expect(register(parts, DX) & 0xffff).toBe(0x0100);
    const { guestTimeNs } = parts.machine;
    expect([guestTimeNs > 19_000_000, guestTimeNs < 80_000_000]).toEqual([true, true]);
  });

  test('waits for microseconds', async () => {
    const parts = await run(`mov ah, 0x86\nmov cx, 0\nmov dx, 20000\nint 0x15 ${END}`);
    expect(parts.machine.guestTimeNs).toBeGreaterThan(20_000_000);
    expect(parts.machine.guestTimeNs).toBeLessThan(21_000_000);
    expect(parts.machine.retiredInstructions).toBeLessThan(200_000);
  });
});

describe('power management', () => {
  const CONNECT = `
      mov ax, 0x5301
      xor bx, bx
      int 0x15`;

  test('is there, in version 1.2', async () => {
    const parts = await run(`mov ax, 0x5300\nxor bx, bx\nint 0x15 ${END}`);
    expect([register(parts, AX), register(parts, BX)].map((value) => value & 0xffff)).toEqual([0x0102, 0x504d]);
  });

  test('switches the machine off', async () => {
    const { machine } = await boot(`${CONNECT}
      mov ax, 0x530e
      xor bx, bx
      mov cx, 0x0102
      int 0x15
      mov ax, 0x5307
      mov bx, 1
      mov cx, 3
      int 0x15 ${END}`);
    expect(machine.run({ instructions: 100_000 })).toMatchObject({ reason: 'poweroff', detail: 'APM' });
  });

  test.each([
    ['a call before it is connected', 'mov ax, 0x5307\nmov bx, 1\nmov cx, 3', 0x03],
    ['a second connection', `${CONNECT}\nmov ax, 0x5301\nxor bx, bx`, 0x02],
    ['the protected-mode interface', 'mov ax, 0x5303\nxor bx, bx', 0x08],
    ['a device that it does not know', `${CONNECT}\nmov ax, 0x5307\nmov bx, 0x77\nmov cx, 3`, 0x09],
    ['a state that there is not', `${CONNECT}\nmov ax, 0x5307\nmov bx, 1\nmov cx, 77`, 0x0a],
  ])('refuses %s', async (_, call, error) => {
    const parts = await run(`${call}\nint 0x15\nsetc dl ${END}`);
    expect([(register(parts, AX) >> 8) & 0xff, register(parts, DX) & 0xff]).toEqual([error, 1]);
  });

  test('an idle call waits for an interrupt', async () => {
    const parts = await run(`${CONNECT}
      mov ah, 0
      int 0x1a
      mov bx, dx
      sti
    .idle: mov ax, 0x5305
      int 0x15
      mov ah, 0
      int 0x1a
      cmp dx, bx
      je .idle ${END}`);
    expect(parts.machine.retiredInstructions).toBeLessThan(10_000);
  });
});

describe('keyboard', () => {
  test('INT 16h waits for a key and gives its code', async () => {
    const parts = await boot(`
      mov ah, 0
      int 0x16
      mov bx, ax
      mov ah, 0
      int 0x16 ${END}`);
    const { machine } = parts;
    machine.run({ instructions: 1000 });
    machine.inputs.typeText('aB', 'us');
    expect(machine.run({ instructions: 50_000_000 }).reason).toBe('halted');
    expect([register(parts, BX) & 0xffff, register(parts, AX) & 0xffff]).toEqual([0x1e61, 0x3042]);
  });

  test('INT 16h tells whether a key waits', async () => {
    const parts = await run(`mov ah, 1\nint 0x16\nsetz bl ${END}`);
    expect(register(parts, BX) & 0xff).toBe(1);
  });

  test('Ctrl+Alt+Del resets', async () => {
    const { machine } = await boot('sti\nself: hlt\njmp self');
    machine.run({ instructions: 1000 });
    for (const code of ['ControlLeft', 'AltLeft', 'Delete']) machine.inputs.key(code, true);
    expect(machine.run({ instructions: 100_000_000 })).toMatchObject({ reason: 'reset', detail: 'Ctrl+Alt+Del' });
  });
});

describe('INT 1Ah', () => {
  test('counts ticks and tells the time', async () => {
    const parts = await run(`
      sti
      mov ah, 0
      int 0x1a
      mov bx, dx
    .wait: hlt
      mov ah, 0
      int 0x1a
      cmp dx, bx
      je .wait
      mov ah, 4
      int 0x1a ${END}`);
    expect(register(parts, CX) & 0xffff).toBe(0x2000);
    expect(register(parts, DX) & 0xffff).toBe(0x0101);
  });

  test('sets the time, and an alarm that comes as INT 4Ah', async () => {
    const parts = await run(`
      mov word [0x4a * 4], alarm
      mov word [0x4a * 4 + 2], 0
      mov ah, 3
      mov cx, 0x1234
      mov dx, 0x5600
      int 0x1a
      mov ah, 6
      mov cx, 0x1234
      mov dx, 0x5800
      int 0x1a
      setc bl
      mov ah, 6
      int 0x1a
      setc bh
      sti
    .wait: hlt
      cmp byte [rung], 0
      je .wait
      mov ah, 2
      int 0x1a ${END}
    rung: db 0
    alarm: mov byte [rung], 1
      iret`);
    expect([register(parts, CX), register(parts, DX), register(parts, BX)].map((value) => value & 0xffff)).toEqual([
      0x1234, 0x5800, 0x0100,
    ]);
  });

  test('an alarm that was taken back does not come', async () => {
    const parts = await run(`
      mov ah, 6
      mov cx, 0x1234
      mov dx, 0x5800
      int 0x1a
      mov ah, 7
      int 0x1a
      mov al, 0x0b
      out 0x70, al
      in al, 0x71 ${END}`);
    expect(register(parts, AX) & 0x20).toBe(0);
  });
});

describe('a reset of the processor alone', () => {
  /** Leaves a code in CMOS and an address at 40:67, enters protected mode and resets the processor. */
  const leave = (code: number, reset: string, look = 'mov eax, cr0'): string => `
      mov word [0x467], back
      mov word [0x469], 0
      mov dword [0x9000], 0x12345678
      mov al, 0x0f
      out 0x70, al
      mov al, ${code}
      out 0x71, al
      cli
      lgdt [gdt]
      mov eax, cr0
      or al, 1
      mov cr0, eax
      ${reset}
      jmp $
    back: xor ax, ax
      mov ds, ax
      mov ebx, [0x9000]
      ${look} ${END}
    gdt: dw 7
      dd 0x9100`;

  test.each([
    ['the keyboard controller', 0x0a, 'mov al, 0xfe\nout 0x64, al\nhlt'],
    ['port 92h', 0x05, 'mov al, 3\nout 0x92, al'],
    ['a triple fault', 0x0a, 'lidt [nowhere]\nint3\nnowhere: dd 0, 0'],
  ])('by %s comes back to the program that has left word, in real mode with its memory', async (_, code, reset) => {
    const parts = await run(leave(code, reset));
    expect([register(parts, BX), register(parts, AX) & 1]).toEqual([0x1234_5678, 0]);
  });

  test('finds none of the breakpoints that the program had', async () => {
    const reset = 'mov eax, 0x402\nmov dr7, eax\nmov al, 0xfe\nout 0x64, al\nhlt';
    const parts = await run(leave(0x0a, reset, 'mov eax, dr7'));
    expect(register(parts, AX)).toBe(0x400);
  });

  test('starts the machine anew where nobody has', async () => {
    const { machine } = await boot(leave(0, 'mov al, 0xfe\nout 0x64, al'));
    expect(machine.run({ instructions: 100_000 })).toMatchObject({ reason: 'reset', detail: 'keyboard controller' });
  });
});

test('a machine with nothing to start from says so, and waits', async () => {
  const { machine } = await bareMachine();
  machine.reset();
  machine.run({ instructions: 200_000 });
  expect(machine.screenText().filter((line) => line !== '')).toEqual([
    'Nothing to start from.',
    '  floppy disk: there is none',
    '  hard disk: there is none',
    '  CD-ROM: there is none',
    'Put in a disk or choose an image: it is tried at once.',
  ]);
});
