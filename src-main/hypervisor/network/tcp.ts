import { viewOf } from './ethernet.ts';
import { PROTOCOL, buildIpv4, checksum, pseudoHeaderSum, type Ipv4Packet } from './ipv4.ts';
import type { Endpoint } from './udp.ts';

export const TCP = { fin: 1, syn: 2, reset: 4, push: 8, acknowledge: 16 } as const;
const HEADER_BYTES = 20;
/** The largest segment that fits an Ethernet frame without options. */
export const SEGMENT_BYTES = 1460;

/** A TCP segment (RFC 9293, 3.1). Sequence numbers are unsigned 32-bit numbers. */
export interface TcpSegment {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly data: Uint8Array;
}

export function parseTcp(packet: Ipv4Packet): TcpSegment | undefined {
  const { payload } = packet;
  if (payload.length < HEADER_BYTES) return undefined;
  const view = viewOf(payload);
  const headerBytes = 4 * ((payload[12] ?? 0) >> 4);
  if (headerBytes < HEADER_BYTES || headerBytes > payload.length) return undefined;
  if (checksum(payload, pseudoHeaderSum(packet, payload.length)) !== 0) return undefined;
  return {
    source: { address: packet.source, port: view.getUint16(0) },
    destination: { address: packet.destination, port: view.getUint16(2) },
    sequence: view.getUint32(4),
    acknowledgement: view.getUint32(8),
    flags: payload[13] ?? 0,
    window: view.getUint16(14),
    data: payload.subarray(headerBytes),
  };
}

/** The segment in its IPv4 packet; one with SYN names the largest segment. */
export function buildTcp(segment: TcpSegment): Uint8Array {
  const { source, destination, data, flags } = segment;
  const optionBytes = flags & TCP.syn ? 4 : 0;
  const payload = new Uint8Array(HEADER_BYTES + optionBytes + data.length);
  const view = viewOf(payload);
  view.setUint16(0, source.port);
  view.setUint16(2, destination.port);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, segment.acknowledgement);
  payload[12] = ((HEADER_BYTES + optionBytes) / 4) << 4;
  payload[13] = flags;
  view.setUint16(14, segment.window);
  if (optionBytes > 0) {
    view.setUint16(20, 0x0204);
    view.setUint16(22, SEGMENT_BYTES);
  }
  payload.set(data, HEADER_BYTES + optionBytes);
  const addresses = { source: source.address, destination: destination.address, protocol: PROTOCOL.tcp };
  view.setUint16(16, checksum(payload, pseudoHeaderSum(addresses, payload.length)));
  return buildIpv4({ ...addresses, payload });
}

/** `a - b` of sequence numbers, signed: how far `a` is ahead (RFC 9293, 3.4). */
export function sequenceDistance(a: number, b: number): number {
  return (a - b) | 0;
}
