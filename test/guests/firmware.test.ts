import { describe, expect, test } from 'vitest';
import { Guest, guestFile, type GuestOptions, isWithout, TIMEOUT_MS } from './guest.ts';
import { isaProfile } from '../../src-main/machine/profiles/isa.ts';
import { pcProfile } from '../../src-main/machine/profiles/pc.ts';
import { parseTyping } from '../../src-main/machine/keyboard/typing.ts';

/** Firmware that nobody here wrote, unmodified, from the reset vector on. */

const SEABIOS = { bios: 'bios-256k.bin', vgaBios: 'vgabios.bin' } as const;
const BOCHS = [
  { bios: 'bochs-legacy.bin', profile: isaProfile },
  { bios: 'bochs-latest.bin', profile: pcProfile },
] as const;
const BOCHS_VGA = 'bochs-vgabios.bin';

describe.skipIf(isWithout(...Object.values(SEABIOS)))('SeaBIOS', { timeout: TIMEOUT_MS }, () => {
  test('finds the machine, shows its boot menu, and asks for something to boot', async () => {
    const guest = await Guest.fromDrives(64, firmware(SEABIOS));
    // As soon as it listens to the keyboard, which it does while it waits for this key.
    guest.machine.inputs.type(parseTyping('{esc}'), { whenReady: true });
    expect(guest.runUntilScreen(/Select boot device/, 500_000_000)).toBe('done');
  });
});

const DISKETTE = 'grub-floppy.img';

describe.skipIf(isWithout(...BOCHS.map(({ bios }) => bios), BOCHS_VGA, DISKETTE)).each(BOCHS)(
  'Bochs’ BIOS, $bios on $profile.name',
  { timeout: TIMEOUT_MS },
  ({ bios, profile }) => {
    const options = (): GuestOptions => ({
      ...firmware({ bios, vgaBios: BOCHS_VGA }),
      profile,
      drives: { floppy: DISKETTE },
    });

    test('shows its boot menu', async () => {
      const guest = await Guest.fromDrives(64, options());
      // Again and again, as people do: it waits for the key in HLT, which takes time and hardly an instruction.
      guest.press('{wait 200}{f12}'.repeat(15));
      expect(guest.runUntilScreen(/Select boot device/, 50_000_000)).toBe('done');
    });

    test('boots a diskette to the GRUB prompt', async () => {
      const guest = await Guest.fromDrives(64, options());
      expect(guest.runUntilScreen(/^grub>/, 1_000_000_000)).toBe('done');
    });
  },
);

function firmware(files: { readonly bios: string; readonly vgaBios: string }): GuestOptions {
  return { bios: guestFile(files.bios), vgaBios: guestFile(files.vgaBios) };
}
