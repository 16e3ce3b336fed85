import { expect, test } from 'vitest';
import { BOOT, Guest, isWithout, QUICK, TIMEOUT_MS } from './guest.ts';

/** The shortest boot of a real system, a third of a thousand million instructions: part of each `npm test`. */
test.skipIf(isWithout('vmlinux-pae', 'initrd.cpio'))(
  'Debian’s PAE kernel starts by its PVH entry, runs a program and switches the machine off',
  { timeout: TIMEOUT_MS },
  async () => {
    const commandLine = `console=ttyS0 ${QUICK} guest.run=echo+$((6*7))+apples guest.exit=poweroff`;
    const guest = await Guest.kernel('vmlinux-pae', 128, { commandLine, initrd: 'initrd.cpio' });
    expect(guest.runToEnd(BOOT)).toBe('poweroff');
    expect(guest.serial).toMatch(/GUEST-UP i686 \d+ kB\r\n42 apples\r\nGUEST-RAN 0\r\n/);
  },
);
