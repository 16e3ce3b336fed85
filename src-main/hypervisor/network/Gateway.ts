import { FRAME_BYTES, MAC_BYTES } from '../../machine/network/NetworkPort.ts';
import { DHCP_PORTS, DhcpServer } from './DhcpServer.ts';
import { DNS_PORT, buildAnswer, parseQuestion } from './dns.ts';
import { BROADCAST, ETHER_TYPE, buildEthernet, macKey, parseEthernet, viewOf, type EthernetFrame } from './ethernet.ts';
import { HostRelay, type HostNetwork } from './HostRelay.ts';
import { PROTOCOL, buildIpv4, checksum, parseIpv4, type Address, type Ipv4Packet } from './ipv4.ts';
import { parseTcp } from './tcp.ts';
import { buildUdp, parseUdp, type UdpDatagram } from './udp.ts';
import type { Segment, SwitchPort } from './VirtualSwitch.ts';

/** Each segment has the same network, as each is alone: the server is 10.0.2.1, guests are from 10.0.2.16 on. */
export const NETWORK = {
  server: 0x0a00_0201,
  mask: 0xffff_ff00,
  broadcast: 0x0a00_02ff,
  firstLease: 0x0a00_0210,
  leaseCount: 200,
  domain: 'vivarium',
} as const;
/** Locally administered (IEEE 802, 8.4), and no machine's. */
const MAC_ADDRESS = Uint8Array.of(0x52, 0x55, 0x0a, 0x00, 0x02, 0x01);

const ARP_BYTES = 28;
const ARP_REQUEST = 1, ARP_REPLY = 2; // prettier-ignore
const ECHO_REQUEST = 8, ECHO_REPLY = 0; // prettier-ignore
/** Hosts whose adapters are remembered. */
const MOST_NEIGHBOURS = 1024;

export interface GatewayOptions {
  readonly segment: Segment;
  /** The way out to the host's network; undefined: the segment is closed. */
  readonly host: HostNetwork | undefined;
  /** Names of machines on the segment by adapter, for DNS. */
  readonly nameOf: (macAddress: string) => string | undefined;
}

/**
 * What a segment offers its guests at 10.0.2.1: addresses by DHCP, names by DNS (`<machine>.vivarium`), an answer
 * to ping, and, where the user allows it, the way to the host's network by address translation.
 */
export class Gateway implements SwitchPort {
  private readonly options: GatewayOptions;
  private readonly dhcp: DhcpServer;
  private readonly relay: HostRelay | undefined;
  /** Who was last seen with an address. */
  private readonly neighbours = new Map<Address, Uint8Array>();

  constructor(options: GatewayOptions) {
    this.options = options;
    this.dhcp = new DhcpServer({ ...NETWORK, hasRouter: options.host !== undefined });
    this.relay = options.host && new HostRelay(options.host, (packet) => this.sendPacket(packet));
    options.segment.plug(this);
  }

  deliver(bytes: Uint8Array): void {
    const frame = parseEthernet(bytes);
    if (frame === undefined) return;
    const destination = macKey(frame.destination);
    if (destination !== macKey(MAC_ADDRESS) && destination !== macKey(BROADCAST)) return;
    if (frame.type === ETHER_TYPE.arp) this.onArp(frame);
    else if (frame.type === ETHER_TYPE.ipv4) this.onPacket(frame);
  }

  close(): void {
    this.relay?.close();
    this.options.segment.unplug(this);
  }

  /** RFC 826. */
  private onArp({ payload }: EthernetFrame): void {
    if (payload.length < ARP_BYTES) return;
    const view = viewOf(payload);
    const sender = view.getUint32(14);
    if (view.getUint16(0) !== 1 || view.getUint16(2) !== ETHER_TYPE.ipv4) return;
    this.learn(sender, payload.slice(8, 14));
    if (view.getUint16(6) !== ARP_REQUEST || view.getUint32(24) !== NETWORK.server) return;
    const reply = payload.slice(0, ARP_BYTES);
    const replyView = viewOf(reply);
    replyView.setUint16(6, ARP_REPLY);
    reply.set(MAC_ADDRESS, 8);
    replyView.setUint32(14, NETWORK.server);
    reply.set(payload.subarray(8, 14), 18);
    replyView.setUint32(24, sender);
    this.send(payload.slice(8, 14), ETHER_TYPE.arp, reply);
  }

