; A neighbour with work of its own, always the same: makes 256 KiB of numbers, sorts and sums them by means of page
; tables, calls, strings and floating point, and halts. By the instruction clock it always ends in the same state.
bits 32
org 0x100000

NUMBERS equ 0x110000
COUNT   equ 0x4000
COPY    equ 0x180000
PAGES   equ 0x1f0000

        mov     esp, 0x9f000
        cld
        cli
        mov     edi, PAGES              ; all memory as it is, by pages of 4 MiB
        mov     eax, 0x83
        mov     ecx, 1024
.page:  stosd
        add     eax, 0x40_0000
        loop    .page
        mov     eax, cr4
        or      eax, 0x10
        mov     cr4, eax
        mov     eax, PAGES
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x8000_0000
        mov     cr0, eax
        fninit
        mov     ebp, 1
        rdtsc
        mov     [ticks], eax
        mov     ebx, 12345
round:  mov     edi, NUMBERS
        mov     ecx, COUNT
.make:  imul    ebx, ebx, 1664525
        add     ebx, 1013904223
        mov     eax, ebx
        shr     eax, 8
        stosd
        loop    .make
        mov     edx, COUNT / 2          ; a shell sort
.gap:   mov     esi, edx
.next:  mov     eax, [NUMBERS + esi * 4]
        mov     ecx, esi
.slide: sub     ecx, edx
        jb      .place
        cmp     [NUMBERS + ecx * 4], eax
        jbe     .place
        mov     edi, [NUMBERS + ecx * 4]
        push    edx
        add     edx, ecx
        mov     [NUMBERS + edx * 4], edi
        pop     edx
        jmp     .slide
.place: add     ecx, edx
        mov     [NUMBERS + ecx * 4], eax
        inc     esi
        cmp     esi, COUNT
        jb      .next
        shr     edx, 1
        jnz     .gap
        mov     esi, NUMBERS
        mov     edi, COPY
        mov     ecx, COUNT
        rep movsd
        mov     esi, COPY
        mov     ecx, COUNT
        fldz
.sum:   lodsd
        rol     dword [sum], 5
        xor     [sum], eax
        mov     [number], eax
        fild    dword [number]
        fsqrt
        faddp
        call    count
        loop    .sum
        fstp    qword [root]
        dec     ebp
        jnz     round
        mov     eax, [sum]
        rdtsc                           ; by the instruction clock always the same time later
        sub     [ticks], eax
        xor     eax, eax
        xor     edx, edx
        hlt

count:  inc     dword [calls]
        ret

align 8
root:   dq 0
sum:    dd 0
number: dd 0
calls:  dd 0
ticks:  dd 0
