import { existsSync, readFileSync } from 'node:fs';
import { compileThreadedHandlers } from '../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, type TranslatedMachineOptions } from '../../src-main/hypervisor/TranslatedMachine.ts';
import { load } from '../../src-main/machine/loaders/load.ts';
import type { LoadOptions } from '../../src-main/machine/loaders/ProgramImage.ts';
import type { Machine } from '../../src-main/machine/Machine.ts';

/** Where `npm run guests` builds them; VIVARIUM_GUESTS names another folder. */
const FOLDER = process.env['VIVARIUM_GUESTS'] ?? new URL('../../node_modules/.cache/guests', import.meta.url).pathname;
const MIB = 1024 * 1024;
const SLICE_INSTRUCTIONS = 2_000_000;

export const haveGuests = existsSync(`${FOLDER}/vmlinux-686`);
if (!haveGuests) console.log(`Guests are skipped: ${FOLDER} holds none. “npm run guests” builds them.`);

export function guestFile(name: string): Uint8Array {
  return readFileSync(`${FOLDER}/${name}`);
}

/** A machine with a guest in it, by the instruction clock: each run is the same. */
export class Guest {
  readonly machine: Machine;
  private readonly serialBytes: number[];

  private constructor(machine: Machine, serialBytes: number[]) {
    this.machine = machine;
    this.serialBytes = serialBytes;
  }

  static async make(memoryMiB: number, options: Partial<TranslatedMachineOptions> = {}): Promise<Guest> {
    const serialBytes: number[] = [];
    const { machine } = createTranslatedMachine({
      memoryBytes: memoryMiB * MIB,
      handlers: await compileThreadedHandlers(),
      hostTime: { monotonicNs: () => performance.now() * 1e6 },
      clock: { kind: 'instructions' },
      wallClockMs: Date.UTC(2024, 1, 29, 12),
      sinks: { serial: (_, byte) => serialBytes.push(byte) },
      ...options,
    });
    return new Guest(machine, serialBytes);
  }

  /** A Linux kernel with its initial RAM disk. */
  static async linux(
    kernel: string,
    memoryMiB: number,
    commandLine: string,
    options: Partial<TranslatedMachineOptions> = {},
  ): Promise<Guest> {
    const guest = await Guest.make(memoryMiB, options);
    const loadOptions: LoadOptions = { memoryBytes: memoryMiB * MIB, commandLine, initrd: guestFile('initrd.cpio') };
    const result = load('linux', guestFile(kernel), loadOptions);
    if (result.kind === 'refused') throw new Error(result.message);
    guest.machine.load(result.image);
    return guest;
  }

  get serial(): string {
    return Buffer.from(this.serialBytes).toString('latin1');
  }

  /** Runs until something is true, or the machine has come to an end; returns why it stopped. */
  runUntil(isDone: () => boolean, mostInstructions: number): string {
    for (let left = mostInstructions; left > 0; left -= SLICE_INSTRUCTIONS) {
      if (isDone()) return 'done';
      const { reason } = this.machine.run({ instructions: SLICE_INSTRUCTIONS });
      if (reason !== 'budget' && reason !== 'kick') return reason;
    }
    return isDone() ? 'done' : `not within ${mostInstructions} instructions:\n${this.serial.slice(-1500)}`;
  }

  /** Runs until COM1 has sent a text. */
  runUntilSerial(text: string, mostInstructions: number): string {
    return this.runUntil(() => this.serial.includes(text), mostInstructions);
  }

  type(text: string): void {
    this.machine.serialInput(Buffer.from(text));
  }
}
