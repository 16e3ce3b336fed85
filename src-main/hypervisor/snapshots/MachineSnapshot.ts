import { createHash } from 'node:crypto';
import { DRIVE_SLOTS, type DriveSlot } from '../../machine/drives/DriveSlot.ts';
import { type ImageLayer, LayeredImage } from '../../machine/images/LayeredImage.ts';
import type { Machine } from '../../machine/Machine.ts';
import type { MachineState } from '../../machine/MachineState.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import { capturePages, forEachPage, type PageRun, type Pages, PAGE_BYTES, restorePages, runsOf } from './pages.ts';

/** Where processors find parts of video memory without a linear frame buffer. */
const VGA_WINDOW = 0xa_0000;
const VGA_WINDOW_BYTES = 0x2_0000;

/** Disks of which snapshots are taken, by the drive they are in. */
export type LayeredDisks = ReadonlyMap<DriveSlot, LayeredImage>;

/**
 * A machine between two instructions, as a copy: with its program, the images under its disks' layers, and its
 * definition it goes on exactly as it would have.
 */
export interface MachineSnapshot {
  readonly state: MachineState;
  readonly ram: Pages;
  /** The display adapter's memory. */
  readonly video: Pages;
  readonly disks: ReadonlyMap<DriveSlot, ImageLayer>;
}

/** The layered disks in a machine's drives. */
export function layersOf(machine: Machine): LayeredDisks {
  const disks = DRIVE_SLOTS.map((slot) => [slot, machine.chipset.drives.inside(slot)?.image] as const);
  return new Map(disks.flatMap(([slot, image]) => (image instanceof LayeredImage ? [[slot, image]] : [])));
}

/** Copies a stopped machine, and leaves no trace in it. */
export function captureMachine(
  { machine, memory }: TranslatedMachine,
  disks: LayeredDisks = new Map(),
): MachineSnapshot {
  // Devices hand out arrays of theirs; the copy has to outlive the next instruction.
  const state = structuredClone(machine.save());
  return {
    state,
    ram: capturePages(memory.ram(0, memory.ramBytes)),
    video: capturePages(memory.video),
    disks: captureLayers(disks),
  };
}

export function captureLayers(disks: LayeredDisks): ReadonlyMap<DriveSlot, ImageLayer> {
  return new Map([...disks].map(([slot, disk]) => [slot, disk.layer]));
}

/**
 * Makes a machine of the same definition, with the same program, go on from a snapshot. What it keeps of translated
 * code stays where memory is the same. Throws `SnapshotError` when the state does not fit.
 */
export function restoreMachine(
  parts: TranslatedMachine,
  snapshot: MachineSnapshot,
  disks: LayeredDisks = new Map(),
): void {
  const { state, ram, video } = snapshot;
  restoreMemory(parts, { state, ram: runsOf(ram), video: runsOf(video) }, false);
  for (const [slot, disk] of disks) disk.layer = snapshot.disks.get(slot) ?? new Map();
}

/**
 * The same but for disks.
 * @param isFresh it has executed nothing yet, so that nothing was translated
 */
export function restoreMemory(
  parts: TranslatedMachine,
  snapshot: {
    readonly state: MachineState;
    readonly ram: readonly PageRun[];
    readonly video: readonly PageRun[];
  },
  isFresh: boolean,
): void {
  const { machine, memory } = parts;
  restorePages(memory.ram(0, memory.ramBytes), snapshot.ram, isFresh ? undefined : (page) => forgetRam(parts, page));
  restorePages(memory.video, snapshot.video, (page) => forgetVideo(parts, page));
  machine.restore(snapshot.state);
}

/** Drops what was translated from a page of RAM that is about to change. */
export function forgetRam({ processors }: TranslatedMachine, page: number): void {
  for (const processor of processors) processor.invalidatePhysical(page * PAGE_BYTES, PAGE_BYTES);
}

/** The same for a page of video memory, wherever the processor may have found it. */
export function forgetVideo({ machine, processors }: TranslatedMachine, page: number): void {
  const { frameBufferAddress } = machine.chipset.vga;
  machine.chipset.vga.touchPage(page);
  for (const processor of processors) {
    processor.invalidatePhysical(VGA_WINDOW, VGA_WINDOW_BYTES);
    if (frameBufferAddress !== undefined)
      processor.invalidatePhysical(frameBufferAddress + page * PAGE_BYTES, PAGE_BYTES);
  }
}

/**
 * SHA-256 over all that decides how a machine goes on: two machines with the same digest go on alike, given the same
 * inputs.
 */
export function machineDigest({ machine, memory }: TranslatedMachine, disks: LayeredDisks = new Map()): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(machine.save()));
  hashPages(hash, 'ram', memory.ram(0, memory.ramBytes));
  hashPages(hash, 'video', memory.video);
  for (const [slot, { layer }] of disks) {
    hash.update(slot);
    for (const block of [...layer.keys()].sort((a, b) => a - b))
      hash.update(`${block}:`).update(layer.get(block) ?? '');
  }
  return hash.digest('hex');
}

function hashPages(hash: ReturnType<typeof createHash>, name: string, bytes: Uint8Array): void {
  hash.update(name);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  forEachPage(words, (page) => {
    hash.update(`${page}:`).update(bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
  });
}
