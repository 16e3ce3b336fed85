// Kernels after the inner loops of ordinary programs, beside the ones of kernels.h that each look at one thing.

typedef unsigned long long u64;
static u32 words[1 << 20] __attribute__((aligned(16)));
static u8 text[1 << 20];
static u32 seed;

static u32 next_random(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8 ^ seed << 24;
}

static u32 rotate_right(u32 x, int by) { return x >> by | x << (32 - by); }

// Words, numbers and lines that look like prose and tables.
static void write_text(void) {
  static const char syllables[16][4] = {"al", "be", "cor", "di", "en", "fu", "gra", "ho", "in", "ju", "ka", "lo", "mi", "no", "per", "qui"};
  u32 at = 0;
  seed = 12345;
  while (at < sizeof text - 32) {
    u32 r = next_random();
    if ((r & 15) == 0) {
      for (u32 n = r >> 4 & 0xffff; n; n /= 10) text[at++] = '0' + n % 10;
    } else {
      for (u32 parts = 1 + (r >> 4 & 3); parts; parts--, r = next_random())
        for (const char *c = syllables[r >> 12 & 15]; *c; c++) text[at++] = *c;
    }
    text[at++] = (r >> 20 & 7) == 0 ? '\n' : ' ';
  }
  while (at < sizeof text) text[at++] = 0;
}

// The compression function of SHA-256 over 8 MiB: rotations, and 64 words of locals on the stack.
KERNEL static u32 hash(void) {
  u32 state[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (u32 i = 0; i < 1 << 20; i++) words[i] = i * 2654435761u;
  for (u32 block = 0; block < 1 << 17; block++) {
    u32 w[64], v[8];
    const u32 *in = words + (block << 4 & ((1 << 20) - 1));
    for (int i = 0; i < 16; i++) w[i] = in[i];
    for (int i = 16; i < 64; i++) {
      u32 a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) + w[i - 7] +
             (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) v[i] = state[i];
    for (int i = 0; i < 64; i++) {
      u32 e = v[4], a = v[0];
      u32 first = v[7] + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + crc_table[i] + w[i];
      u32 second = (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
      for (int k = 7; k > 0; k--) v[k] = v[k - 1];
      v[4] += first;
      v[0] = first + second;
    }
    for (int i = 0; i < 8; i++) state[i] += v[i];
  }
  return state[0] ^ state[7];
}

// Recursive quicksort with insertion sort for short runs, then heapsort of the same numbers in another order.
static void quicksort(u32 *from, u32 *to) {
  while (to - from > 12) {
    u32 pivot = from[(to - from) >> 1], *low = from, *high = to - 1;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      u32 swapped = *low;
      *low++ = *high;
      *high-- = swapped;
    }
    if (high - from < to - low) {
      quicksort(from, high + 1);
      from = low;
    } else {
      quicksort(low, to);
      to = high + 1;
    }
  }
  for (u32 *i = from + 1; i < to; i++) {
    u32 value = *i, *j = i;
    for (; j > from && j[-1] > value; j--) *j = j[-1];
    *j = value;
  }
}

static void sift(u32 *heap, u32 root, u32 count) {
  u32 value = heap[root];
  for (u32 child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child] < heap[child + 1]) child++;
    if (heap[child] <= value) break;
    heap[root] = heap[child];
  }
  heap[root] = value;
}

KERNEL static u32 sort(void) {
  u32 sum = 0;
  seed = 7;
  for (u32 i = 0; i < 1 << 20; i++) words[i] = next_random();
  quicksort(words, words + (1 << 20));
  for (u32 i = 0; i < 1 << 20; i += 1000) sum = sum * 31 + words[i];
  const u32 count = 1 << 17;
  for (u32 i = 0; i < count; i++) words[i] = next_random();
  for (u32 i = count / 2; i-- > 0;) sift(words, i, count);
  for (u32 i = count; i-- > 1;) {
    u32 largest = words[0];
    words[0] = words[i];
    words[i] = largest;
    sift(words, 0, i);
  }
  for (u32 i = 0; i < count; i += 100) sum = sum * 31 + words[i];
  return sum;
}

