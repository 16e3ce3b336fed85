import { describe, expect, test } from 'vitest';
import { VirtioBlock } from '../../../../src-main/machine/virtio/VirtioBlock.ts';
import { VIRTIO_TRANSPORTS, VirtioDriver, type VirtioTransport } from '../../../support/machine/VirtioDriver.ts';
import { numberedSectors, testMedium, type TestMedium } from '../../../support/machine/testMedium.ts';

const HEADER = 0x1000;
const STATUS = 0x2000;
const DATA = 0x4000;
const NEEDS_RESET = 0x40;

interface Rig extends TestMedium {
  readonly driver: VirtioDriver;
}

function rig(transport: VirtioTransport = 'mmio', { isReadOnly = false, features = 0xffff_ffff } = {}): Rig {
  const disk = testMedium(numberedSectors(4096), { isReadOnly });
  const driver = new VirtioDriver(transport, new VirtioBlock('virtio-blk0', disk.medium, 'VM00004'));
  driver.start(features);
  return { ...disk, driver };
}

/** Gives a request with its data in these buffers; returns the result byte. */
function request(driver: VirtioDriver, kind: number, sector: number, data: readonly [number, number][]): number {
  const { ram } = driver;
  ram.view.setUint32(HEADER, kind, true);
  ram.view.setUint32(HEADER + 8, sector % 2 ** 32, true);
  ram.view.setUint32(HEADER + 12, Math.floor(sector / 2 ** 32), true);
  ram.bytes[STATUS] = 0xee;
  driver.offer(0, [
    { address: HEADER, byteLength: 16 },
    ...data.map(([address, byteLength]) => ({ address, byteLength, isWritable: kind !== 1 })),
    { address: STATUS, byteLength: 1, isWritable: true },
  ]);
  driver.registers.notify(0);
  return ram.bytes[STATUS] ?? 0;
}

describe.each(VIRTIO_TRANSPORTS)('by %s', (transport) => {
  test('the device tells its size', () => {
    const { driver } = rig(transport);
    const bytes = Uint8Array.from({ length: 24 }, (_, offset) => driver.registers.configuration(offset));
    const view = new DataView(bytes.buffer);
    expect([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(20, true)]).toEqual([4096, 0, 512]);
  });

  test('sectors are read, scattered over buffers, with an interrupt', () => {
    const { driver } = rig(transport);
    const result = request(driver, 0, 40, [
      [DATA, 700],
      [DATA + 0x1000, 836],
    ]);
    expect([result, driver.ram.view.getUint32(DATA, true), driver.ram.view.getUint32(DATA + 512, true)]).toEqual([
      0, 40, 41,
    ]);
    expect(driver.ram.view.getUint32(DATA + 0x1000 + 832, true)).toBe(42);
    expect(driver.takeUsed(0)).toEqual([1537]);
    expect(driver.irq.level).toBe(true);
    expect(driver.registers.takeCause()).toBe(1);
    expect(driver.irq.level).toBe(false);
  });

  test('sectors are written', () => {
    const { driver, bytes } = rig(transport);
    driver.ram.bytes.fill(0xab, DATA, DATA + 1024);
    expect(request(driver, 1, 50, [[DATA, 1024]])).toBe(0);
    expect([bytes[50 * 512], bytes[52 * 512 - 1], bytes[52 * 512]]).toEqual([0xab, 0xab, 52]);
    expect(driver.takeUsed(0)).toEqual([1]);
  });

  test('a reset forgets everything', () => {
    const { driver } = rig(transport);
    driver.registers.writeStatus(0);
    expect(driver.registers.status()).toBe(0);
    driver.registers.notify(0);
    driver.start();
    expect(request(driver, 0, 1, [[DATA, 512]])).toBe(0);
  });

  test('a snapshot goes on with its queues', () => {
    const { driver } = rig(transport);
    request(driver, 0, 1, [[DATA, 512]]);
    const state = JSON.parse(JSON.stringify(driver.device.save())) as ReturnType<typeof driver.device.save>;
    driver.device.reset();
    driver.device.restore(state);
    expect(driver.device.save()).toEqual(state);
    expect(request(driver, 0, 77, [[DATA, 512]])).toBe(0);
    expect(driver.ram.view.getUint32(DATA, true)).toBe(77);
  });
});

