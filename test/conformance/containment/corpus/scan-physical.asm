; Reads and writes all physical memory, RAM or not, in every width, over page borders and at the end of it all.
%include "hostile.inc"

prepare:
        xor     ebx, ebx
        ret

attack: call    random
        add     ebx, 0x5000             ; a walk through 4 GiB that meets every second of its pages or so
        mov     edi, eax
        and     edi, 0x1fff
        add     edi, ebx
        lea     ecx, [edi - 0x100000 + 0x1000]
        cmp     ecx, 0x5000             ; its own pages stay whole
        jb      attack
        lea     ecx, [edi - STACK + 0x1000]
        cmp     ecx, 0x2000
        jb      attack
        mov     [edi], al
        mov     [edi], ax
        mov     [edi], eax
        xor     [edi], eax
        lock xadd [edi], eax
        bts     [edi], eax              ; 512 MiB around
        fninit
        fild    qword [edi]
        fistp   qword [edi]
        fsave   [edi]
        cmpxchg8b [edi]
        mov     esi, ebx
        mov     ecx, 16
        rep movsd
        mov     ecx, 3
        rep scasw
        test    ebx, 0x00f00000         ; now and then execute what is there
        jnz     attack
        cmp     ebx, RAM_END
        jb      attack
        call    ebx
        jmp     attack
