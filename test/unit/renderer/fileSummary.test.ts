import { expect, test } from 'vitest';
import { load } from '../../../src-main/machine/loaders/load.ts';
import { fileSummary } from '../../../src-renderer/app/fileSummary.ts';

const ASSEMBLED = 'bits 16\norg 0x7c00\nhlt';

function summaryOf(bytes: Uint8Array): string {
  const result = load('auto', bytes, { memoryBytes: 1 << 20 });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.image.summary;
}

test('what main says of a program is said in Chinese, in its own words and order', () => {
  const summary = summaryOf(new TextEncoder().encode(ASSEMBLED));
  expect(fileSummary(summary, 'en')).toBe('Assembled program at 0:7C00, 1 byte, starts at 0000:7C00');
  expect(fileSummary(summary, 'zh-CN')).toBe('已汇编的程序（位于 0:7C00），1 字节，从 0000:7C00 开始');
});

/** Names that are the same in Chinese. */
const NAMES = /\b(Linux|ELF|DOS|BIOS|VGA|PC|EFI|CD|Multiboot|KiB|MiB|GiB|cpio|gzip|qcow2|ext|squashfs|com|eax|ebx)\b/g;

test.each([
  'Assembled boot sector, 512 bytes, starts at 0000:7C00',
  'Assembled 32-bit program, 1.2 KiB, starts at 0x100000',
  'Assembled .com program, 20 bytes, starts at 0800:0100',
  '32-bit ELF, 2 segments, 3.5 KiB, entry 0x100000',
  'Linux kernel, boot protocol 2.15, 5.5 MiB, started in real mode, initial RAM disk of 4.9 KiB at 0x3fff000',
  'Multiboot 2 kernel, 12 KiB, entry 0x100020, 2 modules',
  'Boot sector of a 1.4 MiB floppy disk',
  'Flat 32-bit binary, 12 bytes at 0x100000',
  'DOS-style .com program, 100 bytes',
  '4 operations on eax and ebx, from eax = 1 and ebx = 2',
  'BIOS image, 128 KiB, without a VGA BIOS',
  'CD image, 3.5 MiB, starts with EFI firmware alone, which this PC does not have',
  'diskette, 1440 KiB, no boot sector',
  'hard disk (qcow2), 3 GiB, partitioned, bootable',
  'hard disk, 20 MiB, ext file system, no boot sector',
  'initial RAM disk (gzip), 1.5 MiB',
])('no English is left of “%s”', (summary) => {
  expect(
    fileSummary(summary, 'zh-CN')
      .replace(/0x[\da-f]+/g, '')
      .replace(NAMES, ''),
  ).not.toMatch(/[a-z]{2}/i);
});

test('a part that is not known is left as it is', () => {
  expect(fileSummary('Linux kernel, of tomorrow', 'zh-CN')).toBe('Linux 内核，of tomorrow');
});
