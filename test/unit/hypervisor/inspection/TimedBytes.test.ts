import { expect, test } from 'vitest';
import { TimedBytes } from '../../../../src-main/hypervisor/inspection/TimedBytes.ts';

test('bytes come back oldest first, with their times', () => {
  const log = new TimedBytes(4);
  log.add(0x41, 10);
  log.add(0x42, 20);
  expect({ ...log.newest(), total: log.total }).toEqual({
    bytes: Uint8Array.of(0x41, 0x42),
    timesNs: Float64Array.of(10, 20),
    total: 2,
  });
});

test('of more than there is room for, the newest are kept, and all are counted', () => {
  const log = new TimedBytes(4);
  for (let value = 0; value < 11; value++) log.add(value, value);
  expect([...log.newest().bytes]).toEqual([7, 8, 9, 10]);
  expect(log.total).toBe(11);
});
