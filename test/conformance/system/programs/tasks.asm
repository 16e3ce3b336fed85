; Hardware task switches (SDM vol. 3A, chapter 8).
%include "protected.inc"

AT_EIP          equ 32
AT_EFLAGS       equ 36
AT_EAX          equ 40
AT_ESP          equ 56
AT_ES           equ 72
AT_CS           equ 76
AT_SS           equ 80
AT_DS           equ 84
AT_FS           equ 88
AT_GS           equ 92
AT_LDT          equ 96
AT_TRAP         equ 100

; Fills the other TSS with a task of level 0 that runs report_task, and frees it.
prepare:
        mov byte [gdt + OTHER_TSS + 5], 0x89
        mov byte [gdt + TSS + 5], 0x8b
        mov dword [other_tss], 0
        mov dword [other_tss + AT_EIP], report_task
        mov dword [other_tss + AT_EFLAGS], 0x203
        mov dword [other_tss + AT_EAX], 0xaaaa5555
        mov dword [other_tss + AT_ESP], 0x8800
        mov dword [other_tss + AT_ES], DATA0
        mov dword [other_tss + AT_CS], CODE0
        mov dword [other_tss + AT_SS], DATA0
        mov dword [other_tss + AT_DS], DATA0
        mov dword [other_tss + AT_FS], CONFORMING
        mov dword [other_tss + AT_GS], 0
        mov dword [other_tss + AT_LDT], LDT
        mov word [other_tss + AT_TRAP], 0
        clts
        ret

; Back to the first task after a test, whatever became of it.
%macro restore 0
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax
        mov ax, LDT
        lldt ax
        mov ax, DATA0
        mov es, ax
        mov fs, ax
        mov gs, ax
%endmacro

%macro switch 2+
        call prepare
        attempt %1, %2
        restore
%endmacro

; switch_with name, offset in the TSS, value: a jump to a task with one bad field
%macro switch_with 3
        call prepare
        mov word [other_tss + %2], %3
        attempt %1, jmp dword OTHER_TSS:0
        restore
%endmacro

tests:
        say {"-- switches", 10}
        switch "jump to a TSS", jmp dword OTHER_TSS:0
        switch "call of a TSS", call dword OTHER_TSS:0
        put_gate gdt + OWN, OTHER_TSS, 0, 0xe5, 0
        switch "jump to a task gate", jmp dword OWN:0
        switch "call of a task gate", call dword OWN:0
        put_gate idt + 0x20 * 8, OTHER_TSS, 0, 0xe5, 0
        switch "interrupt", int 0x20
        put_gate idt + 13 * 8, OTHER_TSS, 0, 0xe5, 0
        mov word [slots], 1
        switch "exception with an error code", jmp dword DATA0:0
        mov word [slots], 0
        put_gate idt + 13 * 8, CODE0, linear(stubs) + 13 * 16, 0x8e, 0

        say {"-- and back", 10}
        call prepare
        mov dword [other_tss + AT_EIP], return_at_once
        mov eax, 0x12345678
        mov ebx, 0x9abcdef0
        attempt "IRET", call dword OTHER_TSS:0
        say "registers"
        mov [SCRATCH], eax
        mov [SCRATCH + 4], ebx
        mov [SCRATCH + 8], esp
        pushfd
        pop dword [SCRATCH + 12]
        mov esi, SCRATCH
        mov ecx, 4
        call print_dwords
        say {10}
        call report_tables
        restore

        say {"-- the trap flag of a TSS", 10}
        put_gate idt + 1 * 8, CODE0, linear(on_debug), 0x8e, 0
        xor eax, eax
        mov dr6, eax
        mov eax, 0x555
        mov dr7, eax
        call prepare
        mov word [other_tss + AT_TRAP], 1
        attempt "jump to a TSS", jmp dword OTHER_TSS:0
        restore
        mov eax, dr7
        say "DR7 then"
        mov [SCRATCH], eax
        mov esi, SCRATCH
        mov ecx, 1
        call print_dwords
        say {10}
        put_gate idt + 1 * 8, CODE0, linear(stubs) + 1 * 16, 0x8e, 0

        say {"-- what is checked before", 10}
        switch "busy TSS", jmp dword TSS:0
        put_segment gdt + OWN, 0x20000, 0x66, 0x89, 0
        switch "short TSS", jmp dword OWN:0
        put_segment gdt + OWN, 0x20000, 0x67, 0x09, 0
        switch "absent TSS", jmp dword OWN:0
        put_gate gdt + OWN, TSS, 0, 0xe5, 0
        switch "gate to a busy TSS", jmp dword OWN:0
        put_gate gdt + OWN, DATA0, 0, 0xe5, 0
        switch "gate to data", jmp dword OWN:0
        put_gate gdt + OWN, OTHER_TSS, 0, 0x65, 0
        switch "absent gate", jmp dword OWN:0
        attempt3 "TSS of level 0", jmp dword OTHER_TSS:0
        push dword 0x4002
        popfd
        mov word [tss], 0
        attempt "IRET, null link", iretd
        push dword 0x4002
        popfd
        mov word [tss], OTHER_TSS
        attempt "IRET, link to a free task", iretd

        say {"-- what is checked after", 10}
        ; These faults find no usable stack: task gates take them to tasks of their own.
        put_segment gdt + OWN, linear(fault_task10), 0x67, 0x89, 0
        put_segment gdt + OWN + 8, linear(fault_task11), 0x67, 0x89, 0
        put_segment gdt + OWN + 16, linear(fault_task12), 0x67, 0x89, 0
        put_gate idt + 10 * 8, OWN, 0, 0xe5, 0
        put_gate idt + 11 * 8, OWN + 8, 0, 0xe5, 0
        put_gate idt + 12 * 8, OWN + 16, 0, 0xe5, 0
        switch_with "null CS", AT_CS, 0
        switch_with "CS that is data", AT_CS, DATA0
        switch_with "absent CS", AT_CS, ABSENT_CODE
        switch_with "CS of another level", AT_CS, CODE3 - 3
        switch_with "SS of another level", AT_SS, DATA3
        put_segment gdt + OWN + 24, 0, 0xfffff, 0x12, 0xc
        switch_with "absent SS", AT_SS, OWN + 24
        switch_with "null SS", AT_SS, 0
        switch_with "null DS", AT_DS, 0
        switch_with "DS that cannot be read", AT_DS, EXECUTE_ONLY
        switch_with "absent DS", AT_DS, ABSENT_DATA
        switch_with "GS beyond the GDT", AT_GS, GDT_ENTRIES * 8
        switch_with "LDT that is none", AT_LDT, DATA0
        finish

        align 4
