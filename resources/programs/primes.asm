; Prime numbers up to 1,000,000 by the sieve of Eratosthenes, drawn as they are found.
; The picture fills the screen again and again. One cell stands for 16 numbers, its shade
; for how many primes are among them: you can watch them thin out.
bits 32
org 0x100000

LIMIT   equ 1000000
SIEVE   equ 0x200000                    ; one byte a number, beyond the program
CELLS   equ 80 * 23

start:  cld
        mov     edi, 0xb8000            ; title and a dark field
        mov     eax, 0x1f201f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x08b008b0
        mov     ecx, 40 * 24
        rep     stosd

        mov     edi, SIEVE              ; everything may be prime, but 0 and 1
        mov     eax, 0x01010101
        mov     ecx, LIMIT / 4
        rep     stosd
        mov     word [SIEVE], 0
        mov     dword [found], 0
        mov     ebx, 2                  ; candidate
.next:  cmp     byte [SIEVE + ebx], 0
        je      .composite
        inc     dword [found]
        mov     eax, ebx                ; strike out its multiples, from its square on
        mul     ebx
        jc      .show
        mov     edi, eax
.strike:
        cmp     edi, LIMIT
        jae     .show
        mov     byte [SIEVE + edi], 0
        add     edi, ebx
        jmp     .strike
.show:  mov     [last], ebx
.composite:
        inc     ebx
        test    bl, 15                  ; every 16 numbers make one cell
        jnz     .same
        call    cell
.same:  cmp     ebx, LIMIT
        jb      .next
        rol     dword [colours], 8      ; another palette for the next round
        jmp     start

cell:   pushad                          ; the cell of the 16 numbers below ebx
        xor     ecx, ecx
        mov     edx, 16
.count: movzx   eax, byte [SIEVE + ebx + edx - 17]
        add     ecx, eax
        dec     edx
        jnz     .count
        cmp     ecx, 4
        jbe     .few
        mov     ecx, 4
.few:   mov     eax, ebx                ; its place: the field fills again and again
        shr     eax, 4
        xor     edx, edx
        mov     esi, CELLS
        div     esi
        mov     ah, [colours + ecx - 1]
        mov     al, [shades + ecx]
        test    ecx, ecx
        jnz     .lit
        mov     ah, 0x08
.lit:   mov     [0xb8000 + 320 + edx * 2], ax
        test    bx, 1023                ; the title is worth a line now and then
        jnz     .done
        mov     edi, 0xb8000 + 2
        mov     esi, title
        call    print
        mov     eax, [found]
        call    number
        mov     esi, newest
        call    print
        mov     eax, [last]
        call    number
.done:  popad
        ret

print:  mov     ah, 0x1f
.char:  lodsb
        test    al, al
        jz      .end
        stosw
        jmp     .char
.end:   ret

number: mov     ecx, 10                 ; eax in decimal, seven places
        add     edi, 14
        push    edi
        mov     ebx, 7
.digit: xor     edx, edx
        div     ecx
        lea     edx, [edx + 0x1f30]
        sub     edi, 2
        mov     [edi], dx
        dec     ebx
        jnz     .digit
        pop     edi
        ret

title:  db "Prime numbers up to 1,000,000   found ", 0
newest: db "   newest ", 0
shades: db 0xb0, 0xb1, 0xb2, 0xdb, 0xdb
colours: db 0x01, 0x03, 0x0b, 0x0f      ; one prime, two, three, more

section .bss
found:  resd 1
last:   resd 1
