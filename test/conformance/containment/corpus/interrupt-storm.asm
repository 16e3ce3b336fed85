; Interrupts as fast as the devices can: 8254, RTC, local APIC timer, APIC messages to itself, INT n.
%include "hostile.inc"

prepare:
        start_8259s 0, 0
        mov     al, 0x34                ; the 8254 by 2, 596,591 times a second
        out     0x43, al
        mov     al, 2
        out     0x40, al
        xor     al, al
        out     0x40, al
        tick_rtc
        mov     ebx, 0xfee0_0000
        mov     dword [ebx + 0xf0], 0x1ff   ; the APIC on
        mov     dword [ebx + 0x320], 0x2_0040 ; its timer: periodic, vector 40h
        mov     dword [ebx + 0x3e0], 0xb
        mov     dword [ebx + 0x380], 1
        mov     edi, idt                ; a short handler for all of them
        mov     ecx, 256
        mov     eax, handler
.gate:  mov     [edi], ax
        add     edi, 8
        loop    .gate
        ret

handler:
        push    eax
        inc     dword [taken]
        mov     al, 0x0c
        out     0x70, al
        in      al, 0x71
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        mov     dword [0xfee0_00b0], 0
        pop     eax
        iretd

attack: sti
        call    random
        and     eax, 0x4_00ff
        or      eax, 0x4_0040           ; to itself, a fixed vector of 40h at the least
        mov     [0xfee0_0300], eax
        int     0x41
        int     0x42
        test    eax, 7
        jnz     .loop
        hlt
.loop:  mov     ecx, 100
        loop    $
        jmp     attack

align 4
taken:  dd 0
