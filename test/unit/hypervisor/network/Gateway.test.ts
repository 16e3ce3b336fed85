import { beforeEach, describe, expect, test } from 'vitest';
import { ETHER_TYPE, parseEthernet, viewOf } from '../../../../src-main/hypervisor/network/ethernet.ts';
import { Gateway, NETWORK } from '../../../../src-main/hypervisor/network/Gateway.ts';
import { buildIpv4, checksum } from '../../../../src-main/hypervisor/network/ipv4.ts';
import { buildUdp } from '../../../../src-main/hypervisor/network/udp.ts';
import { VirtualSwitch, type Segment } from '../../../../src-main/hypervisor/network/VirtualSwitch.ts';
import { TestGuest, arpRequest, dhcpMessage } from '../../../support/network/TestGuest.ts';

const DISCOVER = [53, 1, 1];
const FIRST = NETWORK.firstLease;

let segment: Segment;
let alice: TestGuest, bob: TestGuest;

beforeEach(() => {
  segment = new VirtualSwitch().segment('lab');
  const nameOf = (mac: string): string | undefined => (mac.endsWith(':02') ? 'Bob' : undefined);
  new Gateway({ segment, host: undefined, nameOf });
  alice = new TestGuest(segment, 1);
  bob = new TestGuest(segment, 2);
});

function dhcp(guest: TestGuest, options: readonly number[]): { address: number; options: Map<number, number[]> } {
  guest.frames.length = 0;
  const source = { address: 0, port: 68 };
  const destination = { address: 0xffff_ffff, port: 67 };
  guest.sendPacket(buildUdp({ source, destination, data: dhcpMessage(guest, options) }));
  const data = guest.datagram()?.data;
  if (data === undefined) throw new Error('no answer');
  const found = new Map<number, number[]>();
  for (let at = 240; data[at] !== 255; at += 2 + (data[at + 1] ?? 0)) {
    found.set(data[at] ?? 0, [...data.subarray(at + 2, at + 2 + (data[at + 1] ?? 0))]);
  }
  return { address: viewOf(data).getUint32(16), options: found };
}

function lease(guest: TestGuest): number {
  const { address } = dhcp(guest, DISCOVER);
  const wanted = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  const { options } = dhcp(guest, [53, 1, 3, 50, 4, ...wanted, 12, 5, ...Buffer.from('alpha')]);
  expect(options.get(53)).toEqual([5]);
  return address;
}

function ask(guest: TestGuest, from: number, name: string): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const data = Uint8Array.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  const source = { address: from, port: 40_000 };
  guest.sendPacket(buildUdp({ source, destination: { address: NETWORK.server, port: 53 }, data }));
  const answer = guest.datagram()?.data;
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

describe('the gateway of a segment', () => {
  test('tells its adapter address to those who ask for 10.0.2.1', () => {
    alice.send(ETHER_TYPE.arp, arpRequest(alice, FIRST, NETWORK.server));
    const reply = parseEthernet(alice.frames[0] ?? new Uint8Array());
    expect(reply?.type).toBe(ETHER_TYPE.arp);
    expect([...(reply?.payload.subarray(8, 14) ?? [])]).toEqual([0x52, 0x55, 0x0a, 0, 2, 1]);
    alice.send(ETHER_TYPE.arp, arpRequest(alice, FIRST, NETWORK.server + 1));
    expect(alice.frames.length).toBe(1);
  });

  test('gives each adapter an address of its own, and the same one again', () => {
    const addresses = [lease(alice), lease(bob), lease(alice)];
    expect(addresses).toEqual([FIRST, FIRST + 1, FIRST]);
  });

  test('gives another address to who found its own in use, and that again when there is no other', () => {
    const decline = (): void => {
      const source = { address: 0, port: 68 };
      const destination = { address: 0xffff_ffff, port: 67 };
      alice.sendPacket(buildUdp({ source, destination, data: dhcpMessage(alice, [53, 1, 4]) }));
    };
    for (let count = 0; count <= NETWORK.leaseCount; count++) {
      expect(lease(alice)).toBe(FIRST + (count % NETWORK.leaseCount));
      decline();
    }
  });

  test('names itself as name server, and no router while there is no way out', () => {
    const { options } = dhcp(alice, DISCOVER);
    expect(options.get(53)).toEqual([2]);
    expect(options.get(1)).toEqual([255, 255, 255, 0]);
    expect(options.get(6)).toEqual([10, 0, 2, 1]);
    expect(options.has(3)).toBe(false);
  });

  test('refuses an address that is not the client’s', () => {
    lease(alice);
    const { options } = dhcp(bob, [53, 1, 3, 50, 4, 10, 0, 2, 16]);
    expect(options.get(53)).toEqual([6]);
  });

  test('answers a ping', () => {
    const address = lease(alice);
    const echo = Uint8Array.from([8, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]);
    viewOf(echo).setUint16(2, checksum(echo));
    alice.sendPacket(buildIpv4({ source: address, destination: NETWORK.server, protocol: 1, payload: echo }));
    const reply = alice.lastPacket();
    expect(reply).toMatchObject({ source: NETWORK.server, destination: address, protocol: 1 });
    expect([...(reply?.payload ?? [])].slice(0, 2)).toEqual([0, 0]);
    expect([...(reply?.payload ?? [])].slice(4, 12)).toEqual([0, 1, 0, 1, 1, 2, 3, 4]);
    expect(checksum(reply?.payload ?? Uint8Array.of(1))).toBe(0);
  });

  test('knows machines by their names and by what they call themselves', () => {
    const from = lease(alice);
    lease(bob);
    for (const name of ['bob', 'BOB.vivarium']) {
      const answer = ask(alice, from, name);
      expect([...answer.subarray(-4)]).toEqual([10, 0, 2, 17]);
      expect(viewOf(answer).getUint16(6)).toBe(1);
    }
    expect([...ask(alice, from, 'alpha.vivarium').subarray(-4)]).toEqual([10, 0, 2, 16]);
    expect([...ask(alice, from, 'gateway').subarray(-4)]).toEqual([10, 0, 2, 1]);
  });

  test('knows no other names while there is no way out', () => {
    const answer = ask(alice, lease(alice), 'example.org');
    expect(viewOf(answer).getUint16(2) & 15).toBe(3);
  });

  test('survives any bytes', () => {
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 16;
    for (let count = 0; count < 5000; count++) {
      const payload = Uint8Array.from({ length: random() % 400 }, () => random() & 255);
      if (count % 2) payload[0] = 0x45;
      alice.send(count % 3 ? ETHER_TYPE.ipv4 : ETHER_TYPE.arp, payload);
      const source = { address: 0, port: 68 };
      const port = count % 2 ? 67 : 53;
      alice.sendPacket(buildUdp({ source, destination: { address: NETWORK.server, port }, data: payload }));
    }
    expect(lease(bob)).toBeGreaterThanOrEqual(FIRST);
  });
});
