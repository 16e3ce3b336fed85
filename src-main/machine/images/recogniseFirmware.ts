/** Firmware ends below 4 GiB, at the reset vector: a jump in its last 16 bytes (SDM vol. 3A, 10.1.4). */
const RESET_VECTOR_BYTES = 16;
const FAR_JUMP = 0xea, NEAR_JUMP = 0xe9, SHORT_JUMP = 0xeb; // prettier-ignore
const BIOS_UNIT_BYTES = 0x1_0000;
/** The largest chip: below its place are APICs, timers and PCI functions. */
export const MOST_BIOS_BYTES = 0x100_0000;
/** Images of EFI firmware begin with a volume's header (UEFI PI Specification, vol. 3, 3.2.1). */
const EFI_VOLUME = { at: 40, text: '_FVH' } as const;
/** Option ROMs count in these (PCI Firmware Specification 3.0, 5.1.2). */
const ROM_UNIT_BYTES = 512;
const MOST_VGA_BIOS_BYTES = 0x1_0000;
/** Programs look for these letters to know a VGA BIOS, as in IBM's own. */
const IBM = { at: 0x1e, text: 'IBM' } as const;

/** Whether these are the bytes of a BIOS that can take the place of the machine's own: EFI firmware is none. */
export function isBios(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > MOST_BIOS_BYTES || bytes.length % BIOS_UNIT_BYTES !== 0) return false;
  if (holds(bytes, EFI_VOLUME)) return false;
  const first = bytes[bytes.length - RESET_VECTOR_BYTES];
  return first === FAR_JUMP || first === NEAR_JUMP || first === SHORT_JUMP;
}

/** Whether these are the bytes of a display adapter's firmware. */
export function isVgaBios(bytes: Uint8Array): boolean {
  if (bytes.length > MOST_VGA_BIOS_BYTES || bytes[0] !== 0x55 || bytes[1] !== 0xaa) return false;
  const length = (bytes[2] ?? 0) * ROM_UNIT_BYTES;
  return length > 0 && length <= bytes.length;
}

/** Whether an option ROM says itself that it is a display adapter's. */
export function saysVga(bytes: Uint8Array): boolean {
  return isVgaBios(bytes) && holds(bytes, IBM);
}

function holds(bytes: Uint8Array, { at, text }: { readonly at: number; readonly text: string }): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + text.length)) === text;
}
