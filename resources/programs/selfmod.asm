; Self-modifying code, in three ways that translators find hard.
; It rewrites the operand of an instruction a few bytes on, the next instruction of the same block, and a whole routine
; built at run time. If all agree, the line at the bottom stays green.
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
        mov     al, 0x34                ; timer: 1193182 / 23864 = 50 Hz
        out     0x43, al
        mov     ax, 23864
        out     0x40, al
        mov     al, ah
        out     0x40, al
        mov     ax, 0xb800
        mov     es, ax
        xor     di, di
        mov     ax, 0x1f20              ; title line, then black
        mov     cx, 80
        rep     stosw
        mov     ax, 0x0720
        mov     cx, 80 * 24
        rep     stosw
        mov     si, title
        mov     di, 2
        mov     ah, 0x1f
        call    print
        sti

again:  hlt
        inc     word [round]
        mov     ax, [round]

        ; 1. The operand of the MOV below is the round's number.
        mov     [patch + 1], ax
        jmp     patch                   ; (a jump, as the manual asks for)
patch:  mov     bx, 0                   ; the 0 is never seen
        ; 2. The instruction after the next is INC CX or DEC CX, as bit 0 says.
        mov     cx, 100
        shl     al, 3
        and     al, 8
        or      al, 0x41                ; 41h INC CX, 49h DEC CX
        mov     [.next], al
.next:  nop                             ; already replaced when we get here
        ; 3. A routine made on the spot: ADD CX, BX and RET.
        mov     dword [0x600], 0x00c3d901
        call    0x600

        ; What should have come out, calculated without any tricks.
        mov     dx, 100
        test    byte [round], 1
        jz      .even
        dec     dx
        dec     dx
.even:  inc     dx
        add     dx, [round]
        mov     si, wrong
        mov     ah, 0x4f
        cmp     dx, cx
        jne     .say
        mov     si, right
        mov     ah, 0x2f
.say:   mov     di, 24 * 160
        call    print
        mov     di, [place]             ; a dot for each round, in the colour of its number
        mov     ah, [round]
        or      ah, 8
        and     ah, 15
        mov     al, 0xfe
        stosw
        cmp     di, 23 * 160
        jb      .room
        mov     di, 320
.room:  mov     [place], di
        jmp     again

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

title:  db "Self-modifying code: operand, next instruction, whole routine", 0
right:  db " as it should be ", 0
wrong:  db " OLD CODE WAS RUN", 0
round:  dw 0
place:  dw 320

        times 510 - ($ - $$) db 0
        dw 0xaa55