// One cycle through 2 MiB of pointers in random order: each load is the next one's address.
KERNEL static u32 chase(void) {
  const u32 count = 1 << 19;
  u32 sum = 0, at = 0;
  seed = 99;
  for (u32 i = 0; i < count; i++) words[i] = i;
  for (u32 i = count - 1; i > 0; i--) {
    u32 j = next_random() % i, swapped = words[i];
    words[i] = words[j];
    words[j] = swapped;
  }
  for (u32 i = 0; i < 4000000; i++) sum += at = words[at];
  return sum;
}

// Products, quotients, shifts and comparisons of 64 bits in pairs of registers.
KERNEL static u32 wide(void) {
  u64 x = 0x9e3779b97f4a7c15ull, sum = 0, carry = 0;
  for (u32 i = 0; i < 6000000; i++) {
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    u64 product = x * 0x2545f4914f6cdd1dull;
    sum += product;
    if (sum < product) carry++;
    sum ^= product << (i & 63);
    if ((long long)sum < 0) sum -= (u64)i << 20;
  }
  for (u32 i = 1; i < 1000000; i++) sum += x / (i | (u64)i << 33) + x % i;
  return (u32)(sum ^ sum >> 32 ^ carry);
}

// A machine of 16 registers. Branches go `c` instructions further.
enum { SET, ADD, SUB, MUL, XOR, SHIFT, AND, LOAD, STORE, IF_LESS, IF_ZERO, GO, END };
struct step { u8 operation, a, b; signed char c; };
static const struct step machine_code[] = {
  {SET, 0, 0, 0},      // i = 0
  {SET, 1, 1, 0},      // x = 1
  {SET, 2, 255, 0},    // mask
  {SET, 3, 69, 0},     // factor
  {SET, 4, 1, 0},      // one
  {SET, 5, 200, 0},
  {MUL, 5, 5, 5},      // limit = 40000
  {SET, 6, 13, 0},
  {MUL, 1, 1, 3},      // loop: x = x * 69 + 1
  {ADD, 1, 1, 4},
  {SHIFT, 7, 1, 6},    //   bin = (x >> 13) & 255
  {AND, 7, 7, 2},
  {LOAD, 8, 7, 0},     //   bins[bin] += i
  {ADD, 8, 8, 0},
  {STORE, 8, 7, 0},
  {AND, 9, 1, 4},
  {IF_ZERO, 9, 0, 3},  //   if (x & 1) x ^= bins[bin], else x -= i
  {XOR, 1, 1, 8},
  {GO, 0, 0, 2},
  {SUB, 1, 1, 0},
  {ADD, 0, 0, 4},      //   i++
  {IF_LESS, 0, 5, -13},
  {END, 1, 0, 0},
};

// An interpreter whose instructions are the cases of a switch: one indirect jump for all of them.
static u32 by_switch(const struct step *at, u32 *bins) {
  u32 r[16] = {0};
  for (;;) {
    u32 a = at->a, b = at->b;
    int c = at->c;
    switch (at->operation) {
    case SET: r[a] = b; break;
    case ADD: r[a] = r[b] + r[c]; break;
    case SUB: r[a] = r[b] - r[c]; break;
    case MUL: r[a] = r[b] * r[c]; break;
    case XOR: r[a] = r[b] ^ r[c]; break;
    case SHIFT: r[a] = r[b] >> (r[c] & 31); break;
    case AND: r[a] = r[b] & r[c]; break;
    case LOAD: r[a] = bins[r[b]]; break;
    case STORE: bins[r[b]] = r[a]; break;
    case IF_LESS: if (r[a] < r[b]) at += c - 1; break;
    case IF_ZERO: if (!r[a]) at += c - 1; break;
    case GO: at += c - 1; break;
    default: return r[a];
    }
    at++;
  }
}
KERNEL static u32 bytecode(void) {
  u32 sum = 0;
  for (u32 i = 0; i < 256; i++) words[i] = 0;
  for (int round = 0; round < 40; round++) sum = sum * 31 + by_switch(machine_code, words);
  return sum;
}

