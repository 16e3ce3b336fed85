import { afterEach, beforeEach, expect, test } from 'vitest';
import { CableEnd, makeCable } from '../../../../src-main/hypervisor/network/CableEnd.ts';

let near: CableEnd;
let far: CableEnd;

beforeEach(() => {
  const [nearParts, farParts] = makeCable();
  near = new CableEnd(nearParts);
  far = new CableEnd(farParts);
});
afterEach(() => near.close());

const frame = (byte: number, length = 60): Uint8Array => new Uint8Array(length).fill(byte);

/** All that has arrived at an end. */
function arrivedAt(end: CableEnd): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let frames = end.receive(); frames.length > 0; frames = end.receive()) all.push(...frames);
  return all;
}

test('frames arrive in order, as long as they were, in both directions', () => {
  near.send(frame(1, 1514));
  near.send(frame(2));
  expect(near.flush()).toBe(true);
  near.send(frame(3, 300));
  near.flush();
  far.send(frame(4));
  far.flush();
  expect(arrivedAt(far)).toEqual([frame(1, 1514), frame(2), frame(3, 300)]);
  expect(arrivedAt(near)).toEqual([frame(4)]);
});

test('nothing goes before it is flushed, and then nothing is left to flush', () => {
  near.send(frame(1));
  expect(arrivedAt(far)).toEqual([]);
  expect([near.flush(), near.flush()]).toEqual([true, false]);
  expect(arrivedAt(far)).toHaveLength(1);
});

test('what is not taken in time is lost, and the line is free again afterwards', () => {
  for (let count = 0; count < 10_000; count++) {
    near.send(frame(count & 0xff));
    if (count % 100 === 0) near.flush();
  }
  near.flush();
  expect(arrivedAt(far)).toHaveLength(512);
  near.send(frame(7));
  near.flush();
  expect(arrivedAt(far)).toEqual([frame(7)]);
});

test('an end with an event loop says itself what it has done with', async () => {
  const heard: Uint8Array[] = [];
  far.onFrames((frames) => heard.push(...frames));
  const fill = (): void => {
    for (let count = 0; count < 600; count++) near.send(frame(count & 0xff));
    near.flush();
  };
  fill();
  await expect.poll(() => heard.length).toBe(512);
  // Not done with yet: there is room for no more.
  fill();
  far.noteTaken(2);
  fill();
  await expect.poll(() => heard.length).toBe(514);
});
