; ROGUE: hammers all 65,536 I/O ports, one after another, without a pause. It reads each
; one and writes the value back, changed. Left out are only writes that would end the
; show: ports that reset the machine or switch it off, and those of the display.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
MAP     equ AT(4, 0)                    ; 65,536 ports on 1600 cells of 41, rows 4 to 23

start:  cld
        mov     esi, form
        call    paint
        xor     ebp, ebp                ; writes so far

round:  xor     edx, edx
        mov     edi, MAP
cell:   mov     ecx, 41                 ; ports to a cell
        mov     bx, 0x04b0              ; dim as long as nobody answers
port:   in      al, dx
        cmp     al, 0xff                ; nobody there: all ones
        je      .silent
        mov     bx, 0x0cdb
.silent:
        mov     esi, spared             ; pairs of first and last
.pair:  cmp     dx, [esi]
        jb      .write
        cmp     dx, [esi + 2]
        jbe     .next
        add     esi, 4
        jmp     .pair
.write: xor     al, 0x55
        out     dx, al
        inc     ebp
.next:  inc     dx
        jz      .end                    ; the last port
        loop    port
        mov     [edi], bx
        mov     word [edi + 2], 0x0fdb  ; here we are
        add     edi, 2
        call    report
        jmp     cell
.end:   mov     [edi], bx
        call    report
        jmp     round

report: pushad
        movzx   eax, dx
        mov     edi, AT(2, 19)
        call    decimal
        mov     eax, ebp
        mov     edi, AT(2, 43)
        call    decimal
        popad
        ret

decimal:                                ; eax in ten places, the last one left of edi
        mov     ebx, 10
        mov     ecx, 10
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x0f00 + '0'
        sub     edi, 2
        mov     [edi], dx
        test    eax, eax
        loopnz  .digit
        mov     ax, 0x0720              ; blanks before the first digit
        std
        sub     edi, 2
        rep     stosw
        cld
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
        db 0x4f, "ROGUE  hammers every I/O port", 0
        dd AT(2, 3)
        db 0x0c, "port", 0
        dd AT(2, 26)
        db 0x0c, "writes", 0
        dd AT(24, 1)
        db 0x70, "A cell is 41 ports: bright where a device answered, dim where nobody did", 0
        dd 0
spared: dw 0x0064, 0x0064               ; 8042 commands: one of them resets
        dw 0x0092, 0x0092               ; fast reset
        dw 0x03b0, 0x03df               ; the display's registers
        dw 0x0604, 0x0607               ; power management: off
        dw 0x0cf9, 0x0cf9               ; the chip set's reset
        dw 0x8900, 0x8900               ; power off, for emulators
        dw 0xb004, 0xb007               ; power management at another place
        dw 0xffff, 0xffff               ; the list's end, and the last port
