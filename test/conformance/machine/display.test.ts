import { beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import { isaProfile } from '../../../src-main/machine/profiles/isa.ts';
import { pcProfile } from '../../../src-main/machine/profiles/pc.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { programMode } from '../../../src-main/machine/vga/programMode.ts';
import { RAX } from '../../../src-main/engine/state/layout.ts';
import { findVgaMode, MODE_3 } from '../../../src-main/machine/vga/vgaModes.ts';
import {
  assembledMachine,
  type AssembledMachine,
  bareMachine,
  loadAssembled,
} from '../../support/machine/assembledMachine.ts';

// Once for all tests of the file, with time for a slow host.
beforeAll(compileThreadedHandlers, 60_000);

const SEQUENCER = 0x14;

async function machineIn(mode: number, source: string): Promise<AssembledMachine> {
  const parts = await assembledMachine(source);
  programMode(parts.machine.chipset.vga.registers, findVgaMode(mode) ?? MODE_3);
  return parts;
}

function pixel({ machine }: AssembledMachine, x: number, y: number): string {
  const screen = machine.screen();
  if (screen.mode !== 'graphics') throw new Error('the machine shows text');
  const at = (y * screen.width + x) * 4;
  return [...screen.pixels.subarray(at, at + 3)].join(',');
}

const fill = (segment: number, byte: number, count: number): string => `
  mov ax, ${segment}
  mov es, ax
  xor di, di
  mov al, ${byte}
  mov cx, ${count}
  rep stosb
  hlt`;

test.each([
  { name: 'pc', profile: pcProfile },
  { name: 'isa', profile: isaProfile },
])('a multiboot kernel finds the video mode that it asks for on $name', async ({ profile }) => {
  const { bytes } = assemble(`
    bits 32
    org 0x100000
    header: dd 0x1badb002, 0x10007, -(0x1badb002 + 0x10007), header, header, 0, 0, start, 0, 640, 480, 32
    start: mov edi, [ebx + 88]
      add edi, [ebx + 96]
      mov dword [edi + 8], 0x00ff8040
      cli
      hlt`);
  const parts = await bareMachine({ profile });
  const result = load('multiboot', bytes, { memoryBytes: 0x20_0000 });
  if (result.kind === 'refused') throw new Error(result.message);
  parts.machine.load(result.image);
  expect(parts.machine.run({ instructions: 1000 }).reason).toBe('halted');
  expect(parts.machine.screen()).toMatchObject({ mode: 'graphics', width: 640, height: 480 });
  expect([pixel(parts, 2, 1), pixel(parts, 3, 1)]).toEqual(['255,128,64', '0,0,0']);
  // Powered on without it, the machine shows text again.
  loadAssembled(parts.machine, 'hlt');
  expect(parts.machine.screen().mode).toBe('text');
});

describe('a linear mode is plain memory', () => {
  test('mode 13h draws without a device access', async () => {
    const parts = await machineIn(0x13, fill(0xa000, 4, 0xffff));
    expect(parts.machine.run({ instructions: 100_000 }).reason).toBe('halted');
    expect(parts.machine.statistics().exits.mmio).toBe(0);
    expect([pixel(parts, 0, 0), pixel(parts, 319, 199)]).toEqual(['170,0,0', '170,0,0']);
  });

  test('only lines that the guest writes are drawn again', async () => {
    const parts = await machineIn(
      0x13,
      `mov ax, 0xa000
       mov es, ax
       mov byte [es:0], 1
       mov ax, 5
       out 0x80, ax
       mov byte [es:320 * 100], 15
       hlt`,
    );
    const { machine } = parts;
    machine.run({ instructions: 3 });
    expect(machine.changedScreen()).toMatchObject({ firstLine: 0, lineCount: 200 });
    expect(machine.changedScreen()).toBeUndefined();
    machine.run({ instructions: 10 });
    const changed = machine.changedScreen();
    expect(changed).toMatchObject({ mode: 'graphics', height: 200 });
    if (changed?.mode !== 'graphics') return;
    // A page of 4 KiB holds thirteen lines.
    expect([changed.firstLine <= 100, changed.lineCount]).toEqual([true, 14]);
    expect(machine.changedScreen()).toBeUndefined();
  });

  test('a VBE mode is set through its word ports, index and data side by side', async () => {
    const write = (index: number, value: number): string =>
      `mov dx, 0x1ce\nmov ax, ${index}\nout dx, ax\ninc dx\nmov ax, ${value}\nout dx, ax\n`;
    const parts = await assembledMachine(`
      ${write(4, 0)}
      ${write(1, 1024)}
      ${write(2, 768)}
      ${write(3, 32)}
      ${write(4, 0x41)}
      mov dx, 0x1ce
      mov ax, 1
      out dx, ax
      inc dx
      in ax, dx
      hlt`);
    parts.machine.run({ instructions: 100 });
    expect(parts.machine.chipset.vga.vbe.mode).toMatchObject({ width: 1024, height: 768, depth: 32 });
    expect((parts.processors[0]?.state.register(RAX) ?? 0) & 0xffff).toBe(1024);
  });

  test('the linear frame buffer is the same memory, above RAM', async () => {
    const parts = await assembledMachine(`
      cli
      lgdt [descriptors]
      mov eax, cr0
      or al, 1
      mov cr0, eax
      mov ax, 8
      mov es, ax
      mov edi, 0xe0000000 + (100 * 640 + 50) * 4
      mov dword [es:edi], 0x00336699
      hlt
      align 8
      table: dq 0, 0x00cf92000000ffff
      descriptors: dw 15
      dd table`);
    const { vbe } = parts.machine.chipset.vga;
    for (const [register, value] of [
      [1, 640],
      [2, 480],
      [3, 32],
      [4, 0x41],
    ] as const) {
      vbe.writeRegister(register, value);
    }
    parts.machine.run({ instructions: 100 });
    expect(pixel(parts, 50, 100)).toBe('51,102,153');
    expect(parts.machine.statistics().exits.mmio).toBe(0);
  });

  test('banks move the window, code in it included', async () => {
    const parts = await assembledMachine(`
      %macro bank 1
        mov dx, 0x1ce
        mov ax, 5
        out dx, ax
        inc dx
        mov ax, %1
        out dx, ax
      %endmacro
      mov ax, 0xa000
      mov es, ax
      bank 1
      mov dword [es:0], 0xcb41b0 ; mov al, 41h; retf
      bank 0
      mov dword [es:0], 0xcb40b0
      call 0xa000:0
      mov bl, al
      bank 1
      call 0xa000:0
      mov bh, al
      hlt`);
    const { vbe } = parts.machine.chipset.vga;
    for (const [register, value] of [
      [1, 640],
      [2, 480],
      [3, 8],
      [4, 1],
    ] as const) {
      vbe.writeRegister(register, value);
    }
    parts.machine.run({ instructions: 200 });
    expect(parts.machine.processors[0]?.state.register(3)).toBe(0x4140);
  });
});

test('a planar mode asks the adapter for each access', async () => {
  const parts = await machineIn(0x12, fill(0xa000, 0xff, 80));
  parts.machine.run({ instructions: 1000 });
  expect(parts.machine.statistics().exits.mmio).toBe(80);
  expect([pixel(parts, 0, 0), pixel(parts, 639, 0), pixel(parts, 0, 1)]).toEqual([
    '255,255,255',
    '255,255,255',
    '0,0,0',
  ]);
});

test('a text screen survives a visit to the planes behind it', async () => {
  const parts = await machineIn(3, `${fill(0xb800, 0x41, 4000)}`);
  const { machine, memory } = parts;
  machine.run({ instructions: 5000 });
  expect(machine.statistics().exits.mmio).toBe(0);
  const { registers } = machine.chipset.vga;
  registers.write(SEQUENCER, 1, 4);
  registers.write(SEQUENCER + 1, 1, 0x06);
  memory.ram(0xb8000, 4).fill(0); // What lies beneath is not the screen any more.
  expect(machine.chipset.vga.memory.read(0x18000, 1)).toBe(0x41);
  registers.write(SEQUENCER + 1, 1, 0x02);
  expect([...memory.ram(0xb8000, 4)]).toEqual([0x41, 0x41, 0x41, 0x41]);
  expect(machine.screenText()[24]).toBe('A'.repeat(80));
});

test('a restored machine shows what it showed', async () => {
  const parts = await machineIn(3, `${fill(0xb800, 0x41, 4000)}`);
  parts.machine.run({ instructions: 5000 });
  const state = JSON.parse(JSON.stringify(parts.machine.save()));
  const other = await machineIn(0x13, 'hlt');
  other.memory.ram(0, other.memory.ramBytes).set(parts.memory.ram(0, parts.memory.ramBytes));
  other.memory.video.set(parts.memory.video);
  other.machine.restore(state);
  expect(other.machine.screenText()[24]).toBe('A'.repeat(80));
});
