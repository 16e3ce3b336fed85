import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeImageHost } from '../../../../src-main/hypervisor/storage/NodeImageHost.ts';
import type { DiskImage } from '../../../../src-main/machine/images/DiskImage.ts';
import { openImage, type ImageAccess } from '../../../../src-main/machine/images/openImage.ts';
import { Random } from '../../../support/engine/Random.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const hasQemuImg = spawnSync('qemu-img', ['--version']).status === 0;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium-images-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(name: string, access: ImageAccess = 'read-write'): DiskImage {
  const opened = openImage(new NodeImageHost(), path.join(folder, name), access);
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function read(image: DiskImage, position: number, byteLength: number): Uint8Array {
  const content = new Uint8Array(byteLength);
  image.read(position, content);
  return content;
}

function qemuImg(...args: string[]): string {
  return execFileSync('qemu-img', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

/** Writes, zeros and reads at random; returns what the disk must hold. */
function scribble(name: string, model: Uint8Array, random: Random, count: number): void {
  const image = open(name);
  for (let i = 0; i < count; i++) {
    const position = random.below(model.length);
    const length = Math.min(model.length - position, 1 + random.below(random.below(3) === 0 ? 90_000 : 3000));
    const isZeros = image.writeZeros !== undefined && random.below(4) === 0;
    const content = isZeros ? new Uint8Array(length) : bytes(random, length);
    if (isZeros) image.writeZeros?.(position, length);
    else image.write(position, content);
    model.set(content, position);
    const start = random.below(model.length - 5000);
    expect(Buffer.compare(read(image, start, 5000), model.subarray(start, start + 5000))).toBe(0);
  }
  image.flush();
  image.close();
}

test('raw files are read and written in place', () => {
  writeFileSync(path.join(folder, 'raw.img'), new Uint8Array(MIB));
  const image = open('raw.img');
  image.write(1000, Uint8Array.of(1, 2, 3));
  image.flush();
  image.close();
  expect([...readFileSync(path.join(folder, 'raw.img')).subarray(999, 1004)]).toEqual([0, 1, 2, 3, 0]);
});

test('bytes arrive in shared memory, as guest RAM is', () => {
  writeFileSync(path.join(folder, 'shared.img'), new Uint8Array(4096).fill(5));
  const ram = new Uint8Array(new SharedArrayBuffer(8192));
  open('shared.img').read(0, ram.subarray(100, 1100));
  expect([ram[99], ram[100], ram[1099], ram[1100]]).toEqual([0, 5, 5, 0]);
});

test('an overlay leaves its file alone and nothing behind', () => {
  writeFileSync(path.join(folder, 'base.img'), new Uint8Array(MIB).fill(1));
  const image = open('base.img', 'overlay');
  image.write(5, Uint8Array.of(2));
  expect([...read(image, 4, 3)]).toEqual([1, 2, 1]);
  image.close();
  expect(readFileSync(path.join(folder, 'base.img'))[5]).toBe(1);
});

test.each([
  ['gone.img', 'read-only', 'there is no such file'],
  ['.', 'read-only', 'no file that could hold a disk'],
] as const)('%s is refused: %s', (name, access, reason) => {
  const opened = openImage(new NodeImageHost(), path.join(folder, name), access);
  expect(opened.ok ? '' : opened.message).toContain(reason);
});

test('a file that shrinks while it is in use gives an error, not zeros', () => {
  writeFileSync(path.join(folder, 'shrinks.img'), new Uint8Array(MIB).fill(1));
  const image = open('shrinks.img', 'read-only');
  truncateSync(path.join(folder, 'shrinks.img'), 1000);
  expect(() => read(image, 2000, 10)).toThrow('has become shorter');
});

describe.skipIf(!hasQemuImg)('beside qemu-img', () => {
  test.each([
    ['usual', 'cluster_size=64k'],
    ['version 2', 'compat=0.10'],
    ['smallest clusters', 'cluster_size=512'],
    ['1-bit refcounts', 'refcount_bits=1,cluster_size=512'],
    ['8-bit refcounts', 'refcount_bits=8,cluster_size=4k'],
    ['64-bit refcounts', 'refcount_bits=64,cluster_size=512'],
    ['large clusters', 'cluster_size=2M'],
    ['lazy refcounts', 'lazy_refcounts=on'],
    ['preallocated', 'preallocation=metadata'],
  ])('what we write to an image with %s is found right', (name, options) => {
    const random = new Random(name.length);
    qemuImg('create', '-q', '-f', 'qcow2', '-o', options, 'disk.qcow2', `${16 * MIB}`);
    const model = new Uint8Array(16 * MIB);
    scribble('disk.qcow2', model, random, 60);
    expect(qemuImg('check', 'disk.qcow2')).toContain('No errors were found');
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', 'disk.qcow2', 'converted.img');
    expect(Buffer.compare(readFileSync(path.join(folder, 'converted.img')), model)).toBe(0);
  });

  test('compressed clusters are read, and replaced when written', () => {
    const random = new Random(3);
    const model = new Uint8Array(4 * MIB);
    for (let i = 0; i < model.length; i += 7) model[i] = random.below(4);
    writeFileSync(path.join(folder, 'plain.img'), model);
    qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', 'plain.img', 'small.qcow2');
    expect(Buffer.compare(read(open('small.qcow2', 'read-only'), 0, model.length), model)).toBe(0);
    scribble('small.qcow2', model, random, 40);
    expect(qemuImg('check', 'small.qcow2')).toContain('No errors were found');
    expect(Buffer.compare(read(open('small.qcow2', 'read-only'), 0, model.length), model)).toBe(0);
  });

  test('snapshots keep what they hold', () => {
    const random = new Random(4);
    qemuImg('create', '-q', '-f', 'qcow2', 'snap.qcow2', `${4 * MIB}`);
    const model = new Uint8Array(4 * MIB);
    scribble('snap.qcow2', model, random, 30);
    qemuImg('snapshot', '-c', 'before', 'snap.qcow2');
    const before = model.slice();
    scribble('snap.qcow2', model, random, 30);
    expect(qemuImg('check', 'snap.qcow2')).toContain('No errors were found');
    qemuImg('snapshot', '-a', 'before', 'snap.qcow2');
    expect(Buffer.compare(read(open('snap.qcow2', 'read-only'), 0, before.length), before)).toBe(0);
    scribble('snap.qcow2', before, random, 30);
    expect(qemuImg('check', 'snap.qcow2')).toContain('No errors were found');
  });

  test('zeros that qemu-io wrote as such are read as zeros and written over', () => {
    const random = new Random(5);
    qemuImg('create', '-q', '-f', 'qcow2', 'zero.qcow2', `${MIB}`);
    const model = new Uint8Array(MIB);
    scribble('zero.qcow2', model, random, 20);
    execFileSync(
      'qemu-io',
      ['-c', 'write -z 0 128k', '-c', 'write -zu 256k 128k', '-c', 'discard 512k 64k', 'zero.qcow2'],
      {
        cwd: folder,
      },
    );
    model
      .fill(0, 0, 128 * KIB)
      .fill(0, 256 * KIB, 384 * KIB)
      .fill(0, 512 * KIB, 576 * KIB);
    expect(Buffer.compare(read(open('zero.qcow2', 'read-only'), 0, model.length), model)).toBe(0);
    scribble('zero.qcow2', model, random, 40);
    expect(qemuImg('check', 'zero.qcow2')).toContain('No errors were found');
  });

  test('a chain of backing files of both formats', () => {
    const random = new Random(6);
    const model = bytes(random, 2 * MIB);
    writeFileSync(path.join(folder, 'root.img'), model);
    qemuImg('create', '-q', '-f', 'qcow2', '-b', 'root.img', '-F', 'raw', 'middle.qcow2');
    scribble('middle.qcow2', model, random, 10);
    qemuImg('create', '-q', '-f', 'qcow2', '-b', 'middle.qcow2', '-F', 'qcow2', 'top.qcow2');
    scribble('top.qcow2', model, random, 30);
    expect(qemuImg('check', 'top.qcow2')).toContain('No errors were found');
    qemuImg('convert', '-f', 'qcow2', '-O', 'raw', 'top.qcow2', 'flat.img');
    expect(Buffer.compare(readFileSync(path.join(folder, 'flat.img')), model)).toBe(0);
  });

  test('a refcount table that has to grow', () => {
    const random = new Random(7);
    qemuImg('create', '-q', '-f', 'qcow2', '-o', 'cluster_size=512,refcount_bits=64', 'grow.qcow2', `${64 * MIB}`);
    const image = open('grow.qcow2');
    for (let at = 0; at < 6 * MIB; at += 64 * KIB) image.write(at, bytes(random, 64 * KIB));
    image.close();
    expect(qemuImg('check', 'grow.qcow2')).toContain('No errors were found');
  });
});

describe.skipIf(!hasQemuImg || process.platform !== 'linux' || process.getuid?.() !== 0)('on a full disk', () => {
  test('an image stays whole, and goes on when there is room', ({ skip }) => {
    const mount = path.join(folder, 'small');
    execFileSync('mkdir', [mount]);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', mount]).status !== 0)
      skip('no file system may be mounted here');
    try {
      qemuImg('create', '-q', '-f', 'qcow2', 'small/disk.qcow2', `${16 * MIB}`);
      const image = open('small/disk.qcow2');
      let failures = 0;
      for (let at = 0; at < 4 * MIB; at += 64 * KIB) {
        try {
          image.write(at, new Uint8Array(64 * KIB).fill(at / (64 * KIB)));
        } catch (error) {
          expect(String(error)).toContain('is full');
          failures++;
        }
      }
      image.close();
      expect(failures).toBeGreaterThan(30);
      expect(qemuImg('check', 'small/disk.qcow2')).toContain('No errors were found');
      const again = open('small/disk.qcow2', 'read-only');
      expect(read(again, 20 * 64 * KIB, 2)).toEqual(Uint8Array.of(20, 20));
      again.close();
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});