slots:  dd 0

; Tasks of level 0 for faults; EAX is the vector.
%macro fault_task 1
        align 4
fault_task%1:
        times 28 db 0
        dd 0, report_task_fault, 2, %1, 0, 0, 0, 0x8400, 0, 0, 0
        dd DATA0, CODE0, DATA0, DATA0, 0, 0, 0
        times 102 - ($ - fault_task%1) db 0
        dw 0x68
%endmacro
        fault_task 10
        fault_task 11
        fault_task 12

; Before the first instruction of the task: where, and DR6.
on_debug:
        pushad
        mov ebp, esp
        say " #DB at task +"
        mov eax, [ss:ebp + 32]
        sub eax, report_task
        print_value eax, 2
        say " DR6 "
        mov eax, dr6
        print_value eax, 4
        popad
        iretd

; On the stack: the error code. The second task is the one interrupted, and has not executed anything.
report_task_fault:
        pop ebx
        say ": #"
        print_value eax, 2
        say "("
        print_value ebx, 4
        say ") in a task at "
        mov eax, [other_tss + AT_EIP]
        sub eax, report_task
        print_value eax, 4
        say {10}
        mov byte [gdt + OWN + 5], 0x89
        mov byte [gdt + OWN + 8 + 5], 0x89
        mov byte [gdt + OWN + 16 + 5], 0x89
        jmp go_on

; The second task: what it finds.
report_task:
        pushfd
        push eax
        mov ebp, esp
        mov ax, DATA0
        mov ds, ax
        say ": EFLAGS "
        print_value [ebp + 4], 8
        say " EAX "
        print_value [ebp], 8
        say " ESP "
        lea eax, [ebp + 8]
        print_value eax, 4
        mov ecx, [slots]
        lea esi, [ebp + 8]
        call print_dwords
        call report_tables
        jmp go_on

return_at_once:
        iretd

; TR, the busy bits, the link, CR0.TS, and what the first TSS has saved.
report_tables:
        say " TR "
        str eax
        print_value eax, 2
        say " types "
        mov al, [gdt + TSS + 5]
        print_value eax, 2
        say "/"
        mov al, [gdt + OTHER_TSS + 5]
        print_value eax, 2
        say " link "
        print_value [other_tss], 2
        say " CR0 "
        mov eax, cr0
        print_value eax, 1
        say " saved EIP +"
        mov eax, [tss + AT_EIP]
        sub eax, [attempted]
        print_value eax, 2
        say " EFLAGS "
        print_value [tss + AT_EFLAGS], 8
        say {10}
        ret

        end_of_rom
