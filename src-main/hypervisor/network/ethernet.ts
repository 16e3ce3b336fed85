import { FRAME_BYTES, MAC_BYTES } from '../../machine/network/NetworkPort.ts';

export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806 } as const;
export const BROADCAST = Uint8Array.of(255, 255, 255, 255, 255, 255);

/** An Ethernet II frame (IEEE 802.3, 3.2.6), its payload a window on the frame. */
export interface EthernetFrame {
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly type: number;
  readonly payload: Uint8Array;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** undefined for what is too short to be a frame. */
export function parseEthernet(bytes: Uint8Array): EthernetFrame | undefined {
  if (bytes.length < FRAME_BYTES.header) return undefined;
  return {
    destination: bytes.subarray(0, MAC_BYTES),
    source: bytes.subarray(MAC_BYTES, 2 * MAC_BYTES),
    type: viewOf(bytes).getUint16(12),
    payload: bytes.subarray(FRAME_BYTES.header),
  };
}

export function buildEthernet(
  destination: Uint8Array,
  source: Uint8Array,
  type: number,
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(Math.max(FRAME_BYTES.least, FRAME_BYTES.header + payload.length));
  bytes.set(destination);
  bytes.set(source, MAC_BYTES);
  viewOf(bytes).setUint16(12, type);
  bytes.set(payload, FRAME_BYTES.header);
  return bytes;
}

/** An address as a key of maps: `52:54:00:12:34:56`. */
export function macKey(address: Uint8Array): string {
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function isGroupAddress(address: Uint8Array): boolean {
  return ((address[0] ?? 0) & 1) !== 0;
}
