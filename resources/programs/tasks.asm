; Two tasks that know nothing of each other, switched by the timer 100 times a second.
; This is the heart of every operating system, in a few dozen lines. Each interrupt saves one task's registers on its
; own stack and takes the other's stack.
bits 32
org 0x100000

SCREEN  equ 0xb8000

start:  cld
        mov     edi, SCREEN             ; blue title, two halves
        mov     eax, 0x1f201f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x07200720
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
        mov     dword [idt + 0x20 * 8], (0x08 << 16) | ((switch - $$) & 0xffff)
        mov     dword [idt + 0x20 * 8 + 4], 0x00108e00
        mov     al, 0x11                ; PIC: vectors from 20h, only IRQ 0
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfe
        out     0x21, al
        mov     al, 0x34                ; timer: 1193182 / 11932 = 100 Hz
        out     0x43, al
        mov     ax, 11932
        out     0x40, al
        mov     al, ah
        out     0x40, al
        mov     dx, 0x3d4               ; no cursor
        mov     ax, 0x200a
        out     dx, ax

        ; The second task's stack as if it had just been interrupted at its first instruction.
        mov     dword [stack2 - 4], 0x202       ; eflags, interrupts on
        mov     dword [stack2 - 8], 0x08        ; cs
        mov     dword [stack2 - 12], comet      ; eip
        mov     dword [sleeping], stack2 - 12 - 32      ; and eight registers for POPAD
        mov     esp, stack1
        sti                             ; from here on we are the first task
        jmp     ball

switch: pushad                          ; the timer: put one task to sleep, wake the other
        xchg    esp, [sleeping]
        mov     al, 0x20
        out     0x20, al
        inc     dword [switches]
        mov     eax, [switches]         ; the count, in hexadecimal at the title's end
        mov     edi, SCREEN + 2 * 79
        mov     ecx, 8
.digit: mov     ebx, eax
        and     ebx, 15
        movzx   ebx, byte [digits + ebx]
        mov     bh, 0x1e
        mov     [edi], bx
        sub     edi, 2
        shr     eax, 4
        loop    .digit
        popad
        iretd

; First task: a ball that bounces in the left half and leaves a fading trail.
ball:   mov     ebx, 5                  ; column
        mov     ecx, 7                  ; row
        mov     esi, 1                  ; direction
        mov     edi, 1
.move:  mov     edx, 40                 ; the left half, dimmed by one shade
        mov     eax, SCREEN + 160
.fade:  cmp     byte [eax], 0xb0
        jb      .dark
        dec     byte [eax]
        cmp     byte [eax], 0xb0
        jae     .dark
        mov     byte [eax], ' '
.dark:  add     eax, 2
        dec     edx
        jnz     .fade
        mov     edx, 40
        add     eax, 80
        cmp     eax, SCREEN + 4000
        jb      .fade
        add     ebx, esi
        add     ecx, edi
        cmp     ebx, 1
        jle     .turn
        cmp     ebx, 38
        jl      .row
.turn:  neg     esi
.row:   cmp     ecx, 1
        jle     .bounce
        cmp     ecx, 24
        jl      .plot
.bounce: neg    edi
.plot:  imul    eax, ecx, 80
        add     eax, ebx
        mov     word [SCREEN + eax * 2], 0x0ab2
        hlt                             ; until a tick: the other task has its turn
        hlt
        jmp     .move

; Second task: a comet of changing colour that fills the right half line by line.
comet:  mov     ebx, SCREEN + 160 + 80
.start: mov     edi, ebx
        xor     ecx, ecx
.cell:  mov     al, 0xdb
        mov     ah, [colour]
        mov     [edi + ecx * 2], ax
        hlt
        inc     ecx
        cmp     ecx, 40
        jb      .cell
        inc     byte [colour]
        and     byte [colour], 15
        add     ebx, 160
        cmp     ebx, SCREEN + 4000
        jb      .start
        jmp     comet

title:  db "Two tasks, one processor: the timer switches 100 times a second  count", 0
digits: db "0123456789ABCDEF"
colour: db 1
idtr:   dw 0x21 * 8 - 1
        dd idt

section .bss
alignb 8
idt:      resb 0x21 * 8
switches: resd 1
sleeping: resd 1
          resb 4096
stack1:
          resb 4096
stack2:
