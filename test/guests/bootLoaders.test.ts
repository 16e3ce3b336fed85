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
