import { describe, expect, test } from 'vitest';
import { isaProfile } from '../../src-main/machine/profiles/isa.ts';
import { microProfile } from '../../src-main/machine/profiles/micro.ts';
import { Guest, haveGuests } from './guest.ts';

/** Debian's unmodified i386 kernels with a busybox initial RAM disk, deterministic to the bit. */

const QUICK = 'console=ttyS0 quiet cryptomgr.notests noisapnp';
const BOOT = 1_500_000_000;
const TIMEOUT_MS = 20 * 60_000;

describe.skipIf(!haveGuests)('Linux', { timeout: TIMEOUT_MS }, () => {
  test.each([
    { kernel: 'vmlinux-686', what: 'by the 32-bit boot protocol', memoryMiB: 64 },
    { kernel: 'vmlinux-pae', what: 'with PAE, by its PVH entry', memoryMiB: 128 },
    { kernel: 'vmlinux-686', what: 'with 2 GiB', memoryMiB: 2048 },
  ])('$kernel $what comes up, and switches the machine off by ACPI', async ({ kernel, memoryMiB }) => {
    const guest = await Guest.linux(kernel, memoryMiB, `${QUICK} guest.exit=poweroff`);
    expect(guest.runUntil(() => false, BOOT)).toBe('poweroff');
    expect(guest.serial).toMatch(/GUEST-UP i686 \d+ kB/);
    const kib = Number(/GUEST-UP i686 (\d+) kB/.exec(guest.serial)?.[1]);
    expect(kib / 1024).toBeGreaterThan(memoryMiB * 0.6 - 20);
  });

  test('obeys commands that are typed on its serial console', async () => {
    const guest = await Guest.linux('vmlinux-686', 64, QUICK);
    expect(guest.runUntilSerial('guest# ', BOOT)).toBe('done');
    guest.type('echo $((6 * 7)) apples\n');
    expect(guest.runUntilSerial('42 apples', 100_000_000)).toBe('done');
    guest.type('cat /proc/interrupts; echo done.\n');
    expect(guest.runUntilSerial('\ndone.', 100_000_000)).toBe('done');
    expect(guest.serial).toMatch(/IO-APIC +4-edge +ttyS0/);
    guest.type('reboot -f\n');
    expect(guest.runUntil(() => false, 200_000_000)).toBe('reset');
  });

  test.each([
    { profile: isaProfile, what: 'without PCI and ACPI' },
    { profile: microProfile, what: 'with serial port, timers and interrupt controllers alone' },
  ])('comes up on the $profile.name profile, $what', async ({ profile }) => {
    const guest = await Guest.linux('vmlinux-686', 64, `${QUICK} nolapic i8042.nokbd i8042.noaux`, { profile });
    expect(guest.runUntilSerial('GUEST-UP i686', 2 * BOOT)).toBe('done');
  });

  test('shows its console on the screen', async () => {
    const guest = await Guest.linux('vmlinux-686', 64, 'console=tty0 quiet cryptomgr.notests noisapnp');
    const hasPrompt = (): boolean => guest.machine.screenText().some((line) => line.startsWith('guest# '));
    expect(guest.runUntil(hasPrompt, BOOT)).toBe('done');
  });
});
