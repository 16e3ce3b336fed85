import { afterEach, expect, test } from 'vitest';
import { CableEnd, makeCable } from '../../../../src-main/hypervisor/network/CableEnd.ts';
import { Patchbay } from '../../../../src-main/hypervisor/network/Patchbay.ts';

const patchbays: Patchbay[] = [];
afterEach(() => {
  for (const patchbay of patchbays.splice(0))
    for (const id of ['sender', 'receiver']) patchbay.obey({ kind: 'unplug', id });
});

test('a frame’s way is paid by the machine that sends it, and not by the one that gets it', async () => {
  let ms = 0;
  const patchbay = new Patchbay(undefined, () => ms++);
  patchbays.push(patchbay);
  const plug = (id: string) => {
    const [theirs, cable] = makeCable();
    const [wake, owed] = [0, 0].map(() => ({ words: new SharedArrayBuffer(4), index: 0 }));
    patchbay.obey({ kind: 'plug', id, name: id, network: { kind: 'segment', name: 'lab' }, cable, wake, owed });
    return { end: new CableEnd(theirs), owedUs: () => new Int32Array(owed.words)[0] };
  };
  const [sender, receiver] = [plug('sender'), plug('receiver')];
  const frame = new Uint8Array(60).fill(0xff, 0, 6).fill(2, 6, 12);
  sender.end.send(frame);
  sender.end.flush();
  let got: readonly Uint8Array[] = [];
  await expect.poll(() => (got = got.length > 0 ? got : receiver.end.receive())).toEqual([frame]);
  await expect.poll(() => sender.owedUs()).toBeGreaterThan(0);
  expect(receiver.owedUs()).toBe(0);
});
