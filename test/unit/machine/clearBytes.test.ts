import { expect, test } from 'vitest';
import { clearBytes } from '../../../src-main/machine/clearBytes.ts';

const BLOCK_BYTES = 0x1_0000;

test.each([
  ['nothing', []],
  ['the first byte', [0]],
  ['the last byte of a block, and the first of the next', [BLOCK_BYTES - 1, BLOCK_BYTES]],
  ['the last byte, in a block that is not whole', [2 * BLOCK_BYTES + 99]],
])('memory that holds %s is zero afterwards', (_, places) => {
  const whole = new Uint8Array(new SharedArrayBuffer(3 * BLOCK_BYTES)).fill(0);
  const memory = whole.subarray(0, 2 * BLOCK_BYTES + 100);
  for (const place of places) memory[place] = 0x80;
  whole[2 * BLOCK_BYTES + 100] = 1;
  clearBytes(memory);
  expect(memory.every((byte) => byte === 0)).toBe(true);
  expect(whole[2 * BLOCK_BYTES + 100]).toBe(1);
});

test('blocks of zeros are not written to', () => {
  const memory = new Uint8Array(4 * BLOCK_BYTES);
  memory[2 * BLOCK_BYTES + 7] = 1;
  const filled: number[] = [];
  const subarray = memory.subarray.bind(memory);
  memory.subarray = (start, end) => {
    const block = subarray(start, end);
    block.fill = (value) => (filled.push(start ?? 0), Uint8Array.prototype.fill.call(block, value) as typeof block);
    return block;
  };
  clearBytes(memory);
  expect(filled).toEqual([2 * BLOCK_BYTES]);
});
