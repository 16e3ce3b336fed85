import { describe, expect, test } from 'vitest';
import type { DeviceRegister, OutputLog } from '../../../src-preload/contract/devices.ts';
import { outputLines } from '../../../src-preload/contract/readings/outputLines.ts';
import { registerParts, registerTexts } from '../../../src-preload/contract/readings/registerFields.ts';

const COUNTER: DeviceRegister = {
  name: 'Status',
  part: 'Counter 0',
  bits: 40,
  value: 0xab_0000_0005,
  fields: [
    { name: 'ready', high: 0, low: 0 },
    { name: 'mode', high: 2, low: 1 },
    { name: 'top', high: 39, low: 32 },
  ],
};

describe('a register as it is shown', () => {
  test('is as wide as it is in the device, its fields cut from it, above bit 31 too', () => {
    const [part] = registerParts([COUNTER], new Map());
    expect(part?.name).toBe('Counter 0');
    expect(part?.rows[0]).toMatchObject({
      text: 'ab00000005',
      isChanged: false,
      fields: [
        { name: 'ready', value: 1, isFlag: true },
        { name: 'mode', value: 2, isFlag: false },
        { name: 'top', value: 0xab, isFlag: false },
      ],
    });
  });

  test('is marked where it is another than before, and not when it is seen for the first time', () => {
    const other: DeviceRegister = { name: 'Rate', text: '9600 baud' };
    const before = registerTexts([{ ...COUNTER, value: 4 }]);
    const changed = registerParts([COUNTER, other], before).flatMap(({ rows }) => rows.map((row) => row.isChanged));
    expect(changed).toEqual([true, false]);
  });
});

describe('an output as it is read', () => {
  const log = (output: OutputLog['output'], text: string): OutputLog => {
    const bytes = new TextEncoder().encode(text);
    return { output, bytes, total: bytes.length, timesNs: Float64Array.from(bytes, (_, index) => index * 1e6) };
  };

  test('is cut into lines, each with the time of its first byte', () => {
    expect(outputLines(log('com1', 'ab\r\nc\n\nd'))).toEqual([
      { timeMs: 0, text: 'ab' },
      { timeMs: 4, text: 'c' },
      { timeMs: 6, text: '' },
      { timeMs: 7, text: 'd' },
    ]);
  });
  test('shows control characters by their number', () => {
    expect(outputLines(log('debug', '\x1b[0m'))[0]?.text).toBe('\\x1b[0m');
  });
  test('breaks a line that never ends', () => {
    expect(outputLines(log('com1', 'x'.repeat(400))).map(({ text }) => text.length)).toEqual([160, 160, 80]);
  });
  test('is a code a line where it is a POST port’s', () => {
    expect(outputLines(log('post', 'A\n'))).toEqual([
      { timeMs: 0, text: '41' },
      { timeMs: 1, text: '0a' },
    ]);
  });
});
