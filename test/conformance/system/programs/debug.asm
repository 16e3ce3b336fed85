; Debug registers, single steps and RF (SDM vol. 3B, chapter 18).
%include "protected.inc"

DR6_CLEAR       equ 0xffff0ff0
; DR7: L0, its R/W and LEN
CODE            equ 0x00000401
WRITE1          equ 0x00010401
WRITE2          equ 0x00050401
WRITE4          equ 0x000d0401
PORT1           equ 0x00020401
ACCESS1         equ 0x00030401
ACCESS4         equ 0x000f0401
GD              equ 0x2000

; trace "name", address for DR0, DR7, routine: calls it with the breakpoint armed; each #DB prints a piece
%macro trace 4
        say %1
        mov dword [ss:resume], %%after
        mov dword [ss:attempted], %4
        mov eax, %2
        mov dr0, eax
        mov eax, DR6_CLEAR
        mov dr6, eax
        mov eax, %3
        mov dr7, eax
        call %4
        xor eax, eax
        mov dr7, eax
        call report_done
%%after:
        xor eax, eax
        mov dr7, eax
%endmacro

%macro step_on 0
        pushfd
        or dword [esp], 0x100
        popfd
%endmacro

%macro step_off 0
        pushfd
        and dword [esp], ~0x100
        popfd
%endmacro

tests:
        put_gate idt + 1 * 8, CODE0, linear(on_debug), 0x8e, 0
        mov eax, 8                              ; CR4.DE
        mov cr4, eax
        mov edi, SCRATCH
        mov esi, SCRATCH

        say {"-- instruction breakpoints", 10}
        trace "first byte", code_three.second, CODE, code_three
        trace "in the middle of an instruction", code_long + 1, CODE, code_long
        trace "not enabled", code_three.second, 0x400, code_three
        trace "enabled globally", code_three.second, 0x402, code_three
        trace "behind MOV SS", code_mov_ss.shadowed, CODE, code_mov_ss
        trace "behind STI", code_sti.shadowed, CODE, code_sti
        trace "on REP STOSB", code_rep.rep, CODE, code_rep
        trace "on INT n", code_int, CODE, code_int
        mov byte [idt + 0x20 * 8 + 5], 0x8e
        trace "at an undefined opcode", code_ud, CODE, code_ud

        say {"-- data breakpoints", 10}
        trace "write of a byte", SCRATCH, WRITE1, write_byte
        trace "read of a byte", SCRATCH, WRITE1, read_byte
        trace "read of a byte, for both", SCRATCH, ACCESS1, read_byte
        trace "dword across the byte", SCRATCH + 3, WRITE1, write_dword
        trace "dword before the byte", SCRATCH + 4, WRITE1, write_dword
        trace "address bits below the length", SCRATCH + 3, WRITE4, write_byte
        trace "byte behind the word", SCRATCH - 2, WRITE2, write_byte
        trace "PUSH", STACK0 - 8, WRITE4, push_dword
        trace "XCHG", SCRATCH, ACCESS4, exchange
        trace "instruction fetch", write_byte, ACCESS1, write_byte
        trace "REP MOVSB, third iteration", SCRATCH + 0x102, WRITE1, move_bytes
        trace "MOV SS from memory", SCRATCH + 0x20, ACCESS1, load_ss
        trace "an instruction that faults", SCRATCH, ACCESS4, fault_after_read

        say {"-- I/O breakpoints", 10}
        trace "OUT", 0x80, PORT1, out_byte
        trace "IN of a dword", 0x83, PORT1, in_dword
        trace "another port", 0x81, PORT1, out_byte
        trace "REP OUTSB", 0x80, PORT1, out_bytes
        xor eax, eax
        mov cr4, eax
        trace "without CR4.DE", 0x80, PORT1, out_byte
        mov eax, 8
        mov cr4, eax

        say {"-- several", 10}
        mov eax, SCRATCH
        mov dr1, eax
        mov dr2, eax
        trace "two that match", SCRATCH, 0x00110405, write_byte
        trace "one that is not enabled", SCRATCH, 0x00110401, write_byte

        say {"-- single steps", 10}
        trace "two instructions", 0, 0x400, step_two
        trace "MOV SS", 0, 0x400, step_mov_ss
        trace "STI", 0, 0x400, step_sti
        trace "INT n", 0, 0x400, step_int
        trace "REP STOSB", 0, 0x400, step_rep
        trace "with a data breakpoint", SCRATCH, WRITE1, step_write
        trace "a fault", 0, 0x400, step_ud
        trace "POPF that clears TF", 0, 0x400, step_popf

        say {"-- access to debug registers", 10}
        trace "MOV from DR0 with GD", 0, 0x400 | GD, read_dr0
        trace "MOV to DR7 with GD", 0, 0x400 | GD, write_dr7
        attempt "DR4 with CR4.DE", mov eax, dr4
        xor eax, eax
        mov cr4, eax
        attempt "DR4 without", mov eax, dr4
        say "bits that are fixed"
        xor eax, eax
        mov dr6, eax
        mov dr7, eax
        mov eax, dr6
        mov [SCRATCH], eax
        mov eax, dr7
        mov [SCRATCH + 4], eax
        mov eax, 0xffffdfff
        mov dr6, eax
        mov eax, 0x0000dc00
        mov dr7, eax
        mov eax, dr6
        mov [SCRATCH + 8], eax
        mov eax, dr7
        mov [SCRATCH + 12], eax
        xor eax, eax
        mov dr7, eax
        mov esi, SCRATCH
        mov ecx, 4
        call print_dwords
        say {10}
        finish

