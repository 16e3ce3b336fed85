import type { NetworkPort } from '../network/NetworkPort.ts';
import type { MachineProfile } from '../profiles/MachineProfile.ts';
import type { VirtioBlock } from './VirtioBlock.ts';
import { VirtioConsole } from './VirtioConsole.ts';
import { VirtioEntropy } from './VirtioEntropy.ts';
import type { VirtioFunction } from './VirtioFunction.ts';
import { VirtioNetwork } from './VirtioNetwork.ts';

/** What a machine's owner wants of virtio; what is absent is not made. */
export interface VirtioParts {
  readonly disk: VirtioBlock | undefined;
  readonly fillRandom: ((into: Uint8Array) => void) | undefined;
  /** A network adapter's address and cable. */
  readonly network: { readonly macAddress: Uint8Array; readonly cable: NetworkPort } | undefined;
  /** Takes what the guest prints on the console. */
  readonly console: ((bytes: Uint8Array) => void) | undefined;
}

export interface VirtioDevices {
  /** All of them: on PCI they take slots in this order. */
  readonly functions: readonly VirtioFunction[];
  readonly network: VirtioNetwork | undefined;
  readonly console: VirtioConsole | undefined;
}

/** Whether machines of a profile can have virtio devices. */
export function hasVirtio({ devices }: MachineProfile): boolean {
  return devices.some(({ kind }) => kind === 'pci-host' || kind === 'virtio-mmio');
}

/** The virtio devices of a machine, still to be connected by PCI or memory-mapped registers. */
export function makeVirtioDevices({ disk, fillRandom, network, console }: VirtioParts): VirtioDevices {
  const adapter = network && new VirtioNetwork('virtio-net0', network.macAddress, network.cable);
  const terminal = console && new VirtioConsole('virtio-console0', console);
  const entropy = fillRandom && new VirtioEntropy('virtio-rng0', fillRandom);
  const functions = [disk, entropy, adapter, terminal].filter((each) => each !== undefined);
  return { functions, network: adapter, console: terminal };
}
