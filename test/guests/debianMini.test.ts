import { expect, test } from 'vitest';
import { buildDebianMini } from '../../src-main/hypervisor/appliances/DebianMini.ts';
import { BOOT_PACKED, Guest, guestPath, TIMEOUT_MS } from './guest.ts';

/** The window's recipe, whole: from the host's package archive to a shell on screen and console. */
test('“Debian mini” builds itself and starts to a shell', { timeout: TIMEOUT_MS }, async ({ skip }) => {
  const steps: string[] = [];
  const built = await buildDebianMini(guestPath('debian-mini'), new AbortController().signal, (step) => {
    if (step !== steps.at(-1)) steps.push(step);
  });
  if (built.ok !== true) return skip(built.ok === false ? built.error.message : 'cancelled');
  expect(steps).toEqual(['archive', 'kernel', 'programs', 'unpack', 'pack']);

  const { memoryMiB = 0, program } = built.value;
  if (program?.kind !== 'bytes' || program.initrd?.kind !== 'bytes') throw new Error('the recipe makes no kernel');
  const start = { commandLine: program.commandLine ?? '', initrd: program.initrd.bytes };
  const guest = await Guest.program(program.bytes, memoryMiB, start);
  expect(guest.runUntilSerial('Switch off: poweroff', BOOT_PACKED)).toBe('done');
  expect(guest.runUntilScreen(/You are root\. Disks: .*Switch off: poweroff/, BOOT_PACKED)).toBe('done');
  guest.type('echo $((6*7)) modules: $(lsmod | grep -c -e ^ata_piix -e ^ext4)\n');
  expect(guest.runUntilSerial('42 modules: 2', BOOT_PACKED)).toBe('done');
  guest.press('poweroff{enter}');
  expect(guest.runToEnd(BOOT_PACKED)).toBe('poweroff');
});
