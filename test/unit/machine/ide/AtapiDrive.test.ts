import { describe, expect, test } from 'vitest';
import { CdRom } from '../../../../src-main/machine/cdrom/CdRom.ts';
import { AtapiDrive } from '../../../../src-main/machine/ide/AtapiDrive.ts';
import { FAILED, IdeHost, REQUEST } from '../../../support/machine/IdeHost.ts';
import { numberedSectors, testMedium } from '../../../support/machine/testMedium.ts';

function disc(sectorCount = 1000): ReturnType<typeof testMedium> {
  const bytes = numberedSectors(Math.min(sectorCount, 1000), 2048);
  return testMedium(bytes, { sectorBytes: 2048, isReadOnly: true, sectorCount });
}

function rig(medium: ReturnType<typeof testMedium> | undefined = disc()): { ide: IdeHost; cdRom: CdRom } {
  const cdRom = new CdRom(medium?.medium);
  return { ide: new IdeHost(new AtapiDrive(cdRom, 'CD0', true)), cdRom };
}

function sense(ide: IdeHost): [number, number, number] {
  const [, , key = 0, , , , , , , , , , code = 0, qualifier = 0] = ide.packet([0x03, 0, 0, 0, 18]);
  return [key, code, qualifier];
}

const read10 = (lba: number, count: number): number[] => [0x28, 0, 0, 0, lba >> 8, lba & 0xff, 0, 0, count, 0];
const testUnitReady = [0x00];

test('the signature and the refusal of IDENTIFY DEVICE tell that it is a packet device', () => {
  const { ide } = rig();
  expect([ide.channel.read(4, 1), ide.channel.read(5, 1)]).toEqual([0x14, 0xeb]);
  ide.start(0xec);
  expect([ide.status() & FAILED, ide.channel.read(4, 1), ide.channel.read(5, 1)]).toEqual([FAILED, 0x14, 0xeb]);
  ide.start(0xa1);
  const reply = ide.readAll();
  expect([reply.length, reply[0], reply[1]]).toEqual([512, 0xc0, 0x85]);
});

