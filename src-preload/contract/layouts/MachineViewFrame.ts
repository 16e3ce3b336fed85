import type { ScreenFrame } from './ScreenFrame.ts';

/**
 * One machine, as much of it as the view asked for, up to 60 times a second. A part that has not changed since
 * the last frame is absent; `null` says that the machine is off and has none.
 */
export interface MachineViewFrame {
  /** Host milliseconds on the hypervisor's monotonic clock. */
  readonly atMs: number;
  readonly vcpus?: readonly VcpuFrame[] | null;
  readonly screen?: ScreenFrame | null;
  /** What COM1 sent. */
  readonly serial?: SerialFrame;
  /** What the virtio console printed. */
  readonly console?: SerialFrame;
  readonly exits?: ExitsFrame;
  readonly devices?: DevicesFrame | null;
}

export interface VcpuFrame {
  readonly vcpu: number;
  /** In the order of `REGISTER_NAMES` (layouts/Registers.ts). */
  readonly values: BigUint64Array;
  /** Since power-on. */
  readonly retiredInstructions: number;
}

/** Bytes that a serial port sent. The first frame brings what is kept of the past (256 KiB at most) and so does a reset. */
export interface SerialFrame {
  /** Forget what was shown before. */
  readonly restart: boolean;
  readonly bytes: Uint8Array;
  /** Bytes lost just before these, because the guest wrote faster than anyone read. */
  readonly droppedBytes: number;
}

/** How often each did something since power-on; more than in the last frame: its light is on. */
export interface DevicesFrame {
  readonly drives: Readonly<
    Record<'floppy' | 'hda' | 'hdb' | 'cdrom' | 'vda', { readonly reads: number; readonly writes: number }>
  >;
  readonly framesSent: number;
  readonly framesReceived: number;
}

/** By `EXIT_KINDS` (layouts/ExitKinds.ts), all vCPUs together: totals since power-on, and per second. Four times a second. */
export interface ExitsFrame {
  readonly counts: Float64Array;
  readonly perSecond: Float64Array;
}
