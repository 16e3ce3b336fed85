import { describe, expect, test } from 'vitest';
import { AtaDisk, diskGeometry } from '../../../../src-main/machine/ide/AtaDisk.ts';
import type { Medium } from '../../../../src-main/machine/drives/Medium.ts';
import { newQcow2 } from '../../../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { BUSY, FAILED, IdeHost, READY, REQUEST } from '../../../support/machine/IdeHost.ts';
import { numberedSectors, testMedium, type TestMedium } from '../../../support/machine/testMedium.ts';

interface Rig extends TestMedium {
  readonly ide: IdeHost;
}

function rig({ sectors = 4096, isReadOnly = false, hasDma = true } = {}): Rig {
  const disk = testMedium(numberedSectors(sectors), { isReadOnly });
  return { ...disk, ide: new IdeHost(new AtaDisk(disk.medium, 'VM0', hasDma)) };
}

/** The numbers that sectors hold. */
function numbers(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 512 }, (_, index) => view.getUint32(512 * index + 508, true));
}

const word = (bytes: Uint8Array, index: number): number => (bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8);

describe('identify', () => {
  test('tells size, geometry, modes and names', () => {
    const { ide } = rig();
    ide.start(0xec);
    const reply = ide.readAll();
    expect(reply).toHaveLength(512);
    expect([word(reply, 1), word(reply, 3), word(reply, 6)]).toEqual([4, 16, 63]);
    expect(word(reply, 5)).toBe(512);
    expect(word(reply, 60) + word(reply, 61) * 0x1_0000).toBe(4096);
    expect(word(reply, 100)).toBe(4096);
    expect(word(reply, 49) & 0x300).toBe(0x300);
    const model = Array.from({ length: 40 }, (_, i) => String.fromCharCode(reply[(54 + i) ^ 1] ?? 0)).join('');
    expect(model.trim()).toBe('VIVARIUM DISK');
  });

  test('claims neither logs nor trusted computing, which Linux would ask for in vain', () => {
    const { ide } = rig();
    ide.start(0xec);
    const reply = ide.readAll();
    const [trusted, generalPurposeLogging] = [word(reply, 48) & 1, word(reply, 84) & 0x20];
    expect([word(reply, 80) & 0x100, trusted, generalPurposeLogging]).toEqual([0x100, 0, 0]);
  });

  test('offers no DMA where there is no bus master', () => {
    const { ide } = rig({ hasDma: false });
    ide.start(0xec);
    const reply = ide.readAll();
    expect([word(reply, 49) & 0x100, word(reply, 63), word(reply, 88)]).toEqual([0, 0, 0]);
    ide.start(0xc8, { count: 1 });
    expect([ide.status() & FAILED, ide.channel.read(1, 1)]).toEqual([FAILED, 0x04]);
  });

  test('shows the mode that was selected', () => {
    const { ide } = rig();
    ide.start(0xef, { features: 3, count: 0x22 });
    ide.start(0xec);
    expect(word(ide.readAll(), 63)).toBe(0x0407);
    ide.start(0xef, { features: 3, count: 0x45 });
    ide.start(0xec);
    expect(word(ide.readAll(), 88)).toBe(0x203f);
  });
});

