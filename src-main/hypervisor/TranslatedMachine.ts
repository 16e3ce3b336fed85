import { randomFillSync } from 'node:crypto';
import {
  type CompiledHandlers,
  type MadeRegion,
  type RegionOptions,
  createCpuFeatures,
  PhysicalMemory,
  TranslatedProcessor,
} from '../engine/accelerators/translate/index.ts';
import { PAGE_FLAG } from '../engine/state/layout.ts';
import { FirmwareShadow, romBytesOf } from './FirmwareShadow.ts';
import { ThreadedRegionCompiler } from './regionCompiler/ThreadedRegionCompiler.ts';
import { hostEntropy, RepeatableEntropy } from '../machine/EntropySource.ts';
import { APIC_TIMER_HZ } from '../machine/apic/ApicTimer.ts';
import type { AddressRange, VideoMemory } from '../machine/GuestMemory.ts';
import { hasLocalApic, Machine } from '../machine/Machine.ts';
import type { MachineOptions } from '../machine/MachineOptions.ts';
import { TSC_HZ } from '../machine/timers/GuestClock.ts';
import type { Tier } from './types.ts';

const PAGE_BYTES = 0x1000;
/**
 * CPUID tells them where there is a local APIC: counting them against another timer takes a kernel a quarter of a second,
 * and on a busy host it finds them wrong. Without the APIC a processor stays one of whose leaves old systems know all.
 */
const CLOCKS = { crystalHz: APIC_TIMER_HZ, tscHz: TSC_HZ };
/** Enough for 1600 by 1200 pixels of four bytes, twice. What is not touched costs the host nothing. */
const VIDEO_BYTES = 0x100_0000;

/**
 * Times that a block of code is entered before it becomes part of a region, by a machine's tier; 0: it never does. In
 * `auto` a loop gets there within milliseconds; at a tenth of it, a Linux boot spends more on compiling than it saves.
 */
export const REGION_THRESHOLDS: Readonly<Record<Tier, number>> = { auto: 16_000, threaded: 0, region: 500 };

export interface TranslatedMachineOptions extends Omit<
  MachineOptions,
  'memory' | 'video' | 'createProcessor' | 'addressLine20' | 'vcpuCount' | 'hasFirmware' | 'hasOwnBios' | 'shadow'
> {
  /** A multiple of 4 KiB. */
  readonly memoryBytes: number;
  readonly vcpuCount?: number;
  /** Compiled once for all machines of a thread. */
  readonly handlers: CompiledHandlers;
  /** Times that code runs before it becomes a region; 0: it never does. Default: as in `auto`. */
  readonly regionThreshold?: number;
  /** Told of each region when it is put in place. */
  readonly onRegion?: ((made: MadeRegion) => void) | undefined;
  /** A firmware image that starts at the reset vector. */
  readonly bios?: Uint8Array;
}

/** A machine whose processors run by binary translation, with the memory that they share. */
export interface TranslatedMachine {
  readonly machine: Machine;
  readonly memory: PhysicalMemory;
  /** The machine's own, with what only this accelerator has. */
  readonly processors: readonly TranslatedProcessor[];
}

