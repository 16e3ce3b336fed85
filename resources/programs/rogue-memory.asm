; ROGUE: writes over all memory it can name, all 4 GiB of it, again and again.
; That is far beyond its RAM, over the firmware, over video memory's neighbours, over the interrupt table.
; Only its own few pages and the screen are left out, so that it can go on.
bits 32
org 0x100000

SCREEN  equ 0xb8000
PAGE    equ 4096

start:  cld
        mov     esp, stack
        mov     edi, SCREEN             ; white on red: this one means harm
        mov     eax, 0x4f204f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x04b004b0
        mov     ecx, 40 * 24
        rep     stosd
        mov     esi, title
        mov     edi, SCREEN + 2
        mov     ah, 0x4f
.title: lodsb
        test    al, al
        jz      sweep
        stosw
        jmp     .title

; ebx: the page under attack; ebp: what is written, new for each sweep.
sweep:  add     ebp, 0x9e3779b9
        xor     ebx, ebx
.page:  cmp     ebx, 0xb8000            ; leave the screen and ourselves alone
        je      .skip
        cmp     ebx, 0x100000
        je      .skip
        cmp     ebx, 0x101000
        je      .skip
        mov     ecx, 16                 ; sixteen blows, all over the page
        mov     edi, ebx
.blow:  mov     [edi], ebp
        add     edi, PAGE / 16
        loop    .blow
        inc     dword [pages]
        cmp     ebp, [ebx]              ; did the memory take it?
        jne     .lost
        inc     dword [taken]
.lost:
.skip:  test    ebx, 0xfffff            ; once a megabyte say how far we are
        jnz     .next
        mov     edi, SCREEN + 2 * 40
        mov     edx, ebx
        call    number
        mov     edi, SCREEN + 2 * 57
        mov     edx, [taken]
        call    number
        mov     edi, SCREEN + 2 * 72
        mov     edx, [pages]
        call    number
        mov     eax, ebx                ; 4096 megabytes on 1920 cells
        shr     eax, 20
        imul    eax, 1920
        shr     eax, 12
        mov     edx, 0x0cdb             ; bright where memory answers ...
        cmp     ebp, [ebx]
        je      .cell
        mov     edx, 0x08b1             ; ... dim where there is nothing
.cell:  mov     [SCREEN + 160 + eax * 2], dx
.next:  add     ebx, PAGE
        jnz     .page
        jmp     sweep

number: mov     ecx, 8                  ; edx in hexadecimal at edi
.digit: rol     edx, 4
        mov     eax, edx
        and     eax, 15
        mov     al, [digits + eax]
        mov     ah, 0x4e
        stosw
        loop    .digit
        ret

title:  db "ROGUE: writes everywhere           now            stuck          wrote", 0
digits: db "0123456789ABCDEF"

section .bss
alignb 4
pages:  resd 1
taken:  resd 1
        resd 64
stack:
