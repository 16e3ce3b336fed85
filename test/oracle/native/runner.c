/*
 * Runs single instructions and short sequences on the host's own processor, in 32-bit user mode.
 *
 *   gcc -m32 -O1 -no-pie -fno-stack-protector -fcf-protection=none -o runner runner.c
 *   runner < cases > results
 *
 * Everything happens in the signal handler: it notes what the last instruction left, puts the next one's
 * state into the signal's context and returns, upon which the kernel loads that state whole. Each
 * is followed by INT3s, so each ends in a signal. Layout of cases and results: nativeRunner.ts.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define LOW_START 0x2000u
#define LOW_SIZE 0xe000u
#define HIGH_START 0x100000u
#define HIGH_SIZE 0x20000u
#define LOW_WINDOW 0x8e00u
#define HIGH_WINDOW 0x110e00u
#define WINDOW_SIZE 0x400u
#define LOW_DATA 0x8000u
#define HIGH_DATA 0x110000u
#define DATA_SIZE 0x2000u
#define LOW_CODE 0x3000u
#define HIGH_CODE 0x100000u
#define CODE_SIZE 0x1000u
#define MAX_CHANGES 256
/* Beyond data: an FXRSTOR of an image, and a jump to the code. */
#define STUB 0x11e000u
#define IMAGE 0x11e100u
#define IMAGE_RESULT 288u
/* In a 32-bit signal frame, the image follows what FSAVE stores. */
#define FSAVE_BYTES 112

struct input {
  uint32_t codeAddress;
  uint8_t code[116];
  /* In the order of their encoding: EAX ECX EDX EBX ESP EBP ESI EDI. */
  uint32_t registers[8];
  uint32_t flags;
  uint8_t window[WINDOW_SIZE];
  uint32_t hasVectors;
  /* What FXRSTOR loads. */
  uint8_t image[512];
};

struct output {
  uint32_t trap;
  uint32_t error;
  uint32_t registers[8];
  uint32_t eip;
  uint32_t flags;
  /* ES CS SS DS FS GS. */
  uint16_t segments[6];
  uint32_t changeCount;
  struct {
    uint32_t address;
    uint32_t value;
  } changes[MAX_CHANGES];
  /* The start of what FXSAVE would store. */
  uint8_t image[IMAGE_RESULT];
};

