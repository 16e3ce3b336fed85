import type { MachineSnapshot } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import type { StoredMachine } from '../../../src-main/hypervisor/storage/StoredMachine.ts';
import type { Random } from '../engine/Random.ts';

const PAGE_BYTES = 4096;

export function storedMachine(changes: Partial<StoredMachine> = {}): StoredMachine {
  return {
    id: 'vm-0123456789abcdef',
    name: 'first',
    profile: 'pc',
    memoryMiB: 16,
    vcpuCount: 1,
    weight: 100,
    capPercent: 0,
    pcpus: null,
    sliceMs: null,
    tier: 'auto',
    clock: 'host',
    network: null,
    drives: [],
    adapterModel: null,
    hasConsole: false,
    hasSound: false,
    keyboardLayout: 'us',
    bootOrder: null,
    program: null,
    symbols: null,
    notes: '',
    autostart: false,
    checkpointMinutes: null,
    group: null,
    colour: 0,
    createdAt: 0,
    changedAt: 0,
    ...changes,
  };
}

/** A snapshot of a machine that never was: whoever keeps snapshots looks into none of its parts. */
export function madeUpSnapshot(
  ram: ReadonlyMap<number, Uint8Array>,
  {
    video = new Map(),
    disks = new Map(),
    instructions = 0,
  }: Partial<Pick<MachineSnapshot, 'video' | 'disks'>> & { instructions?: number } = {},
): MachineSnapshot {
  const device = { version: 1 };
  return {
    state: {
      version: 1,
      profile: 'pc',
      clock: { kind: 'instructions', guestTimeNs: 0, originNs: null },
      processors: [],
      devices: {},
      firmware: null,
      typist: device,
      entropy: null,
      timers: [],
      end: null,
      instructionsBefore: instructions,
      interrupts: 0,
    },
    ram,
    video,
    disks,
  };
}

/** Pages that compress, as a machine's do. */
export function randomPages(random: Random, numbers: Iterable<number>): Map<number, Uint8Array> {
  return new Map([...numbers].map((page) => [page, randomPage(random)]));
}

export function randomPage(random: Random): Uint8Array {
  const words = new Uint32Array(PAGE_BYTES / 4);
  for (let at = 0; at < words.length; at += 4) words[at] = 1 + random.below(0xffff_fffe);
  return new Uint8Array(words.buffer);
}

/** With some pages written anew. */
export function withWrites(
  pages: ReadonlyMap<number, Uint8Array>,
  random: Random,
  numbers: Iterable<number>,
): Map<number, Uint8Array> {
  return new Map([...pages, ...randomPages(random, numbers)]);
}
