; Keyboard echo: each key raises interrupt 1; its scan code becomes a letter, a digit or a
; sign, with Shift. Between keys the processor sleeps. The title shows the last scan code.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
FIRST   equ AT(2, 0)                    ; where the typing goes: rows 2 to 23
LAST    equ AT(24, 0)

start:  cld
        mov     esi, form
        call    paint
        lidt    [idtr]
        xor     edx, edx
        mov     esi, wiring             ; interrupt controller: port, byte
.wire:  lodsw
        mov     dl, al
        mov     al, ah
        out     dx, al
        cmp     esi, wiring.end
        jb      .wire
        mov     al, 0xae                ; 8042: keyboard on, ...
        call    command
        mov     al, 0x60                ; ... its interrupt on, scan codes of set 1
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
        xor     eax, eax
        in      al, 0x60
        mov     ebx, eax
        shr     eax, 4                  ; the scan code, two hexadecimal digits
        mov     al, [digits + eax]
        mov     [AT(0, 77)], al
        mov     eax, ebx
        and     eax, 15
        mov     al, [digits + eax]
        mov     [AT(0, 78)], al
        mov     eax, ebx                ; either Shift, pressed or released
        and     eax, 0x7f
        cmp     eax, 0x2a
        je      .shift
        cmp     eax, 0x36
        jne     .plain
.shift: test    bl, 0x80
        setz    [shifted]
        jmp     .done
.plain: cmp     ebx, KEYS               ; other releases, and keys without a character
        jae     .done
        cmp     byte [shifted], 0
        je      .lower
        add     ebx, KEYS
.lower: mov     al, [letters + ebx]
        mov     edi, [place]
        cmp     al, 8
        je      .backspace
        cmp     al, 13
        je      .enter
        cmp     al, ' '
        jb      .done
        mov     ah, 0x0e
        stosw
        jmp     .moved
.backspace:
        cmp     edi, FIRST
        je      .done
        sub     edi, 2
        mov     byte [edi], ' '
        jmp     .moved
.enter: lea     eax, [edi - AT(0, 0)]   ; forward to the start of the next line
        xor     edx, edx
        mov     ecx, 160
        div     ecx
        sub     edi, edx
        add     edi, ecx
.moved: cmp     edi, LAST
        jb      .fits
        mov     esi, FIRST + 160        ; the last line is full: all move up
        mov     edi, FIRST
        mov     ecx, 21 * 40
        rep     movsd
        mov     eax, 0x07200720
        mov     ecx, 40
        rep     stosd
        sub     edi, 160
.fits:  mov     [place], edi
        call    cursor
.done:  mov     al, 0x20                ; "seen" to the interrupt controller
        out     0x20, al
        popad
        iretd

cursor: mov     ebx, [place]            ; the display's cursor goes with the text
        sub     ebx, AT(0, 0)
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
        db 0x1f, "Keyboard echo", 0
        dd AT(0, 66)
        db 0x1f, "scan code", 0
        dd AT(24, 1)
        db 0x70, "Type something: letters, digits and signs, Shift, Enter, Backspace", 0
        dd 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfd                   ; all lines masked but 1, the keyboard
.end:
digits: db "0123456789ABCDEF"
; Scan codes 0 to 57 of set 1 on a US keyboard, plain and with Shift.
letters:
        db 0, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0, "asdfghjkl;'`", 0, "\zxcvbnm,./", 0, "*", 0, " "
KEYS    equ $ - letters
        db 0, 27, "!@#$%^&*()_+", 8, 9, "QWERTYUIOP{}", 13, 0, 'ASDFGHJKL:"~', 0, "|ZXCVBNM<>?", 0, "*", 0, " "
shifted: db 0
place:  dd FIRST
idtr:   dw 34 * 8 - 1
        dd idt
align 8
idt:    times 33 dq 0                   ; no exceptions are expected; vector 21h is the keyboard
        dw (key - $$) & 0xffff, 0x08, 0x8e00, 0x10
