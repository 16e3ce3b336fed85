import { describe, expect, test } from 'vitest';
import { RAX, RBX, RCX, RDX } from '../../../src-main/engine/state/layout.ts';
import { type AssembledMachine, assembledMachine } from '../../support/machine/assembledMachine.ts';
import { pics, pit } from '../../support/machine/pcAssembly.ts';

/** The local APIC from the processor's side, on the real engine. DS reaches all 4 GiB from real mode ("unreal"). */

const UNREAL = `
  cli
  xor ax, ax
  mov ds, ax
  lgdt [gdtr]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  mov bx, 8
  mov ds, bx
  and al, 0xfe
  mov cr0, eax
  xor ax, ax
  mov ss, ax
  mov sp, 0x7c00
  jmp start
gdt: dq 0, 0x00cf93000000ffff
gdtr: dw 15
      dd gdt
`;

async function run(source: string, hasLocalApic = true): Promise<AssembledMachine> {
  const parts = await assembledMachine(`${UNREAL}\nstart:\n${source}`, { hasLocalApic });
  expect(parts.machine.run({ instructions: 10_000_000 }).reason).toBe('halted');
  return parts;
}

function registers({ processors }: AssembledMachine): number[] {
  return [RAX, RBX, RCX, RDX].map((index) => processors[0]?.state.register(index) ?? -1);
}

describe('the local APIC', () => {
  test('is announced while it exists and is switched on', async () => {
    const source = `
      mov eax, 1
      cpuid
      push edx
      mov ecx, 0x1b
      rdmsr
      and ah, 0xf7
      wrmsr
      mov eax, 1
      cpuid
      pop ebx
      and edx, 0x200
      and ebx, 0x200
      hlt`;
    expect(registers(await run(source)).filter((_, index) => index % 2 === 1)).toEqual([0x200, 0]);
    expect(registers(await run(source, false)).filter((_, index) => index % 2 === 1)).toEqual([0, 0]);
  });

  test('interrupts by its timer, and ends each interrupt by EOI', async () => {
    const parts = await run(`
      mov dword [0x40 * 4], tick
      mov esi, 0xfee00000
      mov dword [esi + 0xf0], 0x1ff
      mov dword [esi + 0x3e0], 0x0b
      mov dword [esi + 0x320], 0x20040
      xor ecx, ecx
      mov dword [esi + 0x380], 50000
      sti
    wait_for: hlt
      cmp ecx, 3
      jb wait_for
      cli
      rdtsc
      hlt
    tick: inc ecx
      mov dword [esi + 0xb0], 0
      iret`);
    const [ticks, time] = [registers(parts)[2], registers(parts)[0] ?? 0];
    expect(ticks).toBe(3);
    // Three periods of 50 us from when it was started, some instructions of 10 ns in.
    expect(time).toBeGreaterThan(150_000);
    expect(time).toBeLessThan(152_000);
  });

  test('follows its base address, and its old one answers no more', async () => {
    const parts = await run(`
      mov ecx, 0x1b
      rdmsr
      mov eax, 0xfed40900
      wrmsr
      mov esi, 0xfee00000
      mov ebx, [esi + 0x30]
      mov esi, 0xfed40000
      mov ecx, [esi + 0x30]
      hlt`);
    expect(registers(parts).slice(1, 3)).toEqual([0xffff_ffff, 0x0005_0014]);
  });

  test('sends interrupts to its own processor by priority, as the task priority allows', async () => {
    const parts = await run(`
      mov dword [0x40 * 4], low
      mov dword [0x61 * 4], high
      mov esi, 0xfee00000
      mov dword [esi + 0xf0], 0x1ff
      mov dword [esi + 0x80], 0x50
      xor ebx, ebx
      sti
      mov dword [esi + 0x300], 0x40040
      mov dword [esi + 0x300], 0x40061
      nop
      mov edx, ebx
      mov dword [esi + 0x80], 0
      nop
      cli
      hlt
    low: shl ebx, 4
      or bl, 1
      mov dword [esi + 0xb0], 0
      iret
    high: shl ebx, 4
      or bl, 2
      mov dword [esi + 0xb0], 0
      iret`);
    expect([registers(parts)[1], registers(parts)[3]]).toEqual([0x21, 0x02]);
  });

  test('delivers a non-maskable interrupt with interrupts off', async () => {
    const parts = await run(`
      mov dword [2 * 4], nmi
      mov esi, 0xfee00000
      xor ebx, ebx
      mov dword [esi + 0x310], 0
      mov dword [esi + 0x300], 0x00000400
      nop
      hlt
    nmi: inc ebx
      iret`);
    expect(registers(parts)[1]).toBe(1);
  });

  test('lets the 8259 through until LINT0 is masked', async () => {
    const parts = await run(`
      ${pics(0xfe)}
      mov dword [0x20 * 4], irq0
      ${pit(1000)}
      xor ebx, ebx
      sti
    wait_for: hlt
      cmp ebx, 2
      jb wait_for
      mov esi, 0xfee00000
      mov dword [esi + 0x350], 0x10700
      mov ecx, 1000000
    spin: dec ecx
      jnz spin
      cli
      hlt
    irq0: inc ebx
      mov al, 0x20
      out 0x20, al
      iret`);
    expect(registers(parts)[1]).toBe(2);
  });
});
