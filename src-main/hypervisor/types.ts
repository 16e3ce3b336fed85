/**
 * The hypervisor as its callers see it: the desktop maps this onto the bridge, the command line calls it
 * directly. Everything here is plain data that survives a structured clone, but for the interface itself.
 */
import type { ExitKind } from '../engine/VirtualProcessor.ts';
import type { BootDevice, DriveSlot } from '../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../machine/images/openImage.ts';
import type { LoadProblem, ProgramFormat } from '../machine/loaders/ProgramImage.ts';
import type { ProfileName } from '../machine/profiles/profiles.ts';
import type { Screen } from '../machine/vga/Screen.ts';
import type { RegisterValues } from './registers.ts';

export type { HypervisorService } from './HypervisorService.ts';

/** Stable for the life of a machine, safe as a folder name: `vm-` and sixteen hexadecimal digits. */
export type VmId = string;

// ---------------------------------------------------------------------------------------------- results

export const HYPERVISOR_ERROR_CODES = [
  /** No machine has this id. */
  'not-found',
  /** The command does not fit the machine's state. */
  'wrong-state',
  /** A value is out of range; `field` names it. */
  'invalid',
  /** The program file was refused; `problems` lists every reason. */
  'program-refused',
  /** The program's file cannot be read. */
  'file-unreadable',
  /** The store's disk is full, read-only or failing. */
  'storage-failed',
  /** Another process has the store open. */
  'storage-locked',
  /** An image cannot be used in a drive. */
  'drive-refused',
  /** The host has not enough memory for the machine. */
  'out-of-memory',
  /** The vCPU's thread did not answer in time; it may be hung. */
  'no-answer',
  /** The vCPU's thread died while the command was under way. */
  'thread-died',
  /** The hypervisor is being disposed of. */
  'disposed',
] as const;
export type HypervisorErrorCode = (typeof HYPERVISOR_ERROR_CODES)[number];

/** A refused command: what was wrong, where, and what to do, in the user's words. */
export interface HypervisorError {
  readonly code: HypervisorErrorCode;
  readonly message: string;
  /** `invalid`: the field of the request. */
  readonly field?: string;
  /** `program-refused`: all problems, with their places in the source. */
  readonly problems?: readonly LoadProblem[];
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HypervisorError };

// ------------------------------------------------------------------------------------------- definition

