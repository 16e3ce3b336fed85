export const PNG_MAGIC = '89504e470d0a1a0a';
const SECTOR_BYTES = 512;
const DISKETTE_BYTES = 1_474_560;
const DISC_SECTOR_BYTES = 2048;

/**
 * A boot sector's code: prints the text that follows it through the BIOS, and halts.
 *
 *     xor ax, ax; mov ds, ax; mov si, 7c15h; next: lodsb; test al, al; jz done; mov ah, 0eh; int 10h; jmp next; done: hlt; jmp done
 */
const PRINT = [
  0x31, 0xc0, 0x8e, 0xd8, 0xbe, 0x15, 0x7c, 0xac, 0x84, 0xc0, 0x74, 0x06, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5, 0xf4, 0xeb,
  0xfd,
]; // prettier-ignore

/**
 * Reads sector 2 over and over and prints what it begins with, up to a zero byte; when the BIOS reports an error (the
 * diskette was changed) it resets the drive and tries again.
 *
 *     xor ax, ax; mov ds, ax; mov es, ax
 *     again: mov ax, 0201h; mov cx, 2; xor dx, dx; mov bx, 8000h; int 13h; jc reset
 *     mov si, bx; next: lodsb; test al, al; jz again; mov ah, 0eh; int 10h; jmp next
 *     reset: xor ax, ax; int 13h; jmp again
 */
const READ = [
  0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0,
  0xb8, 0x01, 0x02, 0xb9, 0x02, 0x00, 0x31, 0xd2, 0xbb, 0x00, 0x80, 0xcd, 0x13, 0x72, 0x0d,
  0x89, 0xde, 0xac, 0x84, 0xc0, 0x74, 0xea, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5,
  0x31, 0xc0, 0xcd, 0x13, 0xeb, 0xde,
]; // prettier-ignore

function bootSector(code: readonly number[], text = ''): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES);
  sector.set(code);
  sector.set(new TextEncoder().encode(text), code.length);
  sector.set([0x55, 0xaa], SECTOR_BYTES - 2);
  return sector;
}

/** A diskette of 1.44 MiB that prints a text when it is started. */
export function bootDiskette(text: string): Uint8Array {
  const diskette = new Uint8Array(DISKETTE_BYTES);
  diskette.set(bootSector(PRINT, text));
  return diskette;
}

/** A diskette that is read for ever: what its second sector says is printed each time. */
export function readingDiskette(text: string): Uint8Array {
  const diskette = new Uint8Array(DISKETTE_BYTES);
  diskette.set(bootSector(READ));
  diskette.set(new TextEncoder().encode(`${text} `), SECTOR_BYTES);
  return diskette;
}

/** A disc that starts by El Torito without emulation and prints a text. */
export function bootDisc(text: string): Uint8Array {
  return discWith(bootSector(PRINT, text), { mediaType: 0, loadedSectors: 4 });
}

/** El Torito's boot media types (1.0, figure 3). */
export const MEDIA_TYPE = { '1.2M': 1, '1.44M': 2, '2.88M': 3, disk: 4 } as const;

/** A disc that starts by El Torito from an image that stands for a diskette or a hard disk. */
export function emulatingDisc(image: Uint8Array, mediaType: number): Uint8Array {
  return discWith(image, { mediaType, loadedSectors: 1 });
}

/** Descriptors in sectors 16 to 18, the catalogue in sector 20, the image from sector 21 on. */
function discWith(
  image: Uint8Array,
  entry: { readonly mediaType: number; readonly loadedSectors: number },
): Uint8Array {
  const sectors = Math.max(24, 21 + Math.ceil(image.length / DISC_SECTOR_BYTES));
  const disc = new Uint8Array(sectors * DISC_SECTOR_BYTES);
  const put = (sector: number, offset: number, bytes: ArrayLike<number>): void =>
    disc.set(bytes, sector * DISC_SECTOR_BYTES + offset);
  const ascii = (value: string): Uint8Array => new TextEncoder().encode(value);
  put(16, 0, [1, ...ascii('CD001'), 1]);
  put(17, 0, [0, ...ascii('CD001'), 1, ...ascii('EL TORITO SPECIFICATION')]);
  put(17, 0x47, [20, 0, 0, 0]);
  put(18, 0, [255, ...ascii('CD001'), 1]);
  const validation = new Uint8Array(32);
  validation[0] = 1;
  validation.set([0x55, 0xaa], 30);
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum += (validation[at] ?? 0) | ((validation[at + 1] ?? 0) << 8);
  validation.set([-sum & 0xff, (-sum >> 8) & 0xff], 28);
  put(20, 0, validation);
  // Bootable, at the usual segment, so many sectors of 512 bytes, from sector 21 on.
  put(20, 32, [0x88, entry.mediaType, 0, 0, 0, 0, entry.loadedSectors, 0, 21, 0, 0, 0]);
  put(21, 0, image);
  return disc;
}

/** A BIOS of 64 KiB that says one thing on COM1, and halts. */
export function biosImage(text: string): Uint8Array {
  const bytes = new Uint8Array(0x1_0000);
  const letters = [...new TextEncoder().encode(text)];
  // mov dx, 3f8h; (mov al, letter; out dx, al) for each; hlt
  bytes.set([0xba, 0xf8, 0x03, ...letters.flatMap((letter) => [0xb0, letter, 0xee]), 0xf4], 0xfe00);
  // jmp F000:FE00
  bytes.set([0xea, 0x00, 0xfe, 0x00, 0xf0], 0xfff0);
  return bytes;
}
