; ROGUE: takes its own interrupt table away and causes an exception: a triple fault.
; The exception cannot be delivered, nor the double fault, nor anything after: a triple
; fault, at which a processor gives up and a PC resets.
bits 16
org 0x7c00

start:  cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x20 * 4], tick
        mov     word [0x20 * 4 + 2], ax
        mov     al, 0x11                ; PIC: vectors from 20h, only IRQ 0
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfe
        out     0x21, al
        mov     al, 0x34                ; timer: 1193182 / 59659 = 20 Hz
        out     0x43, al
        mov     ax, 59659
        out     0x40, al
        mov     al, ah
        out     0x40, al
        mov     ax, 0xb800
        mov     es, ax
        xor     di, di                  ; white on red
        mov     ax, 0x4f20
        mov     cx, 80
        rep     stosw
        mov     ax, 0x0720
        mov     cx, 80 * 24
        rep     stosw
        mov     si, title
        mov     di, 2
        mov     ah, 0x4f
        call    print

        mov     bl, '5'
        sti
.count: mov     di, 12 * 160 + 2 * 32
        mov     si, text
        mov     ah, 0x0e
        call    print
        mov     al, bl
        stosw
        mov     cx, 20                  ; a second of 20 ticks, asleep
.wait:  hlt
        loop    .wait
        dec     bl
        cmp     bl, '0'
        jne     .count

        cli
        lidt    [nothing]               ; an interrupt table of no entries
        int3                            ; #BP finds none, #DF finds none: shutdown
        jmp     $                       ; never reached

print:  lodsb
        test    al, al
        jz      .end
        stosw
        jmp     print
.end:   ret

tick:   push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

title:  db "ROGUE: triple fault", 0
text:   db "triple fault in ", 0
nothing: dw 0
        dd 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
