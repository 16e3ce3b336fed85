import { expect, test } from 'vitest';
import { MachineSymbols } from '../../../src-main/control/symbols/MachineSymbols.ts';
import { Breakpoints } from '../../../src-main/debug/Breakpoints.ts';
import { Debugging } from '../../../src-main/control/Debugging.ts';
import { until } from '../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../support/hypervisor/realHypervisor.ts';

const machines = realHypervisor();

/** The timer interrupts a procedure that has a frame; its handler keeps none, and calls another. */
const REAL_MODE = `bits 16
org 100h
xor ax, ax
mov ds, ax
mov word [20h], handler
mov [22h], cs
sti
call outer
hlt
outer: push bp
mov bp, sp
spin: inc dx
jmp spin
handler: pusha
push ds
call work
mov al, 20h
out 20h, al
pop ds
popa
iret
work: inc cx
ret`;

const INTERRUPT_32 = `
handler: pushad
call work
mov al, 20h
out 20h, al
popad
iretd
work: inc ecx
ret
remap: mov al, 34h
out 43h, al
xor al, al
out 40h, al
out 40h, al
mov al, 11h
out 20h, al
mov al, 20h
out 21h, al
mov al, 4
out 21h, al
mov al, 1
out 21h, al
mov al, 0feh
out 21h, al
mov eax, handler
mov [gate], ax
shr eax, 16
mov [gate + 6], ax
lgdt [gdtr]
lidt [idtr]
ret
align 8
gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff
tssDescriptor: dw 103, 0, 0x8900, 0
gdtr: dw 47
dd gdt
idt: times 32 dq 0
gate: dw 0, 8, 0x8e00, 0
idtr: dw 263
dd idt
tss: dd 0, 0x90000, 0x10
times 23 dd 0`;

const PROTECTED_MODE = `bits 32
org 100000h
mov esp, 80000h
call remap
sti
call outer
hlt
outer: push ebp
mov ebp, esp
spin: inc edx
jmp spin
${INTERRUPT_32}`;

/** The same from ring 3, which has another stack. */
const FROM_RING_3 = `bits 32
org 100000h
mov esp, 80000h
call remap
mov eax, tss
mov [tssDescriptor + 2], ax
shr eax, 16
mov [tssDescriptor + 4], al
mov ax, 28h
ltr ax
push dword 23h
push dword 70000h
push dword 202h
push dword 1bh
push dword spin
iretd
spin: inc edx
jmp spin
${INTERRUPT_32}`;

test.each([
  { mode: 'real mode', source: REAL_MODE },
  { mode: 'protected mode', source: PROTECTED_MODE },
  { mode: 'ring 3', source: FROM_RING_3 },
])(
  'stepping out of a device interrupt’s handler ends in the code of $mode that it has interrupted',
  async ({ source }) => {
    const { hypervisor, register } = machines;
    const symbols = new MachineSymbols(hypervisor);
    const breakpoints = new Breakpoints({}, () => undefined);
    const debugging = new Debugging(hypervisor, breakpoints, symbols);
    const id = await machines.start(source);
    const address = async (name: string): Promise<number> => (await symbols.of(id)).lookup(name) ?? 0;
    const here = (): number => register(id, 'cs.base') + register(id, 'eip');
    const paused = (what: string): Promise<void> => until(() => hypervisor.get(id)?.state === 'paused', what);
    const stepOut = async (): Promise<void> => {
      expect(await debugging.stepOut(id, 0)).toMatchObject({ ok: true });
      await paused('stepped out');
    };

    await debugging.setBreakpoint(id, await address('work'), true);
    await paused('the handler');
    const stack = await debugging.callStack(id, 0);
    expect(stack.ok && stack.value.slice(0, 3)).toMatchObject([
      { symbol: 'work', offset: 0, isGuess: false, isInterrupted: false },
      { symbol: 'handler', isGuess: false, isInterrupted: false },
      { symbol: 'spin', isGuess: false, isInterrupted: true },
    ]);
    await debugging.setBreakpoint(id, await address('work'), false);

    await stepOut();
    expect(here()).toBeGreaterThan(await address('handler'));
    expect(here()).toBeLessThan(await address('work'));
    await stepOut();
    expect(stack.ok && stack.value[2]?.linearAddress).toBe(here());
    expect(here() - (await address('spin'))).toBeOneOf([0, 1]);
  },
);
