/** As many instructions as it gets. */
export const ENDLESS_LOOP = 'bits 32\norg 100000h\nagain: add eax, 3\nxor ebx, eax\ndec ecx\njmp again';
/** HLT with interrupts off: nothing ever wakes it. */
export const HALTED = 'bits 16\norg 100h\ncli\nhlt';
/** Wakes with each of the timer's interrupts, every `divisor` ticks of 1193182 a second, and halts again. */
const ticking = (divisor: number): string => `bits 16
org 100h
xor ax, ax
mov es, ax
mov word [es:8 * 4], on_tick
mov [es:8 * 4 + 2], cs
mov al, 11h
out 20h, al
mov al, 8
out 21h, al
mov al, 4
out 21h, al
mov al, 1
out 21h, al
mov al, 0feh
out 21h, al
mov al, 34h
out 43h, al
mov ax, ${divisor}
out 40h, al
mov al, ah
out 40h, al
sti
again: hlt
jmp again
on_tick: push ax
mov al, 20h
out 20h, al
pop ax
iret`;

/** A hundred times a second. */
export const TICKING = ticking(11_932);
/** As DOS at its prompt: 18.2 times a second. */
export const TICKING_SLOWLY = ticking(65_535);
