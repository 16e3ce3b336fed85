; Two tasks that know nothing of each other, switched by the timer 100 times a second: the
; heart of an operating system. The interrupt leaves the one task's registers on its stack
; and goes on with the other's stack; that is all. Neither task ever gives way by itself.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)

start:  cld
        mov     esi, form
        call    paint
        lidt    [idtr]
        xor     edx, edx
        mov     esi, wiring             ; interrupt controller and timer: port, byte
.wire:  lodsw
        mov     dl, al
        mov     al, ah
        out     dx, al
        cmp     esi, wiring.end
        jb      .wire

        ; The second task's stack as if it had just been interrupted at its first instruction.
        mov     dword [stack2 - 4], 0x202       ; eflags, interrupts on
        mov     dword [stack2 - 8], 0x08        ; cs
        mov     dword [stack2 - 12], painter    ; eip
        mov     dword [sleeping], stack2 - 12 - 8 * 4   ; and POPAD's eight registers
        mov     esp, stack1
        sti                             ; from here on we are the first task
        jmp     ball

switch: pushad                          ; the timer: all of this task goes on its stack ...
        xchg    esp, [sleeping]         ; ... and the other task wakes up on its own
        mov     al, 0x20
        out     0x20, al
        inc     dword [ticks]
        mov     eax, [ticks]
        mov     edi, AT(24, 78)
        call    decimal
        popad
        iretd

; First task: a ball that bounces in the left half and leaves a fading trail.
ball:   mov     ebx, 5                  ; column
        mov     ecx, 7                  ; row
        mov     esi, 1                  ; direction
        mov     edi, 1
.move:  mov     eax, AT(3, 0)           ; dim the left half by one shade: DBh B2h B1h B0h
.row:   mov     edx, 39
.fade:  mov     ebp, eax
        cmp     byte [ebp], ' '
        je      .dark
        cmp     byte [ebp], 0xdb
        jne     .less
        mov     byte [ebp], 0xb3
.less:  dec     byte [ebp]
        cmp     byte [ebp], 0xb0
        jae     .dark
        mov     byte [ebp], ' '
.dark:  add     eax, 2
        dec     edx
        jnz     .fade
        add     eax, 2 * 41
        cmp     eax, AT(24, 0)
        jb      .row
        add     ebx, esi
        add     ecx, edi
        cmp     ebx, 1                  ; a wall: turn round
        jl      .turn
        cmp     ebx, 37
        jng     .column
.turn:  neg     esi
        add     ebx, esi
        add     ebx, esi
.column:
        cmp     ecx, 3
        jl      .bounce
        cmp     ecx, 23
        jng     .plot
.bounce:
        neg     edi
        add     ecx, edi
        add     ecx, edi
.plot:  imul    eax, ecx, 80
        add     eax, ebx
        mov     word [AT(0, 0) + eax * 2], 0x0adb
        mov     word [AT(0, 0) + eax * 2 - 2], 0x0adb
        hlt                             ; this task has nothing to do until the timer has
        hlt                             ; ticked a few times
        jmp     .move

; Second task: paints the right half, cell by cell, in one colour after another.
painter:
        mov     bl, 0x01
.sheet: mov     esi, AT(3, 41)
.line:  xor     ecx, ecx
.cell:  mov     ah, bl
        mov     al, 0xb2
        mov     [esi + ecx * 2], ax
        mov     word [esi + ecx * 2 + 2], 0x0fdb        ; the brush
        hlt
        inc     ecx
        cmp     ecx, 38
        jb      .cell
        mov     [esi + ecx * 2], ax
        add     esi, 160
        cmp     esi, AT(24, 0)
        jb      .line
        inc     bl                      ; colours 1 to 6
        cmp     bl, 7
        jb      .sheet
        jmp     painter

decimal:                                ; eax, its last digit left of edi
        mov     ebx, 10
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x7000 + '0'
        sub     edi, 2
        mov     [edi], dx
        test    eax, eax
        jnz     .digit
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
        mov     ecx, 23                 ; and a line between the halves
.wall:  imul    edi, ecx, 160
        mov     word [AT(0, 39) + edi], 0x08b3
        loop    .wall
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
        db 0x1f, "Two tasks, one processor", 0
        dd AT(1, 2)
        db 0x0a, "task 1: a ball", 0
        dd AT(1, 42)
        db 0x0b, "task 2: a painter", 0
        dd AT(24, 1)
        db 0x70, "The timer switches between them 100 times a second", 0
        dd AT(24, 60)
        db 0x70, "switches", 0
        dd 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfe                   ; all lines masked but 0, the timer
        db 0x43, 0x34                   ; PIT: channel 0, rate generator
        db 0x40, 11932 & 0xff, 0x40, 11932 >> 8         ; 1,193,182 Hz / 11,932 = 100 Hz
.end:
ticks:  dd 0
idtr:   dw 33 * 8 - 1
        dd idt
align 8
idt:    times 32 dq 0                   ; no exceptions are expected; vector 20h is the timer
        dw (switch - $$) & 0xffff, 0x08, 0x8e00, 0x10

section .bss
sleeping: resd 1                        ; the stack of the task that waits
        resb 4096
stack1:
        resb 4096
stack2:
