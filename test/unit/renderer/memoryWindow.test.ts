import { beforeEach, expect, test, vi } from 'vitest';
import type { AddressSpace, MemoryRange } from '../../../src-preload/contract/debugging.ts';
import { useMemoryReading } from '../../../src-renderer/features/memory/memoryWindow.ts';

/** What answers the requests that wait, in their order. */
let answers: ((range: MemoryRange) => void)[];

vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({
    call: () => new Promise((resolve) => answers.push((value) => resolve({ ok: true, value }))),
  }),
}));

beforeEach(() => (answers = []));

const filled = (byte: number): MemoryRange => ({ address: 0, bytes: new Uint8Array(16).fill(byte), missing: [] });

test('an answer about the space before is not shown, and what differs from it has not changed', async () => {
  let space: AddressSpace = 'physical';
  const reading = useMemoryReading(
    'vm-1',
    () => space,
    () => 16,
  );
  const former = reading.read(0, 16);
  space = 'linear';
  reading.forget();
  const latter = reading.read(0, 16);
  answers[0]?.(filled(1));
  await former;
  expect(reading.row(0).bytes[0]).toBe(-1);
  answers[1]?.(filled(2));
  await latter;
  expect(reading.row(0)).toMatchObject({ bytes: new Int16Array(16).fill(2), changed: 0 });
});