; Prints where, why and whether RF was pushed; goes on, past an instruction breakpoint.
on_debug:
        pushad
        mov ebp, esp
        say " #DB +"
        mov eax, [ss:ebp + 32]
        sub eax, [ss:attempted]
        print_value eax, 2
        say " DR6 "
        mov eax, dr6
        print_value eax, 4
        test dword [ss:ebp + 40], 0x10000
        jz .no_resume_flag
        say " RF"
.no_resume_flag:
        mov eax, DR6_CLEAR
        mov dr6, eax
        or dword [ss:ebp + 40], 0x10000
        popad
        iretd

code_three:
        nop
.second:
        nop
        ret
code_long:
        mov eax, 0x90909090
        ret
code_mov_ss:
        mov ax, ss
        mov ss, ax
.shadowed:
        nop
        ret
code_sti:
        sti
.shadowed:
        nop
        cli
        ret
code_rep:
        mov ecx, 3
        mov edi, SCRATCH
.rep:
        rep stosb
        mov edi, SCRATCH
        ret
code_int:
        int 0x20
        ret
code_ud:
        ud2

write_byte:
        mov byte [edi], 1
        ret
read_byte:
        mov al, [edi]
        ret
write_dword:
        mov dword [edi], 2
        ret
push_dword:
        push eax
        pop eax
        ret
exchange:
        xchg eax, [edi]
        ret
move_bytes:
        mov ecx, 5
        mov edi, SCRATCH + 0x100
        rep movsb
        mov edi, SCRATCH
        mov esi, SCRATCH
        ret
load_ss:
        mov word [edi + 0x20], ss
        mov ss, [edi + 0x20]
        nop
        nop
        ret
fault_after_read:
        cmp eax, [edi]
        push dword [edi]
        pop eax
        mov ecx, EXECUTE_ONLY
        mov fs, cx
        ret

out_byte:
        out 0x80, al
        ret
in_dword:
        in eax, 0x80
        ret
out_bytes:
        mov ecx, 2
        mov edx, 0x80
        rep outsb
        mov esi, SCRATCH
        ret

step_two:
        step_on
        nop
        step_off
        ret
step_mov_ss:
        mov ax, ss
        step_on
        mov ss, ax
        nop
        step_off
        ret
step_sti:
        step_on
        sti
        cli
        step_off
        ret
step_int:
        step_on
        int 0x20
step_rep:
        mov ecx, 2
        step_on
        rep stosb
        step_off
        mov edi, SCRATCH
        ret
step_write:
        step_on
        mov byte [edi], 1
        step_off
        ret
step_ud:
        step_on
        ud2
step_popf:
        step_on
        push dword 2
        popfd
        nop
        ret

read_dr0:
        mov eax, dr0
        ret
write_dr7:
        mov eax, 0x400
        mov dr7, eax
        ret

        end_of_rom
