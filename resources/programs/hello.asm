; Hello on the serial line COM1, and an echo of whatever arrives there. A boot
; sector in real mode; once a second it says that it is alive, and sleeps in between.
bits 16
org 0x7c00

COM1    equ 0x3f8

start:  cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     dx, COM1 + 1            ; no interrupts from the port
        xor     al, al
        out     dx, al
        mov     dx, COM1 + 3            ; divisor 1: 115200 baud
        mov     al, 0x80
        out     dx, al
        mov     dx, COM1
        mov     ax, 1
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        mov     dx, COM1 + 3            ; 8 data bits, no parity, 1 stop bit
        mov     al, 3
        out     dx, al
        mov     dx, COM1 + 4            ; DTR and RTS
        out     dx, al

        mov     word [0x20 * 4], tick   ; the timer's interrupt, vector 20h
        mov     word [0x20 * 4 + 2], 0
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
        mov     al, 0x34                ; timer: 1193182 / 23864 = 50 Hz
        out     0x43, al
        mov     ax, 23864
        out     0x40, al
        mov     al, ah
        out     0x40, al

        mov     ax, 0xb800              ; a word for those who look at the screen
        mov     es, ax
        xor     di, di
        mov     ax, 0x1f20
        mov     cx, 80
        rep     stosw
        mov     di, 2
        mov     si, screen
.char:  lodsb
        test    al, al
        jz      .hello
        stosw
        jmp     .char
.hello: mov     si, hello
        call    say
        sti
.wait:  hlt                             ; 50 times a second
        mov     dx, COM1 + 5            ; something to read?
.echo:  in      al, dx
        test    al, 1
        jz      .quiet
        mov     dx, COM1
        in      al, dx
        call    send
        mov     dx, COM1 + 5
        jmp     .echo
.quiet: cmp     byte [ticks], 50
        jb      .wait
        mov     byte [ticks], 0
        mov     si, alive
        call    say
        inc     byte [seconds + 2]      ; three decimal digits, counted in place
        mov     bx, 2
.carry: cmp     byte [seconds + bx], '9'
        jbe     .wait
        mov     byte [seconds + bx], '0'
        dec     bx
        js      .wait
        inc     byte [seconds + bx]
        jmp     .carry

say:    lodsb
        test    al, al
        jz      .end
        call    send
        jmp     say
.end:   ret

send:   push    ax                      ; wait until the transmitter is free
        mov     dx, COM1 + 5
.full:  in      al, dx
        test    al, 0x20
        jz      .full
        pop     ax
        mov     dx, COM1
        out     dx, al
        ret

tick:   push    ax
        inc     byte [ticks]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

hello:  db "Hello from a virtual machine! What you type comes back.", 13, 10, 0
alive:  db "alive for "
seconds: db "001 s", 13, 10, 0
screen: db "The serial line is talking: look at the serial console.", 0
ticks:  db 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
