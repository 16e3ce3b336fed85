// Brackets each kernel with "<name" and ">name=checksum", ROUNDS times; `put` writes one character.
#define NAME(name) {#name, name},

static const struct {
  const char *name;
  kernel run;
} kernels[] = {KERNEL_LIST};

static void write(const char *text) {
  while (*text) put(*text++);
}

static void run_kernels(void) {
  for (int round = 0; round < ROUNDS; round++)
    for (u32 k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
      put('<');
      write(kernels[k].name);
      put('\n');
      u32 sum = kernels[k].run();
      put('>');
      write(kernels[k].name);
      put('=');
      for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[(sum >> shift) & 15]);
      put('\n');
    }
  put('!');
}
