import { describe, expect, test } from 'vitest';
import { SerialHistories } from '../../../src-main/hypervisor/SerialHistories.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what the serial ports of a machine have sent', () => {
  test('is kept for each port apart, and nothing for a port that sent nothing', () => {
    const histories = new SerialHistories();
    histories.append(0, bytes('boot'));
    histories.append(1, bytes('log'));
    histories.append(0, bytes('ed'));
    expect([0, 1, 2].map((port) => histories.bytes(port))).toEqual([bytes('booted'), bytes('log'), bytes('')]);
  });

  test('is not changed in a copy by what is sent later', () => {
    const histories = new SerialHistories();
    histories.append(0, bytes('before'));
    const copy = histories.copy();
    histories.append(0, bytes(' after'));
    expect(copy).toEqual(new Map([[0, bytes('before')]]));
  });

  test('is what it was once a copy is put back, on ports that had sent nothing then too', () => {
    const histories = new SerialHistories();
    histories.append(0, bytes('before'));
    const copy = histories.copy();
    histories.append(0, bytes(' after'));
    histories.append(1, bytes('later'));
    histories.putBack(copy);
    expect([0, 1].map((port) => histories.bytes(port))).toEqual([bytes('before'), bytes('')]);
  });
});
