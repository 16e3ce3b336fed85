; Code that writes the code it is running: the next instruction, its own, a loop's, another page's.
%include "hostile.inc"

ARENA   equ 0x1ff000                    ; over the border of two pages

prepare:
        mov     edi, ARENA
        mov     ecx, 0x3000
        mov     al, 0x90
        rep stosb
        ret

attack: call    random
        mov     ebx, eax
        and     ebx, 0xfff
        add     ebx, ARENA + 0x780      ; around the border
        mov     ecx, eax
        shr     ecx, 12
        and     ecx, 3
        jmp     [ways + ecx * 4]

ways:   dd .next, .itself, .loop, .string
; mov byte [next], inc eax / nop
.next:  mov     word [ebx], 0x05c6
        lea     ecx, [ebx + 7]
        mov     [ebx + 2], ecx
        mov     byte [ebx + 6], 0x40
        mov     dword [ebx + 7], 0xc390_9090
        call    ebx
        mov     byte [ebx + 6], 0x90
        call    ebx
        jmp     attack
; mov dword [itself], ...: what was fetched is still executed
.itself:
        mov     word [ebx], 0x05c7
        mov     [ebx + 2], ebx
        mov     dword [ebx + 6], 0xc3c3_c3c3
        mov     byte [ebx + 10], 0xc3
        call    ebx
        call    ebx
        jmp     attack
; a loop that counts its own immediate up: inc byte [imm]; mov al, imm; loop
.loop:  mov     word [ebx], 0x05fe
        lea     ecx, [ebx + 7]
        mov     [ebx + 2], ecx
        mov     word [ebx + 6], 0x00b0
        mov     dword [ebx + 8], 0xc3f6_e2   ; loop to the start
        mov     ecx, 50
        call    ebx
        jmp     attack
; rep stosb over the code that holds the rep stosb
.string:
        mov     word [ebx], 0xaaf3
        mov     byte [ebx + 2], 0xc3
        lea     edi, [ebx - 16]
        mov     al, 0x90
        mov     ecx, 15
        call    ebx
        lea     edi, [ebx - 2]
        mov     ecx, 64
        mov     al, 0xc3
        call    ebx
        jmp     attack