// The same by labels: an indirect jump behind each instruction.
KERNEL static u32 direct(void) {
  static void *const labels[] = {&&set, &&add, &&sub, &&mul, &&xor, &&shift, &&and, &&load, &&store, &&if_less, &&if_zero, &&go, &&end};
  u32 r[16], sum = 0;
  for (u32 i = 0; i < 256; i++) words[i] = 0;
  for (int round = 0; round < 40; round++) {
    const struct step *at = machine_code;
#define NEXT(by) do { at += (by); goto *labels[at->operation]; } while (0)
    NEXT(0);
  set: r[at->a] = at->b; NEXT(1);
  add: r[at->a] = r[at->b] + r[at->c]; NEXT(1);
  sub: r[at->a] = r[at->b] - r[at->c]; NEXT(1);
  mul: r[at->a] = r[at->b] * r[at->c]; NEXT(1);
  xor: r[at->a] = r[at->b] ^ r[at->c]; NEXT(1);
  shift: r[at->a] = r[at->b] >> (r[at->c] & 31); NEXT(1);
  and: r[at->a] = r[at->b] & r[at->c]; NEXT(1);
  load: r[at->a] = words[r[at->b]]; NEXT(1);
  store: words[r[at->b]] = r[at->a]; NEXT(1);
  if_less: NEXT(r[at->a] < r[at->b] ? at->c : 1);
  if_zero: NEXT(r[at->a] ? 1 : at->c);
  go: NEXT(at->c);
  end: sum = sum * 31 + r[at->a];
  }
  return sum;
}

// Repeated string instructions: long and short moves and fills, searches, comparisons.
static void move_bytes(void *to, const void *from, u32 count) { __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory"); }
static void move_words(void *to, const void *from, u32 count) { __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count)::"memory"); }
static void fill_words(void *to, u32 value, u32 count) { __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(value) : "memory"); }
static u32 length_of(const u8 *from) {
  u32 count = ~0u;
  __asm__ volatile("repne scasb" : "+D"(from), "+c"(count) : "a"(0) : "memory", "cc");
  return -2 - count;
}
static int are_equal(const void *a, const void *b, u32 count) {
  u8 equal;
  __asm__ volatile("cmp %%eax, %%eax; repe cmpsb; sete %0" : "=q"(equal), "+S"(a), "+D"(b), "+c"(count)::"memory", "cc");
  return equal;
}
KERNEL static u32 strings(void) {
  u32 sum = 0;
  for (u32 round = 0; round < 100; round++) {
    fill_words(words, round * 0x01020304u, 1 << 18);
    move_words(words + (1 << 18), words, 1 << 18);
    move_bytes(words + (1 << 19), (u8 *)words + 1, 1 << 20);
    sum += words[(1 << 19) + round];
  }
  write_text();
  for (u32 i = 0; i + 64 < sizeof text; i += 16) {
    u8 line[64];
    u32 size = 8 + (i >> 4 & 31);
    move_bytes(line, text + i, size);
    line[size] = 0;
    sum += length_of(line) + are_equal(line, text + i, size) + are_equal(line, text + (i >> 1), size);
  }
  return sum;
}

// 32-bit division: greatest common divisors, decimal digits, signed quotients, and DIV's 64-bit dividend.
KERNEL static u32 divide(void) {
  u32 sum = 0;
  seed = 3;
  for (u32 i = 0; i < 300000; i++) {
    u32 a = next_random() | 1, b = next_random() | 1;
    while (b) {
      u32 rest = a % b;
      a = b;
      b = rest;
    }
    sum += a;
  }
  for (volatile u32 ten = 10, i = 0; i < 300000; i++)
    for (u32 n = next_random(); n; n /= ten) sum = sum * 7 + n % ten;
  for (u32 i = 1; i < 2000000; i++) {
    sum += (int)(sum ^ i) / (int)(i | 1) - (int)sum % (int)(i | 3);
    u32 quotient, rest;
    __asm__("divl %4" : "=a"(quotient), "=d"(rest) : "a"(sum), "d"(i), "rm"(0xfffffff1u) : "cc");
    sum += quotient ^ rest;
  }
  return sum;
}

