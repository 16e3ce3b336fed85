# Multiboot 1 header, flat segments, x87 and SSE switched on, then C.
.set FLAGS, 3
.section .multiboot, "a"
.align 4
.long 0x1BADB002, FLAGS, -(0x1BADB002 + FLAGS)

.text
.globl _start
_start:
  cli
  lgdt gdtr
  ljmp $8, $1f
1:
  mov $16, %ax
  mov %ax, %ds
  mov %ax, %es
  mov %ax, %ss
  mov $stack + 65536, %esp
  mov %cr0, %eax
  and $~4, %eax       # EM: no emulation
  or $2, %eax         # MP
  mov %eax, %cr0
  mov %cr4, %eax
  or $0x600, %eax     # OSFXSR, OSXMMEXCPT
  mov %eax, %cr4
  fninit
  call kmain
2:
  hlt
  jmp 2b

.align 8
gdt: .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:
  .word 23
  .long gdt

.bss
.align 16
stack: .skip 65536

.section .note.GNU-stack, "", @progbits
