; Hello on the serial line: a boot sector that speaks through COM1 at 115200 baud and sends
; back what arrives. Every second it says that it is alive; in between it sleeps. The
; screen shows the line's traffic, what arrived in yellow.
bits 16
org 0x7c00

COM1    equ 0x3f8
TOP     equ 2 * 160                     ; the traffic's lines on the screen: 2 to 22
BOTTOM  equ 23 * 160

start:  cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x20 * 4], tick   ; vector 20h will be the timer
        mov     [0x20 * 4 + 2], ax
        mov     si, wiring              ; serial port, display, interrupt controller, timer
.wire:  lodsw                           ; the port ...
        xchg    dx, ax
        lodsb                           ; ... and a byte for it
        out     dx, al
        cmp     si, wiring.end
        jb      .wire
        mov     ax, 0xb800
        mov     es, ax
        xor     di, di                  ; a blue line, and black ones
        mov     cx, 80
        mov     ax, 0x1f20
        rep     stosw
        mov     ah, 0x07
        mov     cx, 80 * 24
        rep     stosw
        mov     di, 2
        mov     si, title
.char:  mov     ah, 0x1f
        lodsb
        stosw
        cmp     byte [si], 0
        jne     .char
        mov     di, TOP
        mov     bl, 0x07
        mov     si, hello
        call    say
        sti

.wait:  hlt                             ; until a tick: 50 a second
.read:  mov     dx, COM1 + 5
        in      al, dx                  ; has a byte arrived?
        test    al, 1
        jz      .quiet
        mov     dx, COM1
        in      al, dx
        mov     bl, 0x0e
        call    send
        cmp     al, 13                  ; a terminal's Enter: a new line as well
        jne     .read
        mov     al, 10
        call    send
        jmp     .read
.quiet: cmp     byte [ticks], 50
        jb      .wait
        mov     byte [ticks], 0
        mov     bl, 0x07
        mov     si, alive
        call    say
        mov     si, digits + 3          ; count in decimal, in the text itself
.carry: inc     byte [si]
        cmp     byte [si], '9' + 1
        jb      .wait
        mov     byte [si], '0'
        dec     si
        jmp     .carry

say:    lodsb                           ; the text at si, up to a 0
        test    al, al
        jz      .end
        call    send
        jmp     say
.end:   ret

send:   push    ax                      ; al to COM1 and, in colour bl, to the screen at di
        mov     dx, COM1 + 5
.full:  in      al, dx                  ; wait until the transmitter is free
        test    al, 0x20
        jz      .full
        pop     ax
        mov     dx, COM1
        out     dx, al
        pusha
        cmp     al, 10
        je      .line
        cmp     al, ' '
        jb      .done
        mov     ah, bl
        stosw
        jmp     .fit
.line:  mov     ax, di                  ; to the start of the next line
        mov     cl, 160
        div     cl
        inc     ax
        mul     cl
        xchg    di, ax
.fit:   cmp     di, BOTTOM
        jb      .done
        push    ds                      ; the last line is full: all move up
        push    es
        pop     ds
        mov     si, TOP + 160
        mov     di, TOP
        mov     cx, BOTTOM - TOP        ; (with an empty line from below)
        shr     cx, 1
        rep     movsw
        pop     ds
        sub     di, 160
.done:  mov     [screen], di
        popa
        mov     di, [screen]
        ret

tick:   push    ax
        inc     byte [ticks]
        mov     al, 0x20                ; "seen" to the interrupt controller
        out     0x20, al
        pop     ax
        iret

%macro port 2
        dw %1
        db %2
%endmacro
wiring: port COM1 + 1, 0                ; no interrupts from the port
        port COM1 + 3, 0x80             ; the divisor: 1, for 115200 baud
        port COM1, 1
        port COM1 + 1, 0
        port COM1 + 3, 3                ; 8 data bits, no parity, 1 stop bit
        port COM1 + 4, 3                ; DTR and RTS: ready
        port 0x3d4, 10                  ; display: no cursor
        port 0x3d5, 0x20
        port 0x20, 0x11                 ; PIC: initialise; its vectors begin at 20h
        port 0x21, 0x20
        port 0x21, 4                    ; a second PIC on line 2; 8086 mode
        port 0x21, 1
        port 0x21, 0xfe                 ; all lines masked but 0, the timer
        port 0x43, 0x34                 ; PIT: channel 0, rate generator
        port 0x40, 23864 & 0xff         ; 1,193,182 Hz / 23,864 = 50 Hz
        port 0x40, 23864 >> 8
.end:
title:  db "Serial hello: type in the serial console", 0
hello:  db "Hello from a virtual machine! What you type comes back.", 13, 10, 0
alive:  db "alive for "
digits: db "0001 s", 13, 10, 0
ticks:  db 0
screen: dw 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
