import { expect, test } from 'vitest';
import { SmBusHost } from '../../../../src-main/machine/acpi/SmBusHost.ts';
import { SnapshotError } from '../../../../src-main/machine/snapshot.ts';
import { RecordingLine } from '../../../support/machine/ManualTime.ts';

const STATUS = 0,
  CONTROL = 2,
  ADDRESS = 4;
const BYTE_DATA = 0x08,
  START = 0x40,
  KILL = 0x02;
const DEVICE_ERROR = 0x04,
  FAILED = 0x10;

test('nobody answers a transaction, and the error stays until it is cleared', () => {
  const host = new SmBusHost('smbus0', new RecordingLine());
  host.write(ADDRESS, 1, 0xa1);
  host.write(CONTROL, 1, BYTE_DATA | START);
  expect([host.read(ADDRESS), host.read(CONTROL), host.read(STATUS)]).toEqual([0xa1, BYTE_DATA, DEVICE_ERROR]);
  host.write(STATUS, 1, 0);
  expect(host.read(STATUS)).toBe(DEVICE_ERROR);
  host.write(STATUS, 1, DEVICE_ERROR);
  expect(host.read(STATUS)).toBe(0);
});

test('a transaction that is killed has failed', () => {
  const host = new SmBusHost('smbus0', new RecordingLine());
  host.write(CONTROL, 1, KILL);
  expect(host.read(STATUS)).toBe(FAILED);
});

test('a restored controller has its registers as they were', () => {
  const host = new SmBusHost('smbus0', new RecordingLine());
  for (const offset of [3, 4, 5, 6]) host.write(offset, 1, 0x10 * offset);
  host.write(8, 1, 0xff);
  host.write(CONTROL, 1, START);
  const restored = new SmBusHost('smbus0', new RecordingLine());
  restored.restore(host.save());
  expect([0, 2, 3, 4, 5, 6, 8].map((offset) => restored.read(offset))).toEqual([4, 0, 0x30, 0x40, 0x50, 0x60, 0x0f]);
  expect(() => restored.restore({ ...host.save(), stored: [1] })).toThrow(SnapshotError);
  restored.reset();
  expect([0, 3, 8].map((offset) => restored.read(offset))).toEqual([0, 0, 0]);
});