// Products of 160 x 160 matrices of doubles, by SSE2 and, below, by the x87.
static double left[160][160], right[160][160], product[160][160];
#define MULTIPLY                                                              \
  for (int i = 0; i < 160; i++)                                               \
    for (int j = 0; j < 160; j++) {                                           \
      left[i][j] = i * 0.5 + j;                                               \
      right[i][j] = i - j * 0.25;                                             \
    }                                                                         \
  for (int round = 0; round < 10; round++)                                    \
    for (int i = 0; i < 160; i++)                                             \
      for (int j = 0; j < 160; j++) {                                         \
        double sum = 0;                                                       \
        for (int k = 0; k < 160; k++) sum += left[i][k] * right[k][j];        \
        product[i][j] = sum;                                                  \
      }                                                                       \
  u32 bits = 0;                                                               \
  for (int i = 0; i < 160; i++) bits = bits * 31 + *(u32 *)&product[i][i] + ((u32 *)&product[i][159 - i])[1];
__attribute__((target("sse2,fpmath=sse"), noinline)) static u32 matrix(void) {
  MULTIPLY
  return bits;
}
KERNEL static u32 matrix87(void) {
  MULTIPLY
  return bits;
}

// The Mandelbrot set in doubles by SSE2, and in extended precision by the x87.
#define MANDELBROT(number, size)                                              \
  u32 sum = 0;                                                                \
  for (int row = 0; row < size; row++)                                        \
    for (int column = 0; column < size; column++) {                           \
      number x = 0, y = 0, a = column * (number)3 / size - 2, b = row * (number)2.5 / size - (number)1.25; \
      int n = 0;                                                              \
      for (; n < 200 && x * x + y * y < 4; n++) {                             \
        number next = x * x - y * y + a;                                      \
        y = 2 * x * y + b;                                                    \
        x = next;                                                             \
      }                                                                       \
      sum = sum * 5 + n;                                                      \
    }
__attribute__((target("sse2,fpmath=sse"), noinline)) static u32 mandel(void) {
  MANDELBROT(double, 400)
  return sum;
}
KERNEL static u32 mandel87(void) {
  MANDELBROT(long double, 200)
  return sum;
}

// Numbers between formats, as C truncates them: the x87's way sets its rounding twice for each, SSE2's is one instruction.
#define CONVERT                                                               \
  static short samples[4096];                                                 \
  u32 sum = 0;                                                                \
  for (int i = 0; i < 4096; i++) samples[i] = i * 7919;                       \
  for (int round = 0; round < 500; round++) {                                 \
    double level = 0.5 + round * 0.001, kept = 0;                             \
    for (int i = 0; i < 4096; i++) {                                          \
      kept = kept * 0.75 + samples[i] * level;                                \
      sum += (int)(kept * 3.0) ^ i;                                           \
    }                                                                         \
  }
KERNEL static u32 convert87(void) {
  CONVERT
  return sum;
}
__attribute__((target("sse2,fpmath=sse"), noinline)) static u32 convert(void) {
  CONVERT
  return sum;
}

// Text: words and lines counted, words hashed, a substring searched, letters made capitals.
KERNEL static u32 scan(void) {
  static u32 counts[4096];
  u32 lines = 0, found = 0, sum = 0;
  write_text();
  for (u32 i = 0; i < 4096; i++) counts[i] = 0;
  for (int round = 0; round < 8; round++) {
    u32 word = 0;
    for (const u8 *at = text; *at; at++) {
      u8 c = *at;
      if (c == '\n') lines++;
      if (c >= 'a' && c <= 'z') word = word * 33 + c;
      else if (word) {
        counts[word & 4095]++;
        word = 0;
      }
    }
    for (const u8 *at = text; *at; at++) {
      const char *wanted = "corper";
      const u8 *here = at;
      while (*wanted && *here == (u8)*wanted) wanted++, here++;
      if (!*wanted) found++;
    }
    for (u8 *at = text; *at; at++)
      if (*at >= 'a' && *at <= 'z' && (at == text || at[-1] == ' ')) *at -= 32;
      else if (*at >= 'A' && *at <= 'Z') *at += 32;
  }
  for (u32 i = 0; i < 4096; i++) sum = sum * 31 + counts[i];
  return sum + lines * 7 + found;
}