describe('requests', () => {
  test('the name', () => {
    const { driver } = rig();
    expect(request(driver, 8, 0, [[DATA, 20]])).toBe(0);
    expect(new TextDecoder().decode(driver.ram.bytes.slice(DATA, DATA + 7))).toBe('VM00004');
  });

  test('a flush reaches the host; without the feature each write does', () => {
    const { driver, host } = rig();
    request(driver, 1, 0, [[DATA, 512]]);
    expect(host.flushes).toBe(0);
    expect(request(driver, 4, 0, [])).toBe(0);
    expect(host.flushes).toBe(1);
    const through = rig('mmio', { features: 0 });
    request(through.driver, 1, 0, [[DATA, 512]]);
    expect(through.host.flushes).toBe(1);
  });

  /** A discard (11) or zeros (13) for a range. */
  function change({ driver }: Rig, kind: number, sector: number, count: number, flags = 0): number {
    const { ram } = driver;
    [kind, 0, 0, 0, sector, 0, count, flags].forEach((word, index) =>
      ram.view.setUint32(HEADER + 4 * index, word, true),
    );
    ram.bytes[STATUS] = 0xee;
    driver.offer(0, [
      { address: HEADER, byteLength: 32 },
      { address: STATUS, byteLength: 1, isWritable: true },
    ]);
    driver.registers.notify(0);
    return ram.bytes[STATUS] ?? 0;
  }

  test('zeros are written, and the sectors beside them stay', () => {
    const disk = rig();
    expect(change(disk, 13, 50, 3)).toBe(0);
    const words = new Uint32Array(disk.bytes.buffer);
    expect([49, 50, 52, 53].map((sector) => words[sector * 128])).toEqual([49, 0, 0, 53]);
  });

  test('a discard leaves a raw image as it is', () => {
    const disk = rig();
    expect(change(disk, 11, 50, 3)).toBe(0);
    expect(new Uint32Array(disk.bytes.buffer)[50 * 128]).toBe(50);
  });

  test.each([
    ['a discard behind the end', 11, 4095, 2, 0, 1],
    ['a discard of too much', 11, 0, 0x40001, 0, 1],
    ['a discard of nothing', 11, 0, 0, 0, 1],
    ['a discard with a flag that means nothing', 11, 0, 1, 1, 2],
    ['zeros behind the end', 13, 4095, 2, 0, 1],
    ['zeros with a flag that means nothing', 13, 0, 1, 2, 2],
  ])('%s is refused', (_, kind, sector, count, flags, result) => {
    expect(change(rig(), kind, sector, count, flags)).toBe(result);
  });

  test('a disk that is read-only offers neither, and refuses both', () => {
    const disk = rig('mmio', { isReadOnly: true });
    expect(disk.driver.registers.features() & 0x6000).toBe(0);
    expect([change(disk, 11, 0, 1), change(disk, 13, 0, 1)]).toEqual([1, 1]);
  });

  test.each([
    ['behind the end', 0, 4096, 512, 1],
    ['far behind the end', 0, 2 ** 40, 512, 1],
    ['of half a sector', 0, 0, 100, 1],
    ['of an unknown kind', 77, 0, 512, 2],
  ])('%s are refused', (_, kind, sector, byteLength, result) => {
    expect(request(rig().driver, kind, sector, [[DATA, byteLength]])).toBe(result);
  });

  test('to write are refused by a disk that is read-only, which says so', () => {
    const { driver } = rig('mmio', { isReadOnly: true });
    expect(request(driver, 1, 0, [[DATA, 512]])).toBe(1);
    expect(driver.registers.features() & 0x20).toBe(0x20);
  });

  test('that the host cannot serve fail', () => {
    const { driver, host, problems } = rig();
    host.isFailing = true;
    expect(request(driver, 0, 0, [[DATA, 512]])).toBe(1);
    expect(problems).toHaveLength(1);
  });
});

