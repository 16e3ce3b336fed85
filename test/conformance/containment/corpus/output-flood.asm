; All that a machine can say, as fast as it can: serial and parallel ports, debug ports, the screen in new modes.
%include "hostile.inc"

prepare:
        ret

attack: mov     esi, 0x100000
        mov     ecx, 0x1000
        mov     dx, 0x3f8
        rep outsb
        mov     ecx, 0x400
        mov     dx, 0x2f8
        rep outsb
        mov     ecx, 0x400
        mov     dx, 0xe9
        rep outsb
        mov     ecx, 0x400
        mov     dx, 0x80
        rep outsb
        mov     ecx, 64
.paper: mov     dx, 0x378
        mov     al, cl
        out     dx, al
        mov     dx, 0x37a
        mov     al, 1
        out     dx, al
        xor     al, al
        out     dx, al
        loop    .paper
        mov     edi, 0xa0000
        mov     ecx, 0x8000
        call    random
        rep stosd
        mov     ebp, 3
.mode:  call    random                  ; a register of the display's
        mov     edx, 0x3d4
        and     ax, 0xff3f
        out     dx, ax
        mov     edx, 0x3ce
        call    random
        and     ax, 0xff0f
        out     dx, ax
        mov     edx, 0x3c4
        call    random
        and     ax, 0xff07
        out     dx, ax
        dec     ebp
        jnz     .mode
        mov     esi, vbe                ; a large picture
.vbe:   lodsw
        mov     dx, 0x1ce
        out     dx, ax
        lodsw
        mov     dx, 0x1cf
        out     dx, ax
        cmp     word [esi], 0xffff
        jne     .vbe
        mov     edi, 0xe000_0000
        call    random
        mov     ecx, 0x40000
        rep stosd
        jmp     attack

vbe:    dw 4, 0, 1, 1600, 2, 1200, 3, 32, 4, 0x41, 0xffff
