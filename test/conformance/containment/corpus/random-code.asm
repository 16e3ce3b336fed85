; Random bytes as code, in ring 3 with all ports and all memory beyond the kernel's, and in virtual-8086 mode. A timer
; ends what does not end by itself.
%include "hostile.inc"

DIRECTORY equ 0x200000
BITMAP    equ 0x202000                  ; the task's I/O permissions, all granted
CODE      equ 0x400000
SIZE      equ 0x1000

prepare:
        mov     edi, BITMAP
        mov     ecx, 0x2004 / 4
        xor     eax, eax
        rep stosd
        mov     esi, task
        mov     edi, BITMAP - 104
        mov     ecx, 104 / 4
        rep movsd
        mov     word [gdt + TASK], 104 + 0x2000
        mov     dword [gdt + TASK + 2], 0x8900_0000 | BITMAP - 104
        mov     byte [gdt + TASK + 5], 0x89
        mov     byte [gdt + TASK + 7], 0
        mov     edi, DIRECTORY          ; 4 MiB of the kernel's, then everything for ring 3
        mov     eax, 0x83
.page:  stosd
        add     eax, 0x40_0000
        or      eax, 4
        cmp     edi, DIRECTORY + 0x1000
        jb      .page
        mov     eax, cr4
        or      eax, 0x10
        mov     cr4, eax
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     [rescue_cr3], eax
        mov     eax, cr0
        or      eax, 0x8001_0000
        mov     cr0, eax
        mov     al, 0x11
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        ret

attack: mov     al, 0xfe                ; random ports may have changed any of this
        out     0x21, al
        mov     al, 0x34
        out     0x43, al
        mov     al, 0xa0                ; 7 kHz
        out     0x40, al
        xor     al, al
        out     0x40, al
        mov     edi, CODE
        mov     ecx, 64
.fill:  call    random
        stosd
        loop    .fill
        call    random
        mov     ebx, eax
        mov     ecx, eax
        mov     edx, [seed]
        and     ebx, 0xff
        mov     ebp, esp
        test    eax, 0x700
        jz      .v86
        push    dword USER_DATA
        push    dword CODE + SIZE
        push    dword 0x202
        push    dword USER_CODE
        add     ebx, CODE
        push    ebx
        iretd
.v86:   push    dword 0xf000            ; what it finds is the BIOS's
        push    dword 0xb800
        push    dword 0
        push    dword 0x9000
        push    dword 0x9000
        push    dword 0x1000
        push    dword 0x2_0202
        push    dword 0xf000
        push    ebx
        iretd
