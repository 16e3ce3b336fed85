; ROGUE: hammers all 65536 I/O ports.
; It reads each one and writes the value back changed
; to those where no PC device is; a reset or a power-off would be a way out, so the ports
; for that it only reads. One cell of the map is 36 ports: green where something answers.
bits 32
org 0x100000

SCREEN  equ 0xb8000

start:  cld
        mov     edi, SCREEN             ; white on red
        mov     eax, 0x4f204f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x07200720
        mov     ecx, 40 * 24
        rep     stosd
        mov     esi, title
        mov     edi, SCREEN + 2
        mov     ah, 0x4f
.title: lodsb
        test    al, al
        jz      round
        stosw
        jmp     .title

round:  inc     dword [rounds]
        xor     edx, edx
port:   in      al, dx
        cmp     al, 0xff                ; nobody there: all ones
        setne   bl
        cmp     edx, 0x1000
        jb      .known                  ; leave what the PC really has
        xor     al, 0x55
        out     dx, al
        inc     dword [writes]
.known: mov     eax, edx                ; the cell of this port
        mov     ecx, 36
        push    edx
        xor     edx, edx
        div     ecx
        mov     esi, edx
        pop     edx
        lea     edi, [SCREEN + 320 + eax * 2]
        test    esi, esi
        jnz     .same                   ; a new cell: start it dim, its shade by round
        mov     ecx, [rounds]
        and     ecx, 3
        mov     al, [shades + ecx]
        mov     ah, 0x04
        mov     [edi], ax
.same:  test    bl, bl
        jz      .silent
        mov     word [edi], 0x0adb      ; an answer
.silent:
        test    dl, dl
        jnz     .next
        mov     edi, SCREEN + 2 * 47
        mov     ebx, edx
        call    number
        mov     edi, SCREEN + 2 * 64
        mov     ebx, [writes]
        call    number
.next:  inc     edx
        cmp     edx, 0x10000
        jb      port
        jmp     round

number: mov     ecx, 8                  ; ebx in hexadecimal at edi
.digit: rol     ebx, 4
        mov     eax, ebx
        and     eax, 15
        mov     al, [digits + eax]
        mov     ah, 0x4e
        stosw
        loop    .digit
        ret

title:  db "ROGUE: hammers every I/O port            port           writes", 0
digits: db "0123456789ABCDEF"
shades: db 0xb0, 0xb1, 0xb2, 0xb1

section .bss
rounds: resd 1
writes: resd 1
