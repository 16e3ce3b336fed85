import { expect, test } from 'vitest';
import { AtaDisk } from '../../../../src-main/machine/ide/AtaDisk.ts';
import { IdeChannel } from '../../../../src-main/machine/ide/IdeChannel.ts';
import { PiixIde } from '../../../../src-main/machine/ide/PiixIde.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';
import { PciHost } from '../../../support/machine/PciHost.ts';
import { numberedSectors, testMedium } from '../../../support/machine/testMedium.ts';

const MASTER = 0xc000;
const TABLE = 0x1000;

test('a disk on the secondary channel is read through the function’s ports', () => {
  const time = new ManualTime();
  const lines = [new RecordingLine(), new RecordingLine()] as const;
  const disk = new AtaDisk(testMedium(numberedSectors(64)).medium, 'VM0', true);
  const primary = new IdeChannel('ide0', time.timers, lines[0], [undefined, undefined]);
  const secondary = new IdeChannel('ide1', time.timers, lines[1], [disk, undefined]);
  secondary.reset();
  const host = new PciHost(new PiixIde('piix-ide', [primary, secondary]));
  expect([host.readConfiguration(0), host.readConfiguration(8) >>> 8]).toEqual([0x7010_8086, 0x01_0180]);
  expect(host.readConfiguration(0x40)).toBe(0x8000_8000);
  host.enable(4, MASTER);

  host.ram.view.setUint32(TABLE, 0x8000, true);
  host.ram.view.setUint32(TABLE + 4, 0x8000_0400, true);
  host.bus.portWrite(MASTER + 12, 4, TABLE);
  secondary.write(6, 1, 0xe0);
  secondary.write(2, 1, 2);
  secondary.write(3, 1, 30);
  secondary.write(7, 1, 0xc8);
  host.bus.portWrite(MASTER + 8, 1, 0x09);
  time.advance(1_000_000);
  expect([host.ram.view.getUint32(0x8000, true), host.ram.view.getUint32(0x8200, true)]).toEqual([30, 31]);
  expect([host.bus.portRead(MASTER + 10, 1) & 7, host.bus.portRead(MASTER + 2, 1) & 7]).toEqual([4, 0]);
  expect([lines[0].level, lines[1].level]).toEqual([false, true]);

  const state = JSON.parse(JSON.stringify(host.pci.save())) as ReturnType<typeof host.pci.save>;
  host.pci.reset();
  host.pci.restore(state);
  expect(host.bus.portRead(MASTER + 12, 4)).toBe(TABLE);
});
