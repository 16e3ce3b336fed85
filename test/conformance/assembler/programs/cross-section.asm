bits 32
org 0x100000
 mov ax, t - $$
 mov eax, t - $$
 dd t-$$, t-$, start
 dw t-$$
 mov [ebx+t-$$], eax
start:
section .data
x: dd 5
section .bss
t: resd 4
