bits 16
org 0x7c00
struc mt
.long: resd 1
.word: resw 1
.byte: resb 1
.str: resb 32
endstruc
 mov ax, [bx+mt.word]
 mov cx, mt_size
mys: istruc mt
 at mt.long, dd 123456
 at mt.word, dw 1024
 at mt.byte, db 'x'
 at mt.str, db 'hello', 13, 10, 0
iend
absolute 0x500
v1: resw 1
v2: resb 10
v3:
section .text
 mov ax, [v1]
 mov al, [bx+v2]
 add bx, v3-v1
 add bx, v3
x equ 5
 mov ax, x
 add ax, y
y equ x+1
 push y
 mov ax, z
 add bx, z
 add byte [bx+y], 3
 add word [bx+z-w], 300
z:
w equ z+2
 jmp far0
times 130 nop
far0: jz z
 loop far0
 jcxz far0
 call far0
$eax: dw $eax
a.b: dw a.b
g:
.one: dw .one, g.one, ..@x
..@x: dw .one