/** Guest time: the host's, or one nanosecond-scaled tick per retired instruction, so that a run repeats bit for bit. */
export const CLOCK_KINDS = ['host', 'instructions'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

export const MEMORY_MIB_RANGE = { least: 1, most: 2048, usual: 16 } as const;
export const WEIGHT_RANGE = { least: 1, most: 10_000, usual: 100 } as const;
/** Percent of one pCPU; 0 means no cap. */
export const CAP_RANGE = { least: 0, most: 100, usual: 0 } as const;
export const SLICE_MS_RANGE = { least: 1, most: 100, usual: 5 } as const;
export const NAME_LENGTH_MOST = 80;
export const NOTES_LENGTH_MOST = 20_000;
/** The window has this many machine colours; a new machine takes the one that fewest others have. */
export const COLOUR_COUNT = 8;

export const SEGMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
/**
 * What a machine's network adapter is plugged into: an isolated segment by its name, which it shares with other
 * machines of this app alone, or a way out to the host's network, which it shares with nobody.
 */
export type VmNetwork = { readonly kind: 'segment'; readonly name: string } | { readonly kind: 'host' };

/** What decides how a program file is loaded; `auto` recognises it by content. */
export interface ProgramOptions {
  readonly format: ProgramFormat | 'auto';
  /** `bin`: physical address of the first byte. */
  readonly origin?: number;
  /** `bin`: code size at the entry. */
  readonly bits?: 16 | 32;
  /** `multiboot` and `linux`: the kernel's command line. */
  readonly commandLine?: string;
}

/**
 * A machine's program. The store keeps a copy of the file's bytes (and of the files that an assembly text
 * includes) beside the definition, so that the machine still starts when the original is moved, changed or
 * deleted; `reloadProgram` takes the original's present content.
 */
export interface VmProgram extends ProgramOptions {
  /** Name shown to the user, without folders. */
  readonly fileName: string;
  /** Where the bytes came from; null for a program made in the editor. */
  readonly sourcePath: string | null;
  readonly byteLength: number;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  /** `linux`: its initial RAM disk, of which a copy is kept as well; null: none. */
  readonly initrd: { readonly fileName: string; readonly byteLength: number } | null;
}

/** An image in a drive. The file stays where it is, and may be gone when the machine starts next. */
export interface VmDrive {
  readonly slot: DriveSlot;
  readonly path: string;
  /** What becomes of the guest's writes. */
  readonly access: ImageAccess;
}

export interface VmDefinition {
  readonly id: VmId;
  readonly name: string;
  /** Which devices it is built from. */
  readonly profile: ProfileName;
  readonly memoryMiB: number;
  /** 1 for now. */
  readonly vcpuCount: number;
  readonly weight: number;
  readonly capPercent: number;
  readonly clock: ClockKind;
  /** null: it has no network adapter. */
  readonly network: VmNetwork | null;
  /** One for each drive that has something inside. */
  readonly drives: readonly VmDrive[];
  /** What firmware starts from; null: diskette, disk, CD. */
  readonly bootOrder: readonly BootDevice[] | null;
  readonly program: VmProgram | null;
  readonly notes: string;
  /** 0 .. COLOUR_COUNT - 1. */
  readonly colour: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** A file to copy, or bytes (an editor's text, a dropped file). */
export type FileSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly fileName: string };

/** A program handed in, with the initial RAM disk of a kernel. */
export type ProgramSource = FileSource & ProgramOptions & { readonly initrd?: FileSource };

export interface CreateVmRequest {
  readonly name?: string;
  readonly profile?: ProfileName;
  readonly memoryMiB?: number;
  readonly vcpuCount?: number;
  readonly weight?: number;
  readonly capPercent?: number;
  readonly clock?: ClockKind;
  readonly network?: VmNetwork | null;
  readonly drives?: readonly VmDrive[];
  readonly bootOrder?: readonly BootDevice[] | null;
  readonly notes?: string;
  readonly colour?: number;
  readonly program?: ProgramSource;
}

/** Weight, cap, name, notes and colour may change at any time; all that makes the hardware only while off or crashed. */
export interface UpdateVmRequest {
  readonly name?: string;
  readonly profile?: ProfileName;
  readonly memoryMiB?: number;
  readonly vcpuCount?: number;
  readonly weight?: number;
  readonly capPercent?: number;
  readonly clock?: ClockKind;
  readonly network?: VmNetwork | null;
  readonly drives?: readonly VmDrive[];
  readonly bootOrder?: readonly BootDevice[] | null;
  readonly notes?: string;
  readonly colour?: number;
}

// ------------------------------------------------------------------------------------------- life cycle

export const VM_STATES = ['off', 'starting', 'running', 'paused', 'saving', 'crashed'] as const;
export type VmState = (typeof VM_STATES)[number];

/**
 * What a running machine is doing; for display beside its state.
 * - `busy`: on a pCPU, or waiting for one.
 * - `halted`: HLT, waiting for an interrupt.
 * - `stopped`: HLT with interrupts off: nothing but a reset wakes it.
 * - `capped`: its cap is used up for this period.
 * - `none`: it is not running.
 */
export type VmActivity = 'busy' | 'halted' | 'stopped' | 'capped' | 'none';

/** Why a machine is paused. */
export type PauseReason =
  | { readonly kind: 'user' }
  | { readonly kind: 'started-paused' }
  | { readonly kind: 'step' }
  | { readonly kind: 'breakpoint'; readonly linearAddress: number };

/** Why a machine is crashed. Its memory and registers stay readable; reset or power-off leave this state. */
export interface CrashReport {
  readonly kind: 'triple-fault' | 'engine-error' | 'thread-died' | 'thread-hung' | 'out-of-memory';
  /** One sentence for the user. */
  readonly message: string;
  /** Stack or the engine's detail, for a report; may be empty. */
  readonly detail: string;
  readonly at: number;
}

export interface VmSummary extends VmDefinition {
  readonly state: VmState;
  readonly activity: VmActivity;
  readonly pauseReason: PauseReason | null;
  readonly crash: CrashReport | null;
  /** One line about the loaded program (`32-bit ELF, 3 segments, 48 KiB`); null before the first start. */
  readonly programSummary: string | null;
  /** What the host could not do with images, until it can again. */
  readonly driveProblems: readonly DriveProblem[];
}

export interface DriveProblem {
  readonly slot: DriveSlot;
  /** A sentence for the user. */
  readonly message: string;
}

/** How often devices that people like to see working did something since power-on; wraps at 2^32. */
export interface DeviceActivity {
  readonly drives: Readonly<Record<DriveSlot, { readonly reads: number; readonly writes: number }>>;
  readonly framesSent: number;
  readonly framesReceived: number;
}

// ---------------------------------------------------------------------------------- looking into machines

/** One vCPU's registers at one moment. */
export interface VcpuRegisters {
  readonly vmId: VmId;
  readonly vcpu: number;
  /** In the order of REGISTER_NAMES. */
  readonly values: RegisterValues;
  readonly retiredInstructions: number;
}

export type { Screen };
export type { TextScreen } from '../machine/vga/TextScreen.ts';

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

// ------------------------------------------------------------------------------------------- containment

export const CONTAINMENT_KINDS = [
  /** An access to a physical address where the machine has neither RAM nor a device. */
  'outside-ram',
  /** A privileged instruction above ring 0. */
  'privileged-instruction',
  /** An I/O port that no device of the machine answers. */
  'unknown-port',
  /** Interrupts off and no sign of progress for longer than a spin's limit. */
  'spin',
  'triple-fault',
  /** The vCPU's thread died. */
  'thread-died',
] as const;
export type ContainmentKind = (typeof CONTAINMENT_KINDS)[number];

/** Which mechanism answered the attempt. */
export const CONTAINMENT_MECHANISMS = [
  /** The machine's own map of physical memory has nothing there: reads give all ones, writes are dropped. */
  'physical-memory-map',
  /** The translated code checks the ring before the instruction's effect and delivers #GP into the guest. */
  'privilege-check',
  /** The machine's own bus has no device there. */
  'port-bus',
  /** The scheduler takes the pCPU away at the end of the slice whatever the guest does. */
  'scheduler',
  /** The processor shuts down; the machine stops, nothing else does. */
  'shutdown',
  /** Each vCPU lives in a thread of its own. */
  'thread-boundary',
] as const;
export type ContainmentMechanism = (typeof CONTAINMENT_MECHANISMS)[number];

/**
 * Something a guest tried beyond what it owns. The same attempt repeated is one entry whose `count` grows:
 * a guest that hammers cannot flood the log.
 */
export interface ContainmentEntry {
  /** Grows by one per entry; an entry that is published again keeps it. */
  readonly id: number;
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly kind: ContainmentKind;
  readonly mechanism: ContainmentMechanism;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Physical address (`outside-ram`), port (`unknown-port`), linear address of the instruction (the others); first seen. */
  readonly address: number;
  /** Highest such place of those counted here; equals `address` when there is only one. */
  readonly lastAddress: number;
  readonly access: 'read' | 'write' | 'execute' | null;
  /** Linear address of the instruction last seen trying; -1 when not known. */
  readonly instructionAddress: number;
  /** The instruction's mnemonic, the fault's name or the spin's length; may be empty. */
  readonly detail: string;
}

// ------------------------------------------------------------------------------------------- statistics

/** Where a vCPU's time went, in milliseconds since the machine was started. */
export interface VcpuTimes {
  readonly runMs: number;
  /** Runnable, but every pCPU was taken (steal). */
  readonly readyMs: number;
  readonly haltedMs: number;
  readonly cappedMs: number;
  /** How often it was given a pCPU. */
  readonly slices: number;
}

export interface VmStatistics {
  readonly vmId: VmId;
  readonly state: VmState;
  readonly activity: VmActivity;
  /** Share of one pCPU received over the last second, 0..1 (a vCPU that runs all the time has 1). */
  readonly receivedShare: number;
  /** Share of one pCPU that weights and caps entitled it to over the last second, for as long as it wanted to run; 0..1. */
  readonly entitledShare: number;
  /** Million guest instructions a second of host time over the last second. */
  readonly mips: number;
  readonly retiredInstructions: number;
  readonly vcpus: readonly VcpuTimes[];
  /** Exits since the start, and per second over the last second. */
  readonly exits: Readonly<Partial<Record<ExitKind, number>>>;
  readonly exitRates: Readonly<Partial<Record<ExitKind, number>>>;
  readonly containmentCount: number;
}

export interface HypervisorStatistics {
  /** Milliseconds on the hypervisor's monotonic clock. */
  readonly at: number;
  readonly pcpuCount: number;
  readonly sliceMs: number;
  /** Busy fraction of all pCPUs over the last second, 0..1. */
  readonly load: number;
  readonly vms: readonly VmStatistics[];
}

/** One uninterrupted stay on a pCPU. Times are milliseconds on the hypervisor's monotonic clock. */
export interface ScheduleSlice {
  readonly vmId: VmId;
  readonly vcpu: number;
  readonly pcpu: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Why it ended. */
  readonly end: SliceEnd;
  /** How long it was ready before, in milliseconds. */
  readonly waitedMs?: number;
}
export const SLICE_ENDS = ['slice', 'halt', 'stop', 'capped', 'preempted', 'died'] as const;
export type SliceEnd = (typeof SLICE_ENDS)[number];

export interface ScheduleTrace {
  readonly slices: readonly ScheduleSlice[];
  /** Pass as `since` to the next call. */
  readonly cursor: number;
  /** Slices that were overwritten before they could be read. */
  readonly lost: number;
  readonly nowMs: number;
}

// -------------------------------------------------------------------------------------------- isolation

/** A machine's own memory under glass. */
export interface MemoryActivity {
  readonly vmId: VmId;
  /** Bytes of RAM that one cell stands for. */
  readonly cellBytes: number;
  /** Recent writes per cell, 0 (still) .. 255 (just written); decays. */
  readonly heat: Uint8Array;
  /** 1 where the cell holds translated code. */
  readonly code: Uint8Array;
}

/**
 * Evidence that nobody else wrote this machine's memory.
 *
 * The pages that the guest itself has never written since its program was loaded must still hold what was
 * loaded. They are hashed again and again and compared with hashes taken from the program image, not from
 * RAM. `digest` stands for the machine, for their numbers and contents: it changes only when the guest writes
 * a page for the first time, or when something foreign did, and no two machines show the same.
 */
export interface MemoryIntegrity {
  readonly vmId: VmId;
  /** Sixteen hexadecimal digits. */
  readonly digest: string;
  readonly pageCount: number;
  /** Pages that the guest has not written, hence guarded. */
  readonly guardedPages: number;
  /** Complete passes over the guarded pages since the start. */
  readonly passes: number;
  /** Guarded pages found changed: always 0 unless isolation is broken. */
  readonly foreignWrites: number;
  /** Digest of all of RAM, of a machine that stands still, the same for equal contents; null while it runs. */
  readonly exactDigest: string | null;
}

export interface IsolationSample {
  readonly at: number;
  readonly activity: readonly MemoryActivity[];
  readonly integrity: readonly MemoryIntegrity[];
}

// ----------------------------------------------------------------------------------------------- events

export type StoreProblem = {
  readonly kind: 'set-aside' | 'write-failed';
  /** What happened and where the data lies now. */
  readonly message: string;
  readonly path: string;
};

export interface HypervisorEvents {
  'vm-added': VmSummary;
  /** Definition, state, activity or pause reason changed. */
  'vm-changed': VmSummary;
  'vm-removed': { readonly id: VmId };
  'vm-state': { readonly id: VmId; readonly from: VmState; readonly to: VmState; readonly at: number };
  'serial-output': SerialOutput;
  /** New entries, and old ones whose count grew; at most ten times a second for each machine. */
  containment: readonly ContainmentEntry[];
  /** Four times a second while anyone listens. */
  statistics: HypervisorStatistics;
  /** Four times a second while anyone listens. */
  isolation: IsolationSample;
  'scheduler-changed': SchedulerSettings;
  'store-problem': StoreProblem;
  /** The host could not read or write what lies in a drive; the guest got an I/O error. Once until it works again. */
  'drive-problem': DriveProblem & { readonly vmId: VmId };
}
export type HypervisorEventName = keyof HypervisorEvents;

/** Takes a subscription back; calling it again does nothing. */
export type Disposer = () => void;

export interface SchedulerSettings {
  /** 1 .. 64; the host's cores by default. */
  readonly pcpuCount: number;
  /** SLICE_MS_RANGE. */
  readonly sliceMs: number;
}
