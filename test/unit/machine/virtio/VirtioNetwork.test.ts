import { describe, expect, test } from 'vitest';
import { VirtioNetwork } from '../../../../src-main/machine/virtio/VirtioNetwork.ts';
import { VIRTIO_TRANSPORTS, VirtioDriver, type VirtioTransport } from '../../../support/machine/VirtioDriver.ts';

const MAC = Uint8Array.of(0x52, 0x54, 0, 1, 2, 3);
const [RECEIVE, TRANSMIT] = [0, 1];

function made(transport: VirtioTransport): { driver: VirtioDriver; card: VirtioNetwork; sent: number[][] } {
  const sent: number[][] = [];
  const card = new VirtioNetwork('virtio-net0', MAC, { send: (frame) => sent.push([...frame]) });
  return { driver: new VirtioDriver(transport, card), card, sent };
}

function frame(length: number, fill: number): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

describe.each(VIRTIO_TRANSPORTS)('a virtio network adapter (%s)', (transport) => {
  /** Drivers from before virtio 1 have two bytes less in front of a frame. */
  const header = transport === 'pci-legacy' ? 10 : 12;

  test('tells its address, and that the link is up', () => {
    const { driver } = made(transport);
    const bytes = Array.from({ length: 8 }, (_, at) => driver.registers.configuration(at));
    expect(bytes).toEqual([...MAC, 1, 0]);
  });

  test('sends what the driver puts behind a header', () => {
    const { driver, sent } = made(transport);
    driver.start();
    driver.ram.bytes.fill(0x77, 0x2000, 0x2040);
    driver.offer(TRANSMIT, [
      { address: 0x1000, byteLength: header },
      { address: 0x2000, byteLength: 0x40 },
    ]);
    driver.registers.notify(TRANSMIT);
    expect(sent).toEqual([Array(0x40).fill(0x77)]);
    expect(driver.takeUsed(TRANSMIT)).toEqual([0]);
    expect(driver.irq.level).toBe(true);
  });

  test('puts what comes behind a header into the driver’s buffer', () => {
    const { driver, card } = made(transport);
    driver.start();
    driver.ram.bytes.fill(0xee, 0x1000, 0x1100);
    driver.offer(RECEIVE, [{ address: 0x1000, byteLength: 1600, isWritable: true }]);
    driver.registers.notify(RECEIVE);
    expect(card.receive(frame(60, 0x42))).toBe(true);
    expect(driver.takeUsed(RECEIVE)).toEqual([header + 60]);
    const wanted = [...Array(10).fill(0), ...(header === 12 ? [1, 0] : []), ...Array(60).fill(0x42), 0xee];
    expect([...driver.ram.bytes.subarray(0x1000, 0x1000 + wanted.length)]).toEqual(wanted);
  });

  test('keeps frames until there are buffers, over a snapshot as well', () => {
    const { driver, card } = made(transport);
    driver.start();
    card.receive(frame(60, 1));
    card.receive(frame(70, 2));
    driver.device.restore(JSON.parse(JSON.stringify(driver.device.save())));
    for (const address of [0x1000, 0x2000]) driver.offer(RECEIVE, [{ address, byteLength: 1600, isWritable: true }]);
    driver.registers.notify(RECEIVE);
    expect(driver.takeUsed(RECEIVE)).toEqual([header + 60, header + 70]);
  });
});

test('frames for a driver that is not there are lost', () => {
  const { driver, card } = made('mmio');
  expect(card.receive(frame(60, 1))).toBe(false);
  driver.start();
  for (let count = 0; count < 256; count++) expect(card.receive(frame(60, 1))).toBe(true);
  expect(card.receive(frame(60, 1))).toBe(false);
});

test('neither a stub of a frame nor a giant reaches the wire', () => {
  const { driver, sent } = made('mmio');
  driver.start();
  driver.offer(TRANSMIT, [{ address: 0x1000, byteLength: 12 + 13 }]);
  driver.offer(TRANSMIT, [{ address: 0x1000, byteLength: 12 + 1515 }]);
  driver.offer(TRANSMIT, [{ address: 0x1000, byteLength: 5 }]);
  driver.registers.notify(TRANSMIT);
  expect(sent).toEqual([]);
  expect(driver.takeUsed(TRANSMIT)).toEqual([0, 0, 0]);
});

test('a buffer too small for its frame comes back empty', () => {
  const { driver, card } = made('mmio');
  driver.start();
  driver.offer(RECEIVE, [{ address: 0x1000, byteLength: 30, isWritable: true }]);
  card.receive(frame(60, 1));
  expect(driver.takeUsed(RECEIVE)).toEqual([0]);
});
