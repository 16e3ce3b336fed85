import { beforeEach, describe, expect, test } from 'vitest';
import { Dma8237 } from '../../../../src-main/machine/dma/Dma8237.ts';
import { Fdc82077 } from '../../../../src-main/machine/floppy/Fdc82077.ts';
import { FloppyDrive } from '../../../../src-main/machine/floppy/FloppyDrive.ts';
import { floppyFormatOf, sectorCountOf, DRIVE_TYPE } from '../../../../src-main/machine/floppy/floppyFormats.ts';
import { ManualTime, RecordingLine } from '../../../support/machine/ManualTime.ts';
import { numberedSectors, testMedium, type TestMedium } from '../../../support/machine/testMedium.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';

const MS = 1_000_000;
const DMA_TO_MEMORY = 0x46;
const DMA_FROM_MEMORY = 0x4a;
const BUFFER = 0x1_0000;

let time: ManualTime;
let irq: RecordingLine;
let ram: TestRam;
let dma: Dma8237;
let fdc: Fdc82077;

beforeEach(() => {
  time = new ManualTime();
  irq = new RecordingLine();
  ram = new TestRam(0x10_0000);
  dma = new Dma8237('dma0', ram, 1);
  fdc = new Fdc82077('fdc0', { timers: time.timers, irq, dma: dma.channel(2) }, [
    new FloppyDrive(DRIVE_TYPE['1.44M']),
    new FloppyDrive(DRIVE_TYPE.none),
  ]);
  fdc.reset();
});

function insert(sectors = 2880, isReadOnly = false): TestMedium {
  const disk = testMedium(numberedSectors(sectors), { isReadOnly });
  const format = floppyFormatOf(sectors * 512);
  if (!format) throw new Error('no diskette has this size');
  fdc.drives[0].insert({ medium: disk.medium, format });
  return disk;
}

/** Out of reset, motor on, the four drives asked about. */
function start(): void {
  fdc.write(2, 1, 0x1c);
  time.advance(MS);
  for (let drive = 0; drive < 4; drive++) run(0x08);
  fdc.write(7, 1, 0);
  run(0x03, 0xdf, 0x02);
}

/** Gives a command, waits, and returns its result. */
function run(...bytes: number[]): number[] {
  for (const byte of bytes) {
    expect(fdc.read(4) & 0xc0).toBe(0x80);
    fdc.write(5, 1, byte);
  }
  time.advance(MS);
  const result: number[] = [];
  while ((fdc.read(4) & 0xc0) === 0xc0) result.push(fdc.read(5));
  return result;
}

function prepareDma(mode: number, byteLength: number): void {
  dma.write(12, 1, 0);
  dma.write(11, 1, mode);
  for (const value of [BUFFER & 0xff, (BUFFER >> 8) & 0xff]) dma.write(4, 1, value);
  for (const value of [(byteLength - 1) & 0xff, (byteLength - 1) >> 8]) dma.write(5, 1, value);
  dma.setPage(2, BUFFER >> 16);
  dma.write(10, 1, 2);
}

function seek(cylinder: number): number[] {
  run(0x0f, 0, cylinder);
  return run(0x08);
}

const at = (sector: number): number => ram.view.getUint32(BUFFER + 512 * sector, true);

describe('reset', () => {
  test('ends with an interrupt, and each drive is asked about once', () => {
    fdc.write(2, 1, 0x0c);
    expect(irq.level).toBe(false);
    time.advance(MS);
    expect(irq.level).toBe(true);
    expect([run(0x08), run(0x08), run(0x08), run(0x08), run(0x08)]).toEqual([
      [0xc0, 0],
      [0xc1, 0],
      [0xc2, 0],
      [0xc3, 0],
      [0x80],
    ]);
    expect(irq.level).toBe(false);
  });

  test('while it lasts nothing answers', () => {
    fdc.write(2, 1, 0x00);
    expect(fdc.read(4)).toBe(0);
  });

  test('the interrupt needs the gate in DOR', () => {
    fdc.write(2, 1, 0x04);
    time.advance(MS);
    expect(irq.level).toBe(false);
  });
});

