import { beforeEach, describe, expect, test } from 'vitest';
import { VirtioEntropy } from '../../../../src-main/machine/virtio/VirtioEntropy.ts';
import { VirtioPci } from '../../../../src-main/machine/virtio/VirtioPci.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';
import { PciHost } from '../../../support/machine/PciHost.ts';

const PORTS = 0xc000;
const TABLE = 0xe001_0000;
const MODERN = 0xe002_0000;
const PENDING = TABLE + 0x800;
const COMMON = { deviceStatus: 20, configurationVector: 16, queueSelect: 22, queueVector: 26 } as const;
const MSIX = 0x11;
const NO_VECTOR = 0xffff;
/** Where the test has the device write its messages: guest memory takes them as well as any. */
const MESSAGES = 0x8000;
const [DESCRIPTORS, AVAILABLE, USED, BUFFER] = [0x1000, 0x2000, 0x3000, 0x4000];

let host: PciHost;
let device: VirtioPci;

beforeEach(() => {
  device = new VirtioPci(new VirtioEntropy('virtio-rng0', (into) => into.fill(0x5a)), new ManualTime().timers);
  host = new PciHost(device);
  host.writeConfiguration(0x10, PORTS);
  host.writeConfiguration(0x14, TABLE);
  host.enable(4, MODERN);
  device.reset();
});

/** The offsets of all capabilities with a number. */
function capabilities(number: number): number[] {
  const found: number[] = [];
  for (let at = host.readConfiguration(0x34, 1); at !== 0; at = host.readConfiguration(at + 1, 1))
    if (host.readConfiguration(at, 1) === number) found.push(at);
  return found;
}

const control = (value: number): void => host.writeConfiguration((capabilities(MSIX)[0] ?? 0) + 2, value, 2);
const writeCommon = (offset: number, width: 1 | 2 | 4, value: number): void =>
  host.bus.mmioWrite(MODERN + offset, width, value);
const readCommon = (offset: number, width: 1 | 2 | 4): number => host.bus.mmioRead(MODERN + offset, width);
const message = (vector: number): number => host.ram.view.getUint32(MESSAGES + 4 * vector, true);

/** Vector n writes 0x40 + n to its own word. */
function writeEntry(vector: number, isMasked = false): void {
  const at = TABLE + 16 * vector;
  host.bus.mmioWrite(at, 4, MESSAGES + 4 * vector);
  host.bus.mmioWrite(at + 4, 4, 0);
  host.bus.mmioWrite(at + 8, 4, 0x40 + vector);
  host.bus.mmioWrite(at + 12, 4, isMasked ? 1 : 0);
}

/** The queue's vector is 1, the configuration's 0. */
function startDriver(): void {
  writeCommon(COMMON.deviceStatus, 1, 3);
  writeCommon(8, 4, 1);
  writeCommon(12, 4, 1);
  writeCommon(COMMON.deviceStatus, 1, 11);
  writeCommon(COMMON.configurationVector, 2, 0);
  writeCommon(COMMON.queueSelect, 2, 0);
  writeCommon(COMMON.queueVector, 2, 1);
  writeCommon(24, 2, 4);
  [DESCRIPTORS, AVAILABLE, USED].forEach((place, part) => {
    writeCommon(32 + 8 * part, 4, place);
    writeCommon(36 + 8 * part, 4, 0);
  });
  writeCommon(28, 2, 1);
  writeCommon(COMMON.deviceStatus, 1, 15);
}

/** Asks for 16 random bytes, once more each time. */
function ask(): void {
  const { view } = host.ram;
  view.setUint32(DESCRIPTORS, BUFFER, true);
  view.setUint32(DESCRIPTORS + 8, 16, true);
  view.setUint16(DESCRIPTORS + 12, 2, true);
  view.setUint16(AVAILABLE + 2, view.getUint16(AVAILABLE + 2, true) + 1, true);
  host.bus.mmioWrite(MODERN + 0x3000, 2, 0);
}

