; Instructions that never begin: pages of prefixes, entered at every byte, at the ends of pages and segments.
%include "hostile.inc"

ARENA   equ 0x200000
BYTES   equ 0x10000

prepare:
        mov     edi, ARENA
        mov     ebp, BYTES
.byte:  call    random
        and     eax, 15
        mov     al, [prefixes + eax]
        stosb
        dec     ebp
        jnz     .byte
        mov     word [edi], 0xc390
        ret

attack: call    random
        and     eax, BYTES - 1
        lea     ebx, [eax + ARENA]
        call    random
        mov     dl, [ebx + 7]
        test    eax, 3
        jz      .end                    ; an instruction behind some of them, of all kinds
        mov     byte [ebx + 3], 0x89
        mov     [ebx + 4], ah
        mov     word [ebx + 5], 0xc3c3
        test    eax, 4
        jz      .end
        mov     [ebx + 3], ah
.end:   call    ebx
        jmp     attack

prefixes: db 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x66, 0x67, 0xf3, 0x2e
