import {
  BROADCAST,
  ETHER_TYPE,
  buildEthernet,
  parseEthernet,
  viewOf,
} from '../../../src-main/hypervisor/network/ethernet.ts';
import { parseIpv4, type Ipv4Packet } from '../../../src-main/hypervisor/network/ipv4.ts';
import { parseTcp, type TcpSegment } from '../../../src-main/hypervisor/network/tcp.ts';
import { parseUdp, type UdpDatagram } from '../../../src-main/hypervisor/network/udp.ts';
import type { Segment, SwitchPort } from '../../../src-main/hypervisor/network/VirtualSwitch.ts';

/** A machine on a segment that the test plays by hand. */
export class TestGuest implements SwitchPort {
  readonly macAddress: Uint8Array;
  readonly frames: Uint8Array[] = [];
  onPacket: (packet: Ipv4Packet) => void = () => undefined;
  private readonly segment: Segment;

  constructor(segment: Segment, last: number) {
    this.macAddress = Uint8Array.of(0x52, 0x54, 0, 0, 0, last);
    this.segment = segment;
    segment.plug(this);
  }

  deliver(frame: Uint8Array): void {
    this.frames.push(frame);
    const packet = this.packetOf(frame);
    if (packet !== undefined) this.onPacket(packet);
  }

  send(type: number, payload: Uint8Array, destination: Uint8Array = BROADCAST): void {
    this.segment.send(this, buildEthernet(destination, this.macAddress, type, payload));
  }

  sendPacket(packet: Uint8Array): void {
    this.send(ETHER_TYPE.ipv4, packet);
  }

  /** The last datagram received. */
  datagram(): UdpDatagram | undefined {
    const packet = this.lastPacket();
    return packet && parseUdp(packet);
  }

  lastPacket(): Ipv4Packet | undefined {
    const frame = this.frames.at(-1);
    return frame && this.packetOf(frame);
  }

  private packetOf(bytes: Uint8Array): Ipv4Packet | undefined {
    const frame = parseEthernet(bytes);
    return frame?.type === ETHER_TYPE.ipv4 ? parseIpv4(frame.payload) : undefined;
  }
}

export function segmentOf(packet: Ipv4Packet): TcpSegment | undefined {
  return packet.protocol === 6 ? parseTcp(packet) : undefined;
}

/** An ARP request for `target` (RFC 826). */
export function arpRequest(guest: TestGuest, sender: number, target: number): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = viewOf(bytes);
  view.setUint16(0, 1);
  view.setUint16(2, 0x0800);
  bytes.set([6, 4, 0, 1], 4);
  bytes.set(guest.macAddress, 8);
  view.setUint32(14, sender);
  view.setUint32(24, target);
  return bytes;
}

/** A DHCP message with the given options. */
export function dhcpMessage(guest: TestGuest, options: readonly number[], clientAddress = 0): Uint8Array {
  const bytes = new Uint8Array(240 + options.length + 1);
  const view = viewOf(bytes);
  bytes.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  view.setUint32(12, clientAddress);
  bytes.set(guest.macAddress, 28);
  view.setUint32(236, 0x6382_5363);
  bytes.set([...options, 255], 240);
  return bytes;
}
