import type { TranslationInspector } from '../../engine/TranslationView.ts';
import type { DebuggedMachine } from '../../machine/debugging/DebuggedMachine.ts';
import type { ContainmentRecord } from '../../machine/containment/ContainmentLog.ts';
import type { ExpressionContext } from '../../machine/expressions/evaluate.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { Screen } from '../../machine/vga/Screen.ts';
import type { DeviceSurvey } from '../inspection/DeviceSurvey.ts';
import type { RegisterName } from '../registers.ts';
import type { CapturedMachine, PackedSnapshot } from '../snapshots/PackedSnapshot.ts';
import { type BootDevice, DRIVE_SLOTS, type DriveSlot, type RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import type { KeyboardLayout } from '../../machine/keyboard/layouts.ts';
import type { AdapterModel } from '../../machine/network/NetworkPort.ts';
import type { Stops } from '../../machine/replay/ReverseExecution.ts';
import type { ProfileName } from '../../machine/profiles/profiles.ts';
import type { ThreadHistory } from './ThreadHistory.ts';
import type {
  AccessVerdict,
  ClockKind,
  KeyStroke,
  MouseMotion,
  ProbedAccess,
  ProgramOptions,
  Tier,
  VmDrive,
} from '../types.ts';

/** A file that an assembly text may include, by the name it uses. */
export interface ProgramInclude {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a thread needs to make its machine. Structured-clonable. */
export interface ThreadMachineDefinition {
  readonly profile: ProfileName;
  readonly memoryMiB: number;
  readonly vcpuCount: number;
  readonly clock: ClockKind;
  readonly tier: Tier;
  /** Of its network adapter; null: it has none. */
  readonly macAddress: Uint8Array | null;
  /** null: the usual one of the profile. */
  readonly adapterModel: AdapterModel | null;
  readonly hasConsole: boolean;
  readonly hasSound: boolean;
  readonly drives: readonly ThreadDrive[];
  readonly bootOrder: readonly BootDevice[] | null;
  readonly program: ThreadProgram | null;
  /** Where it goes on instead of starting; its buffers change hands. */
  readonly snapshot: PackedSnapshot | null;
}

/** An image for a drive. */
export interface ThreadDrive extends Pick<VmDrive, 'slot' | 'path' | 'access'> {
  /** The file that takes the writes and names the image below; null: the image itself. */
  readonly layerFile: string | null;
}

/** What lies in a drive. */
export interface MediumInDrive {
  readonly slot: RemovableSlot;
  readonly drive: ThreadDrive | null;
}

/** A file that another machine is about to have in a drive. */
export interface ImageClaim {
  readonly path: string;
  readonly isWritten: boolean;
}

/** An empty layer's file, for what is written to a drive after it was captured. */
export interface NewLayer {
  readonly slot: DriveSlot;
  readonly file: string;
  /** The file that has taken the writes so far. */
  readonly below: string;
}

/** A copy of layers below the one that takes a drive's writes, which shows what they show. */
export interface JoinedLayer {
  readonly slot: DriveSlot;
  /** What takes the writes, and names the copy as what is below it from now on. */
  readonly top: string;
  /** The copy's file. */
  readonly below: string;
}

/** An image that a machine is to have cannot be used; thrown while the machine is made. */
export class DriveRefusal extends Error {}

export interface ThreadProgram {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly options: ProgramOptions;
  readonly includes: readonly ProgramInclude[];
  /** `linux`: the initial RAM disk. */
  readonly initrd: Uint8Array | null;
  /** `bios`: the display adapter's firmware. */
  readonly vgaBios: Uint8Array | null;
}

/** Where things lie in the machine's shared memory: what main may read while the machine runs. */
export interface MachineViews {
  readonly buffer: SharedArrayBuffer;
  readonly ramOffset: number;
  readonly ramBytes: number;
  /** One byte of PAGE_FLAG bits for each page of RAM. */
  readonly pageFlagsOffset: number;
  /** One PAGE_WRITES byte for each page of RAM: kept by `collectWrites`, and calmed by main. */
  readonly writes: SharedArrayBuffer;
  /** `DEVICE_ACTIVITY.words` counters. */
  readonly activity: SharedArrayBuffer;
  /** An `ExitTrace`. */
  readonly exits: SharedArrayBuffer;
  /** Each vCPU's CPU state block. */
  readonly stateOffsets: readonly number[];
}

/** Where `MachineViews.activity` counts what, as 32-bit words: each drive's reads, then its writes, then the network's. */
export const DEVICE_ACTIVITY = {
  reads: (slot: DriveSlot) => 2 * DRIVE_SLOTS.indexOf(slot),
  writes: (slot: DriveSlot) => 2 * DRIVE_SLOTS.indexOf(slot) + 1,
  framesSent: 2 * DRIVE_SLOTS.length,
  framesReceived: 2 * DRIVE_SLOTS.length + 1,
  words: 2 * DRIVE_SLOTS.length + 2,
} as const;

/** Values of `MachineViews.writes`. */
export const PAGE_WRITES = {
  /** The guest has not written the page since its program was loaded, unless its PAGE_FLAG.dirty is set. */
  none: 0,
  /** It has, but not since main looked last. */
  before: 1,
  /** It has, since main looked last. */
  recent: 255,
} as const;

/** Hashes of the pages that a program fills, right after it was loaded; every other page is zero. */
export interface LoadedPages {
  readonly pages: Uint32Array;
  readonly hashes: Uint32Array;
}

export type ThreadLoadResult =
  { readonly ok: true; readonly summary: string | null } | { readonly ok: false; readonly message: string };

/** What a machine's past is asked for. */
export type ThreadTravel = Pick<
  ThreadHistory,
  'timeLine' | 'goTo' | 'stepBack' | 'beginSearch' | 'searchOn' | 'giveUpSearch' | 'recorded'
>;

/** The machine as its thread drives it. All methods are synchronous; only `run` and steps execute guest code. */
export interface ThreadMachine {
  readonly views: MachineViews;
  /** Undefined when its run cannot be repeated. */
  readonly history: ThreadTravel | undefined;
  readonly devices: Pick<DeviceSurvey, 'list' | 'registers' | 'interrupts' | 'outputs' | 'memoryMap'>;
  /** For a debugger; undefined when there is nothing to be seen. */
  readonly debugged: DebuggedMachine | undefined;
  /** Takes another program for the next `reset`; a refused one changes nothing. */
  load(program: ThreadProgram | null): ThreadLoadResult;
  /** Power cycle with the program loaded anew. */
  reset(): LoadedPages;
  /**
   * Copies the machine, and lets its disks' writes go to these layers from now on: what was written before never
   * changes again. Leaves no trace in the guest. Throws an error with a sentence for the user.
   */
  capture(layers: readonly NewLayer[]): Omit<CapturedMachine, 'pauseMs'>;
  /** Opens drives anew on copies of what they have had. Throws an error with a sentence for the user; each drive shows what it showed. */
  relayer(joined: readonly JoinedLayer[]): void;
  /**
   * A reset that ends where the snapshot was taken; these drives' images are opened anew.
   * Throws `SnapshotError`, or a `DriveRefusal` before anything has changed.
   */
  restore(snapshot: PackedSnapshot, drives: readonly ThreadDrive[]): LoadedPages;
  run(untilHostNs: number): MachineExit;
  step(): MachineExit;
  /** As `step`; out of HLT it leads to the first instruction of the handler of the interrupt that ends it. */
  stepThroughWait(): MachineExit;
  /** The processor does nothing until an interrupt. */
  readonly isWaiting: boolean;
  /** Guest time stands still until the next `run`. */
  stopClock(): void;
  instructionAddress(vcpu: number): number;
  stackPointer(vcpu: number): number;
  setStops(stops: Stops): void;
  /** What conditions and watch expressions read. */
  context(vcpu: number): ExpressionContext;
  setRegister(vcpu: number, name: RegisterName, value: bigint): void;
  writeMemory(physicalAddress: number, bytes: Uint8Array): void;
  translateLinear(vcpu: number, linearAddress: number): number | undefined;
  /** Undefined when the vCPU's accelerator translates nothing. */
  inspector(vcpu: number): TranslationInspector | undefined;
  probeAccess(vcpu: number, linearAddress: number, access: ProbedAccess): AccessVerdict;
  sendScanCodes(codes: readonly number[]): void;
  sendKeys(keys: readonly KeyStroke[]): void;
  moveMouse(motion: MouseMotion): void;
  typeText(text: string, layout: KeyboardLayout): void;
  /** See `HostInputs.pressPowerButton`. */
  pressPowerButton(): boolean;
  /** To a serial port or, for `CONSOLE_PORT`, the virtio console. Returns how many bytes were taken. */
  serialInput(bytes: Uint8Array, port: number): number;
  receiveFrame(frame: Uint8Array): void;
  /** Throws an error with a sentence for the user. */
  changeMedium(slot: RemovableSlot, drive: ThreadDrive | null): void;
  /** What lies in drives other than what main was told last: a machine that goes back has had other media. */
  changedMedia(): readonly MediumInDrive[];
  /**
   * A history that would bring such files back, where one of the two machines writes them, begins anew.
   * Returns what lies in drives whose medium can be changed.
   */
  forgetMedia(claims: readonly ImageClaim[]): readonly ThreadDrive[];
  /** Moves the pages' dirty flags into `views.writes`. */
  collectWrites(): void;
  /** See `Machine.changedScreen`. */
  changedScreen(): Screen | undefined;
  drainContainment(): readonly ContainmentRecord[];
}

/** Where a machine's output goes; called from inside `run`. */
export interface ThreadMachineSinks {
  /** The host could not read or write an image; null: it can again. */
  driveProblem(slot: DriveSlot, message: string | null): void;
  serial(port: number, byte: number): void;
  /** What the virtio console prints. */
  console(bytes: Uint8Array): void;
  sound(samples: Int16Array): void;
  frame(bytes: Uint8Array): void;
}

/** Throws when the host has not enough memory. */
export type ThreadMachineFactory = (definition: ThreadMachineDefinition, sinks: ThreadMachineSinks) => ThreadMachine;
