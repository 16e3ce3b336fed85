import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { KEYBOARD_LAYOUTS } from './layouts/KeyboardLayouts.ts';
import { FileGrant, ProgramFormat, ProgramOptions, ProgramSource } from './programs.ts';

/** Stable for the life of a machine. */
export const VmId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export type VmId = z.infer<typeof VmId>;

export const VcpuId = z.number().int().min(0).max(255);

/** Life cycle of a VM. */
export const VmState = z.enum(['off', 'starting', 'running', 'paused', 'saving', 'crashed']);
export type VmState = z.infer<typeof VmState>;

/**
 * What a running machine is doing, beside its state.
 * - `busy`: on a pCPU, or waiting for one.
 * - `halted`: HLT, waiting for an interrupt.
 * - `stopped`: HLT with interrupts off: nothing but a reset wakes it.
 * - `capped`: its cap is used up for this period.
 * - `none`: it is not running.
 */
export const VmActivity = z.enum(['busy', 'halted', 'stopped', 'capped', 'silent', 'none']);
export type VmActivity = z.infer<typeof VmActivity>;

/** `host`: wall-clock time; `instructions`: the count of retired instructions, the same on every run. */
export const Tier = z.enum(['auto', 'threaded', 'region']);
export type Tier = z.infer<typeof Tier>;

export const ClockKind = z.enum(['host', 'instructions']);
export type ClockKind = z.infer<typeof ClockKind>;

/**
 * What the machine's network adapter is plugged into; null: it has none. An isolated segment is shared with the
 * machines that name the same one; the way to the host's network with nobody.
 */
export const VmNetwork = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('segment'), name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/) }),
    z.object({ kind: z.literal('host') }),
  ])
  .nullable();

/** Which devices a machine is built from: a PCI board, an older one without PCI, or the least that Linux needs. */
export const VmProfile = z.enum(['pc', 'isa', 'micro']);
export type VmProfile = z.infer<typeof VmProfile>;

/** Kinds of network adapter. */
export const AdapterModel = z.enum(['ne2000', 'virtio']);
export type AdapterModel = z.infer<typeof AdapterModel>;

/** Floppy drive, two IDE disks, CD-ROM drive, virtio disk. */
export const DriveSlot = z.enum(['floppy', 'hda', 'hdb', 'cdrom', 'vda']);
export type DriveSlot = z.infer<typeof DriveSlot>;
/** Drives whose medium can be changed while the machine runs. */
export const RemovableSlot = z.enum(['floppy', 'cdrom']);
export type RemovableSlot = z.infer<typeof RemovableSlot>;

/** What becomes of the guest's writes: kept in the image, refused, or kept until the machine is switched off. */
export const ImageAccess = z.enum(['read-write', 'read-only', 'overlay']);
export type ImageAccess = z.infer<typeof ImageAccess>;

export const BootDevice = z.enum(['floppy', 'disk', 'cdrom']);
export type BootDevice = z.infer<typeof BootDevice>;

/** An image for a drive, as the window asks for it. */
export const DriveChoice = z.object({ slot: DriveSlot, token: z.string().max(64), access: ImageAccess });
export type DriveChoice = z.infer<typeof DriveChoice>;

/** An image in a drive. */
export const VmDrive = z.object({
  slot: DriveSlot,
  file: FileGrant,
  access: ImageAccess,
  /** What the host could not do with it, in a sentence for the user; null while all is well. */
  problem: z.string().nullable(),
});
export type VmDrive = z.infer<typeof VmDrive>;

export const KeyboardLayout = z.enum(KEYBOARD_LAYOUTS);
export type KeyboardLayout = z.infer<typeof KeyboardLayout>;

