import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { RAX, RBX, RCX, RDX } from '../../../src-main/engine/state/layout.ts';
import type { Machine } from '../../../src-main/machine/Machine.ts';
import { assembledMachine, bareMachine } from '../../support/machine/assembledMachine.ts';
import { pics, pit, vector } from '../../support/machine/pcAssembly.ts';

/** Guest programs that use the devices as an operating system does, on the real engine. */

const MS = 1_000_000;

function register(machine: Machine, index: number): number {
  return machine.processors[0]?.state.register(index) ?? -1;
}

/** Runs to the end of the program. */
function runToEnd(machine: Machine, instructions = 50_000_000): string {
  for (;;) {
    const exit = machine.run({ instructions });
    if (exit.reason !== 'kick') return exit.reason;
  }
}

describe('time', () => {
  test('a hundred timer interrupts at 1000 Hz take a tenth of a second', async () => {
    const { machine } = await assembledMachine(`
      ${vector(0x20, 'tick')} ${pics(0xfe)} ${pit(1193)}
      xor bx, bx
      sti
wait:  hlt
      cmp bx, 100
      jb wait
      cli
      hlt
tick: inc bx
      push ax
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`);
    expect(runToEnd(machine)).toBe('halted');
    expect(register(machine, RBX)).toBe(100);
    expect(machine.guestTimeNs / MS).toBeCloseTo(100, 0);
  });

  test('a busy loop is interrupted as often', async () => {
    const { machine } = await assembledMachine(`
      ${vector(0x20, 'tick')} ${pics(0xfe)} ${pit(1193)}
      xor bx, bx
      xor ecx, ecx
      sti
busy: inc ecx
      cmp bx, 50
      jb busy
      cli
      hlt
tick: inc bx
      push ax
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`);
    runToEnd(machine);
    // Ten nanoseconds an instruction, three instructions a round.
    expect(register(machine, RCX) / 1e6).toBeCloseTo(50 / 30, 1);
    expect(machine.guestTimeNs / MS).toBeCloseTo(50, 0);
  });

  test('the speaker’s counter measures 10 ms of the time-stamp counter', async () => {
    const { machine } = await assembledMachine(`
      in al, 0x61
      and al, 0xfc
      or al, 1
      out 0x61, al
      mov al, 0xb0
      out 0x43, al
      mov al, ${11_932 & 0xff}
      out 0x42, al
      mov al, ${11_932 >> 8}
      out 0x42, al
      rdtsc
      mov ebx, eax
poll: in al, 0x61
      test al, 0x20
      jz poll
      rdtsc
      sub eax, ebx
      hlt`);
    runToEnd(machine);
    expect(register(machine, RAX) / 1e6).toBeCloseTo(10, 1);
  });

  test('the RTC interrupts eight times at 1024 Hz, through the slave', async () => {
    const { machine } = await assembledMachine(`
      ${vector(0x28, 'tick')} ${pics(0xfb, 0xfe)}
      mov al, 0x0b
      out 0x70, al
      mov al, 0x42
      out 0x71, al
      mov al, 0x0c
      out 0x70, al
      in al, 0x71
      xor bx, bx
      sti
wait:  hlt
      cmp bx, 8
      jb wait
      cli
      hlt
tick: inc bx
      push ax
      mov al, 0x0c
      out 0x70, al
      in al, 0x71
      mov al, 0x20
      out 0xa0, al
      out 0x20, al
      pop ax
      iret`);
    runToEnd(machine);
    expect(register(machine, RBX)).toBe(8);
    expect(machine.guestTimeNs / MS).toBeCloseTo(8000 / 1024, 1);
  });

  test('two runs are alike to the last bit', async () => {
    const source = `
      ${vector(0x20, 'tick')} ${pics(0xfe)} ${pit(97)}
      xor ebx, ebx
      sti
busy: inc ecx
      imul edx, ecx, 12345
      rdtsc
      add ebx, eax
      in al, 0x40
      add ebx, eax
      jmp busy
tick: push ax
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`;
    const ends: unknown[] = [];
    for (const chunk of [300_000, 7_919, 100_003]) {
      const { machine, memory } = await assembledMachine(source);
      while (machine.retiredInstructions < 300_000) {
        machine.run({ instructions: Math.min(chunk, 300_000 - machine.retiredInstructions) });
      }
      const registers = Array.from({ length: 8 }, (_, index) => register(machine, index));
      const { exits } = machine.statistics();
      ends.push([registers, machine.save(), [...memory.ram(0x7000, 0xc00)], exits.interrupt, exits.pio, exits.rdtsc]);
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });
});

describe('input and output', () => {
  test('keys arrive by interrupt', async () => {
    const { machine, memory } = await assembledMachine(`
      ${vector(0x21, 'key')} ${pics(0xfd)}
      mov di, 0x500
      sti
wait:  hlt
      cmp byte [di-1], 0x9c
      jne wait
      cli
      hlt
key:  push ax
      in al, 0x60
      mov [di], al
      inc di
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`);
    machine.inputs.typeText('Hi\n', 'us');
    expect(runToEnd(machine)).toBe('halted');
    expect([...memory.ram(0x500, 8)]).toEqual([0x2a, 0x23, 0xa3, 0xaa, 0x17, 0x97, 0x1c, 0x9c]);
  });

  test('the serial port echoes by interrupt, with its FIFO on', async () => {
    const { machine, serial } = await assembledMachine(`
      ${vector(0x24, 'com')} ${pics(0xef)}
      mov dx, 0x3fa
      mov al, 0xc7
      out dx, al
      mov dx, 0x3fc
      mov al, 0x0b
      out dx, al
      mov dx, 0x3f9
      mov al, 1
      out dx, al
      sti
wait:  hlt
      jmp wait
com:  pusha
next: mov dx, 0x3fd
      in al, dx
      test al, 1
      jz done
      mov dx, 0x3f8
      in al, dx
      out dx, al
      jmp next
done: mov al, 0x20
      out 0x20, al
      popa
      iret`);
    const text = 'Forty-two bytes are more than two FIFOs do!';
    machine.inputs.serialInput(new TextEncoder().encode(text));
    // Nothing else will ever happen once all is echoed, but for a timer that nobody hears.
    expect(machine.run({ instructions: 1_000_000 })).toEqual({ reason: 'budget' });
    expect(serial()).toBe(text);
  });

  test('text memory is the screen', async () => {
    const { machine } = await assembledMachine(`
      mov ax, 0xb800
      mov es, ax
      mov word [es:160], 0x1f41
      mov word [es:162], 0x1f42
      mov dx, 0x3d4
      mov ax, 0x510f
      out dx, ax
      hlt`);
    runToEnd(machine);
    expect(machine.screenText()[1]).toBe('AB');
    expect(machine.screen()).toMatchObject({ mode: 'text', cursor: 81 });
  });
});

describe('the machine’s edges', () => {
  test('port 92h closes and opens line 20', async () => {
    const { machine, logged } = await assembledMachine(
      `
      mov ax, 0xffff
      mov es, ax
      mov byte [0x500], 0x11
      mov byte [es:0x510], 0x22   ; 100500h
      in al, 0x92
      and al, 0xfd
      out 0x92, al
      mov al, [es:0x510]          ; now 500h
      out 0x80, al
      in al, 0x92
      or al, 2
      out 0x92, al
      mov al, [es:0x510]
      out 0x80, al
      hlt`,
      { logPorts: [0x80] },
    );
    runToEnd(machine);
    expect(logged).toEqual(['80:11', '80:22']);
  });

  test('power-off, exit port and reset stop at the instruction that asked', async () => {
    const powerOff = await assembledMachine('mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nmov bx, 7\nhlt');
    expect(powerOff.machine.run({ instructions: 100 })).toEqual({ reason: 'poweroff', detail: 'PM1a control' });
    const exitPort = await assembledMachine('mov eax, 77\nout 0xf4, eax\nhlt', { exitPort: 0xf4 });
    expect(exitPort.machine.run({ instructions: 100 })).toEqual({ reason: 'poweroff', detail: '77' });
    const reset = await assembledMachine('inc byte [0x500]\nmov al, 0xfe\nout 0x64, al\nhlt');
    expect(reset.machine.run({ instructions: 100 })).toEqual({ reason: 'reset', detail: 'keyboard controller' });
    reset.machine.reset();
    expect(reset.memory.ram(0x500, 1)[0]).toBe(0);
    expect(reset.machine.run({ instructions: 100 }).reason).toBe('reset');
  });

  test('what lies beyond is reported, and reads as ones', async () => {
    const { machine } = await assembledMachine(`
      mov dx, 0x5678
      in ax, dx
      mov bx, ax
      out dx, al
      hlt`);
    runToEnd(machine);
    expect(register(machine, RBX)).toBe(0xffff);
    expect(machine.containment.all()).toMatchObject([
      { kind: 'unknown-port', access: 'read', address: 0x5678, count: 1 },
      { kind: 'unknown-port', access: 'write', address: 0x5678, count: 1, lastValue: 0xff },
    ]);
  });

  test('memory beyond RAM is reported, and reads as ones', async () => {
    const { machine } = await bareMachine();
    const { bytes } = assemble(`
      bits 32
      mov eax, [0xd0000000]
      mov dword [0xd0000004], 0x12345678
      mov bx, [0xd0001000]
      hlt`);
    machine.load({
      format: 'bin',
      segments: [{ physicalAddress: 0x100000, bytes }],
      entry: { mode: 'protected32', eip: 0x100000, codeSelector: 8, dataSelector: 16, registers: { esp: 0xd0000 } },
      summary: 'test',
    });
    expect(runToEnd(machine)).toBe('halted');
    expect([register(machine, RAX), register(machine, RBX)]).toEqual([0xffff_ffff, 0xffff]);
    expect(machine.containment.all()).toMatchObject([
      { kind: 'outside-ram', access: 'read', address: 0xd000_0000, count: 1 },
      { kind: 'outside-ram', access: 'write', address: 0xd000_0004, count: 1, lastValue: 0x1234_5678 },
      { kind: 'outside-ram', access: 'read', address: 0xd000_1000, count: 1 },
    ]);
  });

  test.each([
    { what: 'a spin is reported', loop: 'spin: inc ebx\nmov [es:1], bl\njmp spin', kinds: ['spin'] },
    { what: 'one that writes text is not', loop: 'spin: inc ebx\nmov [es:0], bl\njmp spin', kinds: [] },
    { what: 'nor with interrupts on', loop: 'sti\nspin: inc ebx\njmp spin', kinds: [] },
  ])('$what', async ({ loop, kinds }) => {
    const { machine } = await assembledMachine(`mov ax, 0xb800\nmov es, ax\ncli\n${loop}`, {
      clock: { kind: 'instructions', instructionsPerSecond: 1_000_000 },
    });
    machine.run({ instructions: 1_300_000 });
    expect(machine.containment.all().map(({ kind }) => kind)).toEqual(kinds);
  });

  test('a triple fault ends the machine until it is reset', async () => {
    const { machine } = await assembledMachine('lidt [zero]\nint 3\nzero: dw 0, 0, 0');
    const exit = machine.run({ instructions: 100 });
    expect(exit.reason).toBe('shutdown');
    expect(machine.run({ instructions: 100 })).toEqual(exit);
    expect(machine.containment.all()).toMatchObject([{ kind: 'triple-fault' }]);
  });
});

describe('firmware', () => {
  test('starts at the reset vector, seen below 4 GiB and below 1 MiB, and cannot be written', async () => {
    const { bytes } = assemble(`
      bits 16
      org 0
      times 0xff00 db 0x90
start: mov al, [cs:0xfffe]
      out 0x80, al
      mov ax, 0xf000
      mov ds, ax
      mov byte [0xfffe], 0
      mov al, [0xfffe]
      out 0x80, al
      mov eax, cr0
      hlt
      times 0xfff0 - ($ - $$) db 0
      jmp start
      times 0xfffe - ($ - $$) db 0
      db 0x5a, 0xa5`);
    const { machine, logged } = await bareMachine({ bios: bytes, logPorts: [0x80] });
    machine.reset();
    expect(runToEnd(machine)).toBe('halted');
    expect(logged).toEqual(['80:5a', '80:5a']);
  });

  test('more than the largest chip is refused', async () => {
    await expect(bareMachine({ bios: new Uint8Array(64 * 1024 * 1024) })).rejects.toThrow(
      /64 MiB does not fit below 4 GiB, .* room for 16 MiB\. Choose/,
    );
  });
});

describe('snapshots of devices', () => {
  test('a machine restored in the middle of everything goes on alike', async () => {
    const source = `
      ${vector(0x20, 'tick')} ${pics(0xfe)} ${pit(1193)}
      xor bx, bx
      sti
wait:  hlt
      inc dx
      jmp wait
tick: inc bx
      push ax
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`;
    const first = await assembledMachine(source);
    first.machine.run({ instructions: 1000 });
    const second = await assembledMachine(source);
    second.memory.bytes.set(first.memory.bytes.subarray(first.memory.layout.ramBase), second.memory.layout.ramBase);
    const state = JSON.parse(JSON.stringify(first.machine.save()));
    second.machine.restore(state);
    expect(second.machine.save()).toEqual(state);
    first.machine.run({ instructions: 5000 });
    second.machine.run({ instructions: 5000 });
    for (const index of [RBX, RDX]) expect(register(second.machine, index)).toBe(register(first.machine, index));
    expect(register(first.machine, RBX)).toBeGreaterThan(100);
    expect(second.machine.save()).toEqual(first.machine.save());
  });
});
