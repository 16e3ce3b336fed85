; Every model-specific register, control and debug registers, and CPUID, with random values.
%include "hostile.inc"

prepare:
        xor     ebp, ebp
        ret

attack: inc     ebp
        call    random
        mov     ecx, ebp
        and     ecx, 0x1fff             ; 0..1FFFh and C0000000h..C0001FFFh in turn, and any
        test    ebp, 0x2000
        jz      .low
        or      ecx, 0xc000_0000
.low:   test    eax, 7
        jnz     .known
        call    random
        mov     ecx, eax
.known: mov     [.ecx], ecx
        cmp     ecx, 0x1b               ; the local APIC stays where it does not cover the attack
        je      .apic
        rdmsr
        mov     ecx, [.ecx]
        call    random
        mov     edx, eax
        call    random
        wrmsr
        jmp     .rest
.apic:  rdmsr
        xor     eax, 0x0080_0000
        wrmsr
.rest:  call    random
        mov     cr2, eax
        mov     cr3, eax
        mov     dr0, eax
        mov     dr1, ebp
        call    random
        mov     dr2, eax
        mov     dr3, eax
        call    random
        mov     dr6, eax
        call    random
        and     eax, 0xffff_ffff ^ (1 << 13) ; without the trap at the next of these
        mov     dr7, eax
        call    random
        mov     ecx, eax
        mov     eax, ebp
        cpuid
        call    random
        and     eax, ~0x30 & 0x0001_ffff ; all of CR4 but paging's
        mov     cr4, eax
        jmp     attack
.ecx    dd 0
