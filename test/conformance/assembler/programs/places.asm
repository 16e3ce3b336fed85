bits 16
 dd 1, $, $
times 3 dw $
times 3 jmp $
times 2 call $
a: times 3 jz a
times 2 mov ax,[$]
%assign q $-$$
 db q
%assign q $-$$
 db q
 align 4, db 1
 dw q, $