/** Throws a RangeError when the host has not enough memory, or no room for the firmware. */
export function createTranslatedMachine(options: TranslatedMachineOptions): TranslatedMachine {
  const {
    memoryBytes,
    vcpuCount = 1,
    handlers,
    bios,
    vgaBios,
    regionThreshold = REGION_THRESHOLDS.auto,
    onRegion,
    ...rest
  } = options;
  const regions = (): RegionOptions | undefined => {
    if (regionThreshold === 0) return undefined;
    const compiler = ThreadedRegionCompiler.find();
    return { threshold: regionThreshold, nowMs: () => performance.now(), compiler, onMade: onRegion };
  };
  const firmware = bios && { bios, ...(vgaBios && { vgaBios }) };
  const memory = PhysicalMemory.create(memoryBytes, vcpuCount, VIDEO_BYTES, firmware && romBytesOf(firmware));
  const hasApic = hasLocalApic(rest);
  const features = createCpuFeatures({ features: { apic: hasApic }, ...(hasApic && { clocks: CLOCKS }) });
  const processors: TranslatedProcessor[] = [];
  const shadow = firmware && new FirmwareShadow(memory, processors, firmware);
  const machine = new Machine({
    ...rest,
    ...(shadow && { shadow }),
    hasFirmware: bios !== undefined,
    hasOwnBios: bios === undefined,
    ...(vgaBios && { vgaBios }),
    vcpuCount,
    entropy: rest.clock.kind === 'host' ? hostEntropy((into) => void randomFillSync(into)) : new RepeatableEntropy(),
    memory: {
      size: memoryBytes,
      view: (address, byteLength) => memory.ram(address, byteLength),
      noteWritten: (address, byteLength) => markDirty(memory, address, byteLength),
    },
    video: videoMemory(memory, processors),
    addressLine20: { setA20: (isOpen) => processors.forEach((processor) => processor.setA20(isOpen)) },
    createProcessor: (id, wiring) => {
      const processor = new TranslatedProcessor({ id, memory, handlers, features, regions: regions(), ...wiring });
      processors.push(processor);
      return processor;
    },
  });
  return { machine, memory, processors };
}

function markDirty(memory: PhysicalMemory, address: number, byteLength: number): void {
  for (let page = address & -PAGE_BYTES; page < address + byteLength; page += PAGE_BYTES)
    memory.setFlags(page, PAGE_FLAG.dirty);
}

/** Video memory with its windows; the processors forget what they cached of a window that changes. */
function videoMemory(memory: PhysicalMemory, processors: readonly TranslatedProcessor[]): VideoMemory {
  const windows = new Map<string, AddressRange & { readonly target: { readonly offset: number } | 'bus' }>();
  // Translations are dropped while the pages that they were made from still answer.
  const forgetCode = (range: AddressRange | undefined): void => {
    if (range) for (const processor of processors) processor.invalidatePhysical(range.first, range.byteLength);
  };
  const forgetAddresses = (): void => {
    for (const processor of processors) processor.stateChanged();
  };
  return {
    bytes: memory.video,
    setWindow: (name, range, target) => {
      const known = windows.get(name);
      const isPlace = known?.first === range.first && known.byteLength === range.byteLength;
      if (isPlace && offsetOf(known.target) === offsetOf(target)) return;
      forgetCode(known);
      forgetCode(range);
      windows.set(name, { ...range, target });
      const leadsTo = target === 'bus' ? { kind: 'bus' as const } : { kind: 'video' as const, offset: target.offset };
      memory.setWindow(name, range.first, range.byteLength, leadsTo);
      forgetAddresses();
    },
    removeWindow: (name) => {
      const known = windows.get(name);
      if (known === undefined) return;
      forgetCode(known);
      windows.delete(name);
      memory.removeWindow(name);
      forgetAddresses();
    },
    takeWrittenPages: (pages) => takeWrittenPages(memory, processors, pages),
  };
}

/** -1 stands for the bus. */
function offsetOf(target: { readonly offset: number } | 'bus'): number {
  return target === 'bus' ? -1 : target.offset;
}

function takeWrittenPages(
  memory: PhysicalMemory,
  processors: readonly TranslatedProcessor[],
  pages: Uint8Array,
): boolean {
  const flags = memory.videoFlags;
  let hasWritten = false;
  for (let page = 0; page < flags.length; page++) {
    if (((flags[page] ?? 0) & PAGE_FLAG.dirty) === 0) continue;
    flags[page] = (flags[page] ?? 0) & ~PAGE_FLAG.dirty;
    pages[page] = 1;
    hasWritten = true;
  }
  if (hasWritten) for (const processor of processors) processor.watchVideoWrites();
  return hasWritten;
}
