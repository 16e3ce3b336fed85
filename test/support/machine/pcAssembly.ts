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

/** The first disk gets a command for one of its first 256 sectors; {@link ATA_READY} belongs to it. */
export const ataCommand = (command: number, sector: number): string => `
  mov dx, 0x1f6
  mov al, 0xe0
  out dx, al
  mov dx, 0x1f2
  mov al, 1
  out dx, al
  inc dx
  mov al, ${sector}
  out dx, al
  inc dx
  xor al, al
  out dx, al
  inc dx
  out dx, al
  mov dx, 0x1f7
  mov al, ${command}
  out dx, al
  call ata_ready
  mov dx, 0x1f0
`;

/** Waits until the first channel's drive is no longer busy; DX and AL are its. */
export const ATA_READY = `
ata_ready: mov dx, 0x1f7
.busy: in al, dx
  test al, 0x80
  jnz .busy
  ret
`;

/** ATA-8 ACS, READ SECTOR(S) and WRITE SECTOR(S). */
export const ATA = { readSectors: 0x20, writeSectors: 0x30 } as const;
