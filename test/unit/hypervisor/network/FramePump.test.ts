import { expect, test } from 'vitest';
import { FramePump } from '../../../../src-main/hypervisor/network/FramePump.ts';

const frames = (count: number): Uint8Array[] => Array.from({ length: count }, () => new Uint8Array(60));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('frames are passed on in order, and their sender is told', async () => {
  const pump = new FramePump(() => 0);
  const sent = frames(40);
  const passed: Uint8Array[] = [];
  let forwarded = 0;
  pump.add(
    sent,
    (frame) => passed.push(frame),
    (count) => (forwarded += count),
  );
  expect(passed).toEqual([]);
  await turn();
  expect(passed).toEqual(sent);
  expect(forwarded).toBe(40);
});

test('a turn ends after a few milliseconds, and machines take turns in it', async () => {
  let now = 0;
  const pump = new FramePump(() => now);
  const passed: string[] = [];
  for (const name of ['a', 'b']) {
    const pass = (): void => {
      passed.push(name);
      now += 0.1;
    };
    pump.add(frames(64), pass, () => undefined);
  }
  await turn();
  expect(passed.length).toBeLessThan(64);
  expect(new Set(passed)).toEqual(new Set(['a', 'b']));
  for (let count = 0; count < 10; count++) await turn();
  expect(passed).toHaveLength(128);
});
