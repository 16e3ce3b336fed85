import { expect, test } from 'vitest';
import type { BusDevice } from '../../../../src-main/machine/BusDevice.ts';
import { CdRom } from '../../../../src-main/machine/cdrom/CdRom.ts';
import { Dma8237 } from '../../../../src-main/machine/dma/Dma8237.ts';
import { DmaPageRegisters } from '../../../../src-main/machine/dma/DmaPageRegisters.ts';
import { Fdc82077 } from '../../../../src-main/machine/floppy/Fdc82077.ts';
import { FloppyDrive } from '../../../../src-main/machine/floppy/FloppyDrive.ts';
import { DRIVE_TYPE, floppyFormatOf } from '../../../../src-main/machine/floppy/floppyFormats.ts';
import { AtaDisk } from '../../../../src-main/machine/ide/AtaDisk.ts';
import { AtapiDrive } from '../../../../src-main/machine/ide/AtapiDrive.ts';
import { EDGES, Random } from '../../../support/engine/Random.ts';
import { IdeHost } from '../../../support/machine/IdeHost.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';
import { numberedSectors, testMedium } from '../../../support/machine/testMedium.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';

/** TestRam throws when anything is asked of it that lies outside. */

const ATA_COMMANDS = [0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39, 0x40, 0x90, 0x91, 0xa0, 0xa1, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xe7, 0xec, 0xef, 0x08, 0xf8]; // prettier-ignore
const PACKETS = [0x00, 0x03, 0x12, 0x1a, 0x1b, 0x1e, 0x25, 0x28, 0x2b, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x55, 0x5a, 0xa8, 0xbb, 0xbd, 0xbe]; // prettier-ignore
const FLOPPY_COMMANDS = [0x03, 0x04, 0xc5, 0xe6, 0x46, 0x07, 0x08, 0x4a, 0x4d, 0x0e, 0x0f, 0x10, 0x51, 0x12, 0x13, 0x94, 0x56, 0x5d, 0x8f, 0xcf]; // prettier-ignore

function expectRoundTrip(device: BusDevice): void {
  const state = JSON.parse(JSON.stringify(device.save())) as ReturnType<typeof device.save>;
  device.restore(state);
  expect(device.save()).toEqual(state);
}

test('random commands, packets and region tables harm neither IDE drives nor memory', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const disk = testMedium(numberedSectors(600));
    const cdRom = new CdRom(testMedium(numberedSectors(100, 2048), { sectorBytes: 2048, isReadOnly: true }).medium);
    const ide = new IdeHost(new AtaDisk(disk.medium, 'VM0', true), new AtapiDrive(cdRom, 'CD0', true));
    for (let round = 0; round < 250; round++) {
      const value = random.chance(40) ? random.pick(EDGES) : random.word();
      switch (random.below(12)) {
        case 0:
        case 1:
          ide.start(random.chance(85) ? random.pick(ATA_COMMANDS) : random.below(256), {
            features: random.below(4),
            count: random.below(random.chance(20) ? 256 : 8),
            lba: random.below(random.chance(20) ? 2 ** 28 : 700),
            device: random.pick([0xa0, 0xe0, 0xb0, 0xf0]),
          });
          break;
        case 2:
          for (let i = random.below(600); i > 0; i--) ide.channel.read(0, random.pick([1, 2, 4]));
          break;
        case 3:
          for (let i = random.below(600); i > 0; i--) ide.channel.write(0, random.pick([1, 2, 4]), random.word());
          break;
        case 4:
          ide.start(0xa0, { features: random.below(2), lba: random.word() & 0xff_ff00, device: 0xb0 });
          ide.channel.write(0, 2, random.pick(PACKETS) | (random.below(256) << 8));
          for (let i = 0; i < 5; i++) ide.channel.write(0, 2, random.chance(60) ? 0 : random.word() & 0xffff);
          break;
        case 5:
          for (let entry = 0; entry < 4; entry++) {
            ide.ram.view.setUint32(0x8000 + 8 * entry, random.chance(50) ? random.below(0x20_0000) : value, true);
            ide.ram.view.setUint32(0x8004 + 8 * entry, random.word() & 0x8000_ffff, true);
          }
          break;
        case 6:
          for (let i = 0; i < 4; i++)
            ide.busMaster.write(4 + i, random.chance(80) ? [0, 0x80, 0, 0][i] : random.below(256));
          ide.busMaster.write(0, random.pick([0, 1, 8, 9, 9]));
          break;
        case 7:
          ide.time.advance(random.below(100_000));
          break;
        case 8:
          cdRom.insert(
            random.chance(50) ? undefined : testMedium(numberedSectors(20, 2048), { sectorBytes: 2048 }).medium,
          );
          break;
        case 9:
          disk.host.isFailing = random.chance(20);
          break;
        case 10:
          ide.channel.write(random.below(9), 1, random.below(256));
          break;
        case 11:
          expectRoundTrip(ide.channel);
          break;
      }
      ide.channel.read(random.below(9), 1);
    }
  }
});

test('random commands and DMA programs harm neither the floppy controller nor memory', () => {
  const format = floppyFormatOf(2880 * 512);
  if (!format) throw new Error('no such diskette');
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const time = new ManualTime();
    const ram = new TestRam(0x10_0000);
    const dma = new Dma8237('dma0', ram, 1);
    const pages = new DmaPageRegisters('dma-pages', [dma, new Dma8237('dma1', ram, 2)]);
    const drive = new FloppyDrive(DRIVE_TYPE['1.44M']);
    const irq = new RecordingLine();
    const fdc = new Fdc82077('fdc0', { timers: time.timers, irq, dma: dma.channel(2) }, [
      drive,
      new FloppyDrive(DRIVE_TYPE.none),
    ]);
    fdc.reset();
    fdc.write(2, 1, 0x1c);
    for (let round = 0; round < 250; round++) {
      switch (random.below(8)) {
        case 0:
        case 1: {
          fdc.write(5, 1, random.chance(90) ? random.pick(FLOPPY_COMMANDS) : random.below(256));
          for (let i = random.below(9); i > 0; i--)
            fdc.write(5, 1, random.chance(80) ? random.below(20) : random.below(256));
          break;
        }
        case 2:
          time.advance(random.below(1_000_000));
          break;
        case 3:
          for (let i = random.below(12); i > 0; i--) fdc.read(random.below(8));
          break;
        case 4:
          for (let i = random.below(8); i > 0; i--) dma.write(random.below(16), 1, random.below(256));
          pages.write(random.below(16), 1, random.below(256));
          break;
        case 5:
          fdc.write(random.below(8), 1, random.below(256));
          fdc.write(2, 1, 0x1c);
          break;
        case 6: {
          const isReadOnly = random.chance(20);
          const medium = random.chance(30) ? undefined : testMedium(new Uint8Array(2880 * 512), { isReadOnly }).medium;
          drive.insert(medium && { medium, format });
          break;
        }
        case 7:
          expectRoundTrip(fdc);
          expectRoundTrip(dma);
          expectRoundTrip(pages);
          break;
      }
    }
  }
});
