import { expect, test } from 'vitest';
import { Typist } from '../../../../src-main/machine/keyboard/Typist.ts';
import { typePlainText } from '../../../../src-main/machine/keyboard/typing.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

function setUp(): { time: ManualTime; typist: Typist; keys: string[]; guest: { isTaken: boolean; isReady: boolean } } {
  const time = new ManualTime();
  const keys: string[] = [];
  const guest = { isTaken: true, isReady: false };
  const typist = new Typist(time.timers, {
    key: (code, isDown) => keys.push(`${isDown ? '+' : '-'}${code}`),
    isTaken: () => guest.isTaken,
    isReady: () => guest.isReady,
  });
  return { time, typist, keys, guest };
}

test('waits until the guest is ready, but not for ever', () => {
  const { time, typist, keys, guest } = setUp();
  typist.type(typePlainText('ab', 'us').steps, { whenReady: true });
  time.advance(500_000_000);
  expect(keys).toEqual([]);
  guest.isReady = true;
  time.advance(100_000_000);
  expect(keys).toEqual(['+KeyA', '-KeyA', '+KeyB', '-KeyB']);
  expect(typist.isTyping).toBe(false);
  guest.isReady = false;
  typist.type(typePlainText('c', 'us').steps, { whenReady: true });
  time.advance(2_100_000_000);
  expect(keys).toHaveLength(6);
});

test('waits until the guest has taken the key before', () => {
  const { time, typist, keys, guest } = setUp();
  typist.type(typePlainText('abc', 'us').steps, { whenReady: false });
  guest.isTaken = false;
  time.advance(100_000_000);
  expect(keys).toEqual([]);
  guest.isTaken = true;
  time.advance(11_000_000);
  expect(keys).toEqual(['+KeyA', '-KeyA']);
});

test('pauses as told', () => {
  const { time, typist, keys } = setUp();
  typist.type([{ pauseMs: 300 }, { code: 'KeyA', isDown: true }], { whenReady: false });
  time.advance(250_000_000);
  expect(keys).toEqual([]);
  time.advance(60_000_000);
  expect(keys).toEqual(['+KeyA']);
});
