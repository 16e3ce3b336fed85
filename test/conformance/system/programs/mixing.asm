; 16-bit and 32-bit code, stacks, gates and tasks together (SDM vol. 3B, chapter 22).
%include "protected.inc"

; The program's text in segments of its own, whose offsets fit 16 bits: 32-bit and 16-bit code.
TEXT32          equ OWN
TEXT16          equ OWN + 8
GATE            equ OWN + 16
TSS16           equ OWN + 24
CONFORMING16    equ OWN + 32
TEXT3           equ OWN + 40 + 3

%define near16(label) (linear(label) - 0x10000)

tests:
        put_segment gdt + TEXT32, 0x10000, 0x1f, 0x9a, 0xc
        put_segment gdt + TEXT3 - 3, 0x10000, 0xffff, 0xfa, 4
        put_segment gdt + TEXT16, 0x10000, 0xffff, 0x9a, 0
        put_segment gdt + CONFORMING16, 0x10000, 0xffff, 0x9e, 0

        say {"-- 16-bit interrupt gates", 10}
        ; Their offsets have 16 bits: what lies above them is ignored, and would lead to a jump to `upper_half`.
        mov byte [0x20000 + near16(report_words)], 0xe9
        mov dword [0x20001 + near16(report_words)], near16(upper_half) - 0x10005 - near16(report_words)
        mov dword [slots], 3
        put_gate idt + 0x32 * 8, TEXT32, near16(report_words) + 0x10000, 0xe6, 0
        attempt "bits 31 to 16 of the offset", int 0x32
        put_gate idt + 0x32 * 8, TEXT32, near16(report_words), 0xe6, 0
        push dword 0x247
        popfd
        attempt "from level 0", int 0x32
        put_gate idt + 0x32 * 8, TEXT32, near16(report_words), 0xe7, 0
        push dword 0x247
        popfd
        attempt "trap gate", int 0x32
        mov dword [slots], 5
        put_gate idt + 0x32 * 8, TEXT32, near16(report_words), 0xe6, 0
        attempt3 "from level 3", int 0x32
        put_gate idt + 0x32 * 8, TEXT16, near16(return_words), 0xe6, 0
        attempt "and back", call interrupt_words
        attempt3 "and back to level 3", jmp dword TEXT3:near16(interrupt_words3)
        put_gate idt + 13 * 8, TEXT32, near16(report_words), 0x86, 0
        mov dword [slots], 4
        mov dword [return_slot], 1
        attempt "an error code", jmp dword DATA0:0
        put_gate idt + 13 * 8, CODE0, linear(stubs) + 13 * 16, 0x8e, 0
        mov dword [return_slot], 0

        say {"-- call gates", 10}
        put_gate gdt + GATE, TEXT32, near16(report_words), 0xe4, 3
        mov dword [STACK3], 0x22221111
        mov dword [STACK3 + 4], 0x44443333
        mov dword [slots], 7
        attempt3 "three words", call dword (GATE + 3):0
        mov dword [slots], 2
        attempt "from level 0, none", call dword GATE:0
        put_gate gdt + GATE, TEXT16, near16(drop_words), 0xe4, 2
        attempt3 "and back", jmp dword TEXT3:near16(call_words3)
        put_gate gdt + GATE, TEXT32, near16(drop_dwords), 0xec, 31
        attempt3 "31 dwords and back", call dword (GATE + 3):0
        put_gate gdt + GATE, CONFORMING16, near16(retf16), 0xe4, 0
        attempt3 "to conforming code and back", jmp dword TEXT3:near16(call_words3)
        put_gate gdt + GATE, TEXT32, near16(report_words), 0xe4, 0

        say {"-- calls and returns", 10}
        attempt "32-bit call of 16-bit code", call dword TEXT16:near16(retf32)
        attempt "16-bit call of 16-bit code", call word_call
        attempt "16-bit near call and return", call near_words

        say {"-- 16-bit stacks", 10}
        mov dword [0x9000], 0x55aa55aa
%macro with_stack16 3   ; name, ESP, routine: in 32-bit code, on DATA16
        say %1
        mov dword [resume], %%after
        mov dword [attempted], %3
        mov ax, DATA16
        mov ss, ax
        mov esp, %2
        jmp %3
