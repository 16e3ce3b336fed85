import { MachineNetwork, macAddressOf } from '../hypervisor/network/MachineNetwork.ts';
import { SEGMENT_NAME, type VmNetwork } from '../hypervisor/types.ts';
import type { Machine } from '../machine/Machine.ts';
import { UsageError } from './ExitStatus.ts';

/** The command line's only machine. */
const ID = 'vm-0000000000000000';
const NAME = 'vivarium';

/** `host`, the name of a segment, or `none`. */
export function parseNetwork(text: string): VmNetwork | undefined {
  if (text === 'none') return undefined;
  if (text === 'host') return { kind: 'host' };
  if (SEGMENT_NAME.test(text)) return { kind: 'segment', name: text };
  throw new UsageError(
    `--net ${text}: expected host, none, or a segment's name of up to 32 letters, digits, dots, dashes and underscores.`,
  );
}

/** What a machine's adapter is plugged into. Frames pass between two slices of its run, as the event loop allows. */
export class NetworkCable {
  readonly macAddress = macAddressOf(ID);
  private readonly network = new MachineNetwork();
  private readonly definition: VmNetwork;
  private sent: Uint8Array[] = [];

  constructor(definition: VmNetwork) {
    this.definition = definition;
  }

  /** `onArrival` is called when a frame has come for the machine. */
  plugIn(machine: Machine, onArrival: () => void): void {
    this.network.plug({
      id: ID,
      name: NAME,
      network: this.definition,
      deliver: (frame) => {
        machine.inputs.receiveFrame(frame);
        onArrival();
      },
    });
  }

  /** A frame from the adapter; called from inside the machine's run. */
  send(frame: Uint8Array): void {
    this.sent.push(frame);
  }

  /** Hands on what was sent. */
  exchange(): void {
    const frames = this.sent;
    this.sent = [];
    for (const frame of frames) this.network.send(ID, frame);
  }

  unplug(): void {
    this.network.close();
  }
}
