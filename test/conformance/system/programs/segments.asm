; Loading segment registers (SDM vol. 3A, chapters 3 and 5).
%include "protected.inc"

%macro load 3           ; name, register, selector
        mov ax, %3
        attempt %1, mov %2, ax
%endmacro

tests:
        say {"-- data segments at level 0", 10}
        load "null", ds, 0
        load "data", ds, DATA0
        load "data of level 3", ds, DATA3
        load "code", ds, CODE0
        load "execute-only code", ds, EXECUTE_ONLY
        load "conforming code", ds, CONFORMING
        load "absent data", ds, ABSENT_DATA
        load "absent code", ds, ABSENT_CODE
        load "TSS", ds, TSS
        load "RPL above DPL", ds, DATA0 + 3
        load "beyond the GDT", ds, GDT_ENTRIES * 8
        load "empty descriptor", ds, OWN
        load "LDT", ds, 0x0c
        load "beyond the LDT", ds, 0x24
        mov ax, DATA0
        mov ds, ax

        say {"-- through a null segment", 10}
        xor eax, eax
        mov fs, ax
        attempt "read", mov eax, [fs:0]
        attempt "write", mov [fs:0], eax

        say {"-- stack segments at level 0", 10}
        load "null", ss, 0
        load "data", ss, DATA0
        load "read-only data", ss, READ_ONLY
        load "code", ss, CODE0
        load "other RPL", ss, DATA0 + 1
        load "other DPL", ss, DATA3
        load "absent", ss, ABSENT_DATA
        load "beyond the GDT", ss, GDT_ENTRIES * 8

        say {"-- at level 3", 10}
        mov ax, DATA3
        attempt3 "own data", mov ds, ax
        mov ax, DATA0
        attempt3 "data of level 0", mov ds, ax
        mov ax, CODE0
        attempt3 "code of level 0", mov ds, ax
        mov ax, CONFORMING
        attempt3 "conforming code", mov ds, ax
        mov ax, 3
        attempt3 "null with RPL 3 to DS", mov ds, ax
        attempt3 "null with RPL 3 to SS", mov ss, ax

        say {"-- limits", 10}
        put_segment gdt + OWN, SCRATCH, 0x0fff, 0x92, 4
        mov ax, OWN
        mov fs, ax
        attempt "last byte", mov al, [fs:0xfff]
        attempt "last dword", mov eax, [fs:0xffc]
        attempt "dword across the limit", mov eax, [fs:0xffd]
        attempt "byte beyond the limit", mov al, [fs:0x1000]
        attempt "dword across 4 GiB", mov eax, [fs:0xfffffffe]
        put_segment gdt + OWN, SCRATCH, 0x0fff, 0x96, 4
        mov ax, OWN
        mov fs, ax
        attempt "expand-down: at the limit", mov al, [fs:0xfff]
        attempt "expand-down: above the limit", mov al, [fs:0x1000]
        put_segment gdt + OWN, SCRATCH, 0x0fff, 0x96, 0
        mov ax, OWN
        mov fs, ax
        attempt "16-bit expand-down: last byte", mov al, [fs:0xffff]
        attempt "16-bit expand-down: beyond", mov al, [fs:0x10000]
        put_segment gdt + OWN, SCRATCH, 0x0fff, 0x90, 4
        mov ax, OWN
        mov fs, ax
        attempt "write to read-only data", mov [fs:0], al
        attempt "write to code", mov [cs:scratch], al
        mov ax, EXECUTE_ONLY
        jmp dword EXECUTE_ONLY:.execute_only
.execute_only:
        attempt "read from execute-only code", mov al, [cs:scratch]
        jmp dword CODE0:.executable
.executable:

        say {"-- accessed bits", 10}
        put_segment gdt + OWN, 0, 0xfffff, 0x92, 0xc
        mov ax, OWN
        mov fs, ax
        print_value [gdt + OWN + 4], 8
        put_segment gdt + OWN, 0, 0xfffff, 0x9a, 0xc
        jmp dword OWN:.accessed
.accessed:
        say " "
        print_value [gdt + OWN + 4], 8
        say {10}
        jmp dword CODE0:.end
.end:

        say {"-- queries", 10}
%macro query 2          ; name, selector
        say %1
        mov ax, %2
        mov ebx, 0x12345678
        lar ebx, ax
        say ": LAR "
        ; Bits 19..16 are undefined.
        and ebx, 0xfff0ffff
        print_value ebx, 8
        mov ebx, 0x12345678
        lsl ebx, ax
        say " LSL "
        print_value ebx, 8
        verr ax
        setz bl
        verw ax
        setz bh
        say " VERR "
        print_value ebx, 1
        say " VERW "
        mov bl, bh
        print_value ebx, 1
        say {10}
%endmacro
        query "null", 0
        query "code", CODE0
        query "data", DATA0
        query "data with RPL 3", DATA0 + 3
        query "data of level 3", DATA3
        query "execute-only code", EXECUTE_ONLY
        query "read-only data", READ_ONLY
        query "conforming code with RPL 3", CONFORMING + 3
        query "absent data", ABSENT_DATA
        query "TSS", TSS
        query "LDT", LDT
        put_gate gdt + OWN, CODE0, 0, 0xec, 0
        query "call gate", OWN
        put_gate gdt + OWN, CODE0, 0, 0xe5, 0
        query "task gate", OWN
        put_gate gdt + OWN, CODE0, 0, 0xee, 0
        query "interrupt gate", OWN

        say {"-- LLDT and LTR", 10}
        mov ax, 0
        attempt "LLDT null", lldt ax
        attempt "LTR null", ltr ax
        mov ax, TSS
        attempt "LLDT of a TSS", lldt ax
        attempt "LTR of a busy TSS", ltr ax
        mov ax, LDT
        attempt "LTR of an LDT", ltr ax
        attempt "LLDT", lldt ax
        mov ax, LDT + 4
        attempt "LLDT of a local selector", lldt ax
        mov ax, OTHER_TSS
        attempt "LTR", ltr ax
        say "its descriptor: "
        print_value [gdt + OTHER_TSS + 4], 8
        say {10}
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax
        attempt3 "LLDT at level 3", lldt ax
        attempt3 "LTR at level 3", ltr ax
        attempt3 "SGDT at level 3", sgdt [SCRATCH]
        attempt3 "LGDT at level 3", lgdt [SCRATCH]
        attempt3 "LIDT at level 3", lidt [SCRATCH]
        finish

        end_of_rom
