; Control registers, model-specific registers, SYSENTER and CPUID (SDM vol. 3A, chapters 2 and 9; vol. 3A, 5.8.7).
%include "protected.inc"

; eax is read, tried, and put back
%macro try_cr0 2        ; name, bits that are set or cleared
        mov eax, cr0
        xor eax, %2
        attempt %1, mov cr0, eax
        mov eax, 0x11
        mov cr0, eax
%endmacro

%macro try_cr4 2
        mov eax, %2
        attempt %1, mov cr4, eax
        xor eax, eax
        mov cr4, eax
%endmacro

%macro try_rdmsr 2
        mov ecx, %2
        attempt %1, rdmsr
%endmacro

%macro try_wrmsr 4      ; name, address, high, low
        mov ecx, %2
        mov edx, %3
        mov eax, %4
        attempt %1, wrmsr
%endmacro

; show "name": EAX
%macro show_eax 1
        say %1
        call print_eax
%endmacro

tests:
        mov eax, 0x11
        mov cr0, eax
        xor eax, eax
        mov cr4, eax

        say {"-- CR0", 10}
        try_cr0 "NW without CD", 0x20000000
        try_cr0 "CD and NW", 0x60000000
        try_cr0 "reserved bits", 0x1ffaffc0
        mov eax, cr0
        and eax, ~0x10
        mov cr0, eax
        mov eax, cr0
        show_eax "ET reads as one"
        mov ax, 0x2e
        lmsw ax
        mov eax, cr0
        show_eax "LMSW of 2e"
        xor eax, eax
        lmsw ax
        mov eax, cr0
        show_eax "LMSW cannot clear PE"
        mov eax, 0x80000031
        and eax, 0x7fffffff
        mov cr0, eax
        mov eax, 0xffffffff
        smsw eax
        show_eax "SMSW r32"
        mov eax, 0xffffffff
        smsw ax
        show_eax "SMSW r16"
        mov dword [SCRATCH], 0xffffffff
        smsw [SCRATCH]
        mov eax, [SCRATCH]
        show_eax "SMSW m16"
        mov eax, 0x19
        mov cr0, eax
        clts
        mov eax, cr0
        show_eax "CLTS"
        attempt "MOV CR1", db 0x0f, 0x20, 0xc8
        attempt "MOV to CR1", db 0x0f, 0x22, 0xc8
        attempt "MOV CR5", db 0x0f, 0x20, 0xe8
        attempt "MOV CR7", db 0x0f, 0x20, 0xf8
        attempt "MOV CR0 with a memory operand's ModRM", db 0x0f, 0x20, 0x00

        say {"-- CR4", 10}
        try_cr4 "VME, PVI, TSD, DE", 0xf
        mov eax, 4
        mov cr4, eax
        attempt "RDTSC at level 0 with TSD", rdtsc
        attempt3 "RDTSC at level 3 with TSD", rdtsc
        xor eax, eax
        mov cr4, eax
        attempt3 "RDTSC at level 3 without", rdtsc
        xor ecx, ecx
        attempt3 "RDPMC at level 3 without PCE", rdpmc

        say {"-- what only level 0 may", 10}
        attempt3 "INVD", invd
        attempt3 "WBINVD", wbinvd
        attempt3 "MOV to CR0", mov cr0, eax
        attempt3 "MOV to CR4", mov cr4, eax
        attempt3 "MOV to DR0", mov dr0, eax
        attempt3 "SGDT", sgdt [STACK3]
        attempt3 "SIDT", sidt [STACK3]
        attempt3 "SLDT", sldt [STACK3]
        attempt3 "STR", str eax
        attempt3 "LMSW from memory that is not there", lmsw [0xfffffff0]
        attempt "INVD at level 0", invd

        say {"-- undefined", 10}
        attempt "RSM", rsm
        attempt "UD1", db 0x0f, 0xb9, 0xc0
        attempt "UD2", ud2
        attempt "LGDT of a register", db 0x0f, 0x01, 0xd0
        attempt "LIDT of a register", db 0x0f, 0x01, 0xd8
        attempt "INVLPG of a register", db 0x0f, 0x01, 0xf8
        attempt "LEA of a register", db 0x8d, 0xc0
        attempt "LES of a register", db 0xc4, 0xc0
        attempt "BOUND of a register", db 0x62, 0xc0
        attempt "CALL FAR of a register", db 0xff, 0xd8
        attempt "JMP FAR of a register", db 0xff, 0xe8
        attempt "FF /7", db 0xff, 0xf8
        attempt "FE /2", db 0xfe, 0xd0
        attempt "8F /1", db 0x8f, 0xc8
        attempt "MOV r, segment register 6", db 0x8c, 0xf0
        attempt "MOV segment register 7, r", db 0x8e, 0xf8
        attempt "CMPXCHG8B of a register", db 0x0f, 0xc7, 0xc8
        attempt "POP CS, of the 8086", db 0x0f, 0x0a
        attempt "LOADALL, of the 80286", db 0x0f, 0x04

        say {"-- LOCK", 10}
        mov edi, SCRATCH
        attempt "LOCK ADD m, r", lock add [edi], eax
        attempt "LOCK ADD r, m", db 0xf0, 0x03, 0x07
        attempt "LOCK ADD r, r", db 0xf0, 0x01, 0xc0
        attempt "LOCK CMP m, r", db 0xf0, 0x39, 0x07
        attempt "LOCK MOV m, r", db 0xf0, 0x89, 0x07
        attempt "LOCK TEST m, r", db 0xf0, 0x85, 0x07
        attempt "LOCK NOT m", lock not dword [edi]
        attempt "LOCK MUL m", db 0xf0, 0xf7, 0x27
        attempt "LOCK INC m", lock inc dword [edi]
        attempt "LOCK PUSH m", db 0xf0, 0xff, 0x37
        attempt "LOCK XCHG m, r", lock xchg [edi], eax
        attempt "LOCK XCHG r, r", db 0xf0, 0x87, 0xc0
        attempt "LOCK NOP", db 0xf0, 0x90
        attempt "LOCK BTS m, r", lock bts [edi], eax
        attempt "LOCK BT m, r", db 0xf0, 0x0f, 0xa3, 0x07
        attempt "LOCK CMPXCHG m, r", lock cmpxchg [edi], eax
        attempt "LOCK XADD m, r", lock xadd [edi], eax
        attempt "LOCK CMPXCHG8B m", lock cmpxchg8b [edi]
        attempt "LOCK MOVS", db 0xf0, 0xa4
        attempt "LOCK JMP", db 0xf0, 0xeb, 0x00

        say {"-- length", 10}
        attempt "15 bytes", db 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
        attempt "16 bytes", db 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
        attempt "16 bytes of LOCK", db 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0x90

        say {"-- model-specific registers", 10}
        try_rdmsr "one that does not exist", 0x12345678
        try_wrmsr "writing it", 0x12345678, 0, 0
        try_rdmsr "TSC", 0x10
        try_wrmsr "SYSENTER_CS", 0x174, 0, 0x00000008
        mov ecx, 0x174
        xor eax, eax
        rdmsr
        show_eax "reads back"
        try_wrmsr "TSC", 0x10, 0x00001234, 0xfffff000
        rdtsc
        mov eax, edx
        show_eax "its upper half"
        try_rdmsr "microcode revision", 0x8b
        attempt3 "RDMSR at level 3", rdmsr

        say {"-- SYSENTER and SYSEXIT", 10}
        try_wrmsr "null selector", 0x174, 0, 0
        attempt "SYSENTER through it", sysenter
        attempt "SYSEXIT through it", sysexit
        try_wrmsr "CODE0", 0x174, 0, CODE0
        try_wrmsr "stack", 0x175, 0, STACK0 - 0x100
        try_wrmsr "entry", 0x176, 0, linear(report_entry)
        attempt3 "SYSENTER", sysenter
        attempt3 "SYSEXIT at level 3", sysexit
        mov ecx, STACK3
        mov edx, report_exit
        attempt "SYSEXIT", sysexit

        say {"-- CPUID", 10}
        xor eax, eax
        cpuid
        cmp eax, 1
        jb .no_leaf_1
        mov [SCRATCH], ebx
        mov [SCRATCH + 4], edx
        mov [SCRATCH + 8], ecx
        say "has a vendor"
        cmp dword [SCRATCH], 0
        je .no_leaf_1
        say {": yes", 10}
.no_leaf_1:
        attempt3 "at level 3", cpuid
        finish

print_eax:
        push esi
        push ecx
        mov [SCRATCH + 16], eax
        say ":"
        mov esi, SCRATCH + 16
        mov ecx, 1
        call print_dwords
        say {10}
        pop ecx
        pop esi
        ret

; At level 0, by SYSENTER.
report_entry:
        mov ebp, esp
        pushfd
        pop ebx
        say ": CS "
        mov eax, cs
        print_value eax, 4
        say " SS "
        mov eax, ss
        print_value eax, 4
        say " ESP "
        print_value ebp, 4
        say " flags "
        and ebx, 0x20200
        print_value ebx, 8
        say {10}
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        jmp go_on

; At level 3, by SYSEXIT.
report_exit:
        mov eax, ss
        mov ebx, esp
        int 0x31

        end_of_rom
