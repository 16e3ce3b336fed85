; Conway's Game of Life: 80 by 46 cells on a torus, two to a character, 20 generations a
; second. Between generations the processor sleeps in HLT until the timer wakes it.
; A cell's colour is its age: yellow at birth, then green, cyan and blue.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
WIDTH   equ 82                          ; 80 and a border that holds the other edge's cells
ROWS    equ 46

start:  cld
        mov     esi, form
        call    paint
        lidt    [idtr]
        xor     edx, edx
        mov     esi, wiring             ; interrupt controller and timer: port, byte
.wire:  lodsw
        mov     dl, al
        mov     al, ah
        out     dx, al
        cmp     esi, wiring.end
        jb      .wire
        sti

world:  mov     edi, cells              ; a new world: one cell in four lives, at random
        mov     ecx, WIDTH * (ROWS + 2)
.cell:  mov     eax, [random]           ; xorshift, G. Marsaglia's generator
        mov     edx, eax
        shl     edx, 13
        xor     eax, edx
        mov     edx, eax
        shr     edx, 17
        xor     eax, edx
        mov     edx, eax
        shl     edx, 5
        xor     eax, edx
        mov     [random], eax
        test    eax, 3
        setz    al
        stosb
        loop    .cell
        mov     dword [left], 1200      ; for a minute

.next:  call    draw
        hlt                             ; until the timer's next tick
        call    wrap
        call    step
        inc     dword [generation]
        dec     dword [left]
        jnz     .next
        jmp     world

; The world's edges touch: copy each edge into the border opposite.
wrap:   mov     esi, cells + ROWS * WIDTH
        mov     edi, cells
        mov     ecx, WIDTH
        rep     movsb
        mov     esi, cells + WIDTH
        mov     edi, cells + (ROWS + 1) * WIDTH
        mov     ecx, WIDTH
        rep     movsb
        mov     edi, cells
        mov     ecx, ROWS + 2
.row:   mov     al, [edi + 80]
        mov     [edi], al
        mov     al, [edi + 1]
        mov     [edi + 81], al
        add     edi, WIDTH
        loop    .row
        ret

; One generation. A cell is 0 when dead, else its age; CMP and SBB count without a jump.
step:   mov     dword [alive], 0
        mov     esi, cells + WIDTH + 1
        mov     edi, next + WIDTH + 1
        mov     ecx, ROWS * WIDTH - 2
.cell:  xor     eax, eax
%macro neighbour 1
        cmp     byte [esi + %1], 1      ; carry when dead
        sbb     al, -1                  ; al + 1 when alive
%endmacro
        neighbour -WIDTH - 1
        neighbour -WIDTH
        neighbour -WIDTH + 1
        neighbour -1
        neighbour 1
        neighbour WIDTH - 1
        neighbour WIDTH
        neighbour WIDTH + 1
        mov     dl, [esi]
        cmp     al, 3
        je      .lives                  ; three: lives or is born
        cmp     al, 2
        jne     .dies
        test    dl, dl                  ; two: stays alive
        jnz     .lives
.dies:  mov     dl, 0
        jmp     .store
.lives: inc     dword [alive]
        cmp     dl, 31
        adc     dl, 0                   ; older by one, up to 31
.store: mov     [edi], dl
        inc     esi
        inc     edi
        loop    .cell
        mov     esi, next
        mov     edi, cells
        mov     ecx, WIDTH * (ROWS + 2) / 4
        rep     movsd
        ret

; A character shows two cells: its upper half in the foreground's colour, its lower half in
; the background's. Only birth's colour is bright, which no background can be.
draw:   mov     esi, cells + WIDTH + 1
        mov     edi, AT(1, 0)
        mov     ebp, ROWS / 2
.row:   mov     ecx, 80
.pair:  movzx   eax, byte [esi]
        movzx   ebx, byte [esi + WIDTH]
        inc     esi
        mov     ah, [colours + eax]
        mov     bh, [colours + ebx]
        mov     al, 0xdf                ; the upper half block
        test    bh, 8
        jz      .dark
        xchg    ah, bh                  ; birth below: the lower half block
        mov     al, 0xdc
        test    bh, 8
        jz      .dark
        mov     al, 0xdb                ; birth in both: the full block
        mov     bh, 0
.dark:  shl     bh, 4
        or      ah, bh
        stosw
        loop    .pair
        add     esi, 2 * WIDTH - 80
        dec     ebp
        jnz     .row
        mov     eax, [generation]
        mov     edi, AT(0, 60)
        call    decimal
        mov     eax, [alive]
        mov     edi, AT(0, 78)
decimal:                                ; eax, seven places, the last one left of edi
        mov     ebx, 10
        mov     ecx, 7
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x1e00 + '0'
        sub     edi, 2
        mov     [edi], dx
        loop    .digit
        ret

tick:   push    eax                     ; the timer: "seen" to the interrupt controller
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iretd

paint:  mov     edi, AT(0, 0)           ; a blue line, 23 black ones, a grey one
        mov     ax, 0x1f20
        mov     ecx, 80
        rep     stosw
        mov     ah, 0x07
        mov     ecx, 80 * 23
        rep     stosw
        mov     ah, 0x70
        mov     ecx, 80
        rep     stosw
        mov     dx, 0x3d4               ; no cursor
        mov     ax, 0x200a
        out     dx, ax
.text:  lodsd                           ; then the form's texts: place, colour, characters
        mov     edi, eax
        lodsb
        mov     ah, al
.char:  lodsb
        stosw
        cmp     byte [esi], 0
        jne     .char
        inc     esi
        cmp     dword [esi], 0
        jne     .text
        ret

form:   dd AT(0, 1)
        db 0x1f, "Conway's Game of Life", 0
        dd AT(0, 42)
        db 0x1f, "generation", 0
        dd AT(0, 64)
        db 0x1f, "alive", 0
        dd AT(24, 1)
        db 0x70, "Born with three neighbours, alive with two or three; 20 generations a second", 0
        dd 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfe                   ; all lines masked but 0, the timer
        db 0x43, 0x34                   ; PIT: channel 0, rate generator
        db 0x40, 59659 & 0xff, 0x40, 59659 >> 8         ; 1,193,182 Hz / 59,659 = 20 Hz
.end:
colours: db 0, 14, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3
        times 19 db 1
random: dd 0x2545f491
generation: dd 0
alive:  dd 0
idtr:   dw 33 * 8 - 1
        dd idt
align 8
idt:    times 32 dq 0                   ; no exceptions are expected; vector 20h is the timer
        dw (tick - $$) & 0xffff, 0x08, 0x8e00, 0x10

section .bss
left:   resd 1
cells:  resb WIDTH * (ROWS + 2) + 4
next:   resb WIDTH * (ROWS + 2) + 4
