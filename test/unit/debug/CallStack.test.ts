import { describe, expect, test } from 'vitest';
import { callStack, type StackContext } from '../../../src-main/debug/CallStack.ts';
import type { MemoryAccess } from '../../../src-main/debug/LinearMemory.ts';
import { machineCode } from '../../support/engine/TestMachine.ts';

const CODE = 0x1000;
const GDT = 0x800;
const FLAT: StackContext = {
  codeBase: 0,
  codeSelector: 8,
  instructionPointer: 0,
  codeSize: 32,
  stackBase: 0,
  stackPointer: 0,
  framePointer: 0,
  hasParagraphSegments: false,
  descriptorTables: { gdt: { base: GDT, limit: 0x1f }, ldt: { base: 0, limit: 0 } },
};

/** Memory with code at CODE, and words at addresses. */
function memoryOf(code: Uint8Array, words: Readonly<Record<number, number>>, wordBytes = 4) {
  const bytes = new Uint8Array(0x1_0000);
  bytes.set(code, CODE);
  const view = new DataView(bytes.buffer);
  for (const [address, word] of Object.entries(words)) {
    if (wordBytes === 4) view.setUint32(Number(address), word, true);
    else view.setUint16(Number(address), word, true);
  }
  return {
    isPaging: false,
    readPhysical: (address: number, length: number) => bytes.slice(address, address + length),
    translate: (address: number) => Promise.resolve(address),
  };
}

/** main calls outer, outer calls inner, inner has a frame. */
const SOURCE =
  'call outer\nhlt\nouter: push ebp\nmov ebp, esp\ncall inner\npop ebp\nret\ninner: push ebp\nmov ebp, esp\nnop\npop ebp\nret';
const code = machineCode(SOURCE, 32, CODE);
const AFTER_MAIN = CODE + 5;
const AFTER_OUTER = CODE + 6 + 3 + 5;
const INNER = AFTER_OUTER + 2;
/** What lies on the stack in the middle of inner. */
const STACK = { 0x8ff8: AFTER_MAIN, 0x8ff4: 0, 0x8ff0: AFTER_OUTER, 0x8fec: 0x8ff4 };

test.each([
  { where: 'in its middle', at: 3, stackPointer: 0x8fec, framePointer: 0x8fec },
  { where: 'at its first instruction', at: 0, stackPointer: 0x8ff0, framePointer: 0x8ff4 },
  { where: 'before it has set its frame pointer', at: 1, stackPointer: 0x8fec, framePointer: 0x8ff4 },
  { where: 'at its return', at: 5, stackPointer: 0x8ff0, framePointer: 0x8ff4 },
])('callers are found by frame pointers, $where', async ({ at, stackPointer, framePointer }) => {
  const frames = await callStack(memoryOf(code, STACK), {
    ...FLAT,
    instructionPointer: INNER + at,
    stackPointer,
    framePointer,
  });
  expect(frames.slice(0, 3)).toEqual([
    { linearAddress: INNER + at, stackPointer, isGuess: false, isInterrupted: false },
    { linearAddress: AFTER_OUTER, stackPointer: 0x8ff4, isGuess: false, isInterrupted: false },
    { linearAddress: AFTER_MAIN, stackPointer: 0x8ffc, isGuess: false, isInterrupted: false },
  ]);
});

test('without frame pointers the next word that a call has pushed is taken, and said to be a guess', async () => {
  const frames = await callStack(memoryOf(code, { 0x8ff0: 5, 0x8ff4: CODE + 1, 0x8ff8: AFTER_MAIN }), {
    ...FLAT,
    instructionPointer: INNER + 3,
    stackPointer: 0x8ff0,
    framePointer: 0x1234,
  });
  expect(frames.slice(1)).toEqual([
    { linearAddress: AFTER_MAIN, stackPointer: 0x8ffc, isGuess: true, isInterrupted: false },
  ]);
});

