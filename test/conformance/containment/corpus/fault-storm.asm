; Faults in all they are: each instruction trapped, invalid opcodes, page faults while a fault is delivered, double
; faults, stacks that are none, breakpoints of the guest's own.
%include "hostile.inc"

prepare:
        mov     edi, idt                ; a segment that is not there for #BP, #OF: they become #NP, and #DF from there
        mov     word [edi + 3 * 8 + 2], FREE
        mov     word [edi + 11 * 8 + 2], FREE
        ret

attack: call    random
        and     eax, 15
        jmp     [ways + eax * 4]
ways:   dd .trap, .ud, .gp, .div, .bound, .bp, .into, .ss, .limit, .sp, .nt, .dr, .v86, .align, .lock, .x87
.trap:  push    dword 0x102
        popfd
        nop
        nop
        jmp     attack
.ud:    ud2
.gp:    mov     ax, 0xfff0
        mov     ds, ax
.div:   xor     ecx, ecx
        div     ecx
.bound: bound   ecx, [.pair]
.pair   dd 5, 4
.bp:    int3
.into:  mov     al, 0x7f
        add     al, al
        into
.ss:    mov     ax, FREE
        mov     ss, ax
.limit: mov     dword [gdt + FREE + 8], 0x0000_000f ; a stack of sixteen bytes, and a trap on it
        mov     dword [gdt + FREE + 12], 0x0040_9310
        mov     ax, FREE + 8
        mov     ss, ax
        mov     esp, 2
        ud2
.sp:    mov     esp, 0xffff_fff0
        push    eax
        ud2
.nt:    push    dword 0x4002
        popfd
        iretd
.dr:    mov     eax, .target
        mov     dr0, eax
        mov     eax, 0x1
        mov     dr7, eax
.target:
        nop
        jmp     attack
.v86:   push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0x1000
        push    dword 0x9000
        push    dword 0x2_3302
        push    dword 0x1000
        push    dword 0
        iretd
.align: push    dword 0x4_0002
        popfd
        mov     eax, [.pair + 1]
        jmp     attack
.lock:  db 0xf0
        nop
.x87:   mov     eax, cr0
        or      eax, 0x2a               ; MP, TS, NE
        mov     cr0, eax
        fld1
        jmp     attack
