; Far jumps, calls and returns; call gates and stack switches (SDM vol. 3A, 5.8).
%include "protected.inc"

tests:
        say {"-- far jumps", 10}
        attempt "null", jmp dword 0:0
        attempt "data", jmp dword DATA0:0
        attempt "code of level 3", jmp dword (CODE3 - 3):0
        attempt "RPL above CPL", jmp dword (CODE0 + 3):0
        attempt "absent code", jmp dword ABSENT_CODE:0
        attempt "LDT descriptor", jmp dword LDT:0
        attempt "beyond the GDT", jmp dword GDT_ENTRIES * 8:0
        attempt "beyond the limit", jmp dword CODE16:0x10000
        attempt "busy TSS", jmp dword TSS:0
        attempt "conforming code", jmp dword (CONFORMING + 3):report_cs
        attempt "code in the LDT", jmp dword 0x14:report_cs

        say {"-- far calls", 10}
        attempt "data", call dword DATA0:0
        attempt "absent code", call dword ABSENT_CODE:0
        attempt "beyond the limit", call dword CODE16:0x10000
        mov dword [slots], 1
        attempt "32-bit operands", call dword CODE0:report_frame
        attempt "conforming code", call dword CONFORMING:report_frame
        mov dword [slots], 0
        put_segment gdt + OWN, 0x10000, 0xfffff, 0x9a, 0xc
        attempt "16-bit operands", call word OWN:linear(report_frame16) - 0x10000

        say {"-- call gates", 10}
        put_gate gdt + OWN, CODE0, linear(report_frame), 0xec, 2
        put_gate gdt + OWN + 8, CODE0, linear(report_frame), 0x8c, 2
        put_gate gdt + OWN + 16, CODE0, linear(report_frame), 0x6c, 2
        put_gate gdt + OWN + 24, DATA0, linear(report_frame), 0xec, 2
        put_gate gdt + OWN + 32, ABSENT_CODE, linear(report_frame), 0xec, 2
        put_gate gdt + OWN + 40, 0, linear(report_frame), 0xec, 2
        put_gate gdt + OWN + 48, CODE1, linear(report_frame1), 0xec, 0
        put_gate gdt + OWN + 56, CONFORMING, linear(return), 0xec, 0
        mov dword [STACK3], 0x11111111
        mov dword [STACK3 + 4], 0x22222222
        mov dword [slots], 5
        attempt3 "to level 0 with two parameters", call dword (OWN + 3):0
        attempt3 "to level 1", call dword (OWN + 48 + 3):0
        attempt3 "to conforming code and back", call dword (OWN + 56 + 3):0
        attempt3 "gate of level 0", call dword (OWN + 8 + 3):0
        attempt3 "absent gate", call dword (OWN + 16 + 3):0
        attempt3 "to data", call dword (OWN + 24 + 3):0
        attempt3 "to absent code", call dword (OWN + 32 + 3):0
        attempt3 "to null", call dword (OWN + 40 + 3):0
        attempt3 "jump to level 0", jmp dword (OWN + 3):0
        attempt3 "direct call to level 0", call dword CODE0:0
        attempt "RPL above the gate's DPL", call dword (OWN + 8 + 1):0
        attempt "to level 1 from level 0", call dword (OWN + 48):0
        mov dword [slots], 1
        attempt "to level 0 from level 0", call dword OWN:0
        put_gate gdt + OWN, CODE0, linear(report_cs), 0xec, 0
        attempt "jump from level 0", jmp dword OWN:0
        put_gate gdt + OWN + 64, 0x14, linear(return_parameters), 0xec, 2
        attempt3 "to level 0 and back", call dword (OWN + 64 + 3):0

        say {"-- far returns", 10}
%macro try_return 3     ; name, selector, offset
        mov ebx, esp
        push dword %2
        push dword %3
        attempt %1, retf
        mov esp, ebx
%endmacro
        try_return "to null", 0, 0
        try_return "to data", DATA0, 0
        try_return "to absent code", ABSENT_CODE, 0
        try_return "to the same level", CODE0, report_cs
        try_return "to conforming code", CONFORMING, report_cs
%macro try_outward 4    ; name, stack selector, code selector, offset
        mov esp, STACK0
        push dword %2
        push dword STACK3
        push dword %3
        push dword %4
        attempt %1, retf
%endmacro
        try_outward "outwards, null stack", 0, CODE3, report_level3
        try_outward "outwards, stack of level 0", DATA0, CODE3, report_level3
        try_outward "outwards, RPL of level 0", DATA3 - 3, CODE3, report_level3
        put_segment gdt + OWN, 0, 0xfffff, 0x72, 0xc
        try_outward "outwards, absent stack", OWN + 3, CODE3, report_level3
        try_outward "outwards, code as a stack", CODE3, CODE3, report_level3
        mov ax, DATA3
        mov es, ax
        mov ax, CONFORMING
        mov fs, ax
        mov ax, DATA1
        mov gs, ax
        try_outward "outwards, with DS ES FS GS", DATA3, CODE3, report_level3
        mov ax, DATA0
        mov es, ax
        mov ebp, STACK0
        attempt3 "inwards", call near return_inwards
        finish

; What gates, jumps and calls of this program lead to.

        align 4
slots:  dd 0

return:
        retf
return_parameters:
        retf 8
return_inwards:
        push dword CODE0
        push dword 0
        retf

; CS, then on with the next test.
report_cs:
        say ": CS"
        mov eax, cs
        mov [ss:SCRATCH], eax
        mov esi, SCRATCH
        mov ecx, 1
        call print_dwords
        say {10}
        jmp go_on

; The frame's EIP as an offset from the attempted instruction, and the slots above it.
report_frame:
        mov ebp, esp
        mov ax, DATA0
        mov ds, ax
        mov es, ax
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
        say {10}
        jmp go_on

; The same of a frame of words, in a segment that is based at 10000h.
report_frame16:
        jmp dword CODE0:.flat
.flat:
        mov ebp, esp
        say ": frame"
        mov eax, [ebp]
        sub ax, [attempted]
        mov [SCRATCH], eax
        mov esi, SCRATCH
        mov ecx, 1
        call print_dwords
        say ", ESP "
        print_value ebp, 4
        say {10}
        jmp go_on

; At level 1: CS, SS and ESP, by way of vector 31h.
report_frame1:
        mov eax, esp
        mov bx, ss
        int 0x31

; At level 3: what is left in the data segment registers, by way of vector 31h.
report_level3:
        mov ax, ds
        shl eax, 16
        mov ax, es
        mov bx, fs
        shl ebx, 16
        mov bx, gs
        int 0x31

        end_of_rom
