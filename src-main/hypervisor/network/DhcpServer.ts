import { macKey, viewOf } from './ethernet.ts';
import type { Address } from './ipv4.ts';

const REQUEST = 1, REPLY = 2; // prettier-ignore
const ETHERNET = 1;
const MAGIC = 0x6382_5363;
const OPTIONS_OFFSET = 240;
/** Older clients expect a reply of no less (RFC 1542, 2.1). */
const LEAST_BYTES = 300;
const OPTION = { mask: 1, router: 3, dns: 6, hostName: 12, domain: 15, requested: 50, lease: 51, type: 53, server: 54, end: 255 }; // prettier-ignore
const DISCOVER = 1, OFFER = 2, REQUESTED = 3, DECLINE = 4, ACKNOWLEDGE = 5, REFUSE = 6, RELEASE = 7, INFORM = 8; // prettier-ignore
const LEASE_SECONDS = 86_400;

export const DHCP_PORTS = { server: 67, client: 68 } as const;

/** The network that a segment's server hands out. */
export interface DhcpNetwork {
  readonly server: Address;
  readonly mask: Address;
  readonly firstLease: Address;
  readonly leaseCount: number;
  readonly domain: string;
  /** Whether there is a way out: only then a router is announced. */
  readonly hasRouter: boolean;
}

/** Who has an address. */
export interface Lease {
  readonly address: Address;
  readonly macAddress: Uint8Array;
  /** What the client calls itself, '' when it does not say. */
  readonly hostName: string;
}

/** A DHCP server (RFC 2131, RFC 2132) for one segment: the same adapter gets the same address again. */
export class DhcpServer {
  private readonly network: DhcpNetwork;
  private readonly leases = new Map<string, Lease>();
  /** Addresses that clients found in use by somebody who never asked for one. */
  private readonly declined = new Set<Address>();

  constructor(network: DhcpNetwork) {
    this.network = network;
  }

  get known(): Iterable<Lease> {
    return this.leases.values();
  }

  /** The reply to a client's message, undefined when there is none to give. */
  answer(message: Uint8Array): Uint8Array | undefined {
    if (message.length < OPTIONS_OFFSET) return undefined;
    const view = viewOf(message);
    if (message[0] !== REQUEST || message[1] !== ETHERNET || view.getUint32(236) !== MAGIC) return undefined;
    const options = parseOptions(message.subarray(OPTIONS_OFFSET));
    const macAddress = message.slice(28, 34);
    const key = macKey(macAddress);
    switch (options.get(OPTION.type)?.[0]) {
      case DISCOVER: {
        const lease = this.leaseFor(macAddress, options);
        return lease && this.reply(message, OFFER, lease.address);
      }
      case REQUESTED:
        return this.onRequest(message, macAddress, options);
      case DECLINE:
        this.decline(key);
        return undefined;
      case RELEASE:
        this.leases.delete(key);
        return undefined;
      case INFORM:
        return this.reply(message, ACKNOWLEDGE, 0);
      default:
        return undefined;
    }
  }

  private onRequest(message: Uint8Array, macAddress: Uint8Array, options: Options): Uint8Array | undefined {
    const server = options.get(OPTION.server);
    // It took another server's offer.
    if (server?.length === 4 && viewOf(server).getUint32(0) !== this.network.server) return undefined;
    const requested = options.get(OPTION.requested);
    const wanted = requested?.length === 4 ? viewOf(requested).getUint32(0) : viewOf(message).getUint32(12);
    const lease = this.leaseFor(macAddress, options);
    return this.reply(message, lease?.address === wanted ? ACKNOWLEDGE : REFUSE, wanted);
  }

  private leaseFor(macAddress: Uint8Array, options: Options): Lease | undefined {
    const key = macKey(macAddress);
    const name = options.get(OPTION.hostName);
    const hostName = name ? readHostName(name) : (this.leases.get(key)?.hostName ?? '');
    const address = this.leases.get(key)?.address ?? this.freeAddress();
    if (address === undefined) return undefined;
    const lease = { address, macAddress, hostName };
    this.leases.set(key, lease);
    return lease;
  }

  /** RFC 2131, 4.3.3. */
  private decline(key: string): void {
    const lease = this.leases.get(key);
    if (lease === undefined) return;
    this.declined.add(lease.address);
    this.leases.delete(key);
  }

  /** One that was declined only where there is no other: who had it may be gone. */
  private freeAddress(): Address | undefined {
    const { firstLease, leaseCount } = this.network;
    const taken = new Set([...this.leases.values()].map(({ address }) => address));
    const free = Array.from({ length: leaseCount }, (_, index) => firstLease + index).filter(
      (each) => !taken.has(each),
    );
    const found = free.find((address) => !this.declined.has(address));
    if (found !== undefined) return found;
    this.declined.clear();
    return free[0];
  }

  private reply(request: Uint8Array, type: number, address: Address): Uint8Array {
    const { server, mask, domain, hasRouter } = this.network;
    const isRefusal = type === REFUSE;
    const options: number[] = [OPTION.type, 1, type, OPTION.server, 4, ...bytesOf(server)];
    if (!isRefusal) {
      if (address !== 0) options.push(OPTION.lease, 4, ...bytesOf(LEASE_SECONDS));
      options.push(OPTION.mask, 4, ...bytesOf(mask), OPTION.dns, 4, ...bytesOf(server));
      if (hasRouter) options.push(OPTION.router, 4, ...bytesOf(server));
      options.push(OPTION.domain, domain.length, ...new TextEncoder().encode(domain));
    }
    options.push(OPTION.end);
    const reply = new Uint8Array(Math.max(LEAST_BYTES, OPTIONS_OFFSET + options.length));
    const view = viewOf(reply);
    reply[0] = REPLY;
    reply[1] = ETHERNET;
    reply[2] = 6;
    // The transaction, the flags, the client's present address and its hardware address are the request's.
    reply.set(request.subarray(4, 8), 4);
    reply.set(request.subarray(10, 16), 10);
    view.setUint32(16, isRefusal ? 0 : address);
    view.setUint32(20, server);
    reply.set(request.subarray(24, 44), 24);
    view.setUint32(236, MAGIC);
    reply.set(options, OPTIONS_OFFSET);
    return reply;
  }
}

type Options = ReadonlyMap<number, Uint8Array>;

function parseOptions(bytes: Uint8Array): Options {
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at] ?? OPTION.end;
    if (code === OPTION.end) break;
    if (code === 0) {
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    options.set(code, bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return options;
}

/** A label that DNS allows, in lower case; '' for others. */
function readHostName(bytes: Uint8Array): string {
  const name = String.fromCharCode(...bytes.subarray(0, 63)).toLowerCase();
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) ? name : '';
}

function bytesOf(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
