; Virtual-8086 mode (SDM vol. 3B, chapter 21): entry, exit and sensitive instructions.
%include "protected.inc"

; attempt86 "name", EFLAGS, instruction...: runs it in virtual-8086 mode at 1000:xxxx
%macro attempt86 3+
        say %1
        mov dword [ss:resume], %%after
        mov dword [ss:attempted], linear(%%at) - 0x10000
        push dword 0x0106                       ; GS
        push dword 0x0105                       ; FS
        push dword 0x1000                       ; DS
        push dword 0x0103                       ; ES
        push dword 0x2000                       ; SS
        push dword 0x0100                       ; ESP
        push dword %2
        push dword 0x1000
        push dword linear(%%at) - 0x10000
        iretd
        bits 16
%%at:   %3
        int 0x30
        bits 32
%%after:
%endmacro

VM              equ 0x20000
IOPL3           equ 0x3000

tests:
        ; What vector 30h finds is reported in words; its gate must be at level 3 and lead to level 0.
        say {"-- with IOPL 0", 10}
        attempt86 "CLI", VM + 2, cli
        attempt86 "STI", VM + 2, sti
        attempt86 "PUSHF", VM + 2, pushf
        attempt86 "POPF", VM + 2, popf
        attempt86 "INT n", VM + 2, int 0x30
        attempt86 "IRET", VM + 2, iret
        attempt86 "INT3", VM + 2, int3
        attempt86 "IN", VM + 2, in al, 0x80
        attempt86 "HLT", VM + 2, hlt
        attempt86 "MOV from CR0", VM + 2, mov eax, cr0
        attempt86 "LGDT", VM + 2, lgdt [0]
        attempt86 "LLDT", VM + 2, lldt ax
        attempt86 "LAR", VM + 2, lar ax, ax
        attempt86 "SMSW", VM + IOPL3 + 2, smsw ax

        say {"-- with IOPL 3", 10}
        attempt86 "CLI", VM + IOPL3 + 2, cli
        attempt86 "PUSHF", VM + IOPL3 + 2, pushf
        attempt86 "POPF", VM + IOPL3 + 2, popf
        attempt86 "IN", VM + IOPL3 + 2, in al, 0x80
        attempt86 "INT with DPL 0", VM + IOPL3 + 2, int 0x20
        attempt86 "segment load", VM + IOPL3 + 2, mov ds, sp
        attempt86 "far jump", VM + IOPL3 + 2, jmp 0x1000:linear(show_frame) - 0x10000
        attempt86 "IRETD that would set VM and IOPL", VM + IOPL3 + 2, jmp 0x1000:linear(return86) - 0x10000

        say {"-- the frame", 10}
        put_gate idt + 0x32 * 8, CODE0, linear(report_frame), 0xee, 0
        mov eax, 0
        attempt86 "32-bit gate", VM + IOPL3 + 0x203, int 0x32
        put_gate idt + 0x32 * 8, CODE0, linear(report_frame), 0xef, 0
        attempt86 "32-bit trap gate", VM + IOPL3 + 0x203, int 0x32
        put_gate idt + 0x32 * 8, CODE1, linear(report_frame), 0xee, 0
        attempt86 "gate to level 1", VM + IOPL3 + 2, int 0x32
        put_gate idt + 0x32 * 8, CONFORMING, linear(report_frame), 0xee, 0
        attempt86 "gate to conforming code", VM + IOPL3 + 2, int 0x32
        finish

        bits 16
show_frame:
        mov ax, cs
        int 0x31
return86:
        push dword 0
        push dword 0x1000
        push dword linear(show_flags) - 0x10000
        mov bp, sp
        mov dword [bp + 8], 0x00020002
        iretd
show_flags:
        pushfd
        pop eax
        mov bx, sp
        int 0x31
        bits 32

report_frame:
        mov ebp, esp
        pushfd
        mov cx, ds
        mov dx, fs
        mov ax, DATA0
        mov ds, ax
        mov es, ax
        say ": EIP +"
        mov eax, [ebp]
        sub eax, [attempted]
        print_value eax, 2
        say ", frame"
        mov [SCRATCH], cx
        mov [SCRATCH + 2], dx
        lea esi, [ebp + 4]
        mov ecx, 8
        call print_dwords
        say ", EFLAGS, FS:DS"
        lea esi, [ebp - 4]
        mov ecx, 1
        call print_dwords
        mov esi, SCRATCH
        mov ecx, 1
        call print_dwords
        say {10}
        jmp go_on

        end_of_rom
