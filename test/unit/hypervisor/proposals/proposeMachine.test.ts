import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proposeMachine, type MachineProposal } from '../../../../src-main/hypervisor/proposals/proposeMachine.ts';
import { createDiskImage } from '../../../../src-main/hypervisor/storage/createDiskImage.ts';
import { bootDisc, bootDiskette } from '../../../support/machine/bootMedia.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-proposals-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function propose(
  ...files: readonly (readonly [name: string, content: string | Uint8Array])[]
): Promise<MachineProposal> {
  const paths = files.map(([name]) => path.join(folder, name));
  for (const [index, [, content]] of files.entries()) await writeFile(paths[index] ?? '', content);
  return proposeMachine(paths);
}

const uses = ({ files }: MachineProposal): unknown => files.map(({ use }) => use);

/** As much of a bzImage as its loader looks at (Linux, Documentation/arch/x86/boot.rst): one setup sector, protocol 2.10. */
function bzImage(): Uint8Array {
  const image = new Uint8Array(1024 + 4096);
  const view = new DataView(image.buffer);
  image[0x1f1] = 1;
  view.setUint32(0x1f4, 4096 / 16, true);
  view.setUint16(0x1fe, 0xaa55, true);
  image[0x201] = 0x66;
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, 0x020a, true);
  image[0x211] = 1;
  return image;
}

function disk(bytes: number, fill: (sector: Uint8Array) => void): Uint8Array {
  const image = new Uint8Array(bytes);
  fill(image);
  return image;
}

/** One active Linux partition from sector 2048 on. */
const partitioned = disk(8 << 20, (image) => {
  image.set([0xeb, 0xfe]);
  image.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0], 446);
  image.set([0x55, 0xaa], 510);
});
const ext = disk(4 << 20, (image) => image.set([0x53, 0xef], 1024 + 56));
const cpio = '070701 and so on';

describe('a machine for one file, whatever it is called', () => {
  test.each([
    { what: 'a diskette', content: bootDiskette('A'), use: 'floppy', memoryMiB: 64, first: 'floppy' },
    { what: 'a CD', content: bootDisc('A'), use: 'cdrom', memoryMiB: 512, first: 'cdrom' },
    { what: 'a partitioned disk', content: partitioned, use: 'hda', memoryMiB: 512, first: 'disk' },
    { what: 'a bare file system', content: ext, use: 'hda', memoryMiB: 512, first: 'floppy' },
  ])('$what', async ({ content, use, memoryMiB, first }) => {
    const proposal = await propose(['file.asm', content]);
    expect(proposal).toMatchObject({ files: [{ use, problem: null }], profile: 'pc', memoryMiB, isSystem: true });
    expect(proposal.bootOrder[0]).toBe(first);
  });

  test('a program is none that needs a look', async () => {
    const proposal = await propose(['a.asm', 'org 0x7c00\nhlt\n']);
    expect(proposal).toMatchObject({ files: [{ use: 'program' }], memoryMiB: 16, isSystem: false });
  });

  test('a boot sector of 512 bytes is a program', async () => {
    const proposal = await propose(['boot.img', bootDiskette('A').subarray(0, 512)]);
    expect(proposal).toMatchObject({ files: [{ use: 'program' }], isSystem: false });
  });

  test('an empty qcow2 disk is a hard disk', async () => {
    const file = path.join(folder, 'new.qcow2');
    expect(createDiskImage(file, 3 * 2 ** 30)).toMatchObject({ ok: true });
    expect(proposeMachine([file]).files[0]).toMatchObject({ use: 'hda', summary: 'hard disk (qcow2), 3 GiB, empty' });
  });
});

describe('a kernel', () => {
  test('gets its initial RAM disk and a command line for both consoles', async () => {
    const proposal = await propose(['initrd', gzipSync(cpio)], ['kernel', bzImage()]);
    expect(uses(proposal)).toEqual(['initrd', 'program']);
    expect(proposal).toMatchObject({
      hasKernel: true,
      memoryMiB: 256,
      commandLine: 'console=tty0 console=ttyS0 no_timer_check',
    });
  });

  test('finds its root on the disk that comes with it', async () => {
    const bare = await propose(['kernel', bzImage()], ['root', ext]);
    expect(bare.commandLine).toContain('root=/dev/sda rw');
    const whole = await propose(['kernel', bzImage()], ['disk', partitioned]);
    expect(whole.commandLine).toContain('root=/dev/sda1 rw');
  });

  test('has memory for a large initial RAM disk', async () => {
    const proposal = await propose(
      ['kernel', bzImage()],
      ['initrd', disk(80 << 20, (image) => image.set(Buffer.from(cpio)))],
    );
    expect(proposal.memoryMiB).toBe(1024);
  });
});

describe('several files', () => {
  test('take the drives in turn, and the one too many is told where it stays', async () => {
    const names = ['a', 'b', 'c', 'd'] as const;
    const proposal = await propose(...names.map((name) => [name, ext] as const));
    expect(uses(proposal)).toEqual(['hda', 'hdb', 'vda', null]);
    expect(proposal.files[3]?.problem).toMatch(/taken/);
  });

  test('start from a CD while the disk is empty, and from the disk once it is not', async () => {
    const empty = await propose(['cd', bootDisc('A')], ['disk', new Uint8Array(2 << 20)]);
    expect(empty.bootOrder).toEqual(['cdrom', 'floppy', 'disk']);
    const installed = await propose(['cd', bootDisc('A')], ['disk', partitioned]);
    expect(installed.bootOrder).toEqual(['disk', 'cdrom', 'floppy']);
  });
});

describe('what cannot be used says why', () => {
  test.each([
    ['an image of another program', 'KDMV'.padEnd(4096), /qemu-img convert/],
    ['an initial RAM disk alone', cpio, /goes with a kernel/],
    ['an archive', gzipSync('a letter'), /gzip archive/],
    ['an empty file', '', /empty/],
    ['a damaged qcow2 image', new Uint8Array([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3, 0]), /qcow2/],
    ['noise', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) ^ 0x80), /fit no kind/],
  ])('%s', async (_, content, reason) => {
    const proposal = await propose(['file', content]);
    expect(proposal.files[0]?.use).toBeNull();
    expect(proposal.files[0]?.problem).toMatch(reason);
  });

  test('a file that is not there', () => {
    expect(proposeMachine([path.join(folder, 'nowhere')]).files[0]?.problem).toMatch(/cannot be read/);
  });
});

test('a BIOS image and a VGA BIOS take the place of the machine’s own, beside its drives', async () => {
  const bios = disk(128 << 10, (image) => image.set([0xea, 0x5b, 0xe0, 0, 0xf0], image.length - 16));
  const vgaBios = disk(32 << 10, (image) => {
    image.set([0x55, 0xaa, 64]);
    image.set(Buffer.from('IBM'), 0x1e);
  });
  const proposal = await propose(['bios.bin', bios], ['vgabios.bin', vgaBios], ['disk.img', partitioned]);
  expect(uses(proposal)).toEqual(['bios', 'vgabios', 'hda']);
  expect(proposal).toMatchObject({ name: 'bios', isSystem: true, memoryMiB: 512 });
  expect(proposal.files[0]?.summary).toBe('BIOS image, 128 KiB');
});
