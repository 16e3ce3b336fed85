; ROGUE: spins for ever with interrupts off. No timer, no key and no other program of this
; machine gets the processor back; only the hypervisor can take it away.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)

start:  cli                             ; and never STI again
        cld
        mov     esi, form
        call    paint
        xor     ebx, ebx

spin:   inc     ebx                     ; watch ebx: this is all it ever does ...
        mov     eax, ebx
        shr     eax, 19
        and     eax, 63
        mov     edx, ebx
        shr     edx, 25
        or      dl, 0x0c
        mov     [AT(12, 8) + eax * 2 + 1], dl   ; ... but for colouring a bar, so that one sees it
        jmp     spin

paint:  mov     edi, AT(0, 0)           ; a red line, 23 black ones, a grey one
        mov     ax, 0x4f20
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
        db 0x4f, "ROGUE  spins with interrupts off", 0
        dd AT(12, 8)
        db 0x04
        times 64 db 0xdb
        db 0
        dd AT(14, 25)
        db 0x07, "cli   spin: inc ebx   jmp spin", 0
        dd AT(24, 1)
        db 0x70, "It never gives way. Its neighbours keep their share all the same", 0
        dd 0