test('a procedure that takes its arguments off the stack leaves its caller’s stack pointer above them', async () => {
  const source = 'call middle\nhlt\nmiddle: push 1\npush 2\ncall leaf\nret\nleaf: nop\nret 8';
  const callers = machineCode(source, 32, CODE);
  const [afterMiddle, afterLeaf, leaf] = [CODE + 5, CODE + 15, CODE + 16];
  // The second argument looks as if a call had pushed it.
  const stack = { 0x8fec: afterLeaf, 0x8ff0: afterLeaf, 0x8ff4: 1, 0x8ff8: afterMiddle };
  const frames = await callStack(memoryOf(callers, stack), { ...FLAT, instructionPointer: leaf, stackPointer: 0x8fec });
  expect(frames).toEqual([
    { linearAddress: leaf, stackPointer: 0x8fec, isGuess: false, isInterrupted: false },
    { linearAddress: afterLeaf, stackPointer: 0x8ff8, isGuess: false, isInterrupted: false },
    { linearAddress: afterMiddle, stackPointer: 0x8ffc, isGuess: false, isInterrupted: false },
  ]);
});

test('in real mode offsets count from their segments, and far calls and INT n return through CS', async () => {
  const source = 'int 21h\nnop\nhandler: push bp\nmov bp, sp\nnop\niret';
  const memory = memoryOf(machineCode(source, 16, 0), { 0x5fee: 0, 0x5ff0: 2, 0x5ff2: 0x100, 0x5ff4: 0x202 }, 2);
  const frames = await callStack(memory, {
    ...FLAT,
    codeBase: CODE,
    codeSize: 16,
    stackBase: 0x5000,
    instructionPointer: 6,
    stackPointer: 0xfee,
    framePointer: 0xfee,
    hasParagraphSegments: true,
  });
  expect(frames[1]).toEqual({ linearAddress: CODE + 2, stackPointer: 0x5ff6, isGuess: false, isInterrupted: false });
});

test('a stack of nonsense has one frame', async () => {
  const frames = await callStack(memoryOf(code, {}), { ...FLAT, instructionPointer: INNER + 3, stackPointer: 0xff00 });
  expect(frames).toHaveLength(1);
});

describe('a device’s interrupt', () => {
  const interrupted = machineCode('main: nop\njmp main', 32, CODE);
  /** A flat code segment at selector 8, and another of 16 bits at 10h. */
  const DESCRIPTORS = {
    [GDT + 8]: 0x0000_ffff,
    [GDT + 12]: 0x00cf_9a00,
    [GDT + 16]: 0x0000_ffff,
    [GDT + 20]: 0x000f_9a00,
  };
  /** In the middle of a handler that has saved EBX, and whose end is behind a jump that nobody can foresee. */
  const handler = machineCode('nop\njmp eax', 32, CODE + 0x100);
  const memoryWith = (frame: readonly number[]): MemoryAccess => {
    const words = Object.fromEntries(frame.map((word, index) => [0x8ff0 + 4 * index, word]));
    const memory = memoryOf(interrupted, { ...DESCRIPTORS, ...words });
    return {
      ...memory,
      readPhysical: (address, length) => {
        const bytes = memory.readPhysical(address, length);
        for (const [index, byte] of handler.entries()) {
          const at = CODE + 0x100 + index - address;
          if (at >= 0 && at < length) bytes[at] = byte;
        }
        return bytes;
      },
    };
  };
  const walk = (frame: readonly number[]): ReturnType<typeof callStack> =>
    callStack(memoryWith(frame), { ...FLAT, instructionPointer: CODE + 0x100, stackPointer: 0x8ff0 });

  test('is found by its words alone where nothing else leads back, and said to be a guess', async () => {
    expect(await walk([0x1234, CODE, 8, 0x202])).toEqual([
      expect.anything(),
      { linearAddress: CODE, stackPointer: 0x9000, isGuess: true, isInterrupted: true },
    ]);
  });

  test.each([
    { what: 'flags that no processor pushes', frame: [0x1234, CODE, 8, 0x20a] },
    { what: 'flags of code that takes no interrupts', frame: [0x1234, CODE, 8, 0x2] },
    { what: 'a selector of no code segment', frame: [0x1234, CODE, 0x18, 0x202] },
    { what: 'a place where no code is', frame: [0x1234, CODE + 0x2000, 8, 0x202] },
  ])('is not taken from $what', async ({ frame }) => {
    expect(await walk(frame)).toHaveLength(1);
  });

  test('may have come to a virtual-8086 task, which has a stack of its own', async () => {
    const [, task] = await walk([0x1234, 0, CODE >> 4, 0x2_0202, 0x100, 0x700]);
    expect(task).toEqual({ linearAddress: CODE, stackPointer: 0x7100, isGuess: true, isInterrupted: true });
  });
});
