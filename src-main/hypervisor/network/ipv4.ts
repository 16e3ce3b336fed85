import { viewOf } from './ethernet.ts';

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;
const HEADER_BYTES = 20;
const TIME_TO_LIVE = 64;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

/** An IPv4 address as an unsigned 32-bit number, 10.0.0.1 being 0x0a000001. */
export type Address = number;

/** An IPv4 packet (RFC 791, 3.1) without options; its payload is a window on the packet. */
export interface Ipv4Packet {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

export function formatAddress(address: Address): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** undefined for what is damaged, or a fragment: guests here send whole packets. */
export function parseIpv4(bytes: Uint8Array): Ipv4Packet | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const headerBytes = 4 * ((bytes[0] ?? 0) & 15);
  const total = view.getUint16(2);
  if ((bytes[0] ?? 0) >> 4 !== 4 || headerBytes < HEADER_BYTES || total < headerBytes || total > bytes.length) {
    return undefined;
  }
  if (view.getUint16(6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) return undefined;
  if (checksum(bytes.subarray(0, headerBytes)) !== 0) return undefined;
  return {
    source: view.getUint32(12),
    destination: view.getUint32(16),
    protocol: bytes[9] ?? 0,
    payload: bytes.subarray(headerBytes, total),
  };
}

export function buildIpv4({ source, destination, protocol, payload }: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = viewOf(bytes);
  bytes[0] = 0x45;
  view.setUint16(2, bytes.length);
  bytes[8] = TIME_TO_LIVE;
  bytes[9] = protocol;
  view.setUint32(12, source);
  view.setUint32(16, destination);
  view.setUint16(10, checksum(bytes.subarray(0, HEADER_BYTES)));
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** The Internet checksum (RFC 1071): 0 over what contains its own. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  let sum = initial;
  const view = viewOf(bytes);
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) sum += view.getUint16(at);
  if (even !== bytes.length) sum += (bytes[even] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The sum of the pseudo header that UDP and TCP include in their checksums (RFC 768, RFC 793 3.1). */
export function pseudoHeaderSum(
  { source, destination, protocol }: Omit<Ipv4Packet, 'payload'>,
  length: number,
): number {
  return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length;
}