  private onPacket({ source, payload }: EthernetFrame): void {
    const packet = parseIpv4(payload);
    if (packet === undefined) return;
    const isForUs = packet.destination === NETWORK.server || isBroadcast(packet.destination);
    if (isWithin(packet.source)) this.learn(packet.source, source.slice());
    if (packet.protocol === PROTOCOL.udp) this.onDatagram(packet, source, isForUs);
    else if (packet.protocol === PROTOCOL.icmp && packet.destination === NETWORK.server) this.onEcho(packet);
    else if (packet.protocol === PROTOCOL.tcp && !isForUs && !isWithin(packet.destination)) {
      const segment = parseTcp(packet);
      if (segment !== undefined) this.relay?.tcp(segment);
    }
  }

  private onDatagram(packet: Ipv4Packet, adapter: Uint8Array, isForUs: boolean): void {
    const datagram = parseUdp(packet);
    if (datagram === undefined) return;
    if (!isForUs) {
      if (!isWithin(packet.destination)) this.relay?.udp(datagram);
    } else if (datagram.destination.port === DHCP_PORTS.server) {
      this.onDhcp(datagram, adapter);
    } else if (datagram.destination.port === DNS_PORT && packet.destination === NETWORK.server) {
      this.onDns(datagram);
    }
  }

  private onDhcp({ data }: UdpDatagram, adapter: Uint8Array): void {
    const reply = this.dhcp.answer(data);
    if (reply === undefined) return;
    // Clients without an address hear broadcasts and what is sent to their adapter.
    const packet = buildUdp({
      source: { address: NETWORK.server, port: DHCP_PORTS.server },
      destination: { address: 0xffff_ffff, port: DHCP_PORTS.client },
      data: reply,
    });
    this.send(adapter.slice(), ETHER_TYPE.ipv4, packet);
  }

  private onDns(datagram: UdpDatagram): void {
    const question = parseQuestion(datagram.data);
    if (question === undefined) return;
    const address = this.addressOf(question.name);
    const isOurs = !question.name.includes('.') || question.name.endsWith(`.${NETWORK.domain}`);
    if (address === undefined && !isOurs && this.relay?.nameQuery(datagram)) return;
    const data = buildAnswer(datagram.data, question, address);
    this.sendPacket(buildUdp({ source: datagram.destination, destination: datagram.source, data }));
  }

  /** `gateway`, a machine's name, or what a guest calls itself; with or without the domain. */
  private addressOf(name: string): Address | undefined {
    const bare = name.endsWith(`.${NETWORK.domain}`) ? name.slice(0, -NETWORK.domain.length - 1) : name;
    if (bare === 'gateway') return NETWORK.server;
    const leases = [...this.dhcp.known];
    const byMachine = leases.find(({ macAddress }) => this.options.nameOf(macKey(macAddress))?.toLowerCase() === bare);
    return (byMachine ?? leases.find(({ hostName }) => hostName !== '' && hostName === bare))?.address;
  }

  private onEcho({ source, destination, payload }: Ipv4Packet): void {
    if (payload[0] !== ECHO_REQUEST || checksum(payload) !== 0) return;
    const reply = payload.slice();
    const view = viewOf(reply);
    reply[0] = ECHO_REPLY;
    view.setUint16(2, 0);
    view.setUint16(2, checksum(reply));
    this.sendPacket(buildIpv4({ source: destination, destination: source, protocol: PROTOCOL.icmp, payload: reply }));
  }

  private sendPacket(packet: Uint8Array): void {
    const adapter = this.neighbours.get(viewOf(packet).getUint32(16));
    if (adapter !== undefined) this.send(adapter, ETHER_TYPE.ipv4, packet);
  }

  private send(destination: Uint8Array, type: number, payload: Uint8Array): void {
    // A datagram from outside that is larger than a frame is lost: there are no fragments here.
    if (payload.length > FRAME_BYTES.most - FRAME_BYTES.header) return;
    this.options.segment.send(this, buildEthernet(destination, MAC_ADDRESS, type, payload));
  }

  private learn(address: Address, adapter: Uint8Array): void {
    if (adapter.length !== MAC_BYTES || (this.neighbours.size >= MOST_NEIGHBOURS && !this.neighbours.has(address)))
      return;
    this.neighbours.set(address, adapter);
  }
}

function isWithin(address: Address): boolean {
  return (address & NETWORK.mask) >>> 0 === (NETWORK.server & NETWORK.mask) >>> 0;
}

function isBroadcast(address: Address): boolean {
  return address === 0xffff_ffff || address === NETWORK.broadcast;
}
