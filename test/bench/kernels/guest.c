// The guest: a multiboot kernel that runs the kernels, tells COM1 about them, and halts.
#include "kernels.h"
#include "programs.h"
static void put(char c) { __asm__ volatile("outb %0, %1" ::"a"(c), "Nd"((unsigned short)0x3f8)); }
#include "run.h"

void kmain(void) {
  run_kernels();
  for (;;) __asm__ volatile("cli; hlt");
}
