; A pointer that follows the mouse, in mode 13h. A held button paints with its colour and sounds
; the loudspeaker, higher towards the top. The BIOS reads the mouse (INT 15h C2h) and calls `moved`.
bits 16
org 0x100

WIDTH   equ 320
HEIGHT  equ 200
SIZE    equ 8                           ; of the pointer and the brush, in pixels
LOWEST  equ 600                         ; divisor of the timer at the top of the screen: 1989 Hz

start:  cld
        mov     ax, 0x0013
        int     0x10
        mov     ax, 0xc205              ; packets of three bytes
        mov     bh, 3
        int     0x15
        jc      .sleep                  ; there is no mouse
        push    cs
        pop     es
        mov     bx, moved
        mov     ax, 0xc207
        int     0x15
        call    screen
        call    flip
        mov     ax, 0xc200              ; on
        mov     bh, 1
        int     0x15
        sti
.sleep: hlt
        jmp     .sleep

; Called far for each packet, above the return address: Z, Y, X, status (buttons, signs)
Y       equ 26
X       equ 28
STATUS  equ 30
moved:  pusha
        push    ds
        push    es
        mov     bp, sp
        push    cs
        pop     ds
        cld
        call    screen
        call    flip                    ; the pointer goes
        mov     al, [bp + X]
        mov     ah, [bp + STATUS]
        shl     ah, 3                   ; bit 4: X is negative
        sar     ah, 7
        add     ax, [column]
        mov     bx, WIDTH - SIZE
        call    inside
        mov     [column], ax
        mov     al, [bp + Y]
        mov     ah, [bp + STATUS]
        shl     ah, 2                   ; bit 5: so is Y, which counts upwards
        sar     ah, 7
        neg     ax
        add     ax, [row]
        mov     bx, HEIGHT - SIZE
        call    inside
        mov     [row], ax
        mov     bx, [bp + STATUS]
        and     bx, 7
        jz      .quiet
        mov     al, [colours + bx]
        call    paint
        call    sound
        jmp     .shown
.quiet: in      al, 0x61
        and     al, 0xfc
        out     0x61, al
.shown: call    flip                    ; and comes back
        pop     es
        pop     ds
        popa
        retf

inside: test    ax, ax                  ; AX, from 0 to BX
        jns     .least
        xor     ax, ax
.least: cmp     ax, bx
        jbe     .most
        mov     ax, bx
.most:  ret

screen: push    0xa000
        pop     es
        ret

place:  push    ax                      ; where the pointer is: DI
        mov     ax, [row]
        mov     di, WIDTH
        mul     di
        add     ax, [column]
        mov     di, ax
        pop     ax
        ret

paint:  call    place                   ; a square of colour AL
        mov     dx, SIZE
.row:   mov     cx, SIZE
        rep     stosb
        add     di, WIDTH - SIZE
        dec     dx
        jnz     .row
        ret

flip:   call    place                   ; shows the pointer, or hides it again
        mov     si, shape
        mov     cx, SIZE
.row:   lodsb
        push    di
.pixel: shl     al, 1
        jnc     .next
        xor     byte [es:di], 15
.next:  inc     di
        test    al, al
        jnz     .pixel
        pop     di
        add     di, WIDTH
        loop    .row
        ret

sound:  mov     al, 0xb6                ; timer 2, square wave
        out     0x43, al
        mov     ax, [row]
        shl     ax, 4
        add     ax, LOWEST
        out     0x42, al
        mov     al, ah
        out     0x42, al
        in      al, 0x61
        or      al, 3
        out     0x61, al
        ret

column: dw      (WIDTH - SIZE) / 2
row:    dw      (HEIGHT - SIZE) / 2
colours: db     0, 12, 10, 14, 9, 13, 11, 15
shape:  db      10000000b, 11000000b, 11100000b, 11110000b
        db      11111000b, 11111100b, 11100000b, 10010000b
