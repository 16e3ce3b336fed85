import { beforeAll, describe, expect, test } from 'vitest';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import { bareMachine, type AssembledMachine } from '../../support/machine/assembledMachine.ts';

// Once for all tests of the file, with time for a slow host.
beforeAll(compileThreadedHandlers, 60_000);

const SECTOR = 512;

/** A boot sector, with what follows it on the disk. */
function disk(source: string, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { bytes, diagnostics } = assemble(`bits 16\norg 0x7c00\n${source}\ntimes 510 - ($ - $$) db 0\ndw 0xaa55`);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const whole = new Uint8Array(Math.max(SECTOR, rest.length === 0 ? SECTOR : 2880 * SECTOR));
  whole.set(bytes);
  whole.set(rest, SECTOR);
  return whole;
}

async function boot(source: string, rest?: Uint8Array): Promise<AssembledMachine> {
  const parts = await bareMachine({ memoryBytes: 0x100_0000 });
  const result = load('boot', disk(source, rest), { memoryBytes: 0x100_0000 });
  if (result.kind === 'refused') throw new Error(result.message);
  parts.machine.load(result.image);
  return parts;
}

/** Runs until HLT with interrupts off. */
async function run(source: string, rest?: Uint8Array): Promise<AssembledMachine> {
  const parts = await boot(source, rest);
  const exit = parts.machine.run({ instructions: 5_000_000 });
  expect(exit).toMatchObject({ reason: 'halted' });
  return parts;
}

const register = ({ machine }: AssembledMachine, index: number): number =>
  machine.processors[0]?.state.register(index) ?? 0;
const AX = 0,
  CX = 1,
  DX = 2,
  BX = 3,
  DI = 7;
const END = '\ncli\nhlt\n';

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

  test('waits for microseconds', async () => {
    const parts = await run(`mov ah, 0x86\nmov cx, 0\nmov dx, 20000\nint 0x15 ${END}`);
    expect(parts.machine.guestTimeNs).toBeGreaterThan(20_000_000);
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
    machine.inputs.typeText('aB');
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
