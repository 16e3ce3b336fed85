import { describe, expect, test } from 'vitest';
import type { DiskImage } from '../../../../src-main/machine/images/DiskImage.ts';
import { FreezableImage } from '../../../../src-main/machine/images/FreezableImage.ts';
import { openImage } from '../../../../src-main/machine/images/openImage.ts';
import { newQcow2, readQcow2Header, renameBacking } from '../../../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { Qcow2Image } from '../../../../src-main/machine/images/qcow2/Qcow2Image.ts';
import { MemoryImageHost } from '../../../support/machine/MemoryImageHost.ts';

const DISK_BYTES = 1024 * 1024;
const CLUSTER_BYTES = 65_536;

function open(host: MemoryImageHost, name: string, access: 'read-only' | 'read-write' = 'read-write'): DiskImage {
  const opened = openImage(host, name, access);
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

/** A raw image of sevens, and layers in front of it that nobody has written. */
function hostWithLayers(...layers: readonly string[]): MemoryImageHost {
  const host = new MemoryImageHost();
  host.put('disk.img', new Uint8Array(DISK_BYTES).fill(7));
  layers.forEach((layer, index) => {
    const below = layers[index - 1];
    const backing = below === undefined ? { name: 'disk.img', format: 'raw' } : { name: below, format: 'qcow2' };
    host.put(layer, newQcow2({ byteLength: DISK_BYTES, backing }));
  });
  return host;
}

function byteAt(image: DiskImage, position: number): number {
  const bytes = new Uint8Array(1);
  image.read(position, bytes);
  return bytes[0];
}

describe('a disk that is frozen while it is in use', () => {
  test('shows the same, and what is written next leaves what was written before alone', () => {
    const host = hostWithLayers('one.qcow2', 'two.qcow2');
    const disk = new FreezableImage(open(host, 'disk.img'));
    disk.write(100, Uint8Array.of(1));
    disk.prepareFreeze(host.open('one.qcow2', 'read-write'), host)();
    expect([disk.name, byteAt(disk, 100), byteAt(disk, 101)]).toEqual(['one.qcow2', 1, 7]);
    disk.write(100, Uint8Array.of(2));
    disk.prepareFreeze(host.open('two.qcow2', 'read-write'), host)();
    disk.write(100, Uint8Array.of(3));
    disk.close();
    // Whoever opens them next finds the same by the names in their headers.
    expect(['disk.img', 'one.qcow2', 'two.qcow2'].map((name) => byteAt(open(host, name, 'read-only'), 100))).toEqual([
      1, 2, 3,
    ]);
  });

  test('is not frozen before its freeze is done', () => {
    const host = hostWithLayers('one.qcow2');
    const disk = new FreezableImage(open(host, 'disk.img'));
    disk.prepareFreeze(host.open('one.qcow2', 'read-write'), host);
    disk.write(0, Uint8Array.of(9));
    expect(byteAt(open(host, 'disk.img', 'read-only'), 0)).toBe(9);
  });

  test('can go back to another image', () => {
    const host = hostWithLayers('one.qcow2');
    const disk = new FreezableImage(open(host, 'one.qcow2'));
    disk.write(0, Uint8Array.of(9));
    disk.replace(open(host, 'disk.img'));
    expect(byteAt(disk, 0)).toBe(7);
  });
});

describe('a layer', () => {
  test('knows which clusters it has itself', () => {
    const host = hostWithLayers('one.qcow2');
    const image = open(host, 'one.qcow2');
    image.write(3 * CLUSTER_BYTES + 5, Uint8Array.of(1));
    image.write(DISK_BYTES - 1, Uint8Array.of(1));
    expect(image).toBeInstanceOf(Qcow2Image);
    expect([...(image as Qcow2Image).ownClusters()]).toEqual([3 * CLUSTER_BYTES, DISK_BYTES - CLUSTER_BYTES]);
  });

  test.each([{ name: 'x'.repeat(1023) }, { name: 'a.img' }])('names another backing image instead', ({ name }) => {
    const host = hostWithLayers('one.qcow2');
    host.put(name, new Uint8Array(DISK_BYTES).fill(5));
    const image = open(host, 'one.qcow2');
    image.write(0, Uint8Array.of(1));
    image.close();
    const file = host.open('one.qcow2', 'read-write');
    renameBacking(file, { name, format: 'raw' });
    expect(readQcow2Header(file).backing).toEqual({ name, format: 'raw' });
    expect([byteAt(open(host, 'one.qcow2'), 0), byteAt(open(host, 'one.qcow2'), CLUSTER_BYTES)]).toEqual([1, 5]);
    renameBacking(file, undefined);
    expect(byteAt(open(host, 'one.qcow2'), CLUSTER_BYTES)).toBe(0);
  });
});
