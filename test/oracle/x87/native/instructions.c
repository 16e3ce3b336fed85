/*
 * Runs single x87 instructions on the host's own processor, from a given state to what they leave.
 *
 *   gcc -m32 -O1 -no-pie -fno-pie -o instructions instructions.c
 *   instructions < cases > results
 *
 * No signals are needed: an unmasked exception stays pending until a waiting instruction, and FNSAVE, which
 * notes the result, does not wait. Layout of cases and results: nativeInstructions.ts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STATE_BYTES 108
#define WINDOW_BYTES 128
#define CODE 0x100000u
#define WINDOW 0x110000u

struct input {
  uint8_t code[16];
  /* As FRSTOR reads it. */
  uint8_t state[STATE_BYTES];
  uint32_t eax;
  uint32_t flags;
  uint8_t window[WINDOW_BYTES];
};

struct output {
  uint8_t state[STATE_BYTES];
  uint32_t eax;
  uint32_t flags;
  uint8_t window[WINDOW_BYTES];
};

static uint8_t stateIn[STATE_BYTES], stateOut[STATE_BYTES];
static uint32_t eax, flags;

/* pusha; frstor [stateIn]; push [flags]; popf; mov eax,[eax]; mov ebx,WINDOW; jmp to the instruction. */
static uint8_t *emit(uint8_t *at, const uint8_t *bytes, unsigned count) {
  memcpy(at, bytes, count);
  return at + count;
}

static uint8_t *emitAddress(uint8_t *at, uint8_t first, uint8_t second, void *address) {
  *at++ = first;
  if (second) *at++ = second;
  uint32_t value = (uint32_t)(uintptr_t)address;
  memcpy(at, &value, 4);
  return at + 4;
}

/* The instruction itself always lies at CODE + 0x80. */
static void build(const uint8_t *code, unsigned length) {
  uint8_t *at = (uint8_t *)CODE;
  *at++ = 0x60;
  at = emitAddress(at, 0xdd, 0x25, stateIn);
  at = emitAddress(at, 0xff, 0x35, &flags);
  *at++ = 0x9d;
  at = emitAddress(at, 0xa1, 0, &eax);
  *at++ = 0xbb;
  uint32_t window = WINDOW;
  at = emit(at, (uint8_t *)&window, 4);
  *at++ = 0xeb;
  *at = (uint8_t)(CODE + 0x80 - (uint32_t)(uintptr_t)(at + 1));
  at = (uint8_t *)CODE + 0x80;
  at = emit(at, code, length);
  at = emitAddress(at, 0xdd, 0x35, stateOut);
  *at++ = 0x9c;
  at = emitAddress(at, 0x8f, 0x05, &flags);
  at = emitAddress(at, 0xa3, 0, &eax);
  *at++ = 0x61;
  *at++ = 0xc3;
}

static void run(const struct input *in, struct output *out) {
  memcpy(stateIn, in->state, STATE_BYTES);
  eax = in->eax;
  flags = in->flags;
  memcpy((void *)WINDOW, in->window, WINDOW_BYTES);
  build(in->code + 1, in->code[0]);
  __asm__ volatile("call *%0\n fninit" ::"r"(CODE) : "memory", "ebx");
  memcpy(out->state, stateOut, STATE_BYTES);
  out->eax = eax;
  out->flags = flags;
  memcpy(out->window, (void *)WINDOW, WINDOW_BYTES);
}

int main(void) {
  enum { BATCH = 1024 };
  static struct input inputs[BATCH];
  static struct output outputs[BATCH];
  for (int i = 0; i < 2; i++) {
    void *at = (void *)(uintptr_t)(i ? WINDOW : CODE);
    if (mmap(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) return 2;
  }
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
