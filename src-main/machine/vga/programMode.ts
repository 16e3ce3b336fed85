import { dacOf, type VgaMode } from './vgaModes.ts';
import type { VgaRegisters } from './VgaRegisters.ts';

/** Offsets of the index registers, as {@link VgaRegisters} counts them; data is one higher. */
const SEQUENCER = 0x14;
const GRAPHICS = 0x1e;
const ATTRIBUTE = 0x10;
const MISCELLANEOUS = 0x12;
const DAC_MASK = 0x16;
const DAC_WRITE_INDEX = 0x18;
const DAC_DATA = 0x19;
const DISPLAY_ON = 0x20;
const CRTC_PROTECTION = 0x11;

/** Writes a mode's values into the registers, as the video BIOS does; the DAC unless `keepsDac`. */
export function programMode(vga: VgaRegisters, mode: VgaMode, keepsDac = false): void {
  const isColour = (mode.misc & 1) !== 0;
  const crtc = isColour ? 0x24 : 0x04;
  const status = isColour ? 0x2a : 0x0a;
  const pair = (index: number, register: number, value: number): void => {
    vga.write(index, 1, register);
    vga.write(index + 1, 1, value);
  };
  vga.write(MISCELLANEOUS, 1, mode.misc);
  mode.sequencer.forEach((value, register) => pair(SEQUENCER, register, value));
  // Registers 0 to 7 can be written only while the protection is off; the table turns it on again.
  pair(crtc, CRTC_PROTECTION, 0);
  mode.crtc.forEach((value, register) => pair(crtc, register, value));
  mode.graphics.forEach((value, register) => pair(GRAPHICS, register, value));
  vga.read(status);
  mode.attribute.forEach((value, register) => {
    vga.write(ATTRIBUTE, 1, register);
    vga.write(ATTRIBUTE, 1, value);
  });
  vga.write(ATTRIBUTE, 1, DISPLAY_ON);
  if (keepsDac) return;
  vga.write(DAC_MASK, 1, 0xff);
  vga.write(DAC_WRITE_INDEX, 1, 0);
  for (const component of dacOf(mode.dac)) vga.write(DAC_DATA, 1, component);
}
