import { describe, expect, test } from 'vitest';
import { parseTyping } from '../../src-main/machine/keyboard/typing.ts';
import { Guest, guestFile, haveGuests } from './guest.ts';

/** Firmware that nobody here wrote, unmodified, from the reset vector on. */

describe.skipIf(!haveGuests)('SeaBIOS', { timeout: 10 * 60_000 }, () => {
  test('finds the machine, shows its boot menu, and asks for something to boot', async () => {
    const guest = await Guest.make(64, { bios: guestFile('bios-256k.bin'), vgaBios: guestFile('vgabios.bin') });
    guest.machine.reset();
    const shows = (text: string) => (): boolean => guest.machine.screenText().some((line) => line.includes(text));
    // As soon as it listens to the keyboard, which it does while it waits for this key.
    guest.machine.type(parseTyping('{esc}'), { whenReady: true });
    expect(guest.runUntil(shows('Select boot device'), 500_000_000)).toBe('done');
  });
});
