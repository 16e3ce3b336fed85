import { createHash } from 'node:crypto';
import type { VmId, VmNetwork } from '../types.ts';
import { macKey } from './ethernet.ts';
import { Gateway } from './Gateway.ts';
import { hostNetwork, type HostNetwork } from './HostRelay.ts';
import { VirtualSwitch, type Segment, type SegmentStatistics, type SwitchPort } from './VirtualSwitch.ts';

/** A machine that is on: what it is plugged into, and by which cable. */
interface Plug {
  readonly segment: Segment;
  readonly port: SwitchPort;
  /** Of a segment for this machine alone. */
  readonly gateway: Gateway | undefined;
}

/** A machine on its way onto the network. */
export interface NetworkedMachine {
  readonly id: VmId;
  readonly name: string;
  readonly network: VmNetwork;
  /** A frame for its adapter. */
  deliver(frame: Uint8Array): void;
}

/**
 * The address of a machine's adapter: QEMU's range, which no vendor sells, and 24 bits of the machine's id, so
 * that it stays the same as long as the machine.
 */
export function macAddressOf(id: VmId): Uint8Array {
  const digest = createHash('sha256').update(id).digest();
  return Uint8Array.of(0x52, 0x54, 0x00, digest[0] ?? 0, digest[1] ?? 0, digest[2] ?? 0);
}

/** The cables between the machines of this app: isolated segments by name, and ways to the host's network, each for one machine alone. */
export class MachineNetwork {
  private readonly host: HostNetwork;
  private readonly segments = new VirtualSwitch((segment) => {
    new Gateway({ segment, host: undefined, nameOf: this.nameOf });
  });
  private readonly plugs = new Map<VmId, Plug>();
  private readonly names = new Map<string, string>();

  constructor(host: HostNetwork = hostNetwork) {
    this.host = host;
  }

  plug(machine: NetworkedMachine): void {
    this.unplug(machine.id);
    const port: SwitchPort = { deliver: (frame) => machine.deliver(frame) };
    this.names.set(macKey(macAddressOf(machine.id)), machine.name);
    const { network } = machine;
    if (network.kind === 'segment') {
      const segment = this.segments.segment(network.name);
      segment.plug(port);
      this.plugs.set(machine.id, { segment, port, gateway: undefined });
      return;
    }
    const own = new VirtualSwitch().segment(machine.id);
    const gateway = new Gateway({ segment: own, host: this.host, nameOf: this.nameOf });
    own.plug(port);
    this.plugs.set(machine.id, { segment: own, port, gateway });
  }

  unplug(id: VmId): void {
    const plug = this.plugs.get(id);
    if (plug === undefined) return;
    this.plugs.delete(id);
    this.names.delete(macKey(macAddressOf(id)));
    plug.segment.unplug(plug.port);
    plug.gateway?.close();
  }

  /** Neighbours ask for the machine by its new name. */
  rename(id: VmId, name: string): void {
    if (this.plugs.has(id)) this.names.set(macKey(macAddressOf(id)), name);
  }

  /** A frame from a machine's adapter. */
  send(id: VmId, frame: Uint8Array): void {
    const plug = this.plugs.get(id);
    plug?.segment.send(plug.port, frame);
  }

  /** Of the isolated segments. */
  get statistics(): readonly SegmentStatistics[] {
    return this.segments.statistics;
  }

  close(): void {
    for (const id of [...this.plugs.keys()]) this.unplug(id);
  }

  private readonly nameOf = (macAddress: string): string | undefined => this.names.get(macAddress);
}
