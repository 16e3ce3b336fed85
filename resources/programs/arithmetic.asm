; Register arithmetic and what it does to the flags, one operation a line. Made to be
; stepped through: step into the arithmetic, step over each "call show".
; Flat 32-bit protected mode; ends in HLT and leaves its results on the screen.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)

; The flags that an instruction defines; the others are up to the processor's maker.
ALL     equ 0x8d5                       ; O S Z A P C: bits 11, 7, 6, 4, 2 and 0
LOGIC   equ 0x8c5                       ; all but A, after AND, XOR and shifts by one
CARRIES equ 0x801                       ; only O and C, after a multiplication

        mov     esi, form
        call    paint
        xor     edx, edx

        mov     eax, 1234
        add     eax, 5678               ; 6912
        call    show
        sub     eax, 7000               ; below zero: sign, and a borrow in the carry
        call    show
        neg     eax
        call    show
        mov     eax, 0xffffffff
        xor     edx, edx
        add     eax, 1                  ; zero, and a carry out of bit 31 ...
        call    show
        adc     edx, 0                  ; ... that a longer number would take in
        call    show
        mov     eax, 0x7fffffff
        add     eax, 1                  ; the largest positive becomes the lowest negative
        call    show
        mov     eax, 0x40000000
        shl     eax, 1
        call    show
        mov     eax, -8
        sar     eax, 1                  ; an arithmetic shift keeps the sign
        call    show
        mov     eax, 0xf0f0f0f0
        and     eax, 0x0ff00ff0
        call    show
        mov     eax, 100000
        mov     ecx, eax
        mul     ecx                     ; edx:eax = 10,000,000,000: wider than 32 bits
        call    show
        mov     ecx, 1000003
        div     ecx                     ; back again: eax the quotient, edx the remainder
        call    show
        mov     eax, -17
        cdq                             ; the sign of eax fills edx
        mov     ecx, 5
        idiv    ecx                     ; cut towards zero: -3, remainder -2
        call    show
        imul    eax, eax, 7
        call    show
        xor     eax, eax
        cmp     eax, 1                  ; a subtraction that keeps only the flags
        call    show
        mov     eax, 42
        hlt                             ; interrupts are off: this is the end

; Shows one operation's text, eax, edx and flags; changes neither registers nor flags.
show:   pushfd
        pushad
        mov     ebp, esp                ; eax at ebp + 28, edx at ebp + 20, flags at ebp + 32
        mov     esi, [line]
        mov     edi, [place]
        add     esi, 2                  ; behind the word that says which flags are defined
        mov     ah, 0x0f
        call    print
        xchg    [line], esi
        push    esi
        mov     edi, [place]
        add     edi, 2 * 28
        mov     edx, [ebp + 28]
        mov     ah, 0x0b
        call    hex
        add     edi, 2 * 3
        mov     edx, [ebp + 20]
        call    hex
        add     edi, 2 * 12
        mov     eax, [ebp + 28]
        call    decimal
        pop     esi
        movzx   ebx, word [esi]
        mov     edi, [place]
        add     edi, 2 * 64
        mov     esi, flags
.flag:  movzx   ecx, byte [esi]         ; the flag's bit
        mov     ax, 0x0800 + '-'        ; - for undefined
        bt      ebx, ecx
        jnc     .put
        mov     al, 0xfa                ; a dot for 0
        bt      [ebp + 32], ecx
        jnc     .put
        mov     ah, 0x0e                ; its letter for 1
        mov     al, [esi + 1]
.put:   stosw
        add     edi, 2
        add     esi, 2
        cmp     esi, flags.end
        jb      .flag
        add     dword [place], 160
        popad
        popfd
        ret

hex:    mov     ecx, 8                  ; edx at edi, colour ah
.digit: rol     edx, 4                  ; the next four bits, from the left
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69                ; an old trick: 0..15 to '0'..'F'
        das
        stosw
        loop    .digit
        ret

decimal:                                ; eax with its sign, its last digit left of edi
        mov     ecx, eax
        cdq                             ; absolute value: invert and add one if negative
        xor     eax, edx
        sub     eax, edx
        mov     ebx, 10
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x0700 + '0'
        sub     edi, 2
        mov     [edi], dx
        test    eax, eax
        jnz     .digit
        test    ecx, ecx
        jns     .end
        mov     word [edi - 2], 0x0700 + '-'
.end:   ret

print:  lodsb                           ; text at esi to the screen at edi, colour ah
        test    al, al
        jz      .end
        stosw
        jmp     print
.end:   ret

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
        call    print
        cmp     dword [esi], 0
        jne     .text
        ret

form:   dd AT(0, 1)
        db 0x1f, "Register arithmetic", 0
        dd AT(2, 3)
        db 0x08, "operation                   eax        edx         eax signed    flags", 0
        dd AT(24, 1)
        db 0x70, "O overflow  S sign  Z zero  A half carry  P parity  C carry  - undefined", 0
        dd 0
line:   dd names
place:  dd AT(4, 3)
flags:  db 11, "O", 7, "S", 6, "Z", 4, "A", 2, "P", 0, "C"
.end:
names:  dw ALL
        db "1234 + 5678", 0
        dw ALL
        db "... - 7000", 0
        dw ALL
        db "neg", 0
        dw ALL
        db "FFFFFFFF + 1", 0
        dw ALL
        db "edx + the carry", 0
        dw ALL
        db "7FFFFFFF + 1", 0
        dw LOGIC
        db "40000000 shl 1", 0
        dw LOGIC
        db "-8 sar 1", 0
        dw LOGIC
        db "F0F0F0F0 and 0FF00FF0", 0
        dw CARRIES
        db "100000 * 100000", 0
        dw 0
        db "... / 1000003", 0
        dw 0
        db "-17 / 5", 0
        dw CARRIES
        db "... * 7", 0
        dw ALL
        db "cmp 0, 1", 0