describe('reading by PIO', () => {
  test('is busy first, then interrupts with each sector', () => {
    const { ide } = rig();
    ide.start(0x20, { lba: 100, count: 3 });
    expect(ide.status() & (BUSY | REQUEST)).toBe(BUSY);
    expect(ide.irq.level).toBe(false);
    ide.wait();
    expect(ide.irq.level).toBe(true);
    expect(ide.status() & (BUSY | REQUEST | READY)).toBe(REQUEST | READY);
    expect(ide.irq.level).toBe(false);
    expect(numbers(ide.readAll())).toEqual([100, 101, 102]);
    expect(ide.status() & (BUSY | REQUEST)).toBe(0);
  });

  test('in blocks, once they were set', () => {
    const { ide } = rig();
    ide.start(0xc4, { lba: 8, count: 10 });
    expect(ide.status() & FAILED).toBe(FAILED);
    ide.start(0xc6, { count: 4 });
    ide.status();
    const before = ide.irq.rises;
    ide.start(0xc4, { lba: 8, count: 10 });
    for (ide.wait(); ide.status() & REQUEST;) for (let i = 0; i < 256; i++) ide.channel.read(0, 2);
    expect(ide.irq.rises - before).toBe(3);
  });

  test('by cylinder, head and sector, in the geometry that was set', () => {
    const { ide } = rig();
    // Cylinder 1, head 2, sector 3 of 16 x 63.
    ide.start(0x20, { count: 1, lba: (1 << 8) | 3, device: 0xa2 });
    expect(numbers(ide.readAll())).toEqual([(16 + 2) * 63 + 2]);
    ide.start(0x91, { count: 32, device: 0xa7 });
    ide.start(0x20, { count: 1, lba: (1 << 8) | 3, device: 0xa2 });
    expect(numbers(ide.readAll())).toEqual([(8 + 2) * 32 + 2]);
    ide.start(0x20, { count: 1, lba: 0, device: 0xa0 });
    ide.wait();
    expect([ide.status() & FAILED, ide.channel.read(1, 1)]).toEqual([FAILED, 0x10]);
  });

  test('with 48-bit addresses, which can be read back', () => {
    const { ide } = rig();
    ide.start48(0x24, 0x0dd0, 2);
    ide.channel.write(8, 1, 0x80);
    expect([ide.channel.read(3, 1), ide.channel.read(2, 1)]).toEqual([0, 0]);
    ide.channel.write(8, 1, 0);
    expect(numbers(ide.readAll())).toEqual([0x0dd0, 0x0dd1]);
    ide.start48(0x24, 2 ** 40, 1);
    ide.wait();
    expect(ide.channel.read(1, 1)).toBe(0x10);
  });

  test('with 32-bit accesses to the data register', () => {
    const { ide } = rig();
    ide.start(0x20, { lba: 77, count: 1 });
    ide.wait();
    expect(ide.channel.read(0, 4)).toBe(77);
  });

  test('a count of 0 is 256 sectors', () => {
    const { ide } = rig();
    ide.start(0x20, { lba: 0, count: 0 });
    expect(ide.readAll()).toHaveLength(256 * 512);
  });

  test('of sectors that the host cannot read is an uncorrectable error', () => {
    const { ide, host, problems } = rig();
    host.isFailing = true;
    ide.start(0x20, { lba: 5, count: 1 });
    ide.wait();
    expect([ide.status() & FAILED, ide.channel.read(1, 1), ide.channel.read(3, 1)]).toEqual([FAILED, 0x40, 5]);
    expect(problems).toHaveLength(1);
  });
});

describe('writing by PIO', () => {
  test('asks without an interrupt, then interrupts after each sector', () => {
    const { ide, bytes } = rig();
    ide.start(0x30, { lba: 50, count: 2 });
    expect(ide.irq.level).toBe(false);
    expect(ide.status() & REQUEST).toBe(REQUEST);
    ide.writeAll(new Uint8Array(512).fill(0xaa));
    expect(ide.irq.level).toBe(true);
    expect(ide.status() & REQUEST).toBe(REQUEST);
    ide.writeAll(new Uint8Array(512).fill(0xbb));
    expect(ide.status() & (REQUEST | FAILED)).toBe(0);
    expect([bytes[50 * 512], bytes[51 * 512], bytes[52 * 512]]).toEqual([0xaa, 0xbb, 52]);
  });

  test('is refused by a disk that is read-only', () => {
    const { ide } = rig({ isReadOnly: true });
    ide.start(0x30, { lba: 50, count: 1 });
    expect([ide.status() & (FAILED | REQUEST), ide.channel.read(1, 1)]).toEqual([FAILED, 0x04]);
  });

  test('reaches the host’s disk when the guest flushes, or at once without a write cache', () => {
    const { ide, host } = rig();
    ide.start(0x30, { lba: 1, count: 1 });
    ide.writeAll(new Uint8Array(512));
    expect(host.flushes).toBe(0);
    ide.start(0xe7);
    expect(host.flushes).toBe(1);
    ide.start(0xef, { features: 0x82 });
    ide.start(0x30, { lba: 1, count: 1 });
    ide.writeAll(new Uint8Array(512));
    expect(host.flushes).toBe(3);
  });
});

