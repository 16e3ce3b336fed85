; Privilege: ARPL, the I/O permission bitmap, data reached from outer rings, nulled segments (SDM vol. 3A, chapter 5;
; vol. 1, 19.5).
%include "protected.inc"

BIG_TSS         equ OWN + 64
BIG_TSS_AT      equ 0x31000
BITMAP          equ BIG_TSS_AT + 0x68
DATA2           equ OWN + 72

%macro use_tss 2        ; limit, offset of the bitmap
        put_segment gdt + BIG_TSS, BIG_TSS_AT, %1, 0x89, 0
        mov word [BIG_TSS_AT + 102], %2
        mov ax, BIG_TSS
        ltr ax
%endmacro

; attempt_iopl "name", EFLAGS, instruction: at level 3 with these flags
%macro attempt_iopl 3+
        say %1
        mov dword [ss:resume], %%after
        mov dword [ss:attempted], %%at
        push dword DATA3
        push dword STACK3
        push dword %2
        push dword CODE3
        push dword %%at
        mov ax, DATA3
        mov ds, ax
        mov es, ax
        mov edi, SCRATCH
        mov esi, SCRATCH
        iretd
%%at:   %3
        int 0x30
%%after:
%endmacro

tests:
        say {"-- ARPL", 10}
%macro try_arpl 3       ; name, destination, source
        mov ax, %2
        mov bx, %3
        arpl ax, bx
        pushfd
        say %1
        call report_arpl
        add esp, 4
%endmacro
        try_arpl "raises", 0x1230, 3
        try_arpl "keeps an equal one", 0x1232, 2
        try_arpl "keeps a higher one", 0x1233, 1
        mov dword [SCRATCH], 0x00000003
        mov ax, READ_ONLY
        mov es, ax
        mov bx, 1
        attempt "in read-only memory that stays", arpl [es:SCRATCH], bx
        mov dword [SCRATCH], 0
        mov ax, READ_ONLY
        mov es, ax
        attempt "in read-only memory that changes", arpl [es:SCRATCH], bx

        say {"-- the I/O permission bitmap", 10}
        mov edi, BIG_TSS_AT
        mov ecx, 0x3000 / 4
        xor eax, eax
        rep stosd
        mov dword [BIG_TSS_AT + 4], STACK0
        mov dword [BIG_TSS_AT + 8], DATA0
        ; Port 86h is forbidden.
        mov byte [BITMAP + 0x10], 0x40
        use_tss 0x2069, 0x68
        attempt_iopl "IN of a byte", 2, in al, 0x80
        attempt_iopl "OUT of a forbidden byte", 2, out 0x86, al
        attempt_iopl "IN of a word before it", 2, in ax, 0x84
        attempt_iopl "IN of a word that reaches it", 2, in ax, 0x85
        attempt_iopl "IN of a dword that reaches it", 2, in eax, 0x83
        attempt_iopl "IN of a dword behind it", 2, in eax, 0x87
        attempt_iopl "with IOPL 3", 0x3002, out 0x86, al
        attempt_iopl "INSB", 2, insb
        mov edx, 0x86
        attempt_iopl "INSB, forbidden", 2, insb
        mov edx, 0x86
        attempt_iopl "OUTSB, forbidden", 2, outsb
        mov edx, 0xffff
        attempt_iopl "the last port", 2, in al, dx
        use_tss 0x2067, 0x68
        mov edx, 0xffff
        attempt_iopl "the last port, no byte behind the bitmap", 2, in al, dx
        use_tss 0x78, 0x68
        attempt_iopl "the bitmap's last byte", 2, in al, 0x78
        attempt_iopl "beyond it", 2, in al, 0x80
        use_tss 0x67, 0x68
        attempt_iopl "no bitmap", 2, in al, 0x80
        use_tss 0x2069, 0xffff
        attempt_iopl "a bitmap far beyond the limit", 2, in al, 0x80
        use_tss 0x67, 0
        attempt_iopl "a bitmap at 0, that is clear", 2, in al, 0x20
        attempt_iopl "a bitmap at 0, that is not", 2, in al, 0x2c
        put_segment gdt + BIG_TSS, BIG_TSS_AT, 0x2069, 0x81, 0
        mov ax, BIG_TSS
        ltr ax
        mov dword [BIG_TSS_AT + 2], STACK0 + (DATA0 << 16)
        attempt_iopl "a 16-bit TSS has none", 2, in al, 0x80
        attempt_iopl "and needs none with IOPL 3", 0x3002, in al, 0x80
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax

        say {"-- data segments after a return outwards", 10}
        put_segment gdt + DATA2, 0, 0xfffff, 0xd2, 0xc
        mov ax, DATA2 + 2
        mov es, ax
        mov ax, CONFORMING
        mov fs, ax
        mov ax, DATA3
        mov gs, ax
        say "to level 3"
        mov dword [resume], .returned
        push dword DATA3
        push dword STACK3
        push dword 2
        push dword CODE3
        push dword report_segments
        iretd
.returned:
        say "to level 1"
        mov ax, DATA2 + 2
        mov es, ax
        mov ax, DATA1
        mov gs, ax
        mov dword [resume], .returned1
        push dword DATA1
        push dword 0x8000
        push dword 2
        push dword CODE1
        push dword report_segments
        iretd
.returned1:
        finish

; ZF of the flags on the stack, AX.
report_arpl:
        say ": "
        print_value eax, 4
        say " ZF "
        mov eax, [esp + 4]
        shr eax, 6
        and eax, 1
        print_value eax, 1
        say {10}
        ret

report_segments:
        mov eax, ds
        shl eax, 16
        mov ax, es
        mov ebx, fs
        shl ebx, 16
        mov bx, gs
        int 0x31

        end_of_rom
