; One page of code under as many segments as can be told apart: bases, limits, 16 and 32 bits, breakpoints.
%include "hostile.inc"

CODE    equ 0x200000

prepare:
        mov     edi, CODE
        mov     ecx, 0x1000 / 4
        mov     eax, 0xcb90_cb90        ; nop, retf
        rep stosd
        ret

attack: call    random
        mov     ebx, eax
        and     ebx, 0xffe              ; the page offset of the segment's base
        mov     ecx, eax
        shr     ecx, 12
        and     ecx, 0xfff              ; the limit: at the least two bytes
        or      ecx, 1
        mov     edx, 0x0000_9a20        ; code at 200000h + base; 16 or 32 bits
        test    eax, 0x8000_0000
        jz      .put
        or      edx, 0x0040_0000
.put:   mov     [gdt + FREE], cx
        mov     [gdt + FREE + 2], bx
        mov     [gdt + FREE + 4], edx
        test    eax, 0x7000_0000
        jnz     .go
        lea     edx, [ebx + CODE]       ; now and then a breakpoint in it, which is met at times
        mov     dr0, edx
        call    random
        and     eax, 3
        mov     dr7, eax
.go:
        push    dword FREE
        push    dword 0
        call    far [esp]
        jmp     attack
