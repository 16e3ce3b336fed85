; Real mode (SDM vol. 3B, chapter 20): interrupts, far transfers, limits, unreal mode, and the way there and back.
%include "rom.inc"

%macro say 1
        call print_inline
        db %1, 0
%endmacro

%macro show 2           ; name, 16-bit value
        say %1
        push ax
        mov ax, %2
        call print_hex
        pop ax
%endmacro

; attempt "name", instruction...
%macro attempt 2+
        say %1
        mov word [cs:resume - 0x10000], linear(%%after) - 0x10000
        mov word [cs:attempted - 0x10000], linear(%%at) - 0x10000
%%at:   %2
        say {": done", 10}
%%after:
%endmacro

real_start:
        xor ax, ax
        mov es, ax
        mov di, ax
        mov cx, 64
        mov ax, linear(stubs) - 0x10000
.vectors:
        stosw
        mov word [es:di], 0x1000
        add di, 2
        add ax, 8
        loop .vectors

        say {"-- exceptions", 10}
        xor cx, cx
        attempt "DIV by zero", div cl
        attempt "UD2", ud2
        attempt "INT3", int3
        attempt "INT n", int 0x21
        attempt "LLDT", lldt ax
        attempt "ARPL", db 0x63, 0xc0
        attempt "LAR", lar ax, ax
        attempt "LMSW without PE", lmsw cx
        attempt "word across the segment's end", mov ax, [0xffff]
        attempt "dword in the segment", mov eax, [0xfffc]
        attempt "dword across the segment's end", mov eax, [0xfffd]
        mov ebx, 0x10000
        attempt "byte beyond the segment", mov al, [ebx]
        mov bp, 0xffff
        attempt "word across the stack's end", mov ax, [bp]
        ; For processors that do not look: a jump back from 2000:0000.
        mov ax, 0x2000
        mov es, ax
        mov byte [es:0], 0xea
        mov word [es:1], linear(.not_checked) - 0x10000
        mov word [es:3], 0x1000
        attempt "jump beyond the segment", jmp dword 0x20000
        jmp .checked
.not_checked:
        say {": not checked", 10}
.checked:

        say {"-- frames", 10}
        push word 0x0ad7
        popf
        int 0x20
        push word 0x7000
        popf
        pushf
        pop ax
        show "FLAGS with IOPL 3 and NT ", ax
        push dword 0x00240002
        popfd
        pushfd
        pop eax
        shr eax, 16
        show " AC and ID ", ax
        say {10}
        push word 2
        popf

        say {"-- stack", 10}
        mov sp, 4
        pushad
        show "PUSHAD from SP 4: SP ", sp
        mov sp, 0x7000
        say {10}
        mov esp, 0x12347000
        call 0x1000:linear(far_callee) - 0x10000
        show ", ESP after RETF 4: ", sp
        mov eax, esp
        shr eax, 16
        show " and above ", ax
        say {10}

        say {"-- protected mode and back", 10}
        mov esp, 0x7000
        lgdt [gdt_pointer - 0x10000]
        mov eax, cr0
        inc ax
        mov cr0, eax
        jmp 0x08:linear(protected) - 0x10000
protected:
        mov bx, 0x10
        mov fs, bx
        mov bx, 0x18
        mov ds, bx
        mov es, bx
        mov ss, bx
        dec ax
        mov cr0, eax
        jmp 0x1000:linear(back) - 0x10000
back:
        mov ax, 0x1000
        mov ds, ax
        mov es, ax
        xor ax, ax
        mov ss, ax
        mov byte [fs:dword 0x120000], 0x5a
        attempt "4 GiB through FS", mov al, [fs:dword 0x120000]
        mov ax, 0x2000
        mov fs, ax
        attempt "and after loading FS again", mov al, [fs:dword 0x100000]
        xor ah, ah
        show "read ", ax
        say {10}
        attempt "not through DS", mov al, [dword 0x100000]
        sgdt [0xf000]
        show "GDT limit ", [0xf000]
        show " base ", [0xf000 + 2]
        say {10}
        say {"end", 10}
        mov al, 0
        out 0xf4, al
        cli
        hlt

far_callee:
        mov bp, sp
        show "far frame: CS ", [bp + 2]
        retf 4

; Prints the text behind the call; keeps all registers and flags. ESP may be above 64 KiB here, SP counts.
print_inline:
        push bp
        mov bp, sp
        xchg si, [bp + 2]
        pushf
        push ax
.next:
        mov al, [cs:si]
        inc si
        test al, al
        jz .done
        out 0xe9, al
        jmp .next
.done:
        pop ax
        popf
        xchg si, [bp + 2]
        pop bp
        ret

; AX in four digits.
print_hex:
        push ax
        push bx
        push cx
        mov bx, ax
        mov cx, 4
.next:
        rol bx, 4
        mov al, bl
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .digit
        add al, 'a' - '9' - 1
.digit:
        out 0xe9, al
        loop .next
        pop cx
        pop bx
        pop ax
        ret

        align 8
stubs:
%assign vector 0
%rep 64
        align 8
        push word vector
        jmp near report_event
%assign vector vector + 1
%endrep

report_event:
        mov bp, sp
        show ": vector ", [bp]
        mov ax, [bp + 2]
        sub ax, [cs:attempted - 0x10000]
        cmp word [bp], 0x20
        je .frame
        show " at ", ax
        say {10}
        mov ax, 0x1000
        mov ds, ax
        xor ax, ax
        mov ss, ax
        mov esp, 0x7000
        jmp word [cs:resume - 0x10000]
.frame:
        show " CS ", [bp + 4]
        show " FLAGS ", [bp + 6]
        pushf
        pop ax
        show " inside ", ax
        say {10}
        add sp, 2
        iret

resume:         dw 0
attempted:      dw 0
gdt_pointer:
        dw 31
        dd gdt
        align 8
gdt:
        dq 0
        dw 0xffff, 0x0000, 0x9a01, 0x0000
        dw 0xffff, 0x0000, 0x9200, 0x00cf
        dw 0xffff, 0x0000, 0x9200, 0x0000

        end_of_rom
