; Looks through page tables full of random entries: any physical address, reserved bits, devices as tables.
%include "hostile.inc"

DIRECTORY equ 0x200000
TABLES    equ 0x201000

prepare:
        mov     edi, DIRECTORY
        mov     ecx, 0x10000 / 4
.fill:  call    random
        stosd
        loop    .fill
        mov     dword [DIRECTORY], 0x83 ; the first 4 MiB as they are
        mov     eax, cr4
        or      eax, 0x90               ; PSE, PGE
        mov     cr4, eax
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     [rescue_cr3], eax
        mov     eax, cr0
        or      eax, 0x8001_0000        ; PG, WP
        mov     cr0, eax
        ret

attack: call    random                  ; another entry: a table of ours, a page of 4 MiB, or whatever
        mov     ebx, eax
        shr     ebx, 22
        jz      attack
        call    random
        test    eax, 0x100
        jz      .entry
        and     eax, 0xffff
        or      eax, TABLES | 7
.entry: mov     [DIRECTORY + ebx * 4], eax
        shl     ebx, 22
        call    random
        mov     ecx, eax
        and     ecx, 0x003f_ffff
        or      ebx, ecx
        test    eax, 0x8000_0000
        jz      .one
        mov     ecx, cr3
        mov     cr3, ecx
.one:   invlpg  [ebx]
        test    eax, 0x4000_0000
        jz      .touch
        mov     ecx, cr4
        xor     ecx, 0x80
        mov     cr4, ecx
.touch: inc     dword [touches]
        mov     ecx, [ebx]
        cmp     ebx, RAM_END
        jb      attack
        test    eax, 0x2000_0000
        jz      attack
        cmp     byte [ebx], 0
        test    eax, 0x1000_0000
        jz      attack
        call    ebx
        jmp     attack

align 4
touches: dd 0