describe('reading', () => {
  beforeEach(start);

  test('moves sectors until the DMA count runs out, and reports the next one', () => {
    insert();
    prepareDma(DMA_TO_MEMORY, 2 * 512);
    expect(run(0xe6, 0, 0, 0, 3, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 0, 0, 5, 2]);
    expect([at(0), at(1), at(2)]).toEqual([2, 3, 0]);
    expect(irq.rises).toBeGreaterThan(0);
  });

  test('goes on with the other side', () => {
    insert();
    prepareDma(DMA_TO_MEMORY, 3 * 512);
    expect(run(0xe6, 0, 0, 0, 17, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 0, 1, 2, 2]);
    expect([at(0), at(1), at(2)]).toEqual([16, 17, 18]);
  });

  test('from another cylinder, after a seek', () => {
    insert();
    expect(seek(40)).toEqual([0x20, 40]);
    prepareDma(DMA_TO_MEMORY, 512);
    expect(run(0x46, 4, 40, 1, 18, 2, 18, 0x1b, 0xff)).toEqual([4, 0, 0, 41, 1, 1, 2]);
    expect(at(0)).toBe(40 * 36 + 35);
  });

  test('from another cylinder, to which it moves the arm itself', () => {
    insert();
    prepareDma(DMA_TO_MEMORY, 512);
    expect(run(0x46, 0, 5, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 3)).toEqual([0, 0, 0]);
    expect([at(0), fdc.drives[0].cylinder]).toEqual([5 * 36, 5]);
  });

  test('ends at the last sector of the track when the count does not', () => {
    insert();
    prepareDma(DMA_TO_MEMORY, 8 * 512);
    expect(run(0x46, 0, 0, 0, 18, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x80]);
  });

  test.each([
    ['there is no such sector', [0x46, 0, 0, 0, 19, 2, 36, 0x1b, 0xff], [0x40, 0x04, 0x00]],
    ['there is no such cylinder', [0x46, 0, 82, 0, 1, 2, 18, 0x1b, 0xff], [0x40, 0x01, 0x00]],
    ['sectors have another size', [0x46, 0, 0, 0, 1, 3, 18, 0x1b, 0xff], [0x40, 0x04, 0x00]],
    ['there is no such drive', [0x46, 1, 0, 0, 1, 2, 18, 0x1b, 0xff], [0x41, 0x01, 0x00]],
  ])('fails when %s', (_, command, status) => {
    insert();
    prepareDma(DMA_TO_MEMORY, 512);
    expect(run(...command).slice(0, 3)).toEqual(status);
  });

  test('fails at another data rate, which is how drivers find out what diskette it is', () => {
    insert(1440);
    prepareDma(DMA_TO_MEMORY, 512);
    expect(run(0x46, 0, 0, 0, 1, 2, 9, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x01]);
    fdc.write(7, 1, 2);
    expect(run(0x46, 0, 0, 0, 1, 2, 9, 0x1b, 0xff).slice(0, 2)).toEqual([0, 0]);
  });

  test('fails without a diskette, and when the host cannot read', () => {
    prepareDma(DMA_TO_MEMORY, 512);
    expect(run(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x01]);
    insert().host.isFailing = true;
    expect(run(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 3)).toEqual([0x40, 0x20, 0x20]);
  });

  test('without DMA is an overrun', () => {
    insert();
    expect(run(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x10]);
  });
});

describe('writing', () => {
  beforeEach(start);

  test('stores sectors, the last one filled up with zeros', () => {
    const { bytes } = insert();
    ram.bytes.fill(0x77, BUFFER, BUFFER + 1024);
    prepareDma(DMA_FROM_MEMORY, 600);
    expect(run(0xc5, 0, 0, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 0, 0, 3, 2]);
    expect([bytes[511], bytes[512 + 87], bytes[512 + 88], bytes[1024]]).toEqual([0x77, 0x77, 0, 2]);
  });

  test('is refused by a protected diskette', () => {
    insert(2880, true);
    prepareDma(DMA_FROM_MEMORY, 512);
    expect(run(0xc5, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x02]);
    expect(run(0x04, 0)).toEqual([0x78]);
  });

  test('a track is formatted with its filler', () => {
    const { bytes } = insert();
    seek(1);
    for (let sector = 0; sector < 18; sector++) ram.bytes.set([1, 0, sector + 1, 2], BUFFER + 4 * sector);
    prepareDma(DMA_FROM_MEMORY, 72);
    expect(run(0x4d, 0, 2, 18, 0x6c, 0xf6).slice(0, 3)).toEqual([0, 0, 0]);
    expect([bytes[36 * 512 - 4], bytes[36 * 512], bytes[54 * 512 - 1], bytes[54 * 512]]).toEqual([35, 0xf6, 0xf6, 54]);
  });
});

describe('other commands', () => {
  beforeEach(start);

  test('recalibrate returns to track 0', () => {
    insert();
    seek(30);
    run(0x07, 0);
    expect(run(0x08)).toEqual([0x20, 0]);
    expect(run(0x04, 0)).toEqual([0x38]);
  });

  test('a drive that is not there fails to recalibrate', () => {
    run(0x07, 1);
    expect(run(0x08)).toEqual([0x71, 0]);
  });

  test('the change line falls with the first step after a diskette was inserted', () => {
    expect(fdc.read(7) & 0x80).toBe(0x80);
    insert();
    expect(fdc.read(7) & 0x80).toBe(0x80);
    seek(1);
    expect(fdc.read(7) & 0x80).toBe(0);
    fdc.drives[0].insert(undefined);
    expect(fdc.read(7) & 0x80).toBe(0x80);
  });

  test('read ID finds what is under the head', () => {
    insert();
    seek(7);
    expect(run(0x4a, 4)).toEqual([4, 0, 0, 7, 1, 1, 2]);
  });

  test('version, invalid commands, lock and the register dump', () => {
    expect(run(0x10)).toEqual([0x90]);
    expect(run(0x1f)).toEqual([0x80]);
    run(0x13, 0, 0x57, 0x10);
    expect(run(0x94)).toEqual([0x10]);
    expect(run(0x0e)).toEqual([0, 0, 0, 0, 0xdf, 0x02, 0, 0x80, 0x57, 0x10]);
  });

  test('verify ends at the last sector without moving anything', () => {
    insert();
    expect(run(0x56, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 3)).toEqual([0, 0, 0]);
  });

  test('scan finds an equal sector', () => {
    insert();
    ram.view.setUint32(BUFFER, 0, true);
    prepareDma(DMA_FROM_MEMORY, 512);
    expect(run(0x51, 0, 0, 0, 1, 2, 18, 0x1b, 0x01)[2]).toBe(0x08);
  });
});