export const VmSettings = z.object({
  name: z.string().trim().min(1).max(80),
  profile: VmProfile,
  memoryMiB: z.number().int().min(1).max(2048),
  vcpuCount: z.number().int().min(1).max(1),
  /** Share of contended time relative to the others'; usually 100. */
  weight: z.number().int().min(1).max(10_000),
  /** Upper limit in percent of one pCPU, binding even on an idle host; 0: none. */
  capPercent: z.number().int().min(0).max(100),
  /** pCPUs, counted from 0, that it may run on; null: any. */
  pcpus: z.array(z.number().int().min(0).max(63)).min(1).max(64).nullable(),
  /** The longest that it runs in one go while others wait; null: as long as the preferences say. */
  sliceMs: z.number().int().min(1).max(100).nullable(),
  /** What runs its code from its next start on. */
  tier: Tier,
  clock: ClockKind,
  network: VmNetwork,
  /** Null: the usual one of its profile. */
  adapterModel: AdapterModel.nullable(),
  /** It has a virtio console beside its serial ports. */
  hasConsole: z.boolean(),
  /** It is heard: its loudspeaker, and a sound card on PCI boards. */
  hasSound: z.boolean(),
  /** What its system takes its keyboard for; text is typed on that. Keys go by their places, whatever this says. */
  keyboardLayout: KeyboardLayout,
  /** What firmware starts from, the first that it can; null: floppy, disk, CD. */
  bootOrder: z.array(BootDevice).max(3).nullable(),
  notes: z.string().max(20_000),
  /** It starts with the app. */
  autostart: z.boolean(),
  /** While it is on, its state is kept so often, to go on from if the app is killed; null: never. */
  checkpointMinutes: z.number().int().min(1).max(60).nullable(),
  /** Name of the group that it is listed in; null: none. */
  group: z.string().trim().min(1).max(40).nullable(),
  /** The machine's own colour, the same everywhere in the window. */
  colour: z.number().int().min(0).max(7),
});
export type VmSettings = z.infer<typeof VmSettings>;

const ModeOfOperation = z.object({ isProtected: z.boolean(), isPaging: z.boolean(), isVirtual8086: z.boolean() });

/** What has met a breakpoint. Addresses are linear; `returnAddress` is where an event came from. */
export const BreakpointCause = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('code') }),
  z.object({ kind: z.literal('data'), linearAddress: z.number(), access: z.enum(['read', 'write']) }),
  z.object({
    kind: z.literal('port'),
    port: z.number(),
    byteLength: z.number(),
    access: z.enum(['read', 'write']),
  }),
  z.object({
    kind: z.literal('interrupt'),
    vector: z.number(),
    source: z.enum(['external', 'nmi', 'software']),
    returnAddress: z.number(),
  }),
  z.object({ kind: z.literal('exception'), vector: z.number(), errorCode: z.number(), returnAddress: z.number() }),
  z.object({ kind: z.literal('mode'), from: ModeOfOperation, to: ModeOfOperation }),
  z.object({
    kind: z.literal('control-register'),
    register: z.union([z.literal(0), z.literal(2), z.literal(3), z.literal(4)]),
    value: z.number(),
  }),
]);
export type BreakpointCause = z.infer<typeof BreakpointCause>;

/** Why a machine is paused. */
export const PauseReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user') }),
  z.object({ kind: z.literal('started-paused') }),
  z.object({ kind: z.literal('restored') }),
  z.object({ kind: z.literal('step') }),
  /** It was stepped, and is where it was: in a HLT that nothing ends but input from outside. */
  z.object({ kind: z.literal('waiting') }),
  /** A debugger that drives it has stopped it, or has come. */
  z.object({ kind: z.literal('debugger') }),
  z.object({
    kind: z.literal('breakpoint'),
    /** Which of the machine's breakpoints. */
    id: z.number(),
    /** Where the machine stands. */
    linearAddress: z.number(),
    cause: BreakpointCause,
  }),
  /** It went back, or forth again; `start`: to the first place that can be reached, since it met nothing else. */
  z.object({
    kind: z.literal('travelled'),
    stop: z.enum(['position', 'breakpoint', 'watchpoint', 'catchpoint', 'start']),
  }),
]);
export type PauseReason = z.infer<typeof PauseReason>;

