import { existsSync, readFileSync } from 'node:fs';
import { compileThreadedHandlers } from '../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, type TranslatedMachineOptions } from '../../src-main/hypervisor/TranslatedMachine.ts';
import type { DriveSlot } from '../../src-main/machine/drives/DriveSlot.ts';
import { openDriveImage } from '../../src-main/machine/drives/openDriveImage.ts';
import type { DiskImage } from '../../src-main/machine/images/DiskImage.ts';
import { parseTyping } from '../../src-main/machine/keyboard/typing.ts';
import { load } from '../../src-main/machine/loaders/load.ts';
import type { LoadOptions } from '../../src-main/machine/loaders/ProgramImage.ts';
import type { Machine } from '../../src-main/machine/Machine.ts';
import { MemoryImageHost } from '../support/machine/MemoryImageHost.ts';

/** Where `npm run guests` builds them; VIVARIUM_GUESTS names another folder. */
const FOLDER = process.env['VIVARIUM_GUESTS'] ?? new URL('../../node_modules/.cache/guests', import.meta.url).pathname;
const MIB = 1024 * 1024;
const SLICE_INSTRUCTIONS = 2_000_000;
/** A guest that waits in HLT skips time: what it shows for two seconds may last for few instructions. */
const SCREEN_SLICE_INSTRUCTIONS = 200_000;

/** From a kernel's entry to its shell, and no more. */
export const BOOT = 1_500_000_000;
/** The same with unpacking by the kernel itself before. */
export const BOOT_PACKED = 5_000_000_000;
/** A host that is busy takes its time. */
export const TIMEOUT_MS = 20 * 60_000;
/** What makes Linux come up sooner: no self-tests of its cryptography, no search for ISA Plug and Play. */
export const QUICK = 'quiet cryptomgr.notests noisapnp';

/** Whether the tests that want these files are left out, which is said once. */
export function isWithout(...names: readonly string[]): boolean {
  const missing = names.filter((name) => !existsSync(`${FOLDER}/${name}`));
  if (missing.length > 0)
    console.log(
      `Skipped: ${FOLDER} has no ${missing.join(', ')}. “npm run guests” builds what this system has packages for.`,
    );
  return missing.length > 0;
}

export function guestPath(name: string): string {
  return `${FOLDER}/${name}`;
}

export function guestFile(name: string): Uint8Array {
  return readFileSync(guestPath(name));
}

export interface GuestOptions extends Partial<Omit<TranslatedMachineOptions, 'drives'>> {
  /** Guest files that lie in its drives; what is written to them is kept in {@link Guest.media} alone. */
  readonly drives?: Partial<Record<DriveSlot, string>>;
}

/** A machine with a guest in it, by the instruction clock: each run is the same. */
export class Guest {
  readonly machine: Machine;
  readonly media: MemoryImageHost;
  private readonly serialBytes: number[];

  private constructor(machine: Machine, media: MemoryImageHost, serialBytes: number[]) {
    this.machine = machine;
    this.media = media;
    this.serialBytes = serialBytes;
  }

  static async make(memoryMiB: number, { drives = {}, ...options }: GuestOptions = {}): Promise<Guest> {
    const serialBytes: number[] = [];
    const media = new MemoryImageHost();
    const { machine } = createTranslatedMachine({
      memoryBytes: memoryMiB * MIB,
      handlers: await compileThreadedHandlers(),
      hostTime: { monotonicNs: () => performance.now() * 1e6 },
      clock: { kind: 'instructions' },
      wallClockMs: Date.UTC(2024, 1, 29, 12),
      drives: { images: openImages(media, drives) },
      ...options,
      sinks: { serial: (port, byte) => void (port === 0 && serialBytes.push(byte)), ...options.sinks },
    });
    return new Guest(machine, media, serialBytes);
  }

  /** A machine that starts from its drives or from a BIOS image. */
  static async fromDrives(memoryMiB: number, options: GuestOptions): Promise<Guest> {
    const guest = await Guest.make(memoryMiB, options);
    guest.machine.reset();
    return guest;
  }

  /** A kernel, with an initial RAM disk if it takes one. */
  static async kernel(
    name: string,
    memoryMiB: number,
    start: { readonly commandLine?: string; readonly initrd?: string } = {},
    options: GuestOptions = {},
  ): Promise<Guest> {
    const initrd = start.initrd === undefined ? {} : { initrd: guestFile(start.initrd) };
    const commandLine = start.commandLine === undefined ? {} : { commandLine: start.commandLine };
    return Guest.program(guestFile(name), memoryMiB, { ...commandLine, ...initrd }, options);
  }

  /** The same from bytes that are no guest's file. */
  static async program(
    bytes: Uint8Array,
    memoryMiB: number,
    start: Omit<LoadOptions, 'memoryBytes'>,
    options: GuestOptions = {},
  ): Promise<Guest> {
    const guest = await Guest.make(memoryMiB, options);
    const result = load('auto', bytes, { memoryBytes: memoryMiB * MIB, ...start });
    if (result.kind === 'refused') throw new Error(result.message);
    guest.machine.load(result.image);
    return guest;
  }

  get serial(): string {
    return Buffer.from(this.serialBytes).toString('latin1');
  }

  /** Lines of the text screen, without blanks at their ends. */
  get screen(): readonly string[] {
    return this.machine.screenText();
  }

  /** Runs until something is true, or the machine has come to an end; returns why it stopped. */
  runUntil(isDone: () => boolean, mostInstructions: number, slice = SLICE_INSTRUCTIONS): string {
    for (let left = mostInstructions; left > 0; left -= slice) {
      if (isDone()) return 'done';
      const { reason } = this.machine.run({ instructions: slice });
      if (reason !== 'budget' && reason !== 'kick') return isDone() ? 'done' : reason;
    }
    if (isDone()) return 'done';
    return `not within ${mostInstructions} instructions:\n${this.serial.slice(-1500)}\n${this.screen.join('\n')}`;
  }

  /** Runs until COM1 has sent a text. */
  runUntilSerial(text: string, mostInstructions: number): string {
    return this.runUntil(() => this.serial.includes(text), mostInstructions);
  }

  /** Runs until some line of the screen matches. */
  runUntilScreen(pattern: RegExp, mostInstructions: number): string {
    const isShown = (): boolean => this.screen.some((line) => pattern.test(line));
    return this.runUntil(isShown, mostInstructions, SCREEN_SLICE_INSTRUCTIONS);
  }

  /** Runs until the machine stops for another reason than a slice's end. */
  runToEnd(mostInstructions: number): string {
    return this.runUntil(() => false, mostInstructions);
  }

  /** Sends a text to COM1. */
  type(text: string): void {
    this.machine.inputs.serialInput(Buffer.from(text));
  }

  /** Presses keys, in the notation of the command line's --keys. */
  press(keys: string): void {
    this.machine.inputs.type(parseTyping(keys), { whenReady: false });
  }
}

function openImages(
  media: MemoryImageHost,
  drives: Partial<Record<DriveSlot, string>>,
): Partial<Record<DriveSlot, DiskImage>> {
  const images: Partial<Record<DriveSlot, DiskImage>> = {};
  // Object.entries forgets what the keys are.
  for (const [slot, name] of Object.entries(drives) as [DriveSlot, string][]) {
    media.put(name, guestFile(name));
    const opened = openDriveImage(media, slot, name, 'read-write');
    if (!opened.ok) throw new Error(opened.message);
    images[slot] = opened.image;
  }
  return images;
}
