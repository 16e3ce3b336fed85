; Virtual interrupts: the virtual-8086 mode extensions and their like in protected mode (SDM vol. 3B, 21.3 and 21.4).
%include "protected.inc"

VM              equ 0x20000
VIF             equ 0x80000
VIP             equ 0x100000
IF              equ 0x200
TF              equ 0x100
; A TSS with a redirection bitmap; the I/O permission bitmap behind it is one byte of ones.
BIG_TSS         equ OWN
BIG_TSS_AT      equ 0x31000
REDIRECTION     equ BIG_TSS_AT + 0x68

; attempt86 "name", EFLAGS, routine of 16-bit code: runs it in virtual-8086 mode; a HLT ends it
%macro attempt86 3
        say %1
        mov dword [ss:resume], %%after
        mov dword [ss:attempted], linear(%3) - 0x10000
        push dword 0                            ; GS
        push dword 0                            ; FS
        push dword 0x1000                       ; DS
        push dword 0                            ; ES
        push dword 0x2000                       ; SS
        push dword 0x0100                       ; ESP
        push dword %2
        push dword 0x1000
        push dword linear(%3) - 0x10000
        mov eax, 0xffff
        iretd
%%after:
%endmacro

; attempt_ring3 "name", EFLAGS, routine of 32-bit code: the same at level 3
%macro attempt_ring3 3
        say %1
        mov dword [ss:resume], %%after
        mov dword [ss:attempted], %3
        push dword DATA3
        push dword STACK3
        push dword %2
        push dword CODE3
        push dword %3
        mov eax, 0xffff
        iretd
%%after:
%endmacro

tests:
        mov edi, BIG_TSS_AT
        mov ecx, 0x100 / 4
        xor eax, eax
        rep stosd
        mov dword [BIG_TSS_AT + 4], STACK0
        mov dword [BIG_TSS_AT + 8], DATA0
        mov word [BIG_TSS_AT + 102], 0x88
        mov byte [BIG_TSS_AT + 0x88], 0xff
        put_segment gdt + BIG_TSS, BIG_TSS_AT, 0x88, 0x89, 0
        mov ax, BIG_TSS
        ltr ax
        put_gate idt + 13 * 8, CODE0, linear(report_flags), 0x8e, 0
        mov dword [0x20 * 4], 0x10000000 + linear(handler86) - 0x10000

        say {"-- without the extensions", 10}
        attempt86 "CLI", VM + 2, code_cli
        attempt86 "INT", VM + 2, code_int

        mov eax, 1
        mov cr4, eax
        say {"-- virtual-8086 mode, IOPL 0", 10}
        attempt86 "CLI", VM + VIF + IF + 2, code_cli
        attempt86 "STI", VM + IF + 2, code_sti
        attempt86 "STI with VIP", VM + VIP + 2, code_sti
        attempt86 "CLI with VIP", VM + VIP + VIF + 2, code_cli
        attempt86 "PUSHF with VIF", VM + VIF + 2, code_pushf
        attempt86 "PUSHF without", VM + IF + 2, code_pushf
        attempt86 "PUSHFD", VM + 2, code_pushfd
        attempt86 "POPF with IF", VM + 2, code_popf_if
        attempt86 "POPF without", VM + VIF + IF + 2, code_popf
        attempt86 "POPF with IF and VIP", VM + VIP + 2, code_popf_if
        attempt86 "POPF with TF", VM + 2, code_popf_tf
        attempt86 "POPFD", VM + 2, code_popfd
        attempt86 "IRET with IF", VM + 2, code_iret_if
        attempt86 "IRET without", VM + VIF + 2, code_iret
        attempt86 "IRET with IF and VIP", VM + VIP + 2, code_iret_if
        attempt86 "IRETD", VM + 2, code_iretd
        attempt86 "INT, redirected", VM + VIF + IF + 2, code_int
        attempt86 "INT, redirected, without VIF", VM + IF + 2, code_int
        mov byte [REDIRECTION + 4], 1
        attempt86 "INT, not redirected", VM + VIF + 2, code_int
        say {"-- virtual-8086 mode, IOPL 3", 10}
        attempt86 "CLI", VM + 0x3000 + VIF + IF + 2, code_cli
        attempt86 "PUSHF", VM + 0x3000 + VIF + 2, code_pushf
        attempt86 "POPF with IF and VIP", VM + 0x3000 + VIP + 2, code_popf_if
        mov byte [idt + 0x20 * 8 + 5], 0xee
        attempt86 "INT, not redirected", VM + 0x3000 + VIF + 2, code_int
        mov byte [REDIRECTION + 4], 0
        attempt86 "INT, redirected", VM + 0x3000 + VIF + IF + 2, code_int
        put_segment gdt + BIG_TSS, BIG_TSS_AT, 0x6b, 0x89, 0
        mov ax, BIG_TSS
        ltr ax
        attempt86 "INT, bitmap beyond the limit", VM + 0x3000 + 2, code_int

        mov eax, 2
        mov cr4, eax
        say {"-- level 3, IOPL 0", 10}
        attempt_ring3 "CLI", VIF + IF + 2, code3_cli
        attempt_ring3 "STI", 2, code3_sti
        attempt_ring3 "STI with VIP", VIP + 2, code3_sti
        attempt_ring3 "PUSHFD", VIF + 2, code3_pushf
        attempt_ring3 "POPFD", VIF + 2, code3_popf
        say {"-- level 3, IOPL 3", 10}
        attempt_ring3 "CLI", 0x3000 + VIF + IF + 2, code3_cli
        say {"-- at level 1, IOPL 0", 10}
        say "CLI"
        mov dword [resume], .after
        mov dword [attempted], code3_cli
        push dword DATA1
        push dword 0x8000
        push dword VIF + 2
        push dword CODE1
        push dword code3_cli
        mov eax, 0xffff
        iretd
.after:
        xor eax, eax
        mov cr4, eax
        finish

        bits 16
code_cli:
        cli
        hlt
code_sti:
        sti
        hlt
code_pushf:
        pushf
        pop ax
        hlt
code_pushfd:
        pushfd
        hlt
code_popf_if:
        push word 0x7202
        popf
        hlt
code_popf:
        push word 2
        popf
        hlt
code_popf_tf:
        push word 0x102
        popf
        hlt
code_popfd:
        push dword 2
        popfd
        hlt
code_iret_if:
        push word 0x202
        push cs
        push word linear(code_halt) - 0x10000
        iret
code_iret:
        push word 2
        push cs
        push word linear(code_halt) - 0x10000
        iret
code_iretd:
        iretd
code_halt:
        hlt
code_int:
        int 0x20
        hlt
; The FLAGS that the redirected interrupt has pushed.
handler86:
        pop ax
        pop ax
        pop ax
        hlt

        bits 32
code3_cli:
        cli
        hlt
code3_sti:
        sti
        hlt
code3_pushf:
        pushfd
        pop eax
        hlt
code3_popf:
        push dword 0x200
        popfd
        hlt

; #GP: its error code, where it was, EFLAGS, and AX.
report_flags:
        mov ebp, esp
        mov edx, eax
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        say ": #0d("
        print_value [ebp], 4
        say ") at +"
        mov eax, [ebp + 4]
        sub eax, [attempted]
        print_value eax, 2
        say " EFLAGS "
        mov eax, [ebp + 12]
        and eax, ~0x10000
        print_value eax, 8
        say " AX "
        print_value edx, 4
        say {10}
        jmp go_on

        end_of_rom
