import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { formatAddress, type Address } from './ipv4.ts';
import { TCP, buildTcp, type TcpSegment } from './tcp.ts';
import { TcpConnection } from './TcpConnection.ts';
import { buildUdp, type Endpoint, type UdpDatagram } from './udp.ts';

const MOST_CONNECTIONS = 512;
const MOST_UDP_FLOWS = 256;
/** A flow of datagrams that nothing has passed for so long is forgotten (RFC 4787, REQ-5). */
const UDP_IDLE_MS = 120_000;

/** How guests reach the host's network; replaced in tests. */
export interface HostNetwork {
  connect(address: string, port: number): Socket;
  nameServer(): { readonly address: string; readonly port: number } | undefined;
}

export const hostNetwork: HostNetwork = {
  // The guest may go on when the other end has said its last.
  connect: (address, port) => connect({ host: address, port, allowHalfOpen: true }),
  nameServer: () => {
    const server = getServers().find((each) => /^\d+\.\d+\.\d+\.\d+$/.test(each));
    return server === undefined ? undefined : { address: server, port: 53 };
  },
};

interface UdpFlow {
  readonly socket: UdpSocket;
  timer: NodeJS.Timeout;
}

/** Carries guests' connections and datagrams to the host's network and back, by the host's own sockets. */
export class HostRelay {
  private readonly network: HostNetwork;
  /** An IPv4 packet for a guest. */
  private readonly toGuest: (packet: Uint8Array) => void;
  private readonly connections = new Map<string, TcpConnection>();
  private readonly flows = new Map<string, UdpFlow>();
  private nextSequence = 0x1000_0000;

  constructor(network: HostNetwork, toGuest: (packet: Uint8Array) => void) {
    this.network = network;
    this.toGuest = toGuest;
  }

  /** A guest's segment for an address outside. */
  tcp(segment: TcpSegment): void {
    const key = `${keyOf(segment.source)}>${keyOf(segment.destination)}`;
    const known = this.connections.get(key);
    if (known !== undefined) {
      known.receive(segment);
      return;
    }
    if (segment.flags & TCP.reset) return;
    const isOpening = (segment.flags & (TCP.syn | TCP.acknowledge)) === TCP.syn;
    if (!isOpening || !isOutside(segment.destination.address) || this.connections.size >= MOST_CONNECTIONS) {
      this.refuse(segment);
      return;
    }
    this.nextSequence = (this.nextSequence + 0x1_0000) >>> 0;
    const connection = new TcpConnection({
      guest: segment.source,
      remote: segment.destination,
      socket: this.network.connect(formatAddress(segment.destination.address), segment.destination.port),
      guestSequence: segment.sequence,
      guestWindow: segment.window,
      firstSequence: this.nextSequence,
      send: (reply) => this.toGuest(buildTcp(reply)),
      onClosed: () => this.connections.delete(key),
    });
    this.connections.set(key, connection);
  }

  /** A guest's datagram for an address outside. */
  udp(datagram: UdpDatagram): void {
    const { address, port } = datagram.destination;
    // A socket throws for port 0, which is reserved (RFC 6335, 6).
    if (!isOutside(address) || port === 0) return;
    this.sendDatagram(datagram, formatAddress(address), port);
  }

  /** A guest's question that nobody here can answer, for the host's own name server. False: there is none. */
  nameQuery(datagram: UdpDatagram): boolean {
    const server = this.network.nameServer();
    if (server === undefined) return false;
    this.sendDatagram(datagram, server.address, server.port);
    return true;
  }

  close(): void {
    for (const connection of [...this.connections.values()]) connection.close();
    for (const key of [...this.flows.keys()]) this.forget(key);
  }

  private refuse({ source, destination, sequence, acknowledgement, flags, data }: TcpSegment): void {
    const length = data.length + (flags & TCP.syn ? 1 : 0) + (flags & TCP.fin ? 1 : 0);
    const reply = {
      source: destination,
      destination: source,
      sequence: flags & TCP.acknowledge ? acknowledgement : 0,
      acknowledgement: (sequence + length) >>> 0,
      flags: TCP.reset | TCP.acknowledge,
      window: 0,
      data: new Uint8Array(),
    };
    this.toGuest(buildTcp(reply));
  }

  /** Answers come back as from the address that the guest wrote to. */
  private sendDatagram({ source, destination, data }: UdpDatagram, address: string, port: number): void {
    const key = `${keyOf(source)}>${keyOf(destination)}`;
    let flow = this.flows.get(key);
    if (flow === undefined) {
      if (this.flows.size >= MOST_UDP_FLOWS) return;
      const socket = createSocket('udp4');
      socket.on('message', (message) =>
        this.toGuest(buildUdp({ source: destination, destination: source, data: message })),
      );
      socket.on('error', () => this.forget(key));
      socket.unref();
      flow = { socket, timer: this.idleTimer(key) };
      this.flows.set(key, flow);
    }
    clearTimeout(flow.timer);
    flow.timer = this.idleTimer(key);
    // Guests may write to it later; the bytes are sent now.
    flow.socket.send(Buffer.from(data), port, address);
  }

  private idleTimer(key: string): NodeJS.Timeout {
    return setTimeout(() => this.forget(key), UDP_IDLE_MS).unref();
  }

  private forget(key: string): void {
    const flow = this.flows.get(key);
    if (flow === undefined) return;
    this.flows.delete(key);
    clearTimeout(flow.timer);
    flow.socket.close();
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}

/** Not the host's own loopback, which is nobody's business in a guest, nor groups or broadcasts. */
function isOutside(address: Address): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}
