; Code that rewrites itself, in three ways that translators find hard: the operand of an
; instruction further on, the opcode of the very next instruction, and a whole routine
; made at run time. Each round compares the outcome with plain arithmetic: a green dot if
; they agree, a red one if old code was run.
bits 16
org 0x7c00

%define AT(row, column) ((row) * 160 + (column) * 2)
MADE    equ 0x600                       ; where the routine is made

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
        mov     si, form
        call    paint
        sti

again:  hlt                             ; 25 rounds a second
        inc     word [round]
        mov     ax, [round]

        ; 1. The operand of an instruction: the round's number.
        mov     [patch + 1], ax
        jmp     patch                   ; (a jump, as the manual asks for)
patch:  mov     bx, 0                   ; never 0

        ; 2. The opcode of the next instruction: INC CX or DEC CX, by the number's bit 0.
        mov     cx, 1000
        and     al, 1
        shl     al, 3
        or      al, 0x41                ; 41h is INC CX, 49h is DEC CX
        mov     [changed], al
changed: nop                            ; already replaced when we get here

        ; 3. A routine made at run time: ADD CX, BX or SUB CX, BX, and RET.
        mov     byte [MADE], 0x01       ; 01h is ADD
        test    byte [round], 1
        jz      .add
        mov     byte [MADE], 0x29       ; 29h is SUB
.add:   mov     word [MADE + 1], 0xc3d9 ; the operands, and RET
        call    MADE

        ; The same without any tricks.
        mov     dx, 1001
        add     dx, [round]
        test    byte [round], 1
        jz      .even
        mov     dx, 999
        sub     dx, [round]
.even:  mov     [rewritten], cx
        mov     [plain], dx

        mov     si, patch               ; show the three as they stand in memory now
        mov     di, AT(3, 42)
        mov     cx, 3
        call    bytes
        mov     si, changed
        mov     di, AT(5, 42)
        mov     cx, 1
        call    bytes
        mov     si, MADE
        mov     di, AT(7, 42)
        mov     cx, 3
        call    bytes
        mov     bl, [changed]        ; and in words
        and     bx, 8
        mov     si, [words + bx]
        mov     di, AT(5, 54)
        call    print
        mov     si, [words + bx + 2]
        mov     di, AT(7, 54)
        call    print
        mov     ax, [patch + 1]
        mov     di, AT(3, 67)
        call    decimal
        mov     ax, [rewritten]
        mov     di, AT(10, 47)
        call    decimal
        mov     ax, [plain]
        mov     di, AT(10, 74)
        call    decimal
        mov     ax, [rewritten]         ; a dot for this round
        cmp     ax, [plain]
        mov     ax, 0x0afe
        je      .right
        mov     ah, 0x0c
.right: mov     di, [place]
        stosw
        mov     word [es:di], 0x0720
        cmp     di, AT(23, 0)
        jb      .room
        mov     di, AT(12, 0)
.room:  mov     [place], di
        jmp     again

bytes:  mov     ah, 0x0e                ; cx bytes at si in hexadecimal
.byte:  lodsb
        mov     bl, al
        shr     al, 4
        call    .digit
        mov     al, bl
        and     al, 15
        call    .digit
        add     di, 2
        loop    .byte
        ret
.digit: cmp     al, 10
        sbb     al, 0x69                ; an old trick: 0..15 to '0'..'F'
        das
        stosw
        ret

decimal:                                ; ax, five places, the last one left of di
        mov     bx, 10
        mov     cx, 5
.digit: xor     dx, dx
        div     bx
        add     dx, 0x0e00 + '0'
        sub     di, 2
        mov     [es:di], dx
        loop    .digit
        ret

print:  mov     ah, 0x0f
.char:  lodsb
        stosw
        cmp     byte [si], 0
        jne     .char
        ret

tick:   push    ax
        mov     al, 0x20                ; "seen" to the interrupt controller
        out     0x20, al
        pop     ax
        iret

paint:  xor     di, di                  ; a blue line, 23 black ones, a grey one
        mov     ax, 0x1f20
        mov     cx, 80
        rep     stosw
        mov     ah, 0x07
        mov     cx, 80 * 23
        rep     stosw
        mov     ah, 0x70
        mov     cx, 80
        rep     stosw
        mov     dx, 0x3d4               ; no cursor
        mov     ax, 0x200a
        out     dx, ax
.text:  lodsw                           ; then the form's texts: place, colour, characters
        xchg    di, ax
        lodsb
        mov     ah, al
.char:  lodsb
        stosw
        cmp     byte [si], 0
        jne     .char
        inc     si
        cmp     word [si], 0
        jne     .text
        ret

form:   dw AT(0, 1)
        db 0x1f, "Self-modifying code", 0
        dw AT(3, 4)
        db 0x07, "1  the operand of an instruction", 0
        dw AT(3, 54)
        db 0x0f, "mov bx,", 0
        dw AT(5, 4)
        db 0x07, "2  the opcode of the next one", 0
        dw AT(7, 4)
        db 0x07, "3  a routine made at run time", 0
        dw AT(10, 4)
        db 0x03, "what the rewritten code computes", 0
        dw AT(10, 51)
        db 0x03, "plain arithmetic", 0
        dw AT(24, 1)
        db 0x70, "A dot a round: green if the new code was run, red if the old", 0
        dw 0
words:  dw inc_cx, add_cx, 0, 0, dec_cx, sub_cx
inc_cx: db "inc cx", 0
dec_cx: db "dec cx", 0
add_cx: db "add cx, bx   ret", 0
sub_cx: db "sub cx, bx   ret", 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfe                   ; all lines masked but 0, the timer
        db 0x43, 0x34                   ; PIT: channel 0, rate generator
        db 0x40, 47727 & 0xff, 0x40, 47727 >> 8         ; 1,193,182 Hz / 47,727 = 25 Hz
.end:
place:  dw AT(12, 0)
round:  dw 0
rewritten: dw 0
plain:  dw 0
