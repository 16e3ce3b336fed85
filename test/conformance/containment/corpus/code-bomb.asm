; A block of code for every byte of memory: as many translations as there can be.
%include "hostile.inc"

ARENA   equ 0x200000

prepare:
        mov     edi, ARENA
        mov     ecx, (RAM_END - ARENA) / 4
        mov     eax, 0xc3c3_c3c3        ; ret
        rep stosd
        mov     ebx, ARENA
        ret

attack: mov     ecx, 0x1000
.call:  call    ebx
        inc     ebx
        loop    .call
        cmp     ebx, RAM_END
        jb      attack
        mov     ebx, ARENA              ; and again, with other bytes: dec eax, ret
        mov     edi, ARENA
        mov     ecx, (RAM_END - ARENA) / 4
        mov     eax, [edi]
        xor     eax, 0xc348_c348 ^ 0xc3c3_c3c3
        rep stosd
        jmp     attack
