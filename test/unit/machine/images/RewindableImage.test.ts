import { expect, test } from 'vitest';
import type { DiskImage } from '../../../../src-main/machine/images/DiskImage.ts';
import { RewindableImage } from '../../../../src-main/machine/images/RewindableImage.ts';

const BYTES = 10_000;

function diskOf(bytes: Uint8Array): DiskImage {
  return {
    name: 'disk.img',
    format: 'raw',
    byteLength: bytes.length,
    isReadOnly: false,
    read: (position, into) => into.set(bytes.subarray(position, position + into.length)),
    write: (position, from) => bytes.set(from, position),
    flush: () => undefined,
    close: () => undefined,
  };
}

function content(disk: DiskImage): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  disk.read(0, bytes);
  return bytes;
}

test('what is written lies in the image at once, and another layer is written there too', () => {
  const bytes = Uint8Array.from({ length: BYTES }, (_, at) => at % 251);
  const before = bytes.slice();
  const disk = new RewindableImage(diskOf(bytes));
  const start = disk.layer;
  disk.write(4000, new Uint8Array(200).fill(1));
  disk.write(9990, new Uint8Array(10).fill(2));
  const middle = disk.layer;
  const inTheMiddle = bytes.slice();
  expect(inTheMiddle.subarray(4000, 4200)).toEqual(new Uint8Array(200).fill(1));
  disk.write(4100, new Uint8Array(10).fill(3));
  const end = disk.layer;
  const atTheEnd = bytes.slice();
  for (const [layer, wanted] of [
    [start, before],
    [end, atTheEnd],
    [middle, inTheMiddle],
    [start, before],
  ] as const) {
    disk.layer = layer;
    expect(bytes).toEqual(wanted);
    expect(content(disk)).toEqual(wanted);
  }
});

test('what it has forgotten it takes for its beginning', () => {
  const bytes = new Uint8Array(BYTES);
  const disk = new RewindableImage(diskOf(bytes));
  disk.write(0, Uint8Array.of(1));
  expect(disk.rememberedBytes).toBeGreaterThan(0);
  disk.forget();
  expect(disk.rememberedBytes).toBe(0);
  disk.write(0, Uint8Array.of(2));
  disk.layer = new Map();
  expect(bytes[0]).toBe(1);
});
