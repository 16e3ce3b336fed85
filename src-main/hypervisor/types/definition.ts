import type { BootDevice, DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../../machine/images/openImage.ts';
import type { KeyboardLayout } from '../../machine/keyboard/layouts.ts';
import type { ProgramFormat } from '../../machine/loaders/ProgramImage.ts';
import type { AdapterModel } from '../../machine/network/NetworkPort.ts';
import type { ProfileName } from '../../machine/profiles/profiles.ts';

/** Stable for the life of a machine, safe as a folder name: `vm-` and sixteen hexadecimal digits. */
export type VmId = string;

/** Guest time: the host's, or one nanosecond-scaled tick per retired instruction, so that a run repeats bit for bit. */
export const CLOCK_KINDS = ['host', 'instructions'] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** What runs guest code: the threaded tier and, of what is hot, regions; the threaded tier alone; or regions much sooner. */
export const TIERS = ['auto', 'threaded', 'region'] as const;
export type Tier = (typeof TIERS)[number];

export const MEMORY_MIB_RANGE = { least: 1, most: 2048, usual: 16 } as const;
export const WEIGHT_RANGE = { least: 1, most: 10_000, usual: 100 } as const;
/** Percent of one pCPU; 0 means no cap. */
export const CAP_RANGE = { least: 0, most: 100, usual: 0 } as const;
export const SLICE_MS_RANGE = { least: 1, most: 100, usual: 5 } as const;
/** Minutes between two checkpoints of a machine that is on. */
export const CHECKPOINT_MINUTES_RANGE = { least: 1, most: 60 } as const;
export const NAME_LENGTH_MOST = 80;
export const GROUP_LENGTH_MOST = 40;
export const NOTES_LENGTH_MOST = 20_000;
/** The window has this many machine colours; a new machine takes the one that fewest others have. */
export const COLOUR_COUNT = 8;

export const SEGMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
/**
 * What a machine's network adapter is plugged into: an isolated segment by its name, which it shares with other
 * machines of this app alone, or a way out to the host's network, which it shares with nobody.
 */
export type VmNetwork = { readonly kind: 'segment'; readonly name: string } | { readonly kind: 'host' };

/** What decides how a program file is loaded; `auto` recognises it by content, `bios` is firmware in place of our own. */
export interface ProgramOptions {
  readonly format: ProgramFormat | 'auto' | 'bios';
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

/** A file of symbols apart from the program, such as the vmlinux of a bzImage. It stays where it is, and may be gone. */
export interface VmSymbols {
  readonly path: string;
  /** From the file's addresses to the linear ones where the program runs; added modulo 4 GiB. */
  readonly offset: number;
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
  /** pCPUs, counted from 0, that it may run on; null: any. Those that are not there do not count. */
  readonly pcpus: readonly number[] | null;
  /** The longest that it runs in one go while others wait, SLICE_MS_RANGE; null: as long as the scheduler's settings say. */
  readonly sliceMs: number | null;
  /** What it is started or resumed with next; one that is on keeps the one that it has. */
  readonly tier: Tier;
  readonly clock: ClockKind;
  /** null: it has no network adapter. */
  readonly network: VmNetwork | null;
  /** Of the network adapter; null: the usual one of its profile. */
  readonly adapterModel: AdapterModel | null;
  /** It has a virtio console beside its serial ports. */
  readonly hasConsole: boolean;
  /** It is heard: its loudspeaker, and a sound card where it has PCI. */
  readonly hasSound: boolean;
  /** What its system takes its keyboard for: text is typed on that. */
  readonly keyboardLayout: KeyboardLayout;
  /** One for each drive that has something inside. */
  readonly drives: readonly VmDrive[];
  /** What firmware starts from; null: diskette, disk, CD. */
  readonly bootOrder: readonly BootDevice[] | null;
  readonly program: VmProgram | null;
  /** null: the program's own alone. */
  readonly symbols: VmSymbols | null;
  readonly notes: string;
  /** It starts with the app. */
  readonly autostart: boolean;
  /**
   * While it is on, its state is kept every so many minutes, to go on from if this process is killed; null: never. Not
   * for machines with a drive that they write.
   */
  readonly checkpointMinutes: number | null;
  /** Name of the group that it is listed in; null: none. */
  readonly group: string | null;
  /** 0 .. COLOUR_COUNT - 1. */
  readonly colour: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** The number of the virtio console among a machine's serial ports, behind COM1 to COM4 (0 to 3). */
export const CONSOLE_PORT = 4;

/** A file to copy, or bytes (an editor's text, a dropped file). */
export type FileSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly fileName: string };

/** A program handed in, with the initial RAM disk of a kernel. */
export type ProgramSource = FileSource &
  ProgramOptions & {
    readonly initrd?: FileSource;
    /** `bios`: the display adapter's firmware. */
    readonly vgaBios?: FileSource;
  };

/** Weight, cap, pCPUs, slice, tier, symbols, keyboard layout, name, notes, group, start, checkpoints and colour may change at any time; all that makes the hardware only while off or crashed. */
export interface UpdateVmRequest {
  readonly name?: string;
  readonly profile?: ProfileName;
  readonly memoryMiB?: number;
  readonly vcpuCount?: number;
  readonly weight?: number;
  readonly capPercent?: number;
  readonly pcpus?: readonly number[] | null;
  readonly sliceMs?: number | null;
  readonly tier?: Tier;
  readonly clock?: ClockKind;
  readonly network?: VmNetwork | null;
  readonly adapterModel?: AdapterModel | null;
  readonly hasConsole?: boolean;
  readonly hasSound?: boolean;
  readonly keyboardLayout?: KeyboardLayout;
  readonly drives?: readonly VmDrive[];
  readonly bootOrder?: readonly BootDevice[] | null;
  readonly symbols?: VmSymbols | null;
  readonly notes?: string;
  readonly autostart?: boolean;
  readonly checkpointMinutes?: number | null;
  readonly group?: string | null;
  readonly colour?: number;
}

export interface CreateVmRequest extends UpdateVmRequest {
  readonly program?: ProgramSource;
}