// A search tree: 60,000 insertions and lookups by recursion, its depth, and its sum in order.
struct node { u32 key, count; struct node *left, *right; };
static struct node *insert(struct node *tree, u32 key, struct node **fresh) {
  if (!tree) {
    struct node *made = (*fresh)++;
    made->key = key;
    made->count = 1;
    made->left = made->right = 0;
    return made;
  }
  if (key < tree->key) tree->left = insert(tree->left, key, fresh);
  else if (key > tree->key) tree->right = insert(tree->right, key, fresh);
  else tree->count++;
  return tree;
}
static u32 depth_of(const struct node *tree) {
  if (!tree) return 0;
  u32 l = depth_of(tree->left), r = depth_of(tree->right);
  return 1 + (l > r ? l : r);
}
static u32 in_order(const struct node *tree, u32 sum) {
  if (!tree) return sum;
  sum = in_order(tree->left, sum);
  return in_order(tree->right, sum * 31 + tree->key * tree->count);
}
KERNEL static u32 tree(void) {
  u32 sum = 0;
  seed = 11;
  for (int round = 0; round < 5; round++) {
    struct node *fresh = (struct node *)words, *root = 0;
    for (u32 i = 0; i < 60000; i++) root = insert(root, next_random() >> 12, &fresh);
    for (int i = 0; i < 10; i++) sum = sum * 3 + depth_of(root) + in_order(root, sum);
  }
  return sum;
}

// All ways to put thirteen queens on a board: recursion and sets of bits.
static u32 place(u32 all, u32 columns, u32 rising, u32 falling) {
  u32 ways = 0;
  if (columns == all) return 1;
  for (u32 open = all & ~(columns | rising | falling); open;) {
    u32 bit = open & -open;
    open ^= bit;
    ways += place(all, columns | bit, (rising | bit) << 1, (falling | bit) >> 1);
  }
  return ways;
}
KERNEL static u32 queens(void) { return place((1 << 13) - 1, 0, 0, 0); }

// Single bits by BT, BTS, BSF and BSR, populations, bytes swapped, bits reversed.
KERNEL static u32 bits(void) {
  u32 sum = 0, x = 1;
  for (u32 i = 0; i < 2048; i++) words[i] = 0;
  for (u32 i = 0; i < 5000000; i++) {
    x = x * 1664525u + 1013904223u;
    u8 was;
    __asm__ volatile("btsl %2, %0; setc %1" : "+m"(words[x >> 21]), "=q"(was) : "r"(x >> 8 & 31) : "cc");
    sum += was;
    if (x) sum += __builtin_ctz(x) + (__builtin_clz(x) ^ 31);
    u32 n = x - (x >> 1 & 0x55555555);
    n = (n & 0x33333333) + (n >> 2 & 0x33333333);
    sum += (n + (n >> 4) & 0x0f0f0f0f) * 0x01010101 >> 24;
    sum ^= __builtin_bswap32(x) << (x & 31) | x >> (x >> 27);
  }
  return sum;
}

// Packed integers by SSE2: sums of differences, saturation, products, shuffles, shifts.
__attribute__((target("sse2"), noinline)) static u32 vector(void) {
  typedef int v4 __attribute__((vector_size(16)));
  typedef short v8 __attribute__((vector_size(16)));
  typedef char v16 __attribute__((vector_size(16)));
  typedef long long v2 __attribute__((vector_size(16)));
  v4 *data = (v4 *)words;
  v4 sum = {1, 2, 3, 4};
  for (u32 i = 0; i < 1 << 20; i++) words[i] = i * 2654435761u;
  for (int round = 0; round < 40; round++)
    for (u32 i = 0; i + 1 < 1 << 18; i++) {
      v4 a = data[i], b = data[i + 1];
      v8 low = __builtin_ia32_paddsw128((v8)a, (v8)b), high = __builtin_ia32_pmulhw128((v8)a, (v8)b);
      v16 bytes = __builtin_ia32_psubusb128((v16)low, (v16)b);
      v4 turned = __builtin_ia32_pshufd((v4)high, 0x39);
      v2 distance = __builtin_ia32_psadbw128((v16)a, bytes);
      sum += (v4)distance + (turned ^ __builtin_ia32_psrldi128(a, 5)) + __builtin_ia32_pmaddwd128(low, high);
      data[i] = sum & (a > b);
    }
  return sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
}

