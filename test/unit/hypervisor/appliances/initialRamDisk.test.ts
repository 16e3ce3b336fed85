import { describe, expect, test } from 'vitest';
import { CpioArchive } from '../../../../src-main/hypervisor/appliances/CpioArchive.ts';
import { modulePlace, selectModules } from '../../../../src-main/hypervisor/appliances/kernelModules.ts';
import { filesOfTar } from '../../../../src-main/hypervisor/appliances/tar.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

function tarEntry(name: string, content: string, type = '0', prefix = ''): Uint8Array {
  const entry = new Uint8Array(512 + Math.ceil(content.length / 512) * 512);
  entry.set(bytes(name));
  entry.set(bytes(content.length.toString(8).padStart(11, '0')), 124);
  entry.set(bytes(type), 156);
  entry.set(bytes(prefix), 345);
  entry.set(bytes(content), 512);
  return entry;
}

describe('files of a tar archive', () => {
  test('come with long names and prefixes, without folders', () => {
    const long = `./${'d/'.repeat(60)}file`;
    const archive = Buffer.concat([
      tarEntry('./folder/', '', '5'),
      tarEntry('./a', 'first'),
      tarEntry('././@LongLink', `${long}\0`, 'L'),
      tarEntry(long.slice(0, 100), 'second'),
      tarEntry('c', 'x'.repeat(600), '0', 'prefix'),
      new Uint8Array(1024),
    ]);
    const files = [...filesOfTar(archive)].map(({ name, bytes: content }) => [name, text(content).length]);
    expect(files).toEqual([
      ['./a', 5],
      [long, 6],
      ['prefix/c', 600],
    ]);
  });
});

test('an initial RAM disk holds folders before what lies in them, everything on 4 bytes', () => {
  const archive = new CpioArchive();
  archive.file('lib/modules/m.ko', bytes('abc'));
  archive.link('bin/sh', 'busybox');
  const disk = archive.finish();
  expect(disk.length % 4).toBe(0);
  const names = [...text(disk).matchAll(/070701[0-9a-f]{104}([^\0]+)\0/g)].map(([, name]) => name);
  expect(names).toEqual(['lib', 'lib/modules', 'lib/modules/m.ko', 'bin', 'bin/sh', 'TRAILER!!!']);
});

describe('kernel modules', () => {
  const modules = (...entries: readonly (readonly [name: string, needs: string])[]) =>
    new Map(
      entries.map(([name, needs]) => [
        name,
        { name, path: `kernel/${name}.ko`, bytes: bytes(`ELF\0license=GPL\0depends=${needs}\0name=${name}\0`) },
      ]),
    );

  test('are found in packages by their paths', () => {
    expect(modulePlace('./lib/modules/6.1.0-9-686/kernel/drivers/net/ne2k-pci.ko')).toEqual({
      version: '6.1.0-9-686',
      path: 'kernel/drivers/net/ne2k-pci.ko',
      name: 'ne2k_pci',
    });
    expect(modulePlace('./boot/vmlinuz-6.1.0-9-686')).toBeUndefined();
  });

  test('come with all that they need, listed so that modprobe loads the deepest first', () => {
    const all = modules(['ext4', 'jbd2,mbcache'], ['jbd2', 'crc'], ['mbcache', 'crc'], ['crc', ''], ['other', '']);
    const { modules: chosen, dependencies } = selectModules(all, ['ext4', 'not-built']);
    expect(chosen.map(({ name }) => name).sort()).toEqual(['crc', 'ext4', 'jbd2', 'mbcache']);
    const line = dependencies.split('\n').find((each) => each.startsWith('kernel/ext4.ko:'));
    expect(line?.split(' ').at(-1)).toBe('kernel/crc.ko');
  });
});
