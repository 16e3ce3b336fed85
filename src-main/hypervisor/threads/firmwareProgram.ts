import { isBios, isVgaBios, MOST_BIOS_BYTES } from '../../machine/images/recogniseFirmware.ts';
import { sizeText } from '../../machine/loaders/Refusal.ts';
import type { FirmwareImages } from '../FirmwareShadow.ts';
import type { RefusalText } from '../types.ts';
import type { ThreadProgram } from './ThreadMachine.ts';

type FirmwareCheck =
  | { readonly kind: 'firmware'; readonly summary: string }
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly text: RefusalText;
      readonly problems: readonly never[];
    };

/** Whether a program is no program at all, but takes the place of the machine's own BIOS. */
export function isFirmware({ options }: ThreadProgram): boolean {
  return options.format === 'bios';
}

/** What a machine with such a program is made with. */
export function firmwareOf(program: ThreadProgram | null): FirmwareImages | undefined {
  if (program === null || !isFirmware(program)) return undefined;
  return { bios: program.bytes, ...(program.vgaBios && { vgaBios: program.vgaBios }) };
}

/** Looks whether images are what they are said to be. */
export function checkFirmware({
  bytes,
  fileName,
  vgaBios,
}: Pick<ThreadProgram, 'bytes' | 'fileName' | 'vgaBios'>): FirmwareCheck {
  if (!isBios(bytes)) {
    const message = `${fileName} is no BIOS image for this PC: it has up to ${sizeText(MOST_BIOS_BYTES)}, a multiple of 64 KiB, ends with a jump at the reset vector, and is not EFI’s.`;
    const values = { name: fileName, most: sizeText(MOST_BIOS_BYTES) };
    return { kind: 'refused', message, text: { id: 'no-bios-image', values }, problems: [] };
  }
  if (vgaBios && !isVgaBios(vgaBios)) {
    const message = "The display adapter's firmware is none: it does not begin with the bytes 55h AAh and its length.";
    return { kind: 'refused', message, text: { id: 'no-vga-bios-image' }, problems: [] };
  }
  const display = vgaBios ? 'with a VGA BIOS' : 'without a VGA BIOS';
  return { kind: 'firmware', summary: `BIOS image, ${sizeText(bytes.length)}, ${display}` };
}