// Four floats at a time: points moved, lengths taken and normalised.
__attribute__((target("sse2,fpmath=sse"), noinline)) static u32 floats(void) {
  typedef float f4 __attribute__((vector_size(16)));
  f4 x = {1, 2, 3, 4}, y = {0.5f, 0.25f, 0.125f, 3}, step = {0.001f, 0.002f, 0.003f, 0.004f};
  float least = 1e9f;
  for (int i = 0; i < 3000000; i++) {
    f4 squares = x * x + y * y;
    f4 length = __builtin_ia32_sqrtps(squares);
    x = x / length + step * y;
    y = y - step * x;
    if (y[0] < least) least = y[0];
  }
  u32 sum = (u32)(int)(least * 1e6f);
  for (int i = 0; i < 4; i++) sum = sum * 31 + (u32)(int)(x[i] * 1e5f) + (u32)(int)(y[i] * 1e5f);
  return sum;
}

// Compression with a hash table of earlier places, and decompression.
KERNEL static u32 compress(void) {
  static u32 places[4096];
  u8 *packed = (u8 *)words, *again = (u8 *)(words + (1 << 19));
  u32 sum = 0;
  write_text();
  for (int round = 0; round < 8; round++) {
    u32 in = 0, out = 0, size = 1 << 20;
    for (u32 i = 0; i < 4096; i++) places[i] = 0;
    while (in + 4 < size) {
      u32 next = text[in] | text[in + 1] << 8 | text[in + 2] << 16, slot = next * 2654435761u >> 20;
      u32 from = places[slot], length = 0;
      places[slot] = in;
      if (from < in && in - from < 65536)
        while (length < 255 && in + length < size && text[from + length] == text[in + length]) length++;
      if (length > 4) {
        packed[out++] = 0;
        packed[out++] = length;
        packed[out++] = in - from;
        packed[out++] = in - from >> 8;
        in += length;
      } else packed[out++] = text[in++];
    }
    u32 at = 0;
    for (u32 i = 0; i < out && at < 1 << 20;) {
      u8 c = packed[i++];
      if (c) {
        again[at++] = c;
        continue;
      }
      u32 length = packed[i], back = packed[i + 1] | packed[i + 2] << 8;
      i += 3;
      for (; length; length--, at++) again[at] = again[at - back];
    }
    for (u32 i = 0; i < at; i += 97) sum = sum * 31 + again[i];
    sum += out;
  }
  return sum;
}

// Life on a torus of bytes: eight neighbours' loads for each store.
KERNEL static u32 life(void) {
  u8 *now = text, *then = flags;
  u32 alive = 0;
  seed = 5;
  for (u32 i = 0; i < 1 << 16; i++) now[i] = next_random() >> 16 & 1;
  for (int round = 0; round < 40; round++) {
    for (u32 y = 0; y < 256; y++)
      for (u32 x = 0; x < 256; x++) {
        u32 n = 0;
        for (u32 dy = 0; dy < 3; dy++)
          for (u32 dx = 0; dx < 3; dx++) n += now[(y + dy - 1 & 255) << 8 | (x + dx - 1 & 255)];
        u8 me = now[y << 8 | x];
        then[y << 8 | x] = n == 3 || (me && n == 4);
      }
    u8 *swapped = now;
    now = then;
    then = swapped;
  }
  for (u32 i = 0; i < 1 << 16; i++) alive = alive * 3 + now[i];
  return alive;
}

// Objects of four kinds behind one interface: a method call for each, twice over.
struct shape { u32 (*measure)(const struct shape *); u32 width, height; };
static u32 box(const struct shape *s) { return s->width * s->height; }
static u32 edge(const struct shape *s) { return 2 * (s->width + s->height); }
static u32 wedge(const struct shape *s) { return s->width * s->height >> 1; }
static u32 larger(const struct shape *s) { return s->width > s->height ? s->width : s->height; }
KERNEL static u32 objects(void) {
  static u32 (*const kinds[])(const struct shape *) = {box, edge, wedge, larger};
  struct shape *shapes = (struct shape *)words;
  u32 sum = 0;
  seed = 21;
  for (u32 i = 0; i < 20000; i++) {
    shapes[i].measure = kinds[next_random() >> 9 & 3];
    shapes[i].width = next_random() & 1023;
    shapes[i].height = next_random() & 1023;
  }
  for (int round = 0; round < 300; round++)
    for (u32 i = 0; i < 20000; i++) sum = sum * 3 + shapes[i].measure(&shapes[i]);
  return sum;
}
