; ROGUE: a user program (ring 3) that tries what only a kernel may. Each attempt ends in a
; general protection fault; the small kernel below counts it, shows its error code and
; lets the user program try the next thing, eight times a second, for ever.
bits 32
org 0x100000

%define AT(row, column) (0xb8000 + (row) * 160 + (column) * 2)
KCODE   equ 0x08                        ; selectors; + 3: requested privilege level 3
KDATA   equ 0x10
UCODE   equ 0x18 + 3
UDATA   equ 0x20 + 3
TASK    equ 0x28

start:  cld
        lgdt    [gdtr]
        mov     esp, kernel_stack
        mov     esi, form
        call    paint
        mov     eax, tss                ; the task state's address into its descriptor
        mov     [gdt + TASK + 2], ax
        shr     eax, 16
        mov     [gdt + TASK + 4], al
        mov     dword [tss + 4], kernel_stack   ; the stack for faults from ring 3
        mov     dword [tss + 8], KDATA
        mov     word [tss + 102], 104   ; no I/O permission map: no port at all
        mov     ax, TASK
        ltr     ax
        lidt    [idtr]
        xor     edx, edx
        mov     esi, wiring             ; interrupt controller and timer: port, byte
.wire:  lodsw
        mov     dl, al
        mov     al, ah
        out     dx, al
        cmp     esi, wiring.end
        jb      .wire

; To ring 3: IRETD takes the user's stack, flags, code segment and address.
user:   mov     ax, UDATA
        mov     ds, ax
        mov     es, ax
        mov     eax, [turn]
        push    dword UDATA
        push    dword user_stack
        push    dword 0x202
        push    dword UCODE
        push    dword [attempts + eax * 4]
        iretd

; The general protection fault. Where the user program was is of no more use.
fault:  pop     edx                     ; the error code
        mov     ax, KDATA
        mov     ds, ax
        mov     es, ax
        mov     esi, [turn]
        imul    edi, esi, 160
        lea     edi, [AT(4, 55) + edi]
        mov     ecx, 4
        shl     edx, 16
.hex:   rol     edx, 4
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69                ; an old trick: 0..15 to '0'..'F'
        das
        mov     ah, 0x0a
        stosw
        loop    .hex
        inc     dword [counts + esi * 4]
        mov     eax, [counts + esi * 4]
        add     edi, 2 * 13
        mov     ebx, 10
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x0f00 + '0'
        sub     edi, 2
        mov     [edi], dx
        test    eax, eax
        jnz     .digit
        imul    edi, esi, 160           ; an arrow at the latest
        mov     word [AT(4, 2) + edi], 0x0c10
        mov     ecx, 5                  ; an eighth of a second: five ticks, asleep
        sti
.wait:  hlt
        loop    .wait
        cli
        mov     byte [AT(4, 2) + edi], ' '
        inc     esi
        cmp     esi, ATTEMPTS
        jb      .again
        xor     esi, esi
.again: mov     [turn], esi
        mov     esp, kernel_stack
        jmp     user

tick:   push    eax
        mov     al, 0x20                ; "seen" to the interrupt controller
        out     0x20, al
        pop     eax
        iretd

; What the user program tries.
try0:   cli
try1:   hlt
try2:   in      al, 0x60
try3:   out     0x20, al
try4:   mov     eax, cr0
try5:   mov     cr3, eax
try6:   lgdt    [gdtr]
try7:   lidt    [idtr]
try8:   clts
try9:   mov     ecx, 0x10
        rdmsr
try10:  mov     ax, KDATA
        mov     ss, ax
try11:  int     0x20
try12:  jmp     KCODE:start
try13:  mov     ax, TASK
        ltr     ax
try14:  invlpg  [0]
try15:  wbinvd
ATTEMPTS equ 16
attempts: dd try0, try1, try2, try3, try4, try5, try6, try7
        dd try8, try9, try10, try11, try12, try13, try14, try15

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
        db 0x4f, "ROGUE  privileged instructions in ring 3", 0
        dd AT(2, 4)
        db 0x0c, "tries            to                            caught, code      times", 0
        dd AT(4, 4)
        db 0x07, "cli              switch interrupts off         #GP", 0
        dd AT(5, 4)
        db 0x07, "hlt              stop the processor            #GP", 0
        dd AT(6, 4)
        db 0x07, "in al, 60h       read the keyboard             #GP", 0
        dd AT(7, 4)
        db 0x07, "out 20h, al      command the PIC               #GP", 0
        dd AT(8, 4)
        db 0x07, "mov eax, cr0     read a control register       #GP", 0
        dd AT(9, 4)
        db 0x07, "mov cr3, eax     change address spaces         #GP", 0
        dd AT(10, 4)
        db 0x07, "lgdt             own the descriptors           #GP", 0
        dd AT(11, 4)
        db 0x07, "lidt             own the interrupts            #GP", 0
        dd AT(12, 4)
        db 0x07, "clts             clear the task-switched flag  #GP", 0
        dd AT(13, 4)
        db 0x07, "rdmsr            read a machine register       #GP", 0
        dd AT(14, 4)
        db 0x07, "mov ss, ax       use the kernel's stack        #GP", 0
        dd AT(15, 4)
        db 0x07, "int 20h          play the timer                #GP", 0
        dd AT(16, 4)
        db 0x07, "jmp 8:start      enter the kernel              #GP", 0
        dd AT(17, 4)
        db 0x07, "ltr              own the task state            #GP", 0
        dd AT(18, 4)
        db 0x07, "invlpg           drop a translation            #GP", 0
        dd AT(19, 4)
        db 0x07, "wbinvd           empty the caches              #GP", 0
        dd AT(24, 1)
        db 0x70, "Each one faults, and the kernel in ring 0 stays in charge", 0
        dd 0
wiring: db 0x20, 0x11, 0x21, 0x20       ; PIC: initialise; its vectors begin at 20h
        db 0x21, 0x04, 0x21, 0x01       ; a second PIC on line 2; 8086 mode
        db 0x21, 0xfe                   ; all lines masked but 0, the timer
        db 0x43, 0x34                   ; PIT: channel 0, rate generator
        db 0x40, 29830 & 0xff, 0x40, 29830 >> 8         ; 1,193,182 Hz / 29,830 = 40 Hz
.end:
gdtr:   dw idt - gdt - 1
        dd gdt
idtr:   dw 33 * 8 - 1
        dd idt
align 8
gdt:    dq 0
        dq 0x00cf9a000000ffff           ; kernel code and data: all 4 GiB, ring 0
        dq 0x00cf92000000ffff
        dq 0x00cffa000000ffff           ; user code and data, ring 3
        dq 0x00cff2000000ffff
        dq 0x0000890000000067           ; task state, 104 bytes
idt:    times 13 dq 0
        dw (fault - $$) & 0xffff, KCODE, 0x8e00, 0x10   ; vector 13: general protection
        times 18 dq 0
        dw (tick - $$) & 0xffff, KCODE, 0x8e00, 0x10    ; vector 20h: the timer

section .bss
alignb 4
tss:    resb 104
counts: resd ATTEMPTS
turn:   resd 1
        resb 1024
kernel_stack:
        resb 256
user_stack:
