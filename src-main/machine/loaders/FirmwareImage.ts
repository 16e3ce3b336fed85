import { MOST_BIOS_BYTES } from '../images/recogniseFirmware.ts';

/** A BIOS is as large as the chips it comes in. */
const LEAST_BYTES = 8 * 1024;
/** Where the processor starts: this far below the image's end (SDM vol. 3A, 10.1.4). */
const RESET_VECTOR_FROM_END = 16;
const JMP_FAR = 0xea,
  JMP_NEAR = 0xe9;
const MEBIBYTE = 0x10_0000;

/**
 * Whether a file is the image of a BIOS or of a test that takes a BIOS's place: a chip's size, with a jump into the
 * image itself where the processor starts.
 */
export function isFirmwareImage(bytes: Uint8Array): boolean {
  const { length } = bytes;
  const isChipSize = length >= LEAST_BYTES && length <= MOST_BIOS_BYTES && (length & (length - 1)) === 0;
  if (!isChipSize) return false;
  const at = length - RESET_VECTOR_FROM_END;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  switch (bytes[at]) {
    case JMP_FAR: {
      const target = view.getUint16(at + 3, true) * 16 + view.getUint16(at + 1, true);
      return target >= MEBIBYTE - Math.min(length, 0x2_0000) && target < MEBIBYTE - RESET_VECTOR_FROM_END;
    }
    case JMP_NEAR: {
      const displacement = view.getInt16(at + 1, true);
      return displacement < -RESET_VECTOR_FROM_END && at + 3 + displacement >= 0;
    }
    default:
      return false;
  }
}
