import type { VgaRegisters } from '../vga/VgaRegisters.ts';

/** Writes a register of the CRT controller through the ports that answer at present. */
export function setCrtcRegister(vga: VgaRegisters, register: number, value: number): void {
  const index = vga.miscellaneousOutput & 1 ? 0x24 : 0x04;
  vga.write(index, 1, register);
  vga.write(index + 1, 1, value);
}
