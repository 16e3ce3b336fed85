import { expect, test } from 'vitest';
import { callStack, type StackContext } from '../../../src-main/debug/CallStack.ts';
import { machineCode } from '../../support/engine/TestMachine.ts';

const CODE = 0x1000;
const FLAT: StackContext = {
  codeBase: 0,
  instructionPointer: 0,
  codeSize: 32,
  stackBase: 0,
  stackPointer: 0,
  framePointer: 0,
  hasParagraphSegments: false,
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
    { linearAddress: INNER + at, stackPointer, isGuess: false },
    { linearAddress: AFTER_OUTER, stackPointer: 0x8ff4, isGuess: false },
    { linearAddress: AFTER_MAIN, stackPointer: 0x8ffc, isGuess: false },
  ]);
});

test('without frame pointers the next word that a call has pushed is taken, and said to be a guess', async () => {
  const frames = await callStack(memoryOf(code, { 0x8ff0: 5, 0x8ff4: CODE + 1, 0x8ff8: AFTER_MAIN }), {
    ...FLAT,
    instructionPointer: INNER + 3,
    stackPointer: 0x8ff0,
    framePointer: 0x1234,
  });
  expect(frames.slice(1)).toEqual([{ linearAddress: AFTER_MAIN, stackPointer: 0x8ffc, isGuess: true }]);
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
  expect(frames[1]).toEqual({ linearAddress: CODE + 2, stackPointer: 0x5ff6, isGuess: false });
});

test('a stack of nonsense has one frame', async () => {
  const frames = await callStack(memoryOf(code, {}), { ...FLAT, instructionPointer: INNER + 3, stackPointer: 0xff00 });
  expect(frames).toHaveLength(1);
});
