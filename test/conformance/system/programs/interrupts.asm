; Interrupts and exceptions (SDM vol. 3A, chapter 6): gates, error codes, double faults, IRET.
%include "protected.inc"

%macro idt_gate 4       ; vector, selector, offset, access
        put_gate idt + (%1) * 8, %2, %3, %4, 0
%endmacro

tests:
        say {"-- exceptions of instructions", 10}
        xor ecx, ecx
        attempt "DIV by zero", div ecx
        mov eax, 0x80000000
        cdq
        mov ebx, -1
        attempt "IDIV overflow", idiv ebx
        attempt "AAM 0", aam 0
        attempt "UD2", ud2
        attempt "MOV to CS", db 0x8e, 0xc8
        attempt "LOCK on a register", db 0xf0, 0x01, 0xc0
        attempt "INT3", int3
        attempt "INT 3", int 3
        attempt "INT1", db 0xf1
        mov al, 0x7f
        add al, 1
        attempt "INTO with OF", into
        xor al, al
        attempt "INTO without OF", into
        mov eax, 5
        mov dword [SCRATCH], 6
        mov dword [SCRATCH + 4], 8
        attempt "BOUND below", bound eax, [SCRATCH]
        mov eax, 8
        attempt "BOUND at the upper end", bound eax, [SCRATCH]
        attempt "16 bytes long", times 15 db 0x66
        nop

        say {"-- system instructions at level 3", 10}
        attempt3 "CLI", cli
        attempt3 "STI", sti
        attempt3 "HLT", hlt
        attempt3 "IN", in al, 0x80
        attempt3 "OUT", out dx, al
        attempt3 "INSB", insb
        attempt3 "MOV from CR0", mov eax, cr0
        attempt3 "MOV to CR3", mov cr3, eax
        attempt3 "MOV from DR7", mov eax, dr7
        attempt3 "CLTS", clts
        attempt3 "LMSW", lmsw ax
        attempt3 "SMSW", smsw ax
        attempt3 "INVLPG", invlpg [0]
        attempt3 "WBINVD", wbinvd
        attempt3 "RDMSR", rdmsr
        attempt3 "WRMSR", wrmsr
        attempt3 "RDTSC", rdtsc
        attempt3 "PUSHF", pushfd
        attempt3 "POPF", popfd

        say {"-- INT n and the gate's DPL", 10}
        attempt3 "DPL 0", int 0x20
        attempt3 "DPL 0, INT3", int3
        attempt3 "beyond the IDT", int 0x40
        attempt "beyond the IDT", int 0x40
        idt_gate 0x20, CODE0, linear(stubs) + 0x200, 0x6e
        attempt "absent gate", int 0x20
        idt_gate 0x20, CODE0, linear(stubs) + 0x200, 0xec
        attempt "call gate", int 0x20
        idt_gate 0x20, CODE0, 0, 0xe2
        attempt "LDT descriptor", int 0x20
        idt_gate 0x20, 0, linear(stubs) + 0x200, 0xee
        attempt "null code", int 0x20
        idt_gate 0x20, DATA0, linear(stubs) + 0x200, 0xee
        attempt "data", int 0x20
        idt_gate 0x20, ABSENT_CODE, linear(stubs) + 0x200, 0xee
        attempt "absent code", int 0x20
        idt_gate 0x20, CODE3, linear(stubs) + 0x200, 0xee
        attempt "code of level 3", int 0x20
        idt_gate 0x20, GDT_ENTRIES * 8, linear(stubs) + 0x200, 0xee
        attempt "code beyond the GDT", int 0x20

        say {"-- frames", 10}
        idt_gate 0x20, CODE0, linear(report_frame), 0xee
        mov dword [slots], 2
        push dword 0x0203
        popfd
        attempt "interrupt gate from level 0", int 0x20
        idt_gate 0x20, CODE0, linear(report_frame), 0xef
        push dword 0x0202
        popfd
        attempt "trap gate from level 0", int 0x20
        mov dword [slots], 4
        attempt3 "trap gate from level 3", int 0x20
        mov dword [slots], 2
        idt_gate 0x20, 0x14, linear(report_frame), 0xee
        attempt "code in the LDT", int 0x20

        say {"-- faults while a fault is delivered", 10}
        ; Vector 6 through a gate that is not there: #NP. Vectors 13 and 0 likewise: double.
        mov byte [idt + 6 * 8 + 5], 0x0e
        attempt "UD, absent gate", ud2
        mov byte [idt + 6 * 8 + 5], 0x8e
        mov byte [idt + 13 * 8 + 5], 0x0e
        mov cx, EXECUTE_ONLY
        attempt "GP, absent gate", mov ds, cx
        mov byte [idt + 13 * 8 + 5], 0x8e
        mov byte [idt + 0 * 8 + 5], 0x0e
        xor ecx, ecx
        attempt "DE, absent gate", div ecx
        mov byte [idt + 0 * 8 + 5], 0x8e

        say {"-- IRET", 10}
%macro try_iret 4       ; name, selector, offset, flags
        mov esp, STACK0
        push dword DATA3
        push dword STACK3
        push dword %4
        push dword %2
        push dword %3
        attempt %1, iretd
%endmacro
        try_iret "to null", 0, 0, 2
        try_iret "to data", DATA0, 0, 2
        try_iret "to absent code", ABSENT_CODE, 0, 2
        try_iret "to level 3", CODE3, report_flags, 0x3ffdd7 & ~0x24300
        try_iret "to level 0", CODE0, report_flags, 0x3ffdd7 & ~0x24300
        finish

        align 4
slots:  dd 0

report_flags:
        pushfd
        pop eax
        mov ebx, esp
        int 0x31

report_frame:
        pushfd
        pop eax
        mov ebp, esp
        mov edx, DATA0
        mov ds, dx
        mov es, dx
        mov [SCRATCH], eax
        say ": EIP +"
        mov eax, [ebp]
        sub eax, [attempted]
        print_value eax, 2
        say ", frame"
        mov ecx, [slots]
        lea esi, [ebp + 4]
        call print_dwords
        say ", ESP "
        print_value ebp, 4
        say ", EFLAGS"
        mov esi, SCRATCH
        mov ecx, 1
        call print_dwords
        say {10}
        jmp go_on

        end_of_rom
