bits 16
org 100h
%define A 5
%define B(x,y) ((x)*(y)+A)
%define C() 7
%xdefine D A
%undef A
%define A 9
%idefine FooBar 3
 mov ax, B(2,3)
 mov bx, D
 mov cx, foobar + FOOBAR + C()
%assign i 0
%rep 5
 db i
%assign i i+1
%endrep
%rep 100
%if i > 8
%exitrep
%endif
 dw i
%assign i i+1
%endrep
%macro prologue 1
 push bp
 mov bp, sp
 sub sp, %1
%endmacro
%macro writef 2+
 jmp %%endstr
%%str: db %2
%%endstr: mov dx, %%str
 mov cx, %%endstr-%%str
 mov bx, %1
%endmacro
 prologue 12
 writef 5, "hello", 13, 10
%macro multi 1-*
%rep %0
 push %1
%rotate 1
%endrep
%endmacro
 multi ax, bx, cx
%macro deft 0-1 5
 db %1
%endmacro
 deft
 deft 7
%macro retz 0
 jnz %%skip
 ret
%%skip:
%endmacro
 retz
%macro retc 1
 j%-1 %%skip
 ret
%%skip:
%endmacro
 retc ne
 retc b
%ifdef A
 db 'A'
%else
 db 'notA'
%endif
%ifidn abc, abc
 db 1
%elifidn a,b
 db 2
%else
 db 3
%endif
%ifidni ABC, abc
 db 4
%endif
%ifnum 5
 db 5
%endif
%ifstr 'x'
 db 6
%endif
%ifid foo
 db 7
%endif
%ifmacro retc 1
 db 8
%endif
%strlen L 'hello'
 db L
%substr S 'hello' 2,3
 db S
%strcat T 'ab', 'cd'
 db T
%defstr U foo bar
 db U
%define cat(a,b) a %+ b
 mov cat(a,x), 5
%macro concat 2
lbl%1%2: dw lbl%1%2
lbl%{1}x: dw lbl%{1}x
%endmacro
 concat 4, 5
%push ctx
%$lab: jmp %$lab
%pop
%macro push 1-*
%rep %0
 push %1
%rotate 1
%endrep
%endmacro
 push ax, bx
here: times 3 dw $-here
%if 1 == 1 && 2 < 3 || 0
 db 0x99
%endif
 dw __LINE__
%macro greedy 1-2+
 db %2
%endmacro
 greedy 1, 2, 3, 4
%define max(a,b) ((a) > (b) ? (a) : (b))
 db max(3,4)
%macro braces 2
 db %1
 db %2
%endmacro
 braces {1,2,3}, {4,5}
