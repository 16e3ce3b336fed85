import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostRelay, hostNetwork, type HostNetwork } from '../../../../src-main/hypervisor/network/HostRelay.ts';
import { parseIpv4 } from '../../../../src-main/hypervisor/network/ipv4.ts';
import { TCP, type TcpSegment } from '../../../../src-main/hypervisor/network/tcp.ts';
import { parseUdp } from '../../../../src-main/hypervisor/network/udp.ts';
import { segmentOf } from '../../../support/network/TestGuest.ts';

const GUEST = { address: 0x0a00_0210, port: 49_152 };
const REMOTE = { address: 0xcb00_7105, port: 80 };
const NOTHING = new Uint8Array();

/** The guest's end of one connection, in order and without timers. */
class GuestSocket {
  received = Buffer.alloc(0);
  hasEnded = false;
  isReset = false;
  isConnected = false;
  /** Segments to lose before the next one is taken. */
  toLose = 0;
  window = 8192;
  private readonly relay: HostRelay;
  private next = 1000;
  private expected = 0;

  constructor(relay: HostRelay) {
    this.relay = relay;
  }

  connect(): void {
    this.send(TCP.syn);
    this.next++;
  }

  write(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += 1000) {
      const part = data.subarray(at, at + 1000);
      this.send(TCP.acknowledge | TCP.push, part);
      this.next += part.length;
    }
  }

  end(): void {
    this.send(TCP.acknowledge | TCP.fin);
    this.next++;
  }

  take(segment: TcpSegment): void {
    if (segment.flags & TCP.reset) {
      this.isReset = true;
      return;
    }
    if (segment.flags & TCP.syn) {
      this.expected = (segment.sequence + 1) >>> 0;
      this.isConnected = true;
      this.send(TCP.acknowledge);
      return;
    }
    const hasEnd = (segment.flags & TCP.fin) !== 0;
    if (segment.data.length === 0 && !hasEnd) return;
    if (this.toLose > 0) {
      this.toLose--;
      return;
    }
    if (segment.sequence === this.expected && !this.hasEnded) {
      this.received = Buffer.concat([this.received, segment.data]);
      this.expected = (this.expected + segment.data.length + (hasEnd ? 1 : 0)) >>> 0;
      this.hasEnded = hasEnd;
    }
    this.send(TCP.acknowledge);
  }

  private send(flags: number, data: Uint8Array = NOTHING): void {
    const { window } = this;
    const segment = { source: GUEST, destination: REMOTE, sequence: this.next, acknowledgement: this.expected };
    // As a wire does: not within the call that caused it.
    queueMicrotask(() => this.relay.tcp({ ...segment, flags, window, data }));
  }
}

let server: Server;
let relay: HostRelay;
let guest: GuestSocket;
let onServed: (socket: Socket) => void;
const served: Buffer[] = [];

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 600; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

function makeRelay(port: () => number): void {
  const network: HostNetwork = {
    connect: () => hostNetwork.connect('127.0.0.1', port()),
    nameServer: () => undefined,
  };
  relay = new HostRelay(network, (packet) => {
    const parsed = parseIpv4(packet);
    const segment = parsed && segmentOf(parsed);
    if (segment !== undefined) guest.take({ ...segment, data: segment.data.slice() });
  });
  guest = new GuestSocket(relay);
}

beforeEach(async () => {
  served.length = 0;
  onServed = () => undefined;
  server = createServer((socket) => {
    socket.on('data', (data) => {
      served.push(data);
      onServed(socket);
      if (data.toString().startsWith('GET')) socket.end(Buffer.alloc(300_000, 'x'));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // An address of a listening server is one of the network.
  makeRelay(() => (server.address() as AddressInfo).port);
});

afterEach(async () => {
  relay.close();
  await new Promise((resolve) => server.close(resolve));
});

describe('the way to the host’s network', () => {
  test('carries a connection, there and back, and its ends', async () => {
    guest.connect();
    await until(() => guest.isConnected);
    guest.write(Buffer.from('GET / HTTP/1.0\r\n\r\n'));
    await until(() => guest.hasEnded);
    expect(guest.received.equals(Buffer.alloc(300_000, 'x'))).toBe(true);
    expect(Buffer.concat(served).toString()).toBe('GET / HTTP/1.0\r\n\r\n');
    guest.end();
  });

  test('carries much from the guest, in order', async () => {
    const data = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) & 255));
    guest.connect();
    await until(() => guest.isConnected);
    guest.write(data);
    guest.end();
    await until(() => Buffer.concat(served).length === data.length);
    expect(Buffer.concat(served).equals(data)).toBe(true);
  });

  test('carries what the guest says after the other end has said its last', async () => {
    guest.connect();
    await until(() => guest.isConnected);
    guest.write(Buffer.from('GET'));
    await until(() => guest.hasEnded);
    // The end is on its way through the host, too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    guest.write(Buffer.from(' and thanks'));
    guest.end();
    await until(() => Buffer.concat(served).toString() === 'GET and thanks');
    expect(guest.isReset).toBe(false);
  });

  test('carries all that the guest said before its end to one that reads slowly', async () => {
    onServed = (socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 100);
      onServed = () => undefined;
    };
    guest.connect();
    await until(() => guest.isConnected);
    guest.write(Buffer.from('GET'));
    await until(() => guest.hasEnded);
    // More than the host keeps of it.
    guest.write(Buffer.alloc(12_000_000, 'y'));
    guest.end();
    await until(() => served.reduce((sum, { length }) => sum + length, 0) === 12_000_003);
  });

  test('sends again what the guest had no room for', async () => {
    guest.connect();
    await until(() => guest.isConnected);
    guest.toLose = 3;
    guest.write(Buffer.from('GET'));
    await until(() => guest.hasEnded);
    expect(guest.received.length).toBe(300_000);
  });

  test('refuses a connection that the host cannot make', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    makeRelay(() => port);
    guest.connect();
    await until(() => guest.isReset);
  });

  test('does not lead to the host itself', async () => {
    const segment = { source: GUEST, destination: { address: 0x7f00_0001, port: 80 }, sequence: 1, acknowledgement: 0 };
    relay.tcp({ ...segment, flags: TCP.syn, window: 100, data: NOTHING });
    await until(() => guest.isReset);
  });

  test('loses a datagram to port 0, which no host sends', () => {
    relay.udp({ source: GUEST, destination: { ...REMOTE, port: 0 }, data: Buffer.from('!') });
  });

  test('carries datagrams and brings the answers as from whom the guest asked', async () => {
    const echo = createSocket('udp4');
    await new Promise<void>((resolve) => echo.bind(0, '127.0.0.1', resolve));
    echo.on('message', (message, from) => echo.send(`re: ${message.toString()}`, from.port, from.address));
    const answers: { from: number; text: string }[] = [];
    const network: HostNetwork = {
      connect: () => connect(1),
      nameServer: () => ({ address: '127.0.0.1', port: echo.address().port }),
    };
    const udpRelay = new HostRelay(network, (packet) => {
      const parsed = parseIpv4(packet);
      const datagram = parsed && parseUdp(parsed);
      if (datagram) answers.push({ from: datagram.source.address, text: Buffer.from(datagram.data).toString() });
    });
    const destination = { address: 0x0a00_0201, port: 53 };
    expect(udpRelay.nameQuery({ source: GUEST, destination, data: Buffer.from('who?') })).toBe(true);
    await until(() => answers.length === 1);
    expect(answers).toEqual([{ from: 0x0a00_0201, text: 're: who?' }]);
    udpRelay.close();
    echo.close();
  });
});
