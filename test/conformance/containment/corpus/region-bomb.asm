; Hot loops without end, each of its own code, so that regions are compiled, dropped and compiled again.
%include "hostile.inc"

ARENA   equ 0x200000
LOOPS   equ 512
ROOM    equ 0x800                       ; bytes for each

prepare:
        mov     ebp, 0
        ret

; A loop of random arithmetic: 05 imm32 (add), 35 imm32 (xor), 81 c3 imm32 (add ebx), 69 d0 imm32 (imul edx, eax)
attack: inc     ebp
        mov     edi, ebp
        and     edi, LOOPS - 1
        imul    edi, ROOM
        add     edi, ARENA
        mov     esi, edi
        call    random
        mov     edx, eax
        and     edx, 0x7f
        add     edx, 8
.make:  call    random
        test    eax, 3
        jz      .add
        test    eax, 1
        jz      .xor
        mov     word [edi], 0xd069
        mov     [edi + 2], eax
        add     edi, 6
        jmp     .made
.add:   mov     byte [edi], 0x05
        mov     [edi + 1], eax
        add     edi, 5
        jmp     .made
.xor:   mov     byte [edi], 0x35
        mov     [edi + 1], eax
        add     edi, 5
.made:  test    eax, 0x70               ; branches now and then, so that it is more than one block
        jnz     .next
        mov     word [edi], 0x0173      ; jnc over
        mov     byte [edi + 2], 0x43    ; inc ebx
        add     edi, 3
.next:  dec     edx
        jnz     .make
        mov     byte [edi], 0x49        ; dec ecx
        mov     word [edi + 1], 0x850f  ; jnz to the start
        mov     ecx, esi
        sub     ecx, edi
        sub     ecx, 7
        mov     [edi + 3], ecx
        mov     byte [edi + 7], 0xc3
        mov     ecx, [heat]
        call    esi
        mov     ecx, 100                ; older ones again, so that all are kept
.old:   call    random
        mov     edx, eax
        and     edx, LOOPS - 1
        imul    edx, ROOM
        add     edx, ARENA
        cmp     byte [edx], 0
        je      attack
        push    ecx
        mov     ecx, 20
        call    edx
        pop     ecx
        dec     ecx
        jnz     .old
        jmp     attack
align 4
heat:   dd 40000
