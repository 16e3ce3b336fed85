import { describe, expect, test } from 'vitest';
import { isaProfile } from '../../src-main/machine/profiles/isa.ts';
import { microProfile } from '../../src-main/machine/profiles/micro.ts';
import { BOOT, BOOT_PACKED, Guest, isWithout, QUICK, TIMEOUT_MS } from './guest.ts';

/** Debian's unmodified i386 kernel with a busybox initial RAM disk, deterministic to the bit. */

const KERNEL = 'vmlinux-686';
const PACKED_KERNEL = 'vmlinuz-686';
const initrd = 'initrd.cpio';

describe.skipIf(isWithout(KERNEL, initrd))('Linux', { timeout: TIMEOUT_MS }, () => {
  test('obeys commands typed on its serial console, and switches 64 MiB off by ACPI', async () => {
    const guest = await Guest.kernel(KERNEL, 64, { commandLine: `console=ttyS0 ${QUICK}`, initrd });
    expect(guest.runUntilSerial('guest# ', BOOT)).toBe('done');
    guest.type('echo $((6 * 7)) apples\n');
    expect(guest.runUntilSerial('42 apples', 100_000_000)).toBe('done');
    guest.type('cat /proc/interrupts; echo done.\n');
    expect(guest.runUntilSerial('\ndone.', 100_000_000)).toBe('done');
    expect(guest.serial).toMatch(/IO-APIC +4-edge +ttyS0/);
    guest.type('poweroff -f\n');
    expect(guest.runToEnd(200_000_000)).toBe('poweroff');
  });

  test('obeys keys on its VGA console, whose screen answers, and starts over when told to', async () => {
    const guest = await Guest.kernel(KERNEL, 64, { commandLine: `console=tty0 ${QUICK}`, initrd });
    expect(guest.runUntilScreen(/^guest#/, BOOT)).toBe('done');
    guest.press('echo "Six times 7: $((6 * 7))" | tr A-Z a-z\n');
    expect(guest.runUntilScreen(/^six times 7: 42$/, 200_000_000)).toBe('done');
    guest.press('clear; uname -s\n');
    expect(guest.runUntilScreen(/^Linux$/, 200_000_000)).toBe('done');
    expect(guest.runUntilScreen(/^guest#$/, 200_000_000)).toBe('done');
    expect(guest.screen.filter((line) => line !== '')).toEqual(['Linux', 'guest#']);
    guest.press('reboot -f\n');
    expect(guest.runToEnd(200_000_000)).toBe('reset');
  });

  test.skipIf(isWithout(PACKED_KERNEL))('unpacks itself and comes up in 64 MiB, as Debian packs it', async () => {
    const guest = await Guest.kernel(PACKED_KERNEL, 64, { commandLine: `console=ttyS0 ${QUICK}`, initrd });
    expect(guest.runUntilSerial('guest# ', BOOT_PACKED)).toBe('done');
    guest.type('poweroff -f\n');
    expect(guest.runToEnd(200_000_000)).toBe('poweroff');
  });

  test('finds all of 2 GiB', async () => {
    const commandLine = `console=ttyS0 ${QUICK} guest.exit=poweroff`;
    const guest = await Guest.kernel(KERNEL, 2048, { commandLine, initrd });
    expect(guest.runToEnd(BOOT)).toBe('poweroff');
    const kib = Number(/GUEST-UP i686 (\d+) kB/.exec(guest.serial)?.[1]);
    expect(kib / 1024).toBeGreaterThan(1980);
  });

  test.each([
    { profile: isaProfile, what: 'without PCI and ACPI' },
    { profile: microProfile, what: 'with serial port, timers and interrupt controllers alone' },
  ])('comes up on the $profile.name profile, $what', async ({ profile }) => {
    const commandLine = `console=ttyS0 ${QUICK} i8042.nokbd i8042.noaux`;
    const guest = await Guest.kernel(KERNEL, 64, { commandLine, initrd }, { profile });
    expect(guest.runUntilSerial('guest# ', 2 * BOOT)).toBe('done');
    guest.type('echo $((6 * 7)) apples\n');
    expect(guest.runUntilSerial('42 apples', 100_000_000)).toBe('done');
  });
});
