; Keyboard echo: type, and letters, digits and signs appear on the screen.
; The keyboard's interrupt brings each key's scan code. Between keys the processor sleeps. The title shows the last scan code.
bits 32
org 0x100000

SCREEN  equ 0xb8000

start:  cld
        mov     edi, SCREEN
        mov     eax, 0x1f201f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x0e200e20
        mov     ecx, 40 * 24
        rep     stosd
        mov     esi, title
        mov     edi, SCREEN + 2
        mov     ah, 0x1f
.title: lodsb
        test    al, al
        jz      .titled
        stosw
        jmp     .title
.titled:
        lidt    [idtr]
        mov     dword [idt + 0x21 * 8], (0x08 << 16) | ((key - $$) & 0xffff)
        mov     dword [idt + 0x21 * 8 + 4], 0x00108e00
        mov     al, 0x11                ; PIC: vectors from 20h, only IRQ 1
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfd
        out     0x21, al
        mov     al, 0xae                ; 8042: keyboard on, its interrupt on, scan code set 1
        call    command
        mov     al, 0x60
        call    command
        mov     al, 0x45
        call    data
        mov     al, 0xf4                ; the keyboard itself: send keys
        call    data
        call    cursor
        sti
.wait:  hlt
        jmp     .wait

key:    pushad
        in      al, 0x60
        movzx   ebx, al
        mov     ecx, ebx                ; the scan code, two hexadecimal digits
        shr     ecx, 4
        mov     cl, [digits + ecx]
        mov     [SCREEN + 2 * 76], cl
        mov     ecx, ebx
        and     ecx, 15
        mov     cl, [digits + ecx]
        mov     [SCREEN + 2 * 77], cl
        mov     ecx, ebx                ; either Shift, pressed or released
        and     ecx, 0x7f
        cmp     ecx, 0x2a
        je      .shift
        cmp     ecx, 0x36
        jne     .plain
.shift: test    bl, 0x80
        setz    [shifted]
        jmp     .done
.plain: test    bl, 0x80                ; other releases mean nothing here
        jnz     .done
        cmp     ebx, 58
        jae     .done
        cmp     byte [shifted], 0
        je      .lower
        add     ebx, 58
.lower: mov     al, [letters + ebx]
        mov     edi, [place]
        cmp     al, 8
        je      .backspace
        cmp     al, 13
        je      .enter
        cmp     al, ' '
        jb      .done
        mov     [SCREEN + edi], al
        add     edi, 2
        jmp     .moved
.backspace:
        cmp     edi, 160
        jbe     .done
        sub     edi, 2
        mov     byte [SCREEN + edi], ' '
        jmp     .moved
.enter: lea     eax, [edi + 160]        ; start of the next line
        xor     edx, edx
        mov     ecx, 160
        div     ecx
        imul    edi, eax, 160
.moved: cmp     edi, 4000
        jb      .fits
        push    edi                     ; the last line is full: all move up
        mov     esi, SCREEN + 320
        mov     edi, SCREEN + 160
        mov     ecx, 23 * 40
        rep     movsd
        mov     eax, 0x0e200e20
        mov     ecx, 40
        rep     stosd
        pop     edi
        sub     edi, 160
.fits:  mov     [place], edi
        call    cursor
.done:  mov     al, 0x20
        out     0x20, al
        popad
        iretd

cursor: mov     ebx, [place]            ; the hardware cursor goes with the text
        shr     ebx, 1
        mov     dx, 0x3d4
        mov     al, 15
        mov     ah, bl
        out     dx, ax
        dec     al
        mov     ah, bh
        out     dx, ax
        ret

command: call   ready
        out     0x64, al
        ret
data:   call    ready
        out     0x60, al
        ret
ready:  push    eax                     ; until the 8042 has taken the last byte
.busy:  in      al, 0x64
        test    al, 2
        jnz     .busy
        pop     eax
        ret

title:  db "Keyboard echo: type, with Shift, Enter and Backspace             scan code", 0
digits: db "0123456789ABCDEF"
; Scan codes 0 to 57 of set 1 on a US keyboard, plain and with Shift.
letters:
        db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'`", 0, "\zxcvbnm,./", 0, "*", 0, " "
        db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, 'ASDFGHJKL:"~', 0, "|ZXCVBNM<>?", 0, "*", 0, " "
place:  dd 160
idtr:   dw 0x22 * 8 - 1
        dd idt

section .bss
alignb 8
idt:     resb 0x22 * 8
shifted: resb 1
