import { describe, expect, test } from 'vitest';
import { Rtl8029 } from '../../../../src-main/machine/network/Rtl8029.ts';

const MAC = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);

describe('an RTL8029 adapter', () => {
  test('is a network controller with 32 ports and an interrupt pin', () => {
    const card = new Rtl8029('net0', MAC, { send: () => undefined });
    expect(card.identity).toMatchObject({ vendorId: 0x10ec, deviceId: 0x8029, classCode: 0x020000 });
    expect(card.bars).toMatchObject([{ index: 0, byteLength: 32, space: 'io' }]);
    expect(card.interruptPin).toBe(1);
    expect(card.macAddress).toBe(MAC);
  });

  test('interrupts through its slot', () => {
    let isAsserted = false;
    const card = new Rtl8029('net0', MAC, { send: () => undefined });
    card.attach({ interrupt: { set: (value) => (isAsserted = value) }, memory: undefined as never });
    const [bar] = card.bars;
    if (bar === undefined || !('device' in bar)) throw new Error('no registers');
    // Counters of the remote channel are 0: a remote read is done at once.
    bar.device.write(0x0f, 1, 0x40);
    bar.device.write(0, 1, 0x0a);
    expect(isAsserted).toBe(true);
    card.reset();
    expect(isAsserted).toBe(false);
  });
});
