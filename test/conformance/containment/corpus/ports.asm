; Every port with random values in every width, one by one and in strings. Spared are only the ways to switch the
; machine off or to reset it.
%include "hostile.inc"

prepare:
        ret

attack: call    random
        mov     edx, eax
        shr     edx, 16
        test    eax, 0x8000             ; half of the time where there are devices
        jz      .any
        and     edx, 0x7ff
.any:   mov     esi, spared
.pair:  cmp     dx, [esi]
        jb      .go
        cmp     dx, [esi + 2]
        jbe     attack
        add     esi, 4
        jmp     .pair
.go:    mov     ecx, eax
        and     ecx, 7
        call    random
        jmp     [ways + ecx * 4]

ways:   dd .in8, .in16, .in32, .out8, .out16, .out32, .ins, .outs
.in8:   in      al, dx
        jmp     attack
.in16:  in      ax, dx
        jmp     attack
.in32:  in      eax, dx
        jmp     attack
.out8:  out     dx, al
        jmp     attack
.out16: out     dx, ax
        jmp     attack
.out32: out     dx, eax
        jmp     attack
.ins:   mov     edi, 0x200000
        mov     ecx, eax
        and     ecx, 0x3fff
        test    eax, 0x8000
        jz      .ins16
        rep insd
        jmp     attack
.ins16: rep insw
        jmp     attack
.outs:  mov     esi, 0x200000
        mov     ecx, eax
        and     ecx, 0x3fff
        test    eax, 0x8000
        jz      .outs8
        rep outsd
        jmp     attack
.outs8: rep outsb
        jmp     attack

align 4
spared: dw 0x61, 0x64                   ; as far as a wide access at 61h reaches
        dw 0x8f, 0x92
        dw 0x600, 0x63f
        dw 0xcf6, 0xcf9
        dw 0x88fd, 0x8900
        dw 0xb000, 0xb03f
        dw 0xffff, 0xffff
