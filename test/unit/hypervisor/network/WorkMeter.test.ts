import { expect, test } from 'vitest';
import type { SharedWord } from '../../../../src-main/hypervisor/network/SharedWord.ts';
import { WorkMeter } from '../../../../src-main/hypervisor/network/WorkMeter.ts';

const word = (): SharedWord => ({ words: new SharedArrayBuffer(4), index: 0 });
const owedUs = ({ words }: SharedWord): number | undefined => new Int32Array(words)[0];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a turn’s time is paid by those for whom there were frames, by how many', async () => {
  let ms = 10;
  const meter = new WorkMeter(() => ms);
  const [light, heavy, silent] = [word(), word(), word()];
  for (let count = 0; count < 3; count++) meter.note(heavy);
  meter.note(light);
  ms += 2;
  await turn();
  expect([light, heavy, silent].map(owedUs)).toEqual([500, 1500, 0]);
  meter.note(light);
  ms += 1;
  await turn();
  expect([light, heavy, silent].map(owedUs)).toEqual([1500, 1500, 0]);
});

test('one that does not run for long owes a tenth of a second at most', async () => {
  let ms = 0;
  const meter = new WorkMeter(() => ms);
  const paused = word();
  for (let seconds = 1; seconds <= 3; seconds++) {
    meter.note(paused);
    ms = 1000 * seconds;
    await turn();
  }
  expect(owedUs(paused)).toBe(100_000);
});

test('one that is forgotten is asked for nothing more', async () => {
  let ms = 0;
  const meter = new WorkMeter(() => ms);
  const [gone, stays] = [word(), word()];
  meter.note(gone);
  meter.note(stays);
  meter.forget(gone);
  ms = 4;
  await turn();
  expect([gone, stays].map(owedUs)).toEqual([0, 4000]);
});
