import type { ProcessorState } from '../engine/ProcessorState.ts';
import type { RemovableSlot } from './drives/DriveSlot.ts';
import type { DiskImage } from './images/DiskImage.ts';
import type { TypingStep } from './keyboard/typing.ts';

/**
 * What reaches a machine from outside while it exists. By the instruction clock a run is a function of the machine's
 * start and of these, each at its place.
 */
export type MachineInput =
  | { readonly kind: 'key'; readonly code: string; readonly isDown: boolean }
  | { readonly kind: 'type'; readonly steps: readonly TypingStep[]; readonly whenReady: boolean }
  | {
      readonly kind: 'mouse';
      readonly dx: number;
      readonly dy: number;
      readonly buttons: number;
      readonly wheel: number;
    }
  /** Bytes that the serial port, or the virtio console, took. */
  | { readonly kind: 'serial'; readonly port: number; readonly bytes: Uint8Array }
  | { readonly kind: 'console'; readonly bytes: Uint8Array }
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'power-button' }
  /** Another medium was put into a drive, or with null the one there taken out. The image, open: it is the same each time. */
  | { readonly kind: 'medium'; readonly slot: RemovableSlot; readonly image: DiskImage | null }
  /** What somebody wrote to a register or to physical memory, as a debugger does. Who makes the processors knows the names. */
  | { readonly kind: 'register'; readonly vcpu: number; readonly name: string; readonly value: bigint }
  | { readonly kind: 'memory'; readonly physicalAddress: number; readonly bytes: Uint8Array }
  /** What a vCPU was made, where a debugger wrote to registers of any kind. */
  | { readonly kind: 'processor'; readonly vcpu: number; readonly state: ProcessorState }
  /** Somebody asked for a non-maskable interrupt. */
  | { readonly kind: 'nmi'; readonly vcpu: number }
  /** A power cycle, whoever asked for it. */
  | { readonly kind: 'reset' }
  /** Processors forgot where linear addresses lead, as they do where a snapshot is taken. */
  | { readonly kind: 'forget-addresses' };

/**
 * A place in a run between two instructions. By the instruction clock it names one and the same state in each run: a
 * processor that waits retires nothing while time skips ahead, and interrupts are delivered between two instructions.
 */
export interface MachinePosition {
  /** Retired by all vCPUs since the machine was made, over all resets. */
  readonly instructions: number;
  readonly guestTimeNs: number;
  /** Delivered external and non-maskable interrupts since the machine was made. */
  readonly interrupts: number;
}

/** Told of each input before it takes effect. */
export type InputObserver = (position: MachinePosition, input: MachineInput) => void;
