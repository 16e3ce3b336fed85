; Counts for ever, in three instructions. Pause it anywhere, step, and watch ECX and EAX.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)

start:  cld
        mov     esi, form
        call    paint
        xor     ecx, ecx
        xor     eax, eax

again:  inc     ecx                     ; rounds
        add     eax, 3                  ; three times as many
        jmp     again

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
        db 0x1f, "Counter", 0
        dd AT(9, 26)
        db 0x0f, "again:  inc  ecx", 0
        dd AT(10, 26)
        db 0x0f, "        add  eax, 3", 0
        dd AT(11, 26)
        db 0x0f, "        jmp  again", 0
        dd AT(14, 26)
        db 0x07, "EAX is three times ECX,", 0
        dd AT(15, 26)
        db 0x07, "until it has no room left.", 0
        dd AT(24, 1)
        db 0x70, "Nothing moves here: it all happens in the registers", 0
        dd 0
