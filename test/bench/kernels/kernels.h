// Benchmark kernels, freestanding 32-bit C. Each returns a checksum that is the same on every engine.
typedef unsigned int u32;
typedef unsigned char u8;
typedef u32 (*kernel)(void);
#define KERNEL __attribute__((noinline))

static u8 flags[1 << 20];
static u32 crc_table[256];

// Dependent shifts, xors and adds in registers.
KERNEL static u32 alu(void) {
  u32 x = 2463534242u, sum = 0;
  for (u32 i = 0; i < 100000000u; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    sum += x;
  }
  return sum;
}

// Byte stores over 1 MiB.
KERNEL static u32 sieve(void) {
  u32 count = 0;
  for (int round = 0; round < 20; round++) {
    count = 0;
    for (u32 i = 0; i < (1u << 20); i++) flags[i] = 1;
    for (u32 i = 2; i < (1u << 20); i++) {
      if (!flags[i]) continue;
      count++;
      for (u32 j = i + i; j < (1u << 20); j += i) flags[j] = 0;
    }
  }
  return count;
}

// Calls and returns.
KERNEL static u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
KERNEL static u32 fib(void) { return fibonacci(35); }

// Table loads.
KERNEL static u32 crc(void) {
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    crc_table[i] = c;
  }
  u32 c = ~0u;
  for (int round = 0; round < 60; round++)
    for (u32 i = 0; i < (1u << 20); i++) c = crc_table[(c ^ flags[i]) & 255] ^ (c >> 8);
  return ~c;
}

// Indirect calls to four targets.
typedef u32 (*step)(u32);
KERNEL static u32 step0(u32 x) { return x * 3 + 1; }
KERNEL static u32 step1(u32 x) { return x ^ 0x55aa; }
KERNEL static u32 step2(u32 x) { return x >> 1; }
KERNEL static u32 step3(u32 x) { return x + 7; }
static step volatile steps[4] = {step0, step1, step2, step3};
KERNEL static u32 icall(void) {
  u32 x = 1;
  for (u32 i = 0; i < 30000000u; i++) x = steps[(x ^ i) & 3](x);
  return x;
}

// 80-bit multiplication and addition.
KERNEL static u32 x87(void) {
  long double a = 1.0L, b = 0;
  for (int i = 0; i < 5000000; i++) {
    b += a * 1.0000001L;
    a += 0.5L;
  }
  return (u32)(int)(b / 1e9L);
}

// Scalar double multiplication and addition.
__attribute__((target("sse2,fpmath=sse"), noinline)) static u32 sse2(void) {
  volatile double one = 1.0;
  double a = one, b = 0;
  for (int i = 0; i < 20000000; i++) {
    b += a * 1.0000001;
    a += 0.5;
  }
  return (u32)(int)(b / 1e9);
}

#define ROUNDS 3
