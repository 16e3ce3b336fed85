/*
 * Single x87 operations on the host's own processor, exceptions masked.
 *
 *   gcc -m32 -O1 -o routines routines.c
 *   routines < cases > results
 *
 * Layout of cases and results: nativeRoutines.ts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct input {
  uint16_t operation;
  uint16_t control;
  uint8_t a[16];
  uint8_t b[16];
  uint8_t padding[4];
};

struct output {
  uint8_t result[10];
  uint16_t status;
  uint8_t second[10];
  uint16_t padding;
};

#define TWO(name)                                                                                  \
  __asm__ volatile("fninit\n fldt %4\n fldt %3\n fldcw %2\n" name "\n fnstsw %1\n fstpt %0\n fninit"       \
                   : "=m"(*(char(*)[10])out->result), "=m"(out->status)                            \
                   : "m"(in->control), "m"(*(char(*)[10])in->a), "m"(*(char(*)[10])in->b));        \
  break
#define STORE(name)                                                                                \
  __asm__ volatile("fninit\n fldt %3\n fldcw %2\n" name " %0\n fnstsw %1\n fninit"                         \
                   : "=m"(*(char(*)[10])out->result), "=m"(out->status)                            \
                   : "m"(in->control), "m"(*(char(*)[10])in->a));                                  \
  break
#define LOAD(name)                                                                                 \
  __asm__ volatile("fninit\n fldcw %2\n" name " %3\n fnstsw %1\n fstpt %0\n fninit"                        \
                   : "=m"(*(char(*)[10])out->result), "=m"(out->status)                            \
                   : "m"(in->control), "m"(*(char(*)[10])in->a));                                  \
  break
#define WITH(name)                                                                                 \
  __asm__ volatile("fninit\n fldt %3\n fldcw %2\n" name " %4\n fnstsw %1\n fstpt %0\n fninit"              \
                   : "=m"(*(char(*)[10])out->result), "=m"(out->status)                            \
                   : "m"(in->control), "m"(*(char(*)[10])in->a), "m"(*(char(*)[10])in->b));        \
  break

static void run(const struct input *in, struct output *out) {
  switch (in->operation) {
  case 0: TWO("fadd %%st(1)");
  case 1: TWO("fsub %%st(1)");
  case 2: TWO("fmul %%st(1)");
  case 3: TWO("fdiv %%st(1)");
  case 4: TWO("fsqrt");
  case 5: TWO("fprem");
  case 6: TWO("fprem1");
  case 7: TWO("frndint");
  case 8: TWO("fscale");
  case 9:
    __asm__ volatile("fninit\n fldt %4\n fldcw %3\n fxtract\n fnstsw %1\n fstpt %0\n fstpt %2\n fninit"
                     : "=m"(*(char(*)[10])out->result), "=m"(out->status), "=m"(*(char(*)[10])out->second)
                     : "m"(in->control), "m"(*(char(*)[10])in->a));
    break;
  case 10: TWO("fcom %%st(1)");
  case 11: TWO("fucom %%st(1)");
  case 12: TWO("fxam");
  case 13: STORE("fstps");
  case 14: STORE("fstpl");
  case 15: STORE("fistps");
  case 16: STORE("fistpl");
  case 17: STORE("fistpll");
  case 18: STORE("fbstp");
  case 19: LOAD("flds");
  case 20: LOAD("fldl");
  case 21: LOAD("fildll");
  case 22: LOAD("fbld");
  case 23: WITH("fadds");
  case 24: WITH("fdivrl");
  case 25: TWO("fsin");
  case 26: TWO("fcos");
  case 27: TWO("fpatan");
  case 28: TWO("f2xm1");
  case 29: TWO("fyl2x");
  case 30: TWO("fyl2xp1");
  case 31:
    __asm__ volatile("fninit\n fldt %4\n fldcw %3\n fptan\n fnstsw %1\n fstpt %2\n fstpt %0\n fninit"
                     : "=m"(*(char(*)[10])out->result), "=m"(out->status), "=m"(*(char(*)[10])out->second)
                     : "m"(in->control), "m"(*(char(*)[10])in->a));
    break;
  }
}

int main(void) {
  enum { BATCH = 4096 };
  static struct input inputs[BATCH];
  static struct output outputs[BATCH];
  for (;;) {
    size_t got = 0;
    while (got < sizeof inputs) {
      ssize_t part = read(0, (char *)inputs + got, sizeof inputs - got);
      if (part <= 0) break;
      got += part;
    }
    size_t count = got / sizeof *inputs;
    if (count == 0) return 0;
    memset(outputs, 0, sizeof outputs);
    for (size_t i = 0; i < count; i++) run(&inputs[i], &outputs[i]);
    for (size_t done = 0; done < count * sizeof *outputs;) {
      ssize_t part = write(1, (char *)outputs + done, count * sizeof *outputs - done);
      if (part <= 0) return 1;
      done += part;
    }
  }
}