describe('message-signalled interrupts', () => {
  test('there is a vector for each queue and one for the configuration', () => {
    const [at = 0] = capabilities(MSIX);
    expect(host.readConfiguration(at + 2, 2)).toBe(1);
    expect([host.readConfiguration(at + 4), host.readConfiguration(at + 8)]).toEqual([1, 0x801]);
  });

  test('a queue writes its message, and leaves the pin alone', () => {
    writeEntry(0);
    writeEntry(1);
    control(0x8000);
    startDriver();
    ask();
    expect([message(0), message(1)]).toEqual([0, 0x41]);
    expect(host.lines[2]?.level).toBe(false);
    expect(readCommon(0x1000, 1)).toBe(0);
  });

  test('without them the pin tells', () => {
    writeEntry(1);
    startDriver();
    ask();
    expect([message(1), host.lines[2]?.level, readCommon(0x1000, 1)]).toEqual([0, true, 1]);
  });

  test('a queue without a vector tells nobody', () => {
    writeEntry(0);
    writeEntry(1);
    control(0x8000);
    startDriver();
    writeCommon(COMMON.queueVector, 2, NO_VECTOR);
    ask();
    expect([message(0), message(1), host.lines[2]?.level]).toEqual([0, 0, false]);
  });

  test('a vector that the table does not have is refused', () => {
    writeCommon(COMMON.queueVector, 2, 1);
    expect(readCommon(COMMON.queueVector, 2)).toBe(1);
    writeCommon(COMMON.queueVector, 2, 2);
    expect(readCommon(COMMON.queueVector, 2)).toBe(NO_VECTOR);
  });

  test.each([
    ['its entry', () => writeEntry(1, true), () => writeEntry(1)],
    ['the function', () => control(0xc000), () => control(0x8000)],
  ])('a message waits while %s is masked', (_, mask, unmask) => {
    writeEntry(1);
    control(0x8000);
    mask();
    startDriver();
    ask();
    expect([message(1), host.bus.mmioRead(PENDING, 4)]).toEqual([0, 2]);
    unmask();
    expect([message(1), host.bus.mmioRead(PENDING, 4)]).toEqual([0x41, 0]);
  });

  test('a reset by the driver forgets the vectors, and one of the device the table', () => {
    writeEntry(1);
    startDriver();
    writeCommon(COMMON.deviceStatus, 1, 0);
    expect(readCommon(COMMON.queueVector, 2)).toBe(NO_VECTOR);
    expect(host.bus.mmioRead(TABLE + 16, 4)).toBe(MESSAGES + 4);
    device.reset();
    expect([host.bus.mmioRead(TABLE + 16, 4), host.bus.mmioRead(TABLE + 28, 4)]).toEqual([0, 1]);
  });

  test('old drivers find the vectors in front of the configuration', () => {
    const port = (offset: number): number => host.bus.portRead(PORTS + offset, 2);
    expect(port(0x14)).toBe(0);
    control(0x8000);
    host.bus.portWrite(PORTS + 0x14, 2, 0);
    host.bus.portWrite(PORTS + 0x16, 2, 1);
    expect([port(0x14), port(0x16)]).toEqual([0, 1]);
  });

  test('a snapshot keeps vectors, table and what waits', () => {
    writeEntry(1, true);
    control(0x8000);
    startDriver();
    ask();
    const saved = JSON.parse(JSON.stringify(host.pci.save())) as ReturnType<typeof host.pci.save>;
    host.pci.reset();
    host.pci.restore(saved);
    expect(host.pci.save()).toEqual(saved);
    writeEntry(1);
    expect(message(1)).toBe(0x41);
  });

  test('a snapshot from before there were messages has none', () => {
    const { vectors: _, messages: __, ...old } = device.save();
    writeCommon(COMMON.queueVector, 2, 1);
    device.restore(old);
    expect(readCommon(COMMON.queueVector, 2)).toBe(NO_VECTOR);
  });
});

describe('access through configuration space', () => {
  const access = (): number => capabilities(9).find((at) => host.readConfiguration(at + 3, 1) === 5) ?? 0;

  function aim(bar: number, offset: number, byteLength: number): void {
    host.writeConfiguration(access() + 4, bar, 1);
    host.writeConfiguration(access() + 8, offset);
    host.writeConfiguration(access() + 12, byteLength);
  }

  test('reaches the structures, whether memory is decoded or not', () => {
    host.writeConfiguration(0x04, 0, 2);
    aim(4, COMMON.deviceStatus, 1);
    host.writeConfiguration(access() + 16, 0x103);
    expect(host.readConfiguration(access() + 16, 1)).toBe(3);
    aim(4, 18, 2);
    expect(host.readConfiguration(access() + 16, 2)).toBe(1);
  });

  test.each([
    ['another base address', 0, 20, 1],
    ['a place beyond the range', 4, 0x4000, 4],
    ['a place that is not aligned', 4, 18, 4],
    ['three bytes', 4, 0, 3],
  ])('%s reaches nothing', (_, bar, offset, byteLength) => {
    aim(bar, offset, byteLength);
    host.writeConfiguration(access() + 16, 0xffff_ffff);
    expect(host.readConfiguration(access() + 16)).toBe(0);
    expect(readCommon(COMMON.deviceStatus, 1)).toBe(0);
  });
});