static const int registerOf[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
static struct input *inputs;
static struct output *outputs;
static uint32_t count, next;
static uint32_t hostGs;
static uint8_t lowBefore[DATA_SIZE], highBefore[DATA_SIZE];
static uint8_t alternateStack[65536];

static void noteChanges(struct output *to, uint8_t *now, const uint8_t *before) {
  if (memcmp(now, before, DATA_SIZE) == 0) return;
  for (uint32_t at = 0; at < DATA_SIZE; at++) {
    if (now[at] == before[at]) continue;
    if (to->changeCount < MAX_CHANGES) {
      to->changes[to->changeCount].address = (uint32_t)(uintptr_t)now + at;
      to->changes[to->changeCount].value = now[at];
    }
    to->changeCount++;
  }
}

static void noteVectors(struct output *to, const ucontext_t *frame) {
  memcpy(to->image, (const uint8_t *)frame->uc_mcontext.fpregs + FSAVE_BYTES, IMAGE_RESULT);
}

static void note(greg_t *context) {
  struct output *to = &outputs[next - 1];
  to->trap = context[REG_TRAPNO];
  to->error = context[REG_ERR];
  for (int i = 0; i < 8; i++) to->registers[i] = context[registerOf[i]];
  to->eip = context[REG_EIP];
  to->flags = context[REG_EFL];
  to->segments[0] = context[REG_ES];
  to->segments[1] = context[REG_CS];
  to->segments[2] = context[REG_SS];
  to->segments[3] = context[REG_DS];
  to->segments[4] = context[REG_FS];
  to->segments[5] = context[REG_GS];
  noteChanges(to, (uint8_t *)LOW_DATA, lowBefore);
  noteChanges(to, (uint8_t *)HIGH_DATA, highBefore);
}

/* The kernel's own way to load the image takes the x87 from elsewhere in the frame: this one says what is meant. */
static void prepareVectors(greg_t *context, const struct input *from) {
  uint8_t *stub = (uint8_t *)STUB;
  const uint8_t fxrstor[] = {0x0f, 0xae, 0x0d}, jump = 0xe9;
  const uint32_t image = IMAGE, distance = from->codeAddress - (STUB + 12);
  memcpy(stub, fxrstor, 3);
  memcpy(stub + 3, &image, 4);
  memcpy(stub + 7, &jump, 1);
  memcpy(stub + 8, &distance, 4);
  memcpy((void *)IMAGE, from->image, sizeof from->image);
  context[REG_EIP] = STUB;
}

static void prepare(greg_t *context) {
  const struct input *from = &inputs[next++];
  memset((void *)LOW_DATA, 0, DATA_SIZE);
  memset((void *)HIGH_DATA, 0, DATA_SIZE);
  memcpy((void *)LOW_WINDOW, from->window, WINDOW_SIZE);
  memcpy((void *)HIGH_WINDOW, from->window, WINDOW_SIZE);
  memcpy(lowBefore, (void *)LOW_DATA, DATA_SIZE);
  memcpy(highBefore, (void *)HIGH_DATA, DATA_SIZE);
  memset((void *)LOW_CODE, 0xcc, CODE_SIZE);
  memset((void *)HIGH_CODE, 0xcc, CODE_SIZE);
  memcpy((void *)(uintptr_t)from->codeAddress, from->code, sizeof from->code);
  for (int i = 0; i < 8; i++) context[registerOf[i]] = from->registers[i];
  context[REG_EIP] = from->codeAddress;
  context[REG_EFL] = from->flags;
  if (from->hasVectors) prepareVectors(context, from);
  context[REG_CS] = 0x23;
  context[REG_ES] = context[REG_SS] = context[REG_DS] = context[REG_FS] = context[REG_GS] = 0x2b;
}

static void writeAll(const void *from, size_t bytes) {
  while (bytes > 0) {
    ssize_t done = write(1, from, bytes);
    if (done <= 0) _exit(3);
    from = (const char *)from + done;
    bytes -= done;
  }
}

static void onSignal(int number, siginfo_t *info, void *frame) {
  /* The C library finds its thread by GS, which the instruction before had for its own. */
  __asm__ volatile("mov %0, %%gs" ::"r"(hostGs));
  (void)number;
  (void)info;
  greg_t *context = ((ucontext_t *)frame)->uc_mcontext.gregs;
  if (next > 0) {
    note(context);
    if (inputs[next - 1].hasVectors) noteVectors(&outputs[next - 1], frame);
  }
  if (next == count) {
    writeAll(outputs, count * sizeof *outputs);
    _exit(0);
  }
  prepare(context);
}

static void onAlarm(int number) {
  (void)number;
  _exit(4);
}

static void map(uint32_t start, uint32_t size) {
  void *at = mmap((void *)(uintptr_t)start, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (at == MAP_FAILED) _exit(2);
}

int main(void) {
  uint32_t capacity = 1 << 20, size = 0;
  char *bytes = malloc(capacity);
  for (ssize_t got; (got = read(0, bytes + size, capacity - size)) > 0;) {
    size += got;
    if (size == capacity) bytes = realloc(bytes, capacity *= 2);
  }
  inputs = (struct input *)bytes;
  count = size / sizeof(struct input);
  outputs = calloc(count + 1, sizeof *outputs);
  if (!outputs || count == 0) return 1;
  map(LOW_START, LOW_SIZE);
  map(HIGH_START, HIGH_SIZE);
  __asm__ volatile("mov %%gs, %0" : "=r"(hostGs));
  stack_t stack = {.ss_sp = alternateStack, .ss_size = sizeof alternateStack};
  sigaltstack(&stack, 0);
  struct sigaction action = {.sa_sigaction = onSignal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  const int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGBUS};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, 0);
  signal(SIGALRM, onAlarm);
  alarm(60);
  __asm__ volatile("int3");
  return 1;
}