%%after:
%endmacro
        mov eax, 0x11223344
        with_stack16 "PUSH wraps SP", 0x12340000, push_dword
        with_stack16 "POP", 0x1234fffc, pop_dword
        with_stack16 "PUSHAD", 0x12349000, push_all
        with_stack16 "POPAD", 0x12349000, pop_all
        with_stack16 "ENTER", 0x12349000, enter_frame
        with_stack16 "LEAVE", 0x12349000, leave_frame
        with_stack16 "CALL and RET", 0x12349000, call_near
        with_stack16 "RET 8", 0x1234fff0, ret_release
        with_stack16 "INT", 0x12349000, interrupt

        say {"-- POP SS between stacks of different size", 10}
        with_stack16 "to 32 bits", 0x1234fffc, pop_ss_wide
        say "to 16 bits"
        mov dword [resume], .popped
        mov esp, 0x8ffc
        mov dword [esp], DATA16
        pop ss
        jmp report_stack
.popped:
        say "LSS to 16 bits"
        mov dword [resume], .loaded
        mov dword [SCRATCH], 0xabcd9000
        mov word [SCRATCH + 4], DATA16
        lss esp, [SCRATCH]
        jmp report_stack
.loaded:
        say {"-- PUSH and POP of other sizes", 10}
        say "PUSH DS"
        mov dword [STACK0 - 4], 0xffffffff
        push ds
        call report_slot
        say "POP to DS"
        mov dword [esp], 0xffff0000 + DATA0
        pop ds
        call report_slot
        say "16-bit PUSH DS"
        mov dword [STACK0 - 4], 0xffffffff
        o16 push ds
        call report_slot
        say "16-bit POP to DS"
        o16 pop ds
        call report_slot
        say "16-bit PUSH"
        mov eax, 0x11223344
        push ax
        call report_slot
        pop bx
        say "PUSHFW"
        pushfw
        call report_slot
        popfw
        say "PUSHAW"
        pushaw
        call report_slot
        popaw

        say "16-bit addresses:"
        mov ebx, 0x0003fff0
        mov esi, 0x00030020
        mov byte [0x10], 0x5a
        mov byte [0x10 + 0x10000], 0
        mov al, [bx + si]
        call report_al
        mov ecx, 0x00050000
        mov eax, 0
        jcxz .cx_is_zero
        mov eax, 1
.cx_is_zero:
        call report_al
        mov ecx, 0xffff0002
        mov eax, 0
.again:
        inc eax
        a16 loop .again
        call report_al
        mov eax, ecx
        call report_eax
        mov ecx, 0xabcd0003
        mov edi, 0x5678fffe
        xor eax, eax
        a16 rep stosb
        mov eax, ecx
        call report_eax
        mov eax, edi
        call report_eax
        say {10}

        say {"-- 16-bit tasks", 10}
        put_segment gdt + TSS16, linear(task16), 0x2b, 0x81, 0
        attempt "jump and back", call jump_task16
        mov byte [gdt + TSS16 + 5], 0x81
        mov dword [task16 + 14], near16(return_task16)
        attempt "call and IRET", call dword TSS16:0
        put_segment gdt + TSS16, linear(task16), 0x2a, 0x81, 0
        attempt "too short", call dword TSS16:0
        put_segment gdt + TSS16, linear(task16), 0x2b, 0x81, 0
        mov word [task16 + 14], near16(return_task16)
        mov word [task16 + 34], DATA0
        attempt3 "not from level 3", call dword TSS16:0

        say "LAR and LSL with 16-bit operands:"
        mov eax, 0x12345678
        mov cx, CODE0
        lar ax, cx
        call report_eax
        mov eax, 0x12345678
        lsl ax, cx
        call report_eax
        say {10}
        finish

        align 4
slots:  dd 0
; Which of them is IP.
return_slot: dd 0
; Links and stacks; IP, FLAGS; AX CX DX BX SP BP SI DI; ES CS SS DS; LDT.
task16:
        dw 0, 0x7000, DATA0, 0, 0, 0, 0
        dw near16(report_task16), 2
        dw 0x1111, 0x2222, 0x3333, 0x4444, 0x8800, 0x5555, 0x6666, 0x7777
        dw DATA0, TEXT32, DATA16, DATA0, LDT

upper_half:
        jmp dword CODE0:.flat
.flat:
        say {": at the wrong place", 10}
        jmp go_on

