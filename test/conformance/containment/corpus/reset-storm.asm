; Does a little of everything that is logged, and resets its machine, again and again.
%include "hostile.inc"

prepare:
        ret

attack: mov     ecx, 64
.port:  lea     edx, [ecx * 8 + 0x4000]
        in      al, dx
        out     dx, al
        loop    .port
        mov     ecx, 64
        mov     edi, 0x4000_0000
.page:  mov     [edi], eax
        add     edi, 0x1000
        loop    .page
        mov     al, 1
        out     0x92, al
        jmp     $
