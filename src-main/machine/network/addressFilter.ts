import { MAC_BYTES } from './NetworkPort.ts';

const CRC_POLYNOMIAL = 0x04c1_1db7;

export function isBroadcast(frame: Uint8Array): boolean {
  return frame.subarray(0, MAC_BYTES).every((byte) => byte === 0xff);
}

/** The group bit of the destination: broadcasts are multicasts, too. */
export function isMulticast(frame: Uint8Array): boolean {
  return ((frame[0] ?? 0) & 1) !== 0;
}

/** Whether a 64-bit hash filter takes the destination: indexed by the upper 6 bits of the address's CRC (DP8390D, 10.0). */
export function acceptsMulticast(filter: Uint8Array, frame: Uint8Array): boolean {
  const index = ethernetCrc(frame.subarray(0, MAC_BYTES)) >>> 26;
  return (((filter[index >> 3] ?? 0) >> (index & 7)) & 1) !== 0;
}

/** CRC-32 of IEEE 802.3, 3.2.9, most significant bit first and not complemented, as the chip's filter uses it. */
function ethernetCrc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const carry = ((crc >>> 31) ^ (byte >> bit)) & 1;
      crc = carry ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1;
    }
  }
  return crc >>> 0;
}
