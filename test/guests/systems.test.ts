import { describe, expect, test } from 'vitest';
import { Guest, isWithout, TIMEOUT_MS } from './guest.ts';

/** Other systems of Debian's archive, unmodified. */

describe('other systems', { timeout: TIMEOUT_MS }, () => {
  test.skipIf(isWithout('memtest.bin'))('Memtest86+ tests all memory and finds no error', async () => {
    const guest = await Guest.kernel('memtest.bin', 8);
    // The tenth only looks whether bits fade, for 160 seconds of an idle loop.
    expect(guest.runUntilScreen(/Test #10 /, 12_000_000_000)).toBe('done');
    expect(guest.screen.join('\n')).toMatch(/Errors: 0/);
  });

  test.skipIf(isWithout('gnumach'))('GNU Mach finds the disk and asks for its servers', async () => {
    const guest = await Guest.kernel('gnumach', 64, {}, { drives: isWithout('root.ext4') ? {} : { hda: 'root.ext4' } });
    expect(guest.runUntilScreen(/No bootstrap code loaded/, 1_000_000_000)).toBe('done');
    expect(guest.screen.join('\n')).toMatch(/hd0: VIVARIUM/);
  });

  test.skipIf(isWithout('invaders'))('GRUB invaders attack', async () => {
    const guest = await Guest.kernel('invaders', 16);
    expect(guest.runUntilScreen(/-\*-.*-\*-/, 500_000_000)).toBe('done');
  });

  test.skipIf(isWithout('ipxe.iso'))('iPXE comes from its CD to its prompt', async () => {
    const guest = await Guest.fromDrives(64, { drives: { cdrom: 'ipxe.iso' } });
    expect(guest.runUntilScreen(/Press Ctrl-B/, 2_000_000_000)).toBe('done');
  });

  test.skipIf(isWithout('ipxe.lkrn'))('iPXE comes as a kernel that starts in real mode alone', async () => {
    const guest = await Guest.kernel('ipxe.lkrn', 64);
    expect(guest.runUntilScreen(/Press Ctrl-B/, 2_000_000_000)).toBe('done');
  });
});
