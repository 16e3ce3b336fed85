// The same kernels as a 32-bit Linux program on the host's own processor.
#include "kernels.h"
#include "programs.h"
static long system_call(int number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}
static void put(char c) { system_call(4, 1, (long)&c, 1); }
#include "run.h"

// The ABI wants the stack aligned at calls; a process begins with none made.
__attribute__((force_align_arg_pointer)) void _start(void) {
  run_kernels();
  system_call(1, 0, 0, 0);
}
