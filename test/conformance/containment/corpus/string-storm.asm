; Repeated string instructions without end, over all memory and devices, forwards and backwards, and over themselves.
%include "hostile.inc"

prepare:
        ret

attack: call    random
        mov     ebx, eax
        call    random
        mov     esi, eax
        call    random
        mov     edi, eax
        and     edi, 0x000f_ffff
        mov     ecx, ebx
        and     ecx, 1 << 29 | 0x3f_ffff
        test    ebx, 8
        jz      .ahead
        or      edi, 0x4000_0000        ; where nothing is, and beyond it devices
.ahead: cmp     edi, 0x9_0000
        jae     .high
        or      edi, 0x20_0000
        and     ecx, 0x7_ffff
        jmp     .go
.high:  cmp     edi, 0x40_0000
        jae     .go
        and     ecx, 0x3fff
        and     edi, 0xa_ffff
.go:    and     ebx, 7
        jmp     [ways + ebx * 4]
ways:   dd .movs, .stos, .lods, .scas, .cmps, .ins, .outs, .back
.movs:  rep movsd
        jmp     attack
.stos:  rep stosb
        jmp     attack
.lods:  rep lodsw
        jmp     attack
.scas:  mov     eax, 0x1234_5678
        repne scasd
        jmp     attack
.cmps:  mov     edi, esi
        repe cmpsb
        jmp     attack
.ins:   mov     dx, 0x1f0
        rep insw
        jmp     attack
.outs:  mov     dx, 0x60
        rep outsb
        jmp     attack
.back:  std
        mov     edi, 0x3f_fffc
        and     ecx, 0x7_ffff
        rep stosw
        cld
        jmp     attack
