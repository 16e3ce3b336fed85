import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOOT, Guest, isWithout, QUICK, TIMEOUT_MS } from './guest.ts';

/** Debian's kernel with its own drivers and an ext4 file system that mke2fs made. */

const DISK = 'root.ext4';
const initrd = 'initrd-drivers.cpio';

describe.skipIf(isWithout('vmlinux-686', initrd, DISK))('Linux from an ext4 disk', { timeout: TIMEOUT_MS }, () => {
  test.each([
    { slot: 'hda', modules: 'ata_piix+sd_mod+crc32c_generic+ext4', device: '/dev/sda' },
    { slot: 'vda', modules: 'virtio_pci+virtio_blk+crc32c_generic+ext4', device: '/dev/vda' },
  ] as const)('as $slot: writes a file, and leaves the disk whole', async ({ slot, modules, device }) => {
    const commandLine = `console=ttyS0 ${QUICK} guest.modules=${modules} guest.root=${device}`;
    const drives = { [slot]: DISK };
    const guest = await Guest.kernel('vmlinux-686', 64, { commandLine, initrd }, { drives });
    expect(guest.runUntilSerial('guest# ', 2 * BOOT)).toBe('done');
    guest.type('cat /on-disk; mount | grep " / "\n');
    expect(guest.runUntilSerial('ext4', 100_000_000)).toBe('done');
    expect(guest.serial).toContain('The system on the hard disk.');
    if (slot === 'vda') {
      guest.type('grep virtio /proc/interrupts; fstrim -v /; echo trimmed.\n');
      expect(guest.runUntilSerial('\ntrimmed.', BOOT)).toBe('done');
      expect(guest.serial).toMatch(/PCI-MSI.*virtio0-req[^]*\d+ bytes (were )?trimmed/);
    }
    guest.type('seq 5000 > /numbers; sync; mount -o remount,ro /; md5sum /numbers; echo written.\n');
    expect(guest.runUntilSerial('\nwritten.', BOOT)).toBe('done');
    // Of `seq 5000`.
    expect(guest.serial).toContain('a5a208cd26b07cadade3450fe14d1d93');
    expect(checked(guest.media.files.get(DISK))).toBe('clean');
  });
});

/** What e2fsck finds on a disk; a system without it believes the guest. */
function checked(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return 'there is no disk';
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vivarium-disk-'));
  try {
    const file = path.join(folder, 'disk');
    writeFileSync(file, bytes);
    const { error, status, stdout } = spawnSync('e2fsck', ['-fn', file], {
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    return error !== undefined || status === 0 ? 'clean' : stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