test('a snapshot in the middle of a command goes on with it', () => {
  start();
  insert();
  prepareDma(DMA_TO_MEMORY, 512);
  for (const byte of [0x46, 0, 0, 0, 2, 2, 18, 0x1b, 0xff]) fdc.write(5, 1, byte);
  const state = JSON.parse(JSON.stringify(fdc.save())) as ReturnType<typeof fdc.save>;
  fdc.reset();
  fdc.restore(state);
  time.advance(MS);
  expect(fdc.read(5)).toBe(0);
  expect(at(0)).toBe(1);
});

test.each([
  [163_840, 320],
  [368_640, 720],
  [737_280, 1440],
  [1_228_800, 2400],
  [1_474_560, 2880],
  [2_949_120, 5760],
  [512, 2880],
  [1_474_561, 3200],
])('an image of %d bytes is a diskette of %d sectors', (byteLength, sectors) => {
  const format = floppyFormatOf(byteLength);
  expect(format && sectorCountOf(format)).toBe(sectors);
});

test('a larger image is no diskette', () => {
  expect(floppyFormatOf(3_000_000)).toBeUndefined();
});

describe('without DMA', () => {
  const [READ, WRITE] = [0x46, 0x45];
  const NON_DMA_READ = 0xf0;
  const NON_DMA_WRITE = 0xb0;

  /** SPECIFY with the non-DMA bit. */
  function startWithoutDma(): void {
    start();
    run(0x03, 0xdf, 0x03);
  }

  function command(first: number, sector: number, last: number): void {
    for (const byte of [first, 0, 0, 0, sector, 2, last, 0x1b, 0xff]) fdc.write(5, 1, byte);
    time.advance(MS);
  }

  function result(): number[] {
    return Array.from({ length: 7 }, () => fdc.read(5));
  }

  test('the processor reads each byte, up to the last sector that was named', () => {
    insert();
    startWithoutDma();
    command(READ, 1, 2);
    expect([fdc.read(4), irq.level]).toEqual([NON_DMA_READ, true]);
    const bytes = Uint8Array.from({ length: 1024 }, () => fdc.read(5));
    expect([...bytes]).toEqual([...numberedSectors(2880).subarray(0, 1024)]);
    // Nobody has said that there is no more: the end of the cylinder ends the command.
    expect([fdc.read(4), irq.level]).toEqual([0xd0, true]);
    expect(result().slice(0, 3)).toEqual([0x40, 0x80, 0]);
  });

  test('each byte asks for the next by an interrupt of its own', () => {
    insert();
    startWithoutDma();
    command(READ, 1, 1);
    const before = irq.rises;
    for (let count = 0; count < 10; count++) fdc.read(5);
    expect(irq.rises).toBe(before + 10);
  });

  test('the processor writes each byte', () => {
    const disk = insert();
    startWithoutDma();
    command(WRITE, 3, 3);
    expect(fdc.read(4)).toBe(NON_DMA_WRITE);
    for (let at = 0; at < 512; at++) fdc.write(5, 1, at & 0xff);
    expect(result().slice(0, 3)).toEqual([0x40, 0x80, 0]);
    const read = new Uint8Array(512);
    disk.medium.read(2, read);
    expect([...read]).toEqual(Array.from({ length: 512 }, (_, at) => at & 0xff));
  });

  test('a diskette that cannot be written says so before anything is moved', () => {
    insert(2880, true);
    startWithoutDma();
    command(WRITE, 1, 1);
    expect(result().slice(0, 3)).toEqual([0x40, 0x02, 0]);
  });

  test('goes on from a snapshot in the middle of a sector', () => {
    insert();
    startWithoutDma();
    command(READ, 1, 1);
    for (let count = 0; count < 100; count++) fdc.read(5);
    fdc.restore(JSON.parse(JSON.stringify(fdc.save())));
    const rest = Uint8Array.from({ length: 412 }, () => fdc.read(5));
    expect([...rest]).toEqual([...numberedSectors(2880).subarray(100, 512)]);
    expect(result()[1]).toBe(0x80);
  });
});
