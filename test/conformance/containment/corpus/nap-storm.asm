; Sleeps and wakes 8192 times a second, to be owed time for having slept.
%include "hostile.inc"

prepare:
        start_8259s 0xfb, 0xfe
        tick_rtc
        ret

attack: mov     al, 0x0c
        out     0x70, al
        in      al, 0x71
        mov     ecx, 5000               ; a little work
        loop    $
        sti
        hlt
        jmp     attack
