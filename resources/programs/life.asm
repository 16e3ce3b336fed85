; Conway's Game of Life on the text screen: 80 by 24 cells, 20 generations a second.
; The world is a torus: its edges touch. Between generations the processor sleeps in HLT until the timer wakes it.
; The colour of a cell is its age: white at birth, then yellow, green, blue.
bits 32
org 0x100000

WIDTH   equ 82                          ; a border all around holds the other edge's cells
SCREEN  equ 0xb8000

start:  cld
        lidt    [idtr]
        mov     dword [idt + 0x20 * 8], (0x08 << 16) | ((tick - $$) & 0xffff)
        mov     dword [idt + 0x20 * 8 + 4], 0x00108e00
        mov     al, 0x11                ; first PIC: vectors from 20h, only IRQ 0
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
        mov     dx, 0x3d4               ; no cursor
        mov     ax, 0x200a
        out     dx, ax
        sti

seed:   mov     edi, cells              ; one cell in four lives, at random
        mov     ecx, WIDTH * 26
.cell:  mov     eax, [random]           ; xorshift
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
        and     eax, 3
        cmp     eax, 1
        mov     al, 0
        adc     al, 0
        stosb
        loop    .cell
        mov     dword [left], 1200      ; a new world after a minute

world:  call    draw
        hlt                             ; until the timer's next tick
        call    wrap
        call    step
        inc     dword [generation]
        dec     dword [left]
        jnz     world
        jmp     seed

; The edges of the world touch: copy each edge into the border opposite.
wrap:   mov     esi, cells + 24 * WIDTH
        mov     edi, cells
        mov     ecx, WIDTH
        rep     movsb
        mov     esi, cells + WIDTH
        mov     edi, cells + 25 * WIDTH
        mov     ecx, WIDTH
        rep     movsb
        mov     edi, cells
        mov     ecx, 26
.row:   mov     al, [edi + 80]
        mov     [edi], al
        mov     al, [edi + 1]
        mov     [edi + 81], al
        add     edi, WIDTH
        loop    .row
        ret

; One generation. A cell is 0 when dead, else its age; CMP and SBB count without a jump.
step:   mov     esi, cells + WIDTH + 1
        mov     edi, next + WIDTH + 1
        mov     ecx, 24 * WIDTH - 2
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
.lives: cmp     dl, 250
        adc     dl, 0                   ; a year older, up to 250
.store: mov     [edi], dl
        inc     esi
        inc     edi
        loop    .cell
        mov     esi, next
        mov     edi, cells
        mov     ecx, WIDTH * 26 / 4
        rep     movsd
        ret

draw:   mov     edi, SCREEN             ; title line
        mov     esi, title
        mov     ah, 0x1f
.title: lodsb
        test    al, al
        jz      .number
        stosw
        jmp     .title
.number:
        mov     eax, [generation]
        mov     ebx, 10
        mov     ecx, 8
        add     edi, 16
.digit: xor     edx, edx
        div     ebx
        lea     edx, [edx + 0x1f30]
        sub     edi, 2
        mov     [edi], dx
        loop    .digit
        mov     esi, cells + WIDTH + 1
        mov     edi, SCREEN + 160
        mov     ecx, 24
.row:   push    ecx
        mov     ecx, 80
.cell:  movzx   ebx, byte [esi]
        inc     esi
        cmp     ebx, 15                 ; colours for the ages up to 15
        jbe     .age
        mov     ebx, 15
.age:   mov     ah, [colours + ebx]
        mov     al, 0xdb                ; a full block
        stosw
        loop    .cell
        pop     ecx
        add     esi, WIDTH - 80
        loop    .row
        ret

tick:   push    eax                     ; the timer: nothing but "thank you" to the PIC
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iret

title:  db " Conway's Game of Life ", 0xb3, " 80 x 24 torus, 20 a second ", 0xb3, " generation ", 0
colours: db 0, 15, 14, 14, 10, 10, 2, 2, 3, 3, 9, 9, 1, 1, 1, 1
random: dd 0x2545f491
idtr:   dw 0x21 * 8 - 1
        dd idt

section .bss
alignb 8
idt:        resb 0x21 * 8
generation: resd 1
left:       resd 1
cells:      resb WIDTH * 26 + 4
next:       resb WIDTH * 26 + 4