describe('DMA', () => {
  test('reads into the regions that the table names', () => {
    const { ide } = rig();
    ide.start(0xc8, { lba: 20, count: 3 });
    ide.startDma(true, [
      [0x1_0000, 1000],
      [0x2_0000, 536],
    ]);
    expect(ide.busMaster.read(2) & 7).toBe(1);
    ide.wait();
    expect(ide.irq.level).toBe(true);
    expect(ide.busMaster.read(2) & 7).toBe(4);
    expect(numbers(ide.ram.bytes.slice(0x1_0000, 0x1_0200))).toEqual([20]);
    expect(ide.ram.view.getUint32(0x2_0000 + 532, true)).toBe(22);
    expect(ide.status() & (BUSY | READY | REQUEST | FAILED)).toBe(READY);
  });

  test('writes from them, whichever of command and engine starts first', () => {
    const { ide, bytes } = rig();
    ide.ram.bytes.fill(0xcd, 0x1_0000, 0x1_0400);
    ide.startDma(false, [[0x1_0000, 1024]]);
    ide.start48(0x35, 300, 2);
    ide.wait();
    expect([bytes[300 * 512], bytes[302 * 512 - 1], bytes[302 * 512]]).toEqual([0xcd, 0xcd, 302 & 0xff]);
    expect(ide.irq.level).toBe(true);
  });

  test('of 64 KiB, which a region’s length says as 0', () => {
    const { ide } = rig();
    ide.start(0xc8, { lba: 0, count: 128 });
    ide.startDma(true, [[0x1_0000, 0x1_0000]]);
    ide.wait();
    expect(ide.ram.view.getUint32(0x1_0000 + 127 * 512, true)).toBe(127);
    expect(ide.busMaster.read(2) & 7).toBe(4);
  });

  test.each([
    ['longer regions: active, with an interrupt', 1024, 5],
    ['shorter regions: stopped, without one', 256, 0],
  ])('with %s', (_, byteLength, status) => {
    const { ide } = rig();
    ide.start(0xc8, { lba: 1, count: 1 });
    ide.startDma(true, [[0x1_0000, byteLength]]);
    ide.wait();
    expect(ide.busMaster.read(2) & 7).toBe(status);
    expect(ide.irq.level).toBe(status !== 0);
  });

  test('in the wrong direction is an error', () => {
    const { ide } = rig();
    ide.start(0xc8, { lba: 1, count: 1 });
    ide.startDma(false, [[0x1_0000, 512]]);
    ide.wait();
    expect(ide.busMaster.read(2) & 3).toBe(2);
  });

  test('beyond RAM stores nothing', () => {
    const { ide } = rig();
    ide.start(0xc8, { lba: 1, count: 1 });
    ide.startDma(true, [[0xffff_fff0, 512]]);
    ide.wait();
    expect(ide.ram.written).toEqual([]);
    expect(ide.status() & FAILED).toBe(0);
  });
});

