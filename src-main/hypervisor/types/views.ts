import type { Screen } from '../../machine/vga/Screen.ts';
import type { RegisterValues } from '../registers.ts';
import type { VmId } from './definition.ts';

/** One vCPU's registers at one moment. */
export interface VcpuRegisters {
  readonly vmId: VmId;
  readonly vcpu: number;
  /** In the order of REGISTER_NAMES. */
  readonly values: RegisterValues;
  readonly retiredInstructions: number;
}

export type { Screen };
export type { TextScreen } from '../../machine/vga/TextScreen.ts';

/** What a screen shows since a revision of it. */
export interface ScreenChange {
  readonly revision: number;
  /** The whole of a text screen, or the changed lines of a picture; null: the machine shows nothing. */
  readonly screen: Screen | null;
}

export interface KeyStroke {
  readonly code: string;
  readonly pressed: boolean;
}

/** Counts since the last motion, y downwards; buttons: bit 0 left, 1 right, 2 middle; wheel: steps towards the user. */
export interface MouseMotion {
  readonly dx: number;
  readonly dy: number;
  readonly wheel: number;
  readonly buttons: number;
}

export interface SerialOutput {
  readonly vmId: VmId;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** Bytes lost just before these, because the guest wrote faster than anyone read. */
  readonly droppedBytes: number;
}