/** Why a machine is crashed. Its memory and registers stay readable; reset or power-off leave this state. */
export const CrashReport = z.object({
  kind: z.enum(['triple-fault', 'engine-error', 'thread-died', 'thread-hung', 'out-of-memory']),
  /** One sentence for the user. */
  message: z.string(),
  /** Stack or the engine's detail; may be empty. */
  detail: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type CrashReport = z.infer<typeof CrashReport>;

export const VmProgram = z.object({
  /** Without its folder. */
  fileName: z.string(),
  format: ProgramFormat,
  byteLength: z.number(),
  /** It is a text: `program:source` returns it for the editor. */
  hasSource: z.boolean(),
  /** `linux` and `multiboot`. */
  commandLine: z.string().optional(),
  /** File name of a kernel's initial RAM disk. */
  initrd: z.string().optional(),
});
export type VmProgram = z.infer<typeof VmProgram>;

export const VmSummary = VmSettings.extend({
  id: VmId,
  /** One for each drive that has something inside. */
  drives: z.array(VmDrive),
  state: VmState,
  activity: VmActivity,
  program: VmProgram.nullable(),
  /** One line about the loaded program (`32-bit ELF, 3 segments, 48 KiB`); null before the first start. */
  programSummary: z.string().nullable(),
  pauseReason: PauseReason.nullable(),
  crash: CrashReport.nullable(),
  /** A debugger is connected, and drives it. */
  isDebugged: z.boolean(),
  /** It is off, and its next start goes on where it was suspended. */
  isSuspended: z.boolean(),
  /** What it was made for: by its owner, for the demonstration, or for a guided tour. */
  role: z.enum(['none', 'resident', 'rogue', 'tour']),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  changedAt: z.number(),
});
export type VmSummary = z.infer<typeof VmSummary>;

export const VmReference = z.object({ id: VmId });
export type VmReference = z.infer<typeof VmReference>;

const MouseCount = z.number().int().min(-4096).max(4096);
export const MouseMotion = z.object({
  dx: MouseCount,
  dy: MouseCount,
  wheel: z.number().int().min(-128).max(127),
  buttons: z.number().int().min(0).max(7),
});
export type MouseMotion = z.infer<typeof MouseMotion>;

/** Keys by physical position (`KeyboardEvent.code`), as the machine's keyboard controller reports them. */
export const KeyStroke = z.object({ code: z.string().min(1).max(32), pressed: z.boolean() });
export type KeyStroke = z.infer<typeof KeyStroke>;

/** Where text goes to and comes from: the first serial port, or the virtio console. */
export const SerialLine = z.enum(['com1', 'virtio']);
export type SerialLine = z.infer<typeof SerialLine>;

export const machineContract = {
  /** In the order of creation. */
  'vm:list': call(z.void(), z.array(VmSummary)),
  /** Without `settings.name` the machine is named for its program. With `start` it runs at once. */
  'vm:create': call(
    z.object({
      settings: VmSettings.partial().optional(),
      program: ProgramSource.optional(),
      options: ProgramOptions.optional(),
      drives: z.array(DriveChoice).max(5).optional(),
      start: z.boolean().optional(),
    }),
    VmSummary,
  ),
  /** Rename and settings; what makes the hardware, drives included, only while the VM is off or crashed. */
  'vm:update': call(
    z.object({ id: VmId, changes: VmSettings.partial(), drives: z.array(DriveChoice).max(5).optional() }),
    VmSummary,
  ),
  /** Puts an image into a drive, or with null takes out what is there: at once in a machine that runs. */
  'vm:changeMedium': call(
    z.object({
      id: VmId,
      slot: RemovableSlot,
      image: z.object({ token: z.string().max(64), access: ImageAccess }).nullable(),
    }),
    VmSummary,
  ),
  /** A new machine, off, with the same settings and program. */
  'vm:clone': call(z.object({ id: VmId, name: z.string().trim().min(1).max(80).optional() }), VmSummary),
  /** Writes a machine that is off, with its program, snapshots and what its drives hold, as one file that may be written. */
  'vm:export': call(
    z.object({
      id: VmId,
      token: z.string().max(64),
      snapshots: z.boolean().default(true),
      /** Without what they hold, drives are empty where the machine is imported. */
      images: z.boolean().default(true),
    }),
    z.void(),
  ),
  /** A new machine, off, of such a file. */
  'vm:import': call(z.object({ token: z.string().max(64) }), VmSummary),
  /** Powers it off first when need be. With `undoable` it is kept for `vm:undelete` until Vivarium ends. */
  'vm:delete': call(z.object({ id: VmId, undoable: z.boolean().default(false) }), z.void()),
  /** The machine is there again, off, with its settings, snapshots and breakpoints. */
  'vm:undelete': call(VmReference, VmSummary),
  /** Puts a program into a machine. When it is on: at once with `reset`, otherwise at its next reset. */
  'vm:load': call(
    z.object({
      id: VmId,
      source: ProgramSource,
      options: ProgramOptions.optional(),
      reset: z.boolean().optional(),
    }),
    VmSummary,
  ),

  'vm:start': call(z.object({ id: VmId, paused: z.boolean().optional() }), VmSummary),
  'vm:pause': call(VmReference, VmSummary),
  'vm:resume': call(VmReference, VmSummary),
  /** Exactly one instruction of a paused VM. */
  'vm:step': call(z.object({ id: VmId, vcpu: VcpuId.default(0) }), VmSummary),
  /** As `vm:step`, but a called procedure, interrupt or repeated string instruction is run to its end. */
  'vm:stepOver': call(z.object({ id: VmId, vcpu: VcpuId.default(0) }), VmSummary),
  /** Power-on state and the program loaded afresh; runs on if it ran. */
  'vm:reset': call(VmReference, VmSummary),
  /** Asks the guest to shut itself down; refused when it does not listen. */
  'vm:powerButton': call(VmReference, VmSummary),
  'vm:powerOff': call(VmReference, VmSummary),
  /** Keeps the state of a machine that is on, and powers it off; its next start goes on from there. */
  'vm:suspend': call(VmReference, VmSummary),
  /** The next start of a suspended machine starts it anew. */
  'vm:discardSuspended': call(VmReference, VmSummary),

  'vm:key': call(z.object({ id: VmId, keys: z.array(KeyStroke).max(256) }), z.void()),
  /** The mouse moved, in counts (y downwards); buttons: bit 0 left, 1 right, 2 middle; wheel: steps towards the user. */
  'vm:mouse': call(z.object({ id: VmId, motion: MouseMotion }), z.void()),
  /**
   * Typed on the machine's keyboard, as its layout has it; returns the characters that this has no keys for, which are
   * left out.
   */
  'vm:typeText': call(
    z.object({ id: VmId, text: z.string().max(10_000) }),
    z.object({ missing: z.array(z.string()).readonly() }),
  ),
  /** Bytes received by COM1, or by the virtio console. */
  'vm:serialInput': call(z.object({ id: VmId, bytes: Bytes, line: SerialLine.default('com1') }), z.void()),
  /** The text screen's lines, trailing blanks removed. */
  'vm:screenText': call(VmReference, z.array(z.string())),
  /** What the machine shows, text too, as a PNG file. */
  'vm:screenPicture': call(VmReference, Bytes),

  /** A machine appeared or changed. */
  'vm:changed': event(VmSummary),
  'vm:removed': event(VmReference),
  /** Main asks the window to show this machine: a file was opened from outside. */
  'vm:reveal': event(VmReference),
} as const;
