; ROGUE: writes over all memory that a 32-bit address can name, 4 GiB of it, again and again:
; far beyond its RAM, over the firmware, over the interrupt table. It leaves out the screen
; and its own two pages, so that it can go on and tell how far it got.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
PAGE    equ 4096
MAP     equ AT(4, 0)                    ; 4096 MiB on 1600 cells, rows 4 to 23

start:  cld
        mov     esp, stack
        mov     esi, form
        call    paint

; ebx: the page under attack; ebp: what is written, new for each sweep.
sweep:  add     ebp, 0x9e3779b9
        xor     ebx, ebx
        mov     dword [taken], 0
        mov     dword [lost], 0
.page:  cmp     ebx, 0xb8000
        je      .next
        mov     eax, ebx
        and     eax, ~PAGE
        cmp     eax, 0x100000
        je      .next
        mov     edi, ebx
        mov     ecx, 16                 ; sixteen blows, all over the page
.blow:  mov     [edi], ebp
        add     edi, PAGE / 16
        loop    .blow
        cmp     [ebx], ebp              ; did anything take it?
        jne     .lost
        inc     dword [taken]
        mov     edx, 0x0cdb             ; bright where it did ...
        jmp     .next
.lost:  inc     dword [lost]
        mov     edx, 0x08b0             ; ... dim where there is nothing of ours
.next:  test    ebx, 0xfffff            ; once a megabyte, say how far we are
        jnz     .same
        mov     eax, ebx
        shr     eax, 20
        imul    eax, eax, 1600
        shr     eax, 12
        mov     [MAP + eax * 2], dx
        mov     edx, ebx
        mov     edi, AT(2, 18)
        call    hex
        mov     edx, [taken]
        mov     edi, AT(2, 41)
        call    hex
        mov     edx, [lost]
        mov     edi, AT(2, 67)
        call    hex
.same:  add     ebx, PAGE
        jnz     .page
        jmp     sweep

hex:    mov     ecx, 8                  ; edx at edi
.digit: rol     edx, 4                  ; the next four bits, from the left
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69                ; an old trick: 0..15 to '0'..'F'
        das
        mov     ah, 0x0f
        stosw
        loop    .digit
        ret

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
        db 0x4f, "ROGUE  writes over all memory it can name", 0
        dd AT(2, 3)
        db 0x0c, "now at address", 0
        dd AT(2, 29)
        db 0x0c, "pages taken", 0
        dd AT(2, 52)
        db 0x0c, "without effect", 0
        dd AT(24, 1)
        db 0x70, "The map is 4 GiB: bright where memory took the writes, dim where nothing did", 0
        dd 0

section .bss
alignb 4
taken:  resd 1
lost:   resd 1
        resd 64
stack:
