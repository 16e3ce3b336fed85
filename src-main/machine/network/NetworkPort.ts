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

/** Whether machines of a profile can have an adapter. */
export function hasNetwork({ devices }: MachineProfile): boolean {
  return devices.some(({ kind }) => kind === 'ne2000' || kind === 'pci-host');
}
