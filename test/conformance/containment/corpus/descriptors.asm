; Random descriptors: loaded everywhere, called through gates, switched to as tasks, tables at any address.
%include "hostile.inc"

TABLE   equ 0x200000                    ; what may be a TSS, an LDT or a stack

prepare:
        mov     edi, TABLE
        mov     ecx, 0x4000 / 4
.fill:  call    random
        stosd
        loop    .fill
        ret

attack: mov     byte [gdt + TASK + 5], 0x89 ; not busy
        mov     ax, TASK
        ltr     ax
        call    random
        mov     ebx, eax
        and     ebx, 7 << 3             ; one of eight descriptors becomes another
        call    random
        mov     [gdt + FREE + ebx], eax
        mov     ecx, eax
        call    random
        mov     [gdt + FREE + ebx + 4], eax
        test    ecx, 3
        jz      .go
        and     dword [gdt + FREE + ebx + 4], 0x00d0_ff1f ; mostly one that is there and lies where it may
        or      dword [gdt + FREE + ebx + 4], 0x0000_8020
        mov     byte [gdt + FREE + ebx + 7], 0
        test    ecx, 0x100
        jz      .go
        mov     byte [gdt + FREE + ebx + 4], 0x20
        mov     dword [gdt + FREE + ebx], FLAT_CODE << 16 | 0x1234
        mov     byte [gdt + FREE + ebx + 6], 0x10
.go:    call    random
        mov     edx, eax
        shr     edx, 8
        and     edx, 3                  ; its ring and table
        add     edx, FREE
        add     edx, ebx
        and     eax, 15
        jmp     [ways + eax * 4]
ways:   dd .ds, .es, .fs, .ss, .ldt, .tr, .lar, .verr, .jump, .call, .iret, .retf, .task, .lgdt, .arpl, .user
.ds:    mov     ds, dx
        mov     eax, [0]
        mov     [0x1fff], eax
        jmp     attack
.es:    mov     es, dx
        xor     edi, edi
        mov     ecx, 64
        rep stosd
        jmp     attack
.fs:    mov     fs, dx
        fs inc  dword [ebp]
        jmp     attack
.ss:    mov     ss, dx
        push    eax
        pop     eax
        jmp     resume
.ldt:   lldt    dx
        or      dl, 4
        mov     gs, dx
        jmp     attack
.tr:    ltr     dx
        ud2
.lar:   lar     eax, edx
        lsl     eax, edx
        jmp     attack
.verr:  verr    dx
        verw    dx
        jmp     attack
.jump:  mov     [far_pointer + 4], dx
        jmp     far [far_pointer]
.call:  mov     [far_pointer + 4], dx
        call    far [far_pointer]
        jmp     attack
.iret:  push    dword 0x3202
        push    edx
        push    dword attack
        iretd
.retf:  push    dword 0x23
        push    dword STACK
        push    edx
        push    dword attack
        retf
.task:  mov     word [task], dx         ; back to it as a nested task
        push    dword 0x4002
        popfd
        iretd
.lgdt:  call    random                  ; a table anywhere, for as long as it takes to load a segment from it
        mov     [anywhere + 2], eax
        lgdt    [anywhere]
        mov     cx, 0x10
        mov     gs, cx
        lgdt    [gdtr]
        jmp     attack
.arpl:  arpl    dx, cx
        mov     gs, dx
        jmp     attack
.user:  push    dword USER_DATA         ; ring 3, which does the same
        push    dword STACK
        push    dword 0x3002
        push    dword USER_CODE
        push    dword .ring3
        iretd
.ring3: mov     ds, dx
        mov     [far_pointer + 4], dx
        call    far [far_pointer]
        ud2

align 4
far_pointer: dd attack
        dw 0
anywhere: dw 0xffff
        dd 0