describe('packets', () => {
  test('INQUIRY', () => {
    const reply = rig().ide.packet([0x12, 0, 0, 0, 36]);
    expect([reply.length, reply[0], reply[1]]).toEqual([36, 5, 0x80]);
    expect(new TextDecoder().decode(reply.subarray(8, 22))).toBe('VIVARIUMCD-ROM');
  });

  test('READ CAPACITY', () => {
    expect([...rig().ide.packet([0x25])]).toEqual([0, 0, 0x03, 0xe7, 0, 0, 8, 0]);
  });

  test.each([
    ['READ(10)', read10(300, 3)],
    ['READ(12)', [0xa8, 0, 0, 0, 1, 0x2c, 0, 0, 0, 3]],
    ['READ CD', [0xbe, 0, 0, 0, 1, 0x2c, 0, 0, 3, 0x10]],
  ])('%s', (_, packet) => {
    const bytes = rig().ide.packet(packet);
    expect(bytes).toHaveLength(3 * 2048);
    const view = new DataView(bytes.buffer);
    expect([0, 1, 2].map((sector) => view.getUint32(2048 * sector + 2044, true))).toEqual([300, 301, 302]);
  });

  test('READ CD of whole sectors', () => {
    const bytes = rig().ide.packet([0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0xf8]);
    expect([bytes.length, ...bytes.subarray(0, 2), ...bytes.subarray(11, 17)]).toEqual([
      2352, 0, 0xff, 0, 0x00, 0x02, 0x16, 1, 16,
    ]);
  });

  test('data go over in blocks of the byte count that the host set, with an interrupt each and one at the end', () => {
    const { ide } = rig();
    ide.start(0xa0, { lba: 512 << 8, device: 0xa0 });
    const before = ide.irq.rises;
    ide.writeAll(Uint8Array.from({ length: 12 }, (_, index) => read10(5, 1)[index] ?? 0));
    let blocks = 0;
    for (; ide.status() & REQUEST; blocks++) {
      expect([ide.channel.read(2, 1), ide.channel.read(4, 1), ide.channel.read(5, 1)]).toEqual([2, 0, 2]);
      for (let i = 0; i < 256; i++) ide.channel.read(0, 2);
    }
    expect(blocks).toBe(4);
    expect(ide.irq.rises - before).toBe(5);
    expect(ide.channel.read(2, 1) & 3).toBe(3);
  });

  test('sectors by DMA', () => {
    const { ide } = rig();
    ide.packet(read10(7, 2), { features: 1 });
    ide.startDma(true, [[0x1_0000, 4096]]);
    ide.wait();
    expect([ide.ram.view.getUint32(0x1_0000, true), ide.ram.view.getUint32(0x1_0800, true)]).toEqual([7, 8]);
    expect(ide.busMaster.read(2) & 7).toBe(4);
  });

  test('READ TOC names one data track and the lead-out', () => {
    const { ide } = rig();
    expect([...ide.packet([0x43, 0, 0, 0, 0, 0, 0, 0, 100])]).toEqual([
      0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 3, 0xe8,
    ]);
    expect([...ide.packet([0x43, 2, 0, 0, 0, 0, 0xaa, 0, 100])].slice(-4)).toEqual([0, 0, 15, 25]);
    expect(ide.packet([0x43, 2, 2, 0, 0, 0, 0, 0, 100])).toHaveLength(48);
  });

  test('GET CONFIGURATION tells a CD from a DVD', () => {
    const profile = (sectors: number): number => rig(disc(sectors)).ide.packet([0x46, 0, 0, 0, 0, 0, 0, 0, 8])[7] ?? 0;
    expect([profile(1000), profile(400_000)]).toEqual([0x08, 0x10]);
  });

  test('MODE SENSE has a page of capabilities', () => {
    const { ide } = rig();
    const reply = ide.packet([0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 100]);
    expect([reply.length, reply[8], reply[9]]).toEqual([28, 0x2a, 18]);
    ide.packet([0x5a, 0, 0x07, 0, 0, 0, 0, 0, 100]);
    expect(sense(ide)).toEqual([5, 0x24, 0]);
  });

  test('beyond the end of the disc', () => {
    const { ide } = rig();
    ide.packet(read10(999, 2));
    expect([ide.status() & FAILED, ide.channel.read(1, 1) >> 4]).toEqual([FAILED, 5]);
    expect(sense(ide)).toEqual([5, 0x21, 0]);
    expect(sense(ide)).toEqual([0, 0, 0]);
  });

  test('unknown ones', () => {
    const { ide } = rig();
    ide.packet([0x2a, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(sense(ide)).toEqual([5, 0x20, 0]);
  });

  test('of a disc that the host cannot read', () => {
    const medium = disc();
    const { ide } = rig(medium);
    medium.host.isFailing = true;
    ide.packet(read10(0, 1));
    expect(sense(ide)).toEqual([3, 0x11, 0]);
    expect(medium.problems).toHaveLength(1);
  });
});

describe('the tray', () => {
  test('without a disc nothing can be read', () => {
    const cdRom = new CdRom(undefined);
    const ide = new IdeHost(new AtapiDrive(cdRom, 'CD0', true));
    ide.packet(testUnitReady);
    expect(sense(ide)).toEqual([2, 0x3a, 0]);
    expect(cdRom.insert(disc().medium)).toBe(true);
    ide.packet(testUnitReady);
    expect(sense(ide)).toEqual([6, 0x28, 0]);
    ide.packet(testUnitReady);
    expect(ide.status() & FAILED).toBe(0);
  });

  test('a disc that was changed is announced as an event, too', () => {
    const { ide, cdRom } = rig();
    const event = (): number => (ide.packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8])[4] ?? 0) & 0x0f;
    expect(event()).toBe(0);
    cdRom.insert(disc(50).medium);
    expect([event(), event()]).toEqual([2, 0]);
    cdRom.insert(undefined);
    expect(event()).toBe(3);
  });

  test('the guest opens and closes it', () => {
    const { ide } = rig();
    ide.packet([0x1b, 0, 0, 0, 2]);
    ide.packet(testUnitReady);
    expect(sense(ide)).toEqual([2, 0x3a, 2]);
    ide.packet([0x1b, 0, 0, 0, 3]);
    ide.packet(testUnitReady);
    expect(sense(ide)).toEqual([6, 0x28, 0]);
    expect(ide.packet([0x25])).toHaveLength(8);
  });

  test('the guest locks it: nobody takes the disc, and the guest hears of the wish', () => {
    const { ide, cdRom } = rig();
    ide.packet([0x1e, 0, 0, 0, 1]);
    ide.packet([0x1b, 0, 0, 0, 2]);
    expect(sense(ide)).toEqual([5, 0x53, 2]);
    expect(cdRom.insert(undefined)).toBe(false);
    expect((ide.packet([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8])[4] ?? 0) & 0x0f).toBe(1);
    ide.packet([0x1e, 0, 0, 0, 0]);
    expect(cdRom.insert(undefined)).toBe(true);
  });

  test('a state that is restored brings the disc that lay there, though the guest has locked the tray', () => {
    const { ide, cdRom } = rig();
    const before = ide.channel.save();
    ide.packet([0x1e, 0, 0, 0, 1]);
    cdRom.hold(undefined);
    ide.channel.restore(before);
    expect(ide.packet([0x25])).toHaveLength(0);
    cdRom.hold(disc(50).medium);
    ide.channel.restore(before);
    expect(ide.packet([0x25])).toHaveLength(8);
  });
});

test('a snapshot in the middle of a packet goes on with it', () => {
  const { ide } = rig();
  ide.start(0xa0, { lba: 0xf800 << 8, device: 0xa0 });
  const packet = Uint8Array.from({ length: 12 }, (_, index) => read10(9, 1)[index] ?? 0);
  for (let at = 0; at < 6; at += 2) ide.channel.write(0, 2, (packet[at] ?? 0) | ((packet[at + 1] ?? 0) << 8));
  const state = JSON.parse(JSON.stringify(ide.channel.save())) as ReturnType<typeof ide.channel.save>;
  ide.channel.reset();
  ide.channel.restore(state);
  for (let at = 6; at < 12; at += 2) ide.channel.write(0, 2, (packet[at] ?? 0) | ((packet[at + 1] ?? 0) << 8));
  expect(ide.readAll()[0]).toBe(9);
});
