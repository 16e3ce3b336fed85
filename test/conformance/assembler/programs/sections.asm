bits 32
org 0x100000
section .data
msg db 'hi',0
tab dd start, msg, buf, end
section .text
start: mov eax, [msg]
 mov ebx, buf
 call func
 jmp short .x
.x: jz near .x
 jmp start
 mov ecx, end-start
 push msg
 add eax, msg
 align 16
func: ret
.l: jmp .l
align 8, db 0
section .bss
alignb 16
buf: resb 100
buf2 resd 4
section .text
end:
 lea eax, [ebx+tab]
 mov eax, [ebx+4*ecx+buf2]
section .rodata align=16
 dd $, $$
ro: db 1
section .data
 db 9
 dd buf2, ro
