; A page table that changes with every access: entries, INVLPG, CR3, WP, global pages, code whose page moves.
%include "hostile.inc"

DIRECTORY equ 0x200000
TABLE     equ 0x201000
FRAMES    equ 0x210000
WINDOW    equ 0x400000                  ; 4 MiB by 4 KiB pages

prepare:
        mov     edi, FRAMES             ; sixteen frames of small routines
        mov     ecx, 0x10000 / 4
        mov     eax, 0xc340_4040
        rep stosd
        mov     dword [DIRECTORY], 0x83
        mov     dword [DIRECTORY + 4], TABLE | 7
        mov     edi, TABLE
        mov     eax, FRAMES | 7
        mov     ecx, 1024
.entry: stosd
        add     eax, 0x1000
        and     eax, ~0x10000
        or      eax, FRAMES
        loop    .entry
        mov     eax, cr4
        or      eax, 0x90
        mov     cr4, eax
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     [rescue_cr3], eax
        mov     eax, cr0
        or      eax, 0x8001_0000
        mov     cr0, eax
        ret

attack: call    random
        mov     ebx, eax
        and     ebx, 0x3ff
        mov     edx, eax
        shr     edx, 8
        and     edx, 0xf1e7             ; another frame, and random permissions
        or      edx, FRAMES | 1
        mov     [TABLE + ebx * 4], edx
        mov     esi, ebx
        shl     esi, 12
        add     esi, WINDOW
        test    eax, 0x100_0000
        jz      .page
        mov     ecx, cr3
        mov     cr3, ecx
        jmp     .use
.page:  invlpg  [esi]
.use:   mov     ecx, [esi]
        test    eax, 0x200_0000
        jz      .read
        mov     [esi + 8], eax
        mov     dword [esi + 8], 0xc340_4040
.read:  call    esi
        mov     ecx, [esi + 0xffe]      ; over the border to the next
        test    eax, 0xc00_0000
        jnz     attack
        mov     ecx, cr0
        xor     ecx, 0x1_0000
        mov     cr0, ecx
        mov     ecx, cr4
        xor     ecx, 0x80
        mov     cr4, ecx
        jmp     attack
