import { expect, test } from 'vitest';
import { CoprocessorLatch } from '../../../../src-main/machine/platform/CoprocessorLatch.ts';

test('an error holds IRQ 13 until a write to its port', () => {
  const levels: boolean[] = [];
  const latch = new CoprocessorLatch('coprocessor0', { set: (isAsserted) => levels.push(isAsserted) });
  latch.signalError();
  latch.write();
  expect(levels).toEqual([true, false]);
});
