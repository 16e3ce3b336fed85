import { describe, expect, test } from 'vitest';
import type { DiskImage } from '../../../../src-main/machine/images/DiskImage.ts';
import { ImageError } from '../../../../src-main/machine/images/HostFile.ts';
import { openImage, type ImageAccess } from '../../../../src-main/machine/images/openImage.ts';
import { type NewQcow2, writeNewQcow2 } from '../../../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { Random } from '../../../support/engine/Random.ts';
import { MemoryImageHost } from '../../../support/machine/MemoryImageHost.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

function newImage(options: NewQcow2, host = new MemoryImageHost()): MemoryImageHost {
  host.put('disk.qcow2', new Uint8Array());
  const file = host.open('disk.qcow2', 'read-write');
  writeNewQcow2(file, options);
  file.close();
  return host;
}

function open(host: MemoryImageHost, access: ImageAccess = 'read-write', name = 'disk.qcow2'): DiskImage {
  const opened = openImage(host, name, access);
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

function refusal(host: MemoryImageHost, access: ImageAccess = 'read-write', name = 'disk.qcow2'): string {
  const opened = openImage(host, name, access);
  return opened.ok ? 'it was opened' : opened.message;
}

function read(image: DiskImage, position: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength).fill(0xee);
  image.read(position, bytes);
  return bytes;
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

describe('a new image', () => {
  test('reads as zeros', () => {
    expect(read(open(newImage({ byteLength: 10 * MIB })), 5 * MIB, 700)).toEqual(new Uint8Array(700));
  });

  test('reads as its backing file, and as zeros where that ends', () => {
    const host = newImage({ byteLength: MIB, backing: { name: 'base.img', format: 'raw' } });
    host.put('base.img', new Uint8Array(100 * KIB).fill(7));
    const image = open(host);
    expect(read(image, 100 * KIB - 2, 4)).toEqual(Uint8Array.of(7, 7, 0, 0));
    image.write(99 * KIB, Uint8Array.of(1));
    expect(read(image, 99 * KIB - 1, 3)).toEqual(Uint8Array.of(7, 1, 7));
    expect(host.files.get('base.img')?.every((byte) => byte === 7)).toBe(true);
  });

  test('keeps what is written for whoever opens it next', () => {
    const host = newImage({ byteLength: 4 * MIB });
    const first = open(host);
    first.write(3 * MIB - 5, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    first.close();
    expect(read(open(host), 3 * MIB - 6, 11)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0));
  });

  test('flushes the host’s file when asked to', () => {
    const host = newImage({ byteLength: MIB });
    open(host).flush();
    expect(host.flushes).toBe(1);
  });
});

test.each([1, 2, 3, 4])('random reads and writes agree with plain bytes (seed %d)', (seed) => {
  const random = new Random(seed);
  const size = 3 * MIB + 512 * random.below(100);
  const base = bytes(random, MIB);
  const host = newImage({ byteLength: size, backing: { name: 'base.img', format: 'raw' } }).put('base.img', base);
  const model = new Uint8Array(size);
  model.set(base);
  let image = open(host);
  for (let i = 0; i < 300; i++) {
    const position = random.below(size);
    const length = Math.min(size - position, 1 + random.below(random.below(4) === 0 ? 200_000 : 5000));
    if (random.below(2) === 0) {
      const content = bytes(random, Math.min(length, 20_000));
      image.write(position, content);
      model.set(content, position);
    } else {
      expect(Buffer.compare(read(image, position, length), model.subarray(position, position + length))).toBe(0);
    }
    if (random.below(50) === 0) {
      image.close();
      image = open(host);
    }
  }
  expect(Buffer.compare(read(image, 0, size), model)).toBe(0);
});

describe('zeros', () => {
  const CLUSTER = 64 * KIB;

  test('give the room of whole clusters back, which new data take', () => {
    const host = newImage({ byteLength: 8 * MIB });
    const image = open(host);
    image.write(0, new Uint8Array(MIB).fill(1));
    const full = host.files.get('disk.qcow2')?.length ?? 0;
    image.writeZeros?.(CLUSTER / 2, 8 * CLUSTER);
    expect(read(image, CLUSTER / 2 - 1, 2)).toEqual(Uint8Array.of(1, 0));
    expect(read(image, 8.5 * CLUSTER - 1, 2)).toEqual(Uint8Array.of(0, 1));
    image.write(4 * MIB, new Uint8Array(7 * CLUSTER).fill(2));
    expect(host.files.get('disk.qcow2')?.length).toBe(full);
    expect(read(image, 4 * MIB, 1)).toEqual(Uint8Array.of(2));
  });

  test('hide what a backing file holds, whoever opens the image next', () => {
    const host = newImage({ byteLength: MIB, backing: { name: 'base.img', format: 'raw' } });
    host.put('base.img', new Uint8Array(MIB).fill(7));
    const first = open(host);
    first.write(CLUSTER, Uint8Array.of(9));
    first.writeZeros?.(0, 3 * CLUSTER);
    first.close();
    const image = open(host, 'read-only');
    expect([0, CLUSTER, 3 * CLUSTER - 1, 3 * CLUSTER].map((at) => read(image, at, 1)[0])).toEqual([0, 0, 0, 7]);
  });

  test('take no room where there is none taken', () => {
    const host = newImage({ byteLength: 8 * MIB });
    const before = host.files.get('disk.qcow2')?.length;
    open(host).writeZeros?.(100, 5 * MIB);
    expect(host.files.get('disk.qcow2')?.length).toBe(before);
  });
});

describe('an overlay', () => {
  test('keeps writes for itself and forgets them', () => {
    const host = new MemoryImageHost().put('disk.img', new Uint8Array(MIB).fill(3));
    const image = open(host, 'overlay', 'disk.img');
    expect(image.isReadOnly).toBe(false);
    image.write(1000, Uint8Array.of(9, 9));
    expect(read(image, 999, 4)).toEqual(Uint8Array.of(3, 9, 9, 3));
    expect(host.files.get('disk.img')?.[1000]).toBe(3);
    image.close();
    expect(host.openCount).toBe(0);
    expect(read(open(host, 'overlay', 'disk.img'), 1000, 1)).toEqual(Uint8Array.of(3));
  });
});

describe('a full disk', () => {
  test('fails the write, keeps what was there, and goes on when there is room', () => {
    const host = newImage({ byteLength: 100 * MIB });
    const image = open(host);
    image.write(0, new Uint8Array(64 * KIB).fill(1));
    host.room = 100 * KIB;
    const written: number[] = [];
    for (let at = MIB; at < 3 * MIB; at += 64 * KIB) {
      try {
        image.write(at, new Uint8Array(64 * KIB).fill(2));
        written.push(at);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
      }
    }
    expect(written).toEqual([MIB]);
    expect(read(image, 0, 64 * KIB).every((byte) => byte === 1)).toBe(true);
    host.room = Infinity;
    image.write(2 * MIB, new Uint8Array(10).fill(4));
    image.close();
    const again = open(host);
    expect(read(again, 2 * MIB, 10)).toEqual(new Uint8Array(10).fill(4));
    expect(read(again, MIB + 64 * KIB, 10)).toEqual(new Uint8Array(10));
  });
});

describe('a raw image', () => {
  test('is not turned into a qcow2 image by its guest', () => {
    const host = new MemoryImageHost().put('disk.img', new Uint8Array(MIB));
    const image = open(host, 'read-write', 'disk.img');
    image.write(0, Uint8Array.of(0x51, 0x46));
    expect(() => image.write(2, Uint8Array.of(0x49, 0xfb))).toThrow('which was prevented');
  });
});

describe('a damaged image is refused with one sentence', () => {
  const patch = (at: number, ...values: number[]): MemoryImageHost => {
    const host = newImage({ byteLength: 10 * MIB });
    host.files.get('disk.qcow2')?.set(values, at);
    return host;
  };
  test.each([
    ['unknown version', patch(7, 4), 'version 4'],
    ['tiny clusters', patch(23, 8), 'clusters of 2^8 bytes'],
    ['encrypted', patch(35, 1), 'encryption'],
    ['absurd size', patch(24, 0, 255), 'impossibly large'],
    ['too large for its L1 table', patch(24, 0, 0, 1), 'L1 table has 1 entries'],
    ['no refcounts', patch(56, 0, 0, 0, 0), 'refcount table of 0 clusters'],
    ['L1 table outside', patch(44, 0xff), 'ends before its L1 table'],
    ['external data', patch(79, 4), 'external data file'],
    ['unknown feature', patch(79, 0x80), 'does not know'],
  ])('%s', (_, host, expected) => {
    expect(refusal(host)).toContain(expected);
    expect(refusal(host)).toContain('disk.qcow2');
    expect(host.openCount).toBe(0);
  });

  test('cut off', () => {
    const host = newImage({ byteLength: MIB });
    host.put('disk.qcow2', (host.files.get('disk.qcow2') ?? new Uint8Array()).slice(0, 50));
    expect(refusal(host)).toContain('ends within its header');
  });

  test('marked dirty: it can still be read', () => {
    const host = patch(79, 1);
    expect(refusal(host)).toContain('qemu-img check');
    expect(open(host, 'read-only').isReadOnly).toBe(true);
  });

  test('backing files in a circle', () => {
    const host = newImage({ byteLength: MIB, backing: { name: 'disk.qcow2', format: 'qcow2' } });
    expect(refusal(host)).toContain('circle');
    expect(host.openCount).toBe(0);
  });

  test('a backing file that is missing', () => {
    const host = newImage({ byteLength: MIB, backing: { name: 'gone.img', format: 'raw' } });
    expect(refusal(host)).toContain('gone.img');
  });
});

test('headers and tables with random damage give refusals or I/O errors, nothing else', () => {
  const random = new Random(11);
  for (let round = 0; round < 400; round++) {
    const host = newImage({ byteLength: 8 * MIB });
    const image = open(host);
    for (let i = 0; i < 4; i++) image.write(64 * KIB * random.below(128), bytes(random, 700));
    image.close();
    const file = host.files.get('disk.qcow2') ?? new Uint8Array();
    for (let i = 1 + random.below(4); i > 0; i--) {
      const place = [
        random.below(112),
        64 * KIB + random.below(8),
        128 * KIB + random.below(64),
        192 * KIB + random.below(8),
      ];
      file[(place[random.below(5)] ?? 0) || random.below(file.length)] = random.below(256);
    }
    host.room = 64 * MIB;
    const opened = openImage(host, 'disk.qcow2', 'read-write');
    if (!opened.ok) continue;
    for (let i = 0; i < 8; i++) {
      const position = random.below(Math.min(8 * MIB, Math.max(1, opened.image.byteLength - 700)));
      try {
        if (random.below(2) === 0) opened.image.write(position, bytes(random, 600));
        else read(opened.image, position, 600);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
      }
    }
  }
});
