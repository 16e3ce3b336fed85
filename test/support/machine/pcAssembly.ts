/** 16-bit assembly by which a test sets a PC up. */

/** Vectors 20h and 28h; `mask` of the master, everything masked on the slave but what `slaveMask` leaves. */
export const pics = (mask: number, slaveMask = 0xff): string => `
  mov al, 0x11
  out 0x20, al
  out 0xa0, al
  mov al, 0x20
  out 0x21, al
  mov al, 0x28
  out 0xa1, al
  mov al, 4
  out 0x21, al
  mov al, 2
  out 0xa1, al
  mov al, 1
  out 0x21, al
  out 0xa1, al
  mov al, ${mask}
  out 0x21, al
  mov al, ${slaveMask}
  out 0xa1, al
`;

/** A handler in segment 0, of a machine in real mode with DS = 0. */
export const vector = (number: number, handler: string): string => `
  mov word [${number * 4}], ${handler}
  mov word [${number * 4 + 2}], 0
`;

/** Channel 0, mode 2. */
export const pit = (count: number): string => `
  mov al, 0x34
  out 0x43, al
  mov al, ${count & 0xff}
  out 0x40, al
  mov al, ${count >> 8}
  out 0x40, al
`;
