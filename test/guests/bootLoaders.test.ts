import { describe, expect, test } from 'vitest';
import { BOOT_PACKED, Guest, isWithout, TIMEOUT_MS } from './guest.ts';

/** Boot loaders on the machine's own BIOS, by its disk, keyboard and screen services. */

const LOADER = 500_000_000;

describe.skipIf(isWithout('grub-floppy.img', 'grub.iso'))('GRUB', { timeout: TIMEOUT_MS }, () => {
  test('comes from a diskette to its prompt, and obeys', async () => {
    const guest = await Guest.fromDrives(64, { drives: { floppy: 'grub-floppy.img' } });
    expect(guest.runUntilScreen(/^grub>/, LOADER)).toBe('done');
    guest.press('ls\n');
    expect(guest.runUntilScreen(/^\(fd0\)/, LOADER)).toBe('done');
  });

  test('comes from a CD to its menu, and loads Linux', async () => {
    const guest = await Guest.fromDrives(128, { drives: { cdrom: 'grub.iso' } });
    expect(guest.runUntilScreen(/\*Debian/, LOADER)).toBe('done');
    guest.press('\n');
    expect(guest.runUntilSerial('guest# ', BOOT_PACKED)).toBe('done');
  });

  test('comes from the same image on a hard disk, and starts a multiboot kernel', async () => {
    const guest = await Guest.fromDrives(64, { drives: { hda: 'grub.iso' } });
    expect(guest.runUntilScreen(/Invaders/, LOADER)).toBe('done');
    guest.press('{down}\n');
    expect(guest.runUntilScreen(/-\*-.*-\*-/, LOADER)).toBe('done');
  });
});

describe.skipIf(isWithout('syslinux-floppy.img', 'syslinux-disk.img'))('SYSLINUX', { timeout: TIMEOUT_MS }, () => {
  test('comes from a diskette to its prompt, and loads a memory tester', async () => {
    const guest = await Guest.fromDrives(64, { drives: { floppy: 'syslinux-floppy.img' } });
    expect(guest.runUntilScreen(/^boot:/, LOADER)).toBe('done');
    guest.press('\n');
    expect(guest.runUntilScreen(/Memtest86\+ v\d/, LOADER)).toBe('done');
  });

  test('comes from a FAT partition of a hard disk, and loads Linux', async () => {
    const guest = await Guest.fromDrives(128, { drives: { hda: 'syslinux-disk.img' } });
    expect(guest.runUntilSerial('guest# ', BOOT_PACKED)).toBe('done');
  });
});

describe.skipIf(isWithout('grub-rescue-floppy.img', 'grub-rescue-cdrom.iso'))(
  'GRUB as Debian has it to rescue with',
  { timeout: TIMEOUT_MS },
  () => {
    test.each([
      { floppy: 'grub-rescue-floppy.img' },
      { cdrom: 'grub-rescue-cdrom.iso' },
      { hda: 'grub-rescue-cdrom.iso' },
    ])('comes from %o to its menu', async (drives) => {
      const guest = await Guest.fromDrives(64, { drives });
      expect(guest.runUntilScreen(/\*GNU\/Linux/, LOADER)).toBe('done');
    });
  },
);

test.skipIf(isWithout('grub-legacy.img'))(
  'GRUB 0.97 comes from a diskette to its prompt, and finds the diskette',
  { timeout: TIMEOUT_MS },
  async () => {
    const guest = await Guest.fromDrives(64, { drives: { floppy: 'grub-legacy.img' } });
    expect(guest.runUntilScreen(/^grub>/, LOADER)).toBe('done');
    guest.press('geometry (fd0)\n');
    expect(guest.runUntilScreen(/C\/H\/S = 80\/2\/18/, LOADER)).toBe('done');
  },
);

test.skipIf(isWithout('memdisk', 'syslinux-floppy.img'))(
  'MEMDISK makes a diskette of an image in memory, and SYSLINUX starts from it',
  { timeout: TIMEOUT_MS },
  async () => {
    const guest = await Guest.kernel('memdisk', 64, { initrd: 'syslinux-floppy.img' });
    expect(guest.runUntilScreen(/Disk is fd0, 1440 K, C\/H\/S = 80\/2\/18/, LOADER)).toBe('done');
    expect(guest.runUntilScreen(/^boot:/, LOADER)).toBe('done');
    guest.press('\n');
    expect(guest.runUntilScreen(/Memtest86\+ v\d/, LOADER)).toBe('done');
  },
);