; The words on the stack; IP as an offset from the attempted instruction.
report_words:
        jmp dword CODE0:.flat
.flat:
        mov ebp, esp
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        say ": "
        mov ecx, [slots]
        mov esi, ebp
        mov eax, [return_slot]
        mov edx, [attempted]
        sub [ebp + 2 * eax], dx
.next:
        say " "
        mov ax, [esi]
        print_value eax, 4
        add esi, 2
        loop .next
        say ", ESP "
        print_value ebp, 4
        pushfd
        pop eax
        and eax, 0x200
        say " IF "
        print_value eax, 4
        say {10}
        jmp go_on

drop_dwords:
        retf 31 * 4

        bits 16
return_words:
        iret
drop_words:
        retf 4
retf16:
        retf
retf32:
        o32 retf
        bits 32

; At level 3, in TEXT3: past the gate and back, twice the same way.
interrupt_words3:
        int 0x32
        int 0x32
        int 0x30
call_words3:
        call dword (GATE + 3):0
        call dword (GATE + 3):0
        int 0x30

; In TEXT32, whose offsets fit: far and near calls that push words.
word_call:
        jmp dword TEXT32:near16(.inside)
.inside:
        call word TEXT16:near16(retf16)
        jmp dword CODE0:.outside
.outside:
        ret
interrupt_words:
        jmp dword TEXT32:near16(.inside)
.inside:
        int 0x32
        jmp dword CODE0:.outside
.outside:
        ret
near_words:
        jmp dword TEXT32:near16(.inside)
.inside:
        mov ebx, esp
        o16 call .callee
        sub ebx, esp
        jmp dword CODE0:.outside
.callee:
        mov edx, esp
        o16 ret
.outside:
        ret

; What is left of ESP, and what lies on top of the stack.
report_stack:
        mov edx, esp
        mov cx, ss
        mov ax, DATA0
        mov ss, ax
        mov esp, STACK0
        say ": ESP "
        print_value edx, 8
        say " SS "
        print_value ecx, 4
        movzx edx, dx
        say " top "
        print_value [edx], 8
        say {10}
        jmp go_on

push_dword:
        push eax
        jmp report_stack
pop_dword:
        mov dword [0xfffc], 0x99887766
        pop eax
        mov [0], eax
        jmp report_stack
push_all:
        pushad
        jmp report_stack
pop_all:
        popad
        mov dword [0x9020], 0xfeedbeef
        jmp report_stack
enter_frame:
        mov ebp, 0xcafe0000
        enter 0x10, 0
        mov [0x9000 - 0x14], ebp
        jmp report_stack
leave_frame:
        mov ebp, 0xcafe8000
        mov dword [0x8000], 0x13572468
        mov dword [0x8004], 0
        leave
        mov [0x8004], ebp
        jmp report_stack
call_near:
        call .callee
.callee:
        movzx edx, sp
        sub dword [edx], .callee
        jmp report_stack
ret_release:
        mov dword [0xfff0], report_stack
        mov dword [0xfffc], 0x24681357
        ret 8
interrupt:
        put_gate idt + 0x33 * 8, CODE0, linear(report_stack), 0xee, 0
        int 0x33
pop_ss_wide:
        mov dword [0xfffc], DATA0
        pop ss
        jmp report_stack

; The upper word of the dword below the stack's bottom, and ESP.
report_slot:
        push eax
        say ": "
        mov eax, [STACK0 - 2]
        print_value eax, 4
        lea eax, [esp + 8]
        say " ESP "
        print_value eax, 4
        say {10}
        pop eax
        ret
report_al:
        say " "
        print_value eax, 2
        ret
report_eax:
        say " "
        print_value eax, 8
        ret

jump_task16:
        jmp dword TSS16:0
report_task16:
        jmp dword CODE0:.flat
.flat:
        ; The upper halves are undefined.
        movzx esp, sp
        mov bp, DATA0
        mov ss, bp
        say {": AX "}
        print_value eax, 4
        say " DI "
        print_value edi, 4
        say " SP "
        print_value esp, 4
        say " FS "
        mov eax, fs
        print_value eax, 4
        str ax
        say " TR "
        print_value eax, 4
        say {10}
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax
        mov ax, DATA0
        mov fs, ax
        mov gs, ax
        jmp go_on
        bits 32
return_task16:
        iretd

        end_of_rom
