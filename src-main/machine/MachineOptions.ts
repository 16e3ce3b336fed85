import type {
  InterruptSource,
  ProcessorBus,
  ProcessorClock,
  RefusalObserver,
  VirtualProcessor,
} from '../engine/VirtualProcessor.ts';
import type { DriveOptions } from './drives/DriveBay.ts';
import type { DriveSlot } from './drives/DriveSlot.ts';
import type { EntropySource } from './EntropySource.ts';
import type { AdapterModel } from './network/NetworkPort.ts';
import type { SoundSink } from './sound/Mixer.ts';
import type { MediumAccess } from './drives/Medium.ts';
import type { AddressLine20, GuestMemory, ShadowRam, VideoMemory } from './GuestMemory.ts';
import type { MachineProfile } from './profiles/MachineProfile.ts';

/** What a vCPU is wired to. */
export interface ProcessorWiring {
  readonly bus: ProcessorBus;
  readonly interrupts: InterruptSource;
  readonly clock: ProcessorClock;
  readonly onRefusal: RefusalObserver;
  /** FERR#: an unmasked x87 exception while CR0.NE is clear. */
  readonly onCoprocessorError: () => void;
  /** IA32_APIC_BASE was written. */
  readonly onApicBase: (low: number, high: number) => void;
}

/** Makes vCPU `id`; the accelerator is the caller's choice. */
export type ProcessorFactory = (id: number, wiring: ProcessorWiring) => VirtualProcessor;

/** Host time, handed in so that a machine can be tested with a clock of the test's own. */
export interface HostTime {
  /** Monotonic, in nanoseconds, any origin. */
  monotonicNs(): number;
}

/**
 * Where guest time comes from.
 * - `host`: it passes as on the host, but for the time while the machine's clock is stopped.
 * - `instructions`: each retired instruction takes the same time, and a processor that waits skips to the
 *   next event. Two runs with the same input end in the same state.
 */
export type ClockChoice =
  { readonly kind: 'host' } | { readonly kind: 'instructions'; readonly instructionsPerSecond?: number };

/** Where a machine's output goes. Called in the machine's thread, from inside `run`; must not throw. */
export interface MachineSinks {
  /** A byte sent by serial port `port` (0 is COM1). */
  serial(port: number, byte: number): void;
  /** A byte written to the debug port E9h. */
  debug(byte: number): void;
  /** A byte that parallel port `port` (0 is LPT1) has printed. */
  parallel(port: number, byte: number): void;
  /** What the guest prints on the virtio console; the bytes are the receiver's to keep. */
  console(bytes: Uint8Array): void;
  /** A code written to a power-on self test port, 80h or 190h. */
  post(code: number): void;
  /**
   * What the machine gives to hear, see {@link SoundSink}. Given, the machine has a sound card where it has PCI.
   */
  sound: SoundSink;
  /** A frame that the guest's network adapter sends; the bytes are the receiver's to keep. */
  frame(bytes: Uint8Array): void;
  /** A byte written to one of `logPorts`. */
  portLog(port: number, byte: number): void;
  /** The host could not read or write what lies in a drive: a sentence for the user. null: it can again. */
  driveProblem(slot: DriveSlot, message: string | null): void;
  /** A drive reads or writes what lies in it. */
  driveActivity(slot: DriveSlot, kind: MediumAccess): void;
  /** The machine's own BIOS can start from nothing: why, for each boot device in turn. */
  nothingToStart(reasons: readonly string[]): void;
}

export interface MachineOptions {
  readonly memory: GuestMemory;
  /** The display adapter's; without it, 256 KiB that the processor cannot reach. */
  readonly video?: VideoMemory;
  /** Told of each change of the A20 gate; open at power-on. */
  readonly addressLine20?: AddressLine20;
  readonly createProcessor: ProcessorFactory;
  readonly vcpuCount?: number;
  readonly hostTime: HostTime;
  readonly clock: ClockChoice;
  /** What the real-time clock shows at power-on, in milliseconds since the Unix epoch (UTC). */
  readonly wallClockMs: number;
  readonly profile?: MachineProfile;
  /** A BIOS image is mapped and runs first. */
  readonly hasFirmware?: boolean;
  /** With a BIOS image: the display adapter's own firmware. */
  readonly vgaBios?: Uint8Array;
  /** The RAM behind the firmware's addresses; absent: nothing shadows it. */
  readonly shadow?: ShadowRam;
  /** Whether processors have local APICs; as the profile says unless given. */
  readonly hasLocalApic?: boolean;
  readonly sinks?: Partial<MachineSinks>;
  /** The machine has a network adapter with this address; without, it has none. */
  readonly macAddress?: Uint8Array;
  /** One of `adapterModels` of the profile; the first of them unless given. */
  readonly adapterModel?: AdapterModel;
  /** The machine has a virtio console, in profiles that can. */
  readonly hasConsole?: boolean;
  readonly drives?: DriveOptions;
  /** The machine has a BIOS of its own; otherwise a firmware image is expected at the reset vector, or a program. */
  readonly hasOwnBios?: boolean;
  /** Entropy for the guest; without it the machine has no device for that. */
  readonly entropy?: EntropySource;
  /** Ports whose written bytes go to `MachineSinks.portLog`. */
  readonly logPorts?: readonly number[];
  /** A write to this port ends the run (`poweroff`, the value written as its detail). */
  readonly exitPort?: number;
}
