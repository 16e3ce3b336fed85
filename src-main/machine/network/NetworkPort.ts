import type { MachineProfile } from '../profiles/MachineProfile.ts';

/** Bytes of an Ethernet frame without preamble and frame check sequence (IEEE 802.3, 3.2): what adapters and switch hand on. */
export const FRAME_BYTES = { header: 14, least: 60, most: 1514 } as const;
export const MAC_BYTES = 6;

/** The socket that an adapter is plugged into. */
export interface NetworkPort {
  /** A frame that the guest sends; the bytes are the receiver's to keep. Called from inside `run`; must not throw. */
  send(frame: Uint8Array): void;
}

/** A network adapter as the network sees it. */
export interface NetworkAdapter {
  /** The address it was made with; a guest may set another. */
  readonly macAddress: Uint8Array;
  /** A frame from the wire. False when the guest has no room for it; it is lost then, as on a real wire. */
  receive(frame: Uint8Array): boolean;
}

/** Kinds of adapter: an NE2000, on PCI where there is PCI, or virtio. */
export const ADAPTER_MODELS = ['ne2000', 'virtio'] as const;
export type AdapterModel = (typeof ADAPTER_MODELS)[number];

/** The adapters that machines of a profile can have; the first is what they get unless their owner says otherwise. */
export function adapterModels({ devices }: MachineProfile): readonly AdapterModel[] {
  const hasPci = devices.some(({ kind }) => kind === 'pci-host');
  const hasIsa = devices.some(({ kind }) => kind === 'ne2000');
  const hasMmio = devices.some(({ kind }) => kind === 'virtio-mmio');
  return ADAPTER_MODELS.filter((model) => hasPci || (model === 'virtio' ? hasMmio : hasIsa));
}
