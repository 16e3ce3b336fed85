; ROGUE: counts down, takes its own interrupt table away and divides by zero. The exception
; cannot be delivered, nor the double fault that this is, nor anything after it: a triple
; fault, at which the processor shuts down.
bits 16
org 0x7c00

%define AT(row, column) ((row) * 160 + (column) * 2)

start:  cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x20 * 4], tick   ; vector 20h will be the timer
        mov     [0x20 * 4 + 2], ax
        mov     si, wiring              ; interrupt controller and timer: port, byte
        xor     dx, dx
.wire:  lodsw
        mov     dl, al
        mov     al, ah
        out     dx, al
        cmp     si, wiring.end
        jb      .wire
        mov     ax, 0xb800
        mov     es, ax
        xor     di, di                  ; a red line, and black ones
        mov     ax, 0x4f20
        mov     cx, 80
        rep     stosw
        mov     ah, 0x07
        mov     cx, 80 * 24
        rep     stosw
        mov     dx, 0x3d4               ; no cursor
        mov     ax, 0x200a
        out     dx, ax
        mov     di, AT(0, 1)
        mov     si, title
        mov     ah, 0x4f
        call    print
        mov     di, AT(12, 25)
        mov     si, count
        mov     ah, 0x0c
        call    print

        mov     bl, '5'
        sti
.count: mov     [es:AT(12, 53)], bl
        mov     cx, 20                  ; a second of 20 ticks, asleep
.wait:  hlt
        loop    .wait
        dec     bl
        cmp     bl, '0'
        jne     .count

        cli
        mov     di, AT(12, 25)
        mov     si, now
        mov     ah, 0x0f
        call    print
        lidt    [nothing]               ; an interrupt table without entries
        xor     cx, cx
        div     cx                      ; #DE finds no gate, nor does #GP, nor #DF
        jmp     $                       ; never reached

print:  lodsb
        stosw
        cmp     byte [si], 0
        jne     print
        ret

tick:   push    ax
        mov     al, 0x20                ; "seen" to the interrupt controller
        out     0x20, al
        pop     ax
        iret

title:  db "ROGUE  triple fault", 0
count:  db "without interrupt table in  ", 0
now:    db "   now: div cx, with cx = 0  ", 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfe                   ; all lines masked but 0, the timer
        db 0x43, 0x34                   ; PIT: channel 0, rate generator
        db 0x40, 59659 & 0xff, 0x40, 59659 >> 8         ; 1,193,182 Hz / 59,659 = 20 Hz
.end:
nothing: dw 0
        dd 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
