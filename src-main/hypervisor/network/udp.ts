import { viewOf } from './ethernet.ts';
import { PROTOCOL, buildIpv4, checksum, pseudoHeaderSum, type Address, type Ipv4Packet } from './ipv4.ts';

const HEADER_BYTES = 8;

export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** A UDP datagram (RFC 768). */
export interface UdpDatagram {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly data: Uint8Array;
}

export function parseUdp(packet: Ipv4Packet): UdpDatagram | undefined {
  const { payload } = packet;
  if (payload.length < HEADER_BYTES) return undefined;
  const view = viewOf(payload);
  const length = view.getUint16(4);
  if (length < HEADER_BYTES || length > payload.length) return undefined;
  const datagram = payload.subarray(0, length);
  if (view.getUint16(6) !== 0 && checksum(datagram, pseudoHeaderSum(packet, length)) !== 0) return undefined;
  return {
    source: { address: packet.source, port: view.getUint16(0) },
    destination: { address: packet.destination, port: view.getUint16(2) },
    data: datagram.subarray(HEADER_BYTES),
  };
}

/** The datagram in its IPv4 packet. */
export function buildUdp({ source, destination, data }: UdpDatagram): Uint8Array {
  const payload = new Uint8Array(HEADER_BYTES + data.length);
  const view = viewOf(payload);
  view.setUint16(0, source.port);
  view.setUint16(2, destination.port);
  view.setUint16(4, payload.length);
  payload.set(data, HEADER_BYTES);
  const addresses = { source: source.address, destination: destination.address, protocol: PROTOCOL.udp };
  // A sum of 0 is sent as all ones: 0 says that there is none.
  view.setUint16(6, checksum(payload, pseudoHeaderSum(addresses, payload.length)) || 0xffff);
  return buildIpv4({ ...addresses, payload });
}
