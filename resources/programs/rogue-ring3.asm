; ROGUE: a user program (ring 3) that tries what only a kernel may.
; Each attempt ends in a
; general protection fault; the small kernel below counts it, shows it, and lets the user
; program try the next thing, four times a second, for ever.
bits 32
org 0x100000

SCREEN  equ 0xb8000
KCODE   equ 0x08
KDATA   equ 0x10
UCODE   equ 0x18 + 3
UDATA   equ 0x20 + 3
TSS     equ 0x28

start:  cld
        lgdt    [gdtr]
        jmp     KCODE:reload
reload: mov     ax, KDATA
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, kernel_stack
        mov     ax, tss - $$            ; the TSS descriptor's base: 100000h + offset
        mov     [gdt + TSS + 2], ax
        mov     dword [tss + 4], kernel_stack   ; the stack for faults from ring 3
        mov     dword [tss + 8], KDATA
        mov     word [tss + 102], 104   ; no I/O permission map: no port at all
        mov     ax, TSS
        ltr     ax
        mov     eax, fault              ; vector 13: general protection
        mov     ebx, idt + 13 * 8
        call    gate
        mov     eax, tick               ; vector 32: the timer
        mov     ebx, idt + 32 * 8
        call    gate
        lidt    [idtr]
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
        mov     al, 0x34                ; timer: 1193182 / 59659 = 20 Hz
        out     0x43, al
        mov     ax, 59659
        out     0x40, al
        mov     al, ah
        out     0x40, al

        mov     edi, SCREEN             ; title, empty screen, the list of attempts
        mov     eax, 0x4f204f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x07200720
        mov     ecx, 40 * 24
        rep     stosd
        mov     esi, title
        mov     edi, SCREEN + 2
        mov     ah, 0x4f
        call    print
        mov     edx, SCREEN + 3 * 160 + 2 * 8
.name:  mov     edi, edx
        mov     ah, 0x07
        call    print
        add     edx, 160
        cmp     byte [esi], 0
        jne     .name
        jmp     leave_kernel

; To ring 3: IRETD takes the user's stack, flags, code segment and address.
leave_kernel:
        mov     ax, UDATA
        mov     ds, ax
        mov     es, ax
        mov     eax, [turn]
        push    dword UDATA
        push    dword user_stack
        push    dword 0x202
        push    dword UCODE
        push    dword [attempts + eax * 4]
        iretd

; The general protection fault. The user program's state is of no more use.
fault:  mov     ax, KDATA
        mov     ds, ax
        mov     es, ax
        mov     edx, [turn]
        inc     dword [counts + edx * 4]
        mov     eax, [counts + edx * 4]
        imul    edi, edx, 160
        lea     edi, [SCREEN + 3 * 160 + 2 * 50 + edi]
        call    decimal
        mov     esi, caught
        add     edi, 14
        mov     ah, 0x0a
        call    print
        imul    edi, [turn], 160        ; an arrow at the latest
        mov     word [SCREEN + 3 * 160 + 2 * 5 + edi], 0x0c10
        mov     ecx, 5                  ; a quarter of a second: five ticks, asleep
        sti
.wait:  hlt
        loop    .wait
        cli
        mov     word [SCREEN + 3 * 160 + 2 * 5 + edi], 0x0720
        inc     dword [turn]
        cmp     dword [turn], ATTEMPTS
        jb      .again
        mov     dword [turn], 0
.again: mov     esp, kernel_stack
        jmp     leave_kernel

tick:   push    eax
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iretd

gate:   mov     [ebx], ax               ; interrupt gate at ebx for the routine at eax
        mov     word [ebx + 2], KCODE
        mov     word [ebx + 4], 0x8e00
        shr     eax, 16
        mov     [ebx + 6], ax
        ret

print:  lodsb
        test    al, al
        jz      .end
        stosw
        jmp     print
.end:   ret

decimal: mov    ebx, 10                 ; eax in decimal, ending at edi + 10
        mov     ecx, 6
        add     edi, 10
.digit: xor     edx, edx
        div     ebx
        add     edx, 0x0e30
        mov     [edi], dx
        sub     edi, 2
        loop    .digit
        add     edi, 2
        ret

; What the user program tries.
try1:   cli
try2:   hlt
try3:   in      al, 0x60
try4:   out     0x20, al
try5:   mov     eax, cr0
try6:   mov     cr3, eax
try7:   lgdt    [gdtr]
try8:   lidt    [idtr]
try9:   clts
try10:  mov     ecx, 0x10
        rdmsr
try11:  mov     ax, KDATA
        mov     ss, ax
try12:  int     0x20
try13:  jmp     KCODE:start
try14:  ltr     ax
try15:  invlpg  [0]
try16:  wbinvd

ATTEMPTS equ 16
attempts: dd try1, try2, try3, try4, try5, try6, try7, try8
        dd try9, try10, try11, try12, try13, try14, try15, try16

title:  db "ROGUE: privileged instructions in ring 3, each caught by #GP", 0
names:  db "cli              interrupts off", 0, "hlt              stop the processor", 0
        db "in al, 60h       read the keyboard", 0, "out 20h, al      command the PIC", 0
        db "mov eax, cr0     read a control register", 0, "mov cr3, eax     change address spaces", 0
        db "lgdt             own descriptors", 0, "lidt             own interrupt table", 0
        db "clts             clear task-switched", 0, "rdmsr            read the time counter", 0
        db "mov ss, kernel   the kernel's stack", 0, "int 20h          a gate for the kernel", 0
        db "jmp kernel       into the kernel", 0, "ltr              own task state", 0
        db "invlpg           drop a translation", 0, "wbinvd           empty the caches", 0, 0
caught: db "#GP", 0

align 8
gdt:    dq 0
        dq 0x00cf9a000000ffff           ; kernel code and data: all 4 GiB, ring 0
        dq 0x00cf92000000ffff
        dq 0x00cffa000000ffff           ; user code and data, ring 3
        dq 0x00cff2000000ffff
        dq 0x0000891000000067           ; TSS at 10xxxxh, 104 bytes
gdtr:   dw gdtr - gdt - 1
        dd gdt
idtr:   dw 33 * 8 - 1
        dd idt

section .bss
alignb 8
idt:    resb 33 * 8
tss:    resb 104
counts: resd ATTEMPTS
turn:   resd 1
        resb 1024
kernel_stack:
        resb 256
user_stack:
