import type { DirectColourMode } from '../vga/VbeRegisters.ts';

/**
 * A loaded program as a pure description: what goes into guest RAM and in which state the first
 * virtual processor starts. The machine writes it; a loader never sees a machine, so a bad file
 * cannot leave one half changed.
 */

/** The kinds of program file that a machine can start. `recognise` tells them apart by content. */
export const PROGRAM_FORMATS = ['seed', 'asm', 'com', 'bin', 'boot', 'elf', 'multiboot', 'linux'] as const;
export type ProgramFormat = (typeof PROGRAM_FORMATS)[number];

/** One contiguous range of guest RAM. */
export interface ProgramSegment {
  readonly physicalAddress: number;
  readonly bytes: Uint8Array;
  /**
   * Physical address up to which (exclusive) RAM is cleared after `bytes`: the program's bss. Absent
   * when nothing follows the bytes.
   */
  readonly zeroedTo?: number;
}

/** General registers at the first instruction; those not named are 0. */
export interface InitialRegisters {
  readonly eax?: number;
  readonly ecx?: number;
  readonly edx?: number;
  readonly ebx?: number;
  readonly esp?: number;
  readonly ebp?: number;
  readonly esi?: number;
  readonly edi?: number;
}

/**
 * Real mode: CR0.PE is 0 and each segment's base is its selector times 16, its limit 0xffff.
 * EFLAGS is 2 (interrupts off), the IDT is the IVT at 0.
 */
export interface RealModeEntry {
  readonly mode: 'real16';
  readonly cs: number;
  readonly eip: number;
  readonly ds: number;
  readonly es: number;
  readonly fs: number;
  readonly gs: number;
  readonly ss: number;
  readonly registers: InitialRegisters;
}

/**
 * Flat protected mode: CR0.PE is 1, paging off, EFLAGS is 2 (interrupts off), CPL is 0, A20 open.
 * The segment registers hold `codeSelector` and `dataSelector` with base 0, limit 0xffffffff, granularity
 * 4 KiB, D/B 1, code execute-readable and data writable. The IDT is empty (limit 0): a fault before the
 * program loads one is a triple fault.
 *
 * `gdt` is where the machine writes a table that matches those selectors and to which it points GDTR, so
 * that a program which reloads a segment register before it loads its own GDT works; absent when the
 * program must bring its own (as the multiboot specification allows).
 */
export interface FlatProtectedEntry {
  readonly mode: 'protected32';
  readonly eip: number;
  readonly codeSelector: number;
  readonly dataSelector: number;
  readonly gdt?: GdtWish;
  readonly registers: InitialRegisters;
}

/** A descriptor table to be placed in guest RAM; `segments` of the image holds its bytes already. */
export interface GdtWish {
  readonly physicalAddress: number;
  /** Last valid offset, as LGDT takes it. */
  readonly limit: number;
}

export type ProgramEntry = RealModeEntry | FlatProtectedEntry;

export interface ProgramSymbol {
  readonly name: string;
  /** Linear address in the entry's mode: real-mode programs have their segment's base added. */
  readonly address: number;
}

/** One line of the source and where its bytes lie, for the debugger. */
export interface ProgramListingLine {
  /** Linear address of the first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** A whole disk that the program came from; its first sector is already among the segments. */
export interface ProgramDisk {
  readonly kind: 'floppy' | 'hard-disk';
  readonly bytes: Uint8Array;
}

export interface ProgramImage {
  readonly format: ProgramFormat;
  /** In ascending order of address, disjoint, inside RAM. All other RAM is to be zero. */
  readonly segments: readonly ProgramSegment[];
  readonly entry: ProgramEntry;
  readonly symbols?: readonly ProgramSymbol[];
  readonly listing?: readonly ProgramListingLine[];
  readonly disk?: ProgramDisk;
  /** The screen is in this mode when the program begins, its pixels at the linear frame buffer's usual place; absent: text. */
  readonly videoMode?: DirectColourMode;
  /** One line for the user: `32-bit ELF, 3 segments, 48 KiB, entry 0x100000`. */
  readonly summary: string;
}

/** What is wrong with a file: what, where, and what to do about it. */
export interface LoadProblem {
  readonly message: string;
  /** Text formats: place in the source, 1-based; `length` in characters. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  readonly severity: 'error' | 'warning';
}

export type LoadResult =
  | { readonly kind: 'loaded'; readonly image: ProgramImage; readonly warnings: readonly LoadProblem[] }
  /** `message` is one clear sentence or two; `problems` lists all of them (several for assembly text), and is empty
   *  when the file is of no kind that is known. */
  | { readonly kind: 'refused'; readonly message: string; readonly problems: readonly LoadProblem[] };

/** The machine that the program is to run on, and the user's overrides. */
export interface LoadOptions {
  /** Guest RAM in bytes. */
  readonly memoryBytes: number;
  /** Name shown in messages. */
  readonly fileName?: string;
  /** `bin`: physical address of the first byte and of the entry (default 0x7c00 in 16-bit, 0x100000 in 32-bit code). */
  readonly origin?: number;
  /** `bin`: code size at the entry (default 16). */
  readonly bits?: 16 | 32;
  /** `multiboot`: what follows the kernel's name on its command line; `linux`: the command line. */
  readonly commandLine?: string;
  /** `multiboot`: files handed to the kernel, placed after it. */
  readonly modules?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** `linux`: the initial RAM disk. */
  readonly initrd?: Uint8Array;
  /** `asm`: reads what `%include` and `incbin` name; null when there is no such file. */
  readonly readFile?: (name: string) => Uint8Array | null;
}
