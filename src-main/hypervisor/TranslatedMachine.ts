import {
  type CompiledHandlers,
  createCpuFeatures,
  PhysicalMemory,
  TranslatedProcessor,
} from '../engine/accelerators/translate/index.ts';
import { Machine } from '../machine/Machine.ts';
import type { MachineOptions } from '../machine/MachineOptions.ts';

/** A BIOS ends below 4 GiB; its last 128 KiB are seen below 1 MiB too (SDM vol. 3A, 10.1.4; IBM PC AT memory map). */
const BIOS_TOP = 2 ** 32;
const LEGACY_TOP = 0x10_0000;
const LEGACY_BYTES = 0x2_0000;
const PAGE_BYTES = 0x1000;

export interface TranslatedMachineOptions extends Omit<
  MachineOptions,
  'memory' | 'createProcessor' | 'addressLine20' | 'vcpuCount'
> {
  /** A multiple of 4 KiB. */
  readonly memoryBytes: number;
  readonly vcpuCount?: number;
  /** Compiled once for all machines of a thread. */
  readonly handlers: CompiledHandlers;
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
  const { memoryBytes, vcpuCount = 1, handlers, bios, ...rest } = options;
  const memory = PhysicalMemory.create(memoryBytes, vcpuCount);
  if (bios) mapBios(memory, bios);
  const processors: TranslatedProcessor[] = [];
  const machine = new Machine({
    ...rest,
    vcpuCount,
    memory: { size: memoryBytes, view: (address, byteLength) => memory.ram(address, byteLength) },
    addressLine20: { setA20: (isOpen) => processors.forEach((processor) => processor.setA20(isOpen)) },
    createProcessor: (id, wiring) => {
      const processor = new TranslatedProcessor({ id, memory, handlers, features: createCpuFeatures(), ...wiring });
      processors.push(processor);
      return processor;
    },
  });
  return { machine, memory, processors };
}

function mapBios(memory: PhysicalMemory, bios: Uint8Array): void {
  // Whole pages, filled up in front: a BIOS is known by where it ends.
  const image = new Uint8Array(Math.ceil(bios.length / PAGE_BYTES) * PAGE_BYTES).fill(0xff);
  image.set(bios, image.length - bios.length);
  const legacy = image.subarray(Math.max(0, image.length - LEGACY_BYTES));
  const isMapped =
    memory.mapRom(image, [BIOS_TOP - image.length]) && memory.mapRom(legacy, [LEGACY_TOP - legacy.length]);
  if (!isMapped) throw new RangeError(`a firmware image of ${bios.length} bytes does not fit the machine's ROM space`);
}
