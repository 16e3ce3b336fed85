bits 16
%assign n 0
%rep 60
l%+n: jz l %+ n
 jmp m %+ n
 jnz l0
 times (n*7)% 13 nop
 jmp l0
m%+n: call l59
 loop m%+n
%assign n n+1
%endrep
align 4
 jmp e
 times 120 db 0
 jmp e
 jz e
 times 3 db 1
e:
%if $-$$ > 100
 db 'big'
%endif
times 4096-($-$$) db 0
