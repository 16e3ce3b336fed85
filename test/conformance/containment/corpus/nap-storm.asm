; Sleeps and wakes 8192 times a second, to be owed time for having slept.
%include "hostile.inc"

prepare:
        mov     al, 0x11
        out     0x20, al
        out     0xa0, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 0x28
        out     0xa1, al
        mov     al, 4
        out     0x21, al
        mov     al, 2
        out     0xa1, al
        mov     al, 1
        out     0x21, al
        out     0xa1, al
        mov     al, 0xfb
        out     0x21, al
        mov     al, 0xfe
        out     0xa1, al
        mov     al, 0x0a
        out     0x70, al
        mov     al, 0x23
        out     0x71, al
        mov     al, 0x0b
        out     0x70, al
        mov     al, 0x42
        out     0x71, al
        ret

attack: mov     al, 0x0c
        out     0x70, al
        in      al, 0x71
        mov     ecx, 5000               ; a little work
        loop    $
        sti
        hlt
        jmp     attack