describe('TRIM', () => {
  const TRIM = 0x06;

  /** A disk of qcow2, whose clusters of 64 KiB are 128 sectors; all of them are filled. */
  function qcow2Rig(): { readonly ide: IdeHost; readonly medium: Medium } {
    const { medium } = testMedium(newQcow2({ byteLength: 1024 * 512 }));
    medium.write(0, new Uint8Array(1024 * 512).fill(0xaa));
    return { ide: new IdeHost(new AtaDisk(medium, 'VM0', true)), medium };
  }

  /** Puts ranges into memory and has the disk take them. */
  function trim(ide: IdeHost, ranges: readonly (readonly [first: number, count: number])[], blocks = 1): number {
    ide.ram.bytes.fill(0, 0x1_0000, 0x1_0000 + blocks * 512);
    ranges.forEach(([first, count], index) => {
      ide.ram.view.setUint32(0x1_0000 + 8 * index, first, true);
      ide.ram.view.setUint16(0x1_0000 + 8 * index + 6, count, true);
    });
    ide.channel.write(1, 1, 1);
    ide.start48(TRIM, 0, blocks);
    ide.startDma(false, [[0x1_0000, blocks * 512]]);
    ide.wait();
    return ide.status() & FAILED;
  }

  const firstByte = (medium: Medium, sector: number): number | undefined => {
    const bytes = new Uint8Array(512);
    medium.read(sector, bytes);
    return bytes[0];
  };

  test('is announced by writable disks with DMA alone', () => {
    const announced = (options: Parameters<typeof rig>[0]): number[] => {
      const { ide } = rig(options);
      ide.start(0xec);
      const reply = ide.readAll();
      return [word(reply, 105), word(reply, 169)];
    };
    expect([announced({}), announced({ isReadOnly: true }), announced({ hasDma: false })]).toEqual([
      [8, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  test('gives the sectors of all its ranges up, and no others', () => {
    const { ide, medium } = qcow2Rig();
    expect(trim(ide, [[128, 128], [512, 256]])).toBe(0); // prettier-ignore
    expect([127, 128, 255, 256, 511, 512, 767, 768].map((sector) => firstByte(medium, sector))).toEqual([
      0xaa, 0, 0, 0xaa, 0xaa, 0, 0, 0xaa,
    ]);
    expect(ide.irq.rises).toBeGreaterThan(0);
  });

  test('with a range beyond the disk fails, and leaves every sector as it was', () => {
    const { ide, medium } = qcow2Rig();
    expect(trim(ide, [[128, 128], [1000, 128]])).toBe(FAILED); // prettier-ignore
    expect(ide.channel.read(1, 1)).toBe(0x04);
    expect(firstByte(medium, 128)).toBe(0xaa);
  });

  test.each([
    ['of more blocks than announced', 9, 1],
    ['of none', 0, 1],
    ['of another kind', 1, 0],
  ])('%s is refused', (_, blocks, features) => {
    const { ide } = rig();
    ide.channel.write(1, 1, features);
    ide.start48(TRIM, 0, blocks);
    expect([ide.status() & FAILED, ide.channel.read(1, 1)]).toEqual([FAILED, 0x04]);
  });

  test('on a raw image is taken, and costs nothing', () => {
    const { ide } = rig();
    expect(trim(ide, [[1, 1]])).toBe(0);
    ide.start(0x20, { lba: 1, count: 1 });
    expect(numbers(ide.readAll())).toEqual([1]);
  });
});

describe('the channel', () => {
  test('with no drive at all floats, and keeps nothing', () => {
    const ide = new IdeHost(undefined);
    ide.start(0xec);
    ide.wait();
    ide.channel.write(2, 1, 0x55);
    ide.channel.write(3, 1, 0xaa);
    expect([2, 3, 6, 7, 8].map((offset) => ide.channel.read(offset, 1))).toEqual(Array(5).fill(0x7f));
    expect(ide.irq.rises).toBe(0);
  });

  test('with one drive has a status of zero for its absent partner', () => {
    const { ide } = rig();
    ide.channel.write(6, 1, 0xf0);
    expect(ide.status()).toBe(0);
    ide.channel.write(6, 1, 0xe0);
    expect(ide.status()).toBe(0x50);
  });

  test('selects between two drives', () => {
    const [a, b] = [testMedium(numberedSectors(64)), testMedium(new Uint8Array(64 * 512).fill(7))];
    const ide = new IdeHost(new AtaDisk(a.medium, 'VM0', true), new AtaDisk(b.medium, 'VM1', true));
    ide.start(0x20, { lba: 9, count: 1, device: 0xf0 });
    expect(ide.readAll()[0]).toBe(7);
    ide.start(0x20, { lba: 9, count: 1, device: 0xe0 });
    expect(ide.readAll()[0]).toBe(9);
  });

  test('resets its drives by software: they show what they are', () => {
    const { ide } = rig();
    ide.start(0x20, { lba: 9, count: 1 });
    ide.channel.write(8, 1, 0x06);
    expect(ide.status() & BUSY).toBe(BUSY);
    ide.channel.write(8, 1, 0x02);
    ide.wait();
    expect([1, 2, 3, 4, 5].map((offset) => ide.channel.read(offset, 1))).toEqual([1, 1, 1, 0, 0]);
    expect(ide.status()).toBe(0x50);
  });

  test('interrupts only when device control allows it', () => {
    const { ide } = rig();
    ide.channel.write(8, 1, 0x02);
    ide.start(0xe7);
    expect(ide.irq.level).toBe(false);
    ide.channel.write(8, 1, 0x00);
    expect(ide.irq.level).toBe(true);
  });

  test('goes on from a snapshot in the middle of a transfer', () => {
    const { ide } = rig();
    ide.start(0x20, { lba: 33, count: 2 });
    ide.wait();
    for (let i = 0; i < 100; i++) ide.channel.read(0, 2);
    const state = JSON.parse(JSON.stringify(ide.channel.save())) as ReturnType<typeof ide.channel.save>;
    ide.channel.reset();
    ide.channel.restore(state);
    const rest = ide.readAll();
    expect(rest).toHaveLength(1024 - 200);
    expect(numbers(rest.slice(-512))).toEqual([34]);
  });

  test.each([0x00, 0x50, 0xb0, 0xff])('aborts the unknown command %i', (command) => {
    const { ide } = rig();
    ide.start(command);
    expect([ide.status() & FAILED, ide.channel.read(1, 1)]).toEqual([FAILED, 0x04]);
  });
});

test.each([
  [1000, 1],
  [4096, 4],
  [20_000_000, 16_383],
])('a disk of %d sectors has %d cylinders', (sectors, cylinders) => {
  expect(diskGeometry(sectors).cylinders).toBe(cylinders);
});
