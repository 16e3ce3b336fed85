; Prime numbers without end, by trial division: busy work for a processor. Every cell of
; the picture stands for 16 odd numbers and shows how many of them are prime. The picture
; fills line by line and begins again at the top; as the numbers grow, primes thin out.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
CELLS   equ 80 * 20                     ; rows 4 to 23

start:  cld
        mov     esi, form
        call    paint
        mov     al, 0xff                ; no interrupt is wanted: all masked
        out     0x21, al
        out     0xa1, al
        sti

        mov     ebx, 3                  ; the number to test; 2 has been counted
cell:   mov     ebp, 16                 ; 16 odd numbers to a cell
        xor     edi, edi                ; primes among them
.number:
        mov     ecx, 3                  ; divide by 3, 5, 7, ... up to the square root
.divide:
        mov     eax, ecx
        mul     ecx
        jc      .prime
        cmp     eax, ebx
        ja      .prime                  ; ecx * ecx > ebx: no divisor is left
        mov     eax, ebx
        xor     edx, edx
        div     ecx
        add     ecx, 2
        test    edx, edx
        jnz     .divide
        jmp     .composite
.prime: inc     edi
        inc     dword [found]
        mov     [largest], ebx
.composite:
        add     ebx, 2
        jc      start                   ; beyond 32 bits: all over again, after some days
        dec     ebp
        jnz     .number

        cmp     edi, 7                  ; seven shades, from nothing to bright
        jb      .shade
        mov     edi, 6
.shade: mov     ax, [shades + edi * 2]
        mov     edi, [place]
        mov     [AT(4, 0) + edi * 2], ax
        inc     edi
        call    wrap
        mov     [place], edi
        add     edi, 60                 ; a gap runs ahead of the newest cell
        call    wrap
        mov     word [AT(4, 0) + edi * 2], 0x0720

        lea     eax, [ebx - 2]
        mov     edi, AT(2, 26)
        call    decimal
        mov     eax, [found]
        mov     edi, AT(2, 48)
        call    decimal
        mov     eax, [largest]
        mov     edi, AT(2, 72)
        call    decimal
        jmp     cell

wrap:   cmp     edi, CELLS              ; back to the first cell after the last
        jb      .end
        sub     edi, CELLS
.end:   ret

decimal:                                ; eax, its last digit left of edi
        mov     ecx, 10
.digit: xor     edx, edx
        div     ecx
        add     edx, 0x0f00 + '0'
        sub     edi, 2
        mov     [edi], dx
        test    eax, eax
        jnz     .digit
        ret

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
        db 0x1f, "Prime numbers by trial division", 0
        dd AT(2, 3)
        db 0x03, "tested up to", 0
        dd AT(2, 31)
        db 0x03, "primes", 0
        dd AT(2, 54)
        db 0x03, "largest", 0
        dd AT(24, 1)
        db 0x70, "A cell is 16 odd numbers; the brighter, the more of them are prime", 0
        dd 0
shades: dw 0x08fa, 0x01b1, 0x09b1, 0x09db, 0x03db, 0x0bdb, 0x0fdb
place:  dd 0
found:  dd 1
largest: dd 2
