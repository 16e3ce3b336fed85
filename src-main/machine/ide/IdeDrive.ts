import type { DeviceState } from '../BusDevice.ts';
import type { TaskFile } from './TaskFile.ts';

/** Status register (ATA/ATAPI-7, 6.2.11). */
export const STATUS = { busy: 0x80, ready: 0x40, seekComplete: 0x10, request: 0x08, error: 0x01 } as const;
/** Error register. */
export const ERROR = { uncorrectable: 0x40, idNotFound: 0x10, aborted: 0x04 } as const;

/**
 * The data of a command, as plain values so that a snapshot can hold it.
 * - `bytes`: a reply that is ready.
 * - `sectors`: of the medium.
 * - `packet`: an ATAPI command's 12 bytes, from the host.
 * - `parameters`: a list that an ATAPI command takes from the host.
 */
export type DataPhase =
  | { readonly kind: 'bytes'; readonly direction: 'in'; readonly content: readonly number[] }
  | {
      readonly kind: 'sectors';
      readonly direction: 'in' | 'out';
      readonly first: number;
      readonly count: number;
      readonly sectorBytes: number;
    }
  | { readonly kind: 'packet' | 'parameters'; readonly direction: 'out'; readonly byteLength: number };

export function phaseBytes(phase: DataPhase): number {
  switch (phase.kind) {
    case 'bytes':
      return phase.content.length;
    case 'sectors':
      return phase.count * phase.sectorBytes;
    default:
      return phase.byteLength;
  }
}

/**
 * What follows from a command, or from the end of its data.
 * - `done`: it is complete; `isSilent` without an interrupt.
 * - `failed`: with this error register.
 * - `data`: by PIO in blocks of at most `blockBytes`, or by DMA.
 */
export type Reaction =
  | { readonly kind: 'done'; readonly isSilent?: boolean }
  | { readonly kind: 'failed'; readonly error: number }
  | { readonly kind: 'data'; readonly phase: DataPhase; readonly blockBytes: number; readonly isDma: boolean };

/** A drive on an IDE channel: what its commands mean. Handshake, interrupts and DMA are the channel's. */
export interface IdeDrive {
  readonly registers: TaskFile;
  /** Commands that are obeyed while the drive is busy, too. */
  isReset(command: number): boolean;
  execute(command: number): Reaction;
  /** Moves a part of the data, `position` bytes from its start; false when the medium fails. */
  move(phase: DataPhase, position: number, bytes: Uint8Array): boolean;
  /** A block of this many bytes is about to go over by PIO: ATAPI drives say so in their registers. */
  onBlock(phase: DataPhase, byteLength: number): void;
  /** All data went over. `isDma` as in the reaction that began it. */
  onMoved(phase: DataPhase, isDma: boolean): Reaction;
  /** The medium failed `position` bytes from the data's start. */
  onFailed(phase: DataPhase, position: number): Reaction;
  /** Registers as after reset or EXECUTE DEVICE DIAGNOSTIC (ATA/ATAPI-7, 9.12). */
  setSignature(): void;
  /** Power-on state. */
  reset(): void;
  /** Without the registers. */
  save(): DeviceState;
  restore(state: DeviceState): void;
}