describe('descriptors', () => {
  const places = (driver: VirtioDriver): ReturnType<VirtioDriver['places']> => driver.places(0, 256);

  test('in an indirect table', () => {
    const { driver } = rig();
    const table = 0x6000;
    driver.writeDescriptor(table, HEADER, 16, 1, 1);
    driver.writeDescriptor(table + 16, DATA, 512, 3, 2);
    driver.writeDescriptor(table + 32, STATUS, 1, 2, 0);
    driver.ram.view.setUint32(HEADER + 8, 9, true);
    driver.writeDescriptor(places(driver).descriptors, table, 48, 4, 0);
    driver.offerHead(0, 0);
    driver.registers.notify(0);
    expect(driver.ram.view.getUint32(DATA, true)).toBe(9);
  });

  test.each([
    [
      'go round in a circle',
      (driver: VirtioDriver) => {
        driver.writeDescriptor(places(driver).descriptors, HEADER, 16, 1, 1);
        driver.writeDescriptor(places(driver).descriptors + 16, HEADER, 16, 1, 0);
      },
    ],
    [
      'leave the table',
      (driver: VirtioDriver) => driver.writeDescriptor(places(driver).descriptors, HEADER, 16, 1, 256),
    ],
    [
      'read after writing',
      (driver: VirtioDriver) => {
        driver.writeDescriptor(places(driver).descriptors, HEADER, 16, 3, 1);
        driver.writeDescriptor(places(driver).descriptors + 16, HEADER, 16, 0, 0);
      },
    ],
    [
      'nest tables',
      (driver: VirtioDriver) => {
        driver.writeDescriptor(places(driver).descriptors, 0x6000, 16, 4, 0);
        driver.writeDescriptor(0x6000, 0x6000, 16, 4, 0);
      },
    ],
    [
      'are a table of no entries',
      (driver: VirtioDriver) => driver.writeDescriptor(places(driver).descriptors, 0x6000, 8, 4, 0),
    ],
  ] as const)('that %s break the queue, and the driver is told', (_, write) => {
    const { driver } = rig();
    write(driver);
    driver.offerHead(0, 0);
    driver.registers.notify(0);
    expect(driver.registers.status() & NEEDS_RESET).toBe(NEEDS_RESET);
    expect(driver.irq.level).toBe(true);
    driver.start();
    expect(request(driver, 0, 3, [[DATA, 512]])).toBe(0);
  });

  test('more than the ring holds break the queue', () => {
    const { driver } = rig();
    driver.ram.view.setUint16(places(driver).available + 2, 1000, true);
    driver.registers.notify(0);
    expect(driver.registers.status() & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  test('beyond RAM move nothing', () => {
    const { driver } = rig();
    driver.ram.written.length = 0;
    expect(request(driver, 0, 3, [[0xf000_0000, 512]])).toBe(0);
    expect(driver.ram.written.every(([address, length]) => address + length <= driver.ram.size)).toBe(true);
  });

  test('of more than any driver asks for are refused without moving anything', () => {
    const { driver } = rig();
    expect(
      request(
        driver,
        0,
        0,
        Array.from({ length: 200 }, () => [0, 0x4000_0000] as [number, number]),
      ),
    ).toBe(1);
  });

  test('no interrupt where the driver wants none', () => {
    const { driver } = rig();
    driver.ram.view.setUint16(places(driver).available, 1, true);
    expect(request(driver, 0, 3, [[DATA, 512]])).toBe(0);
    expect(driver.irq.rises).toBe(0);
  });
});
