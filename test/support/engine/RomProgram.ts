import { regionOptions } from './TestMachine.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TranslatedProcessor } from '../../../src-main/engine/accelerators/translate/index.ts';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { PhysicalMemory } from '../../../src-main/engine/mmu/PhysicalMemory.ts';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import type { VmExit } from '../../../src-main/engine/VirtualProcessor.ts';
import { threadedHandlers } from './threadedHandlers.ts';

/** Where a program writes text, one byte at a time; QEMU's debug console. */
const TEXT_PORT = 0xe9;
/** A write ends the program; QEMU's `isa-debug-exit`. */
export const EXIT_PORT = 0xf4;
const INSTRUCTION_LIMIT = 2_000_000;

/** Assembles a ROM image; throws with the assembler's first message. */
export function assembleRom(fileName: string): Uint8Array {
  const folder = path.dirname(fileName);
  const readFile = (name: string): Uint8Array | null => readFileSync(path.join(folder, name));
  const assembly = assemble(readFileSync(fileName, 'utf8'), { fileName: path.basename(fileName), readFile });
  const [error] = assembly.diagnostics.filter(({ severity }) => severity === 'error');
  if (!assembly.ok) throw new Error(`${fileName}: ${JSON.stringify(error)}`);
  return assembly.bytes;
}

export interface RomRun {
  /** What it wrote to the text port. */
  readonly text: string;
  /** `exit` when it wrote to the exit port. */
  readonly end: 'exit' | VmExit['reason'];
  readonly processor: TranslatedProcessor;
}

/**
 * Runs a ROM image from the reset vector on the real engine, in 2 MiB of RAM.
 * @param regionThreshold as in TestMachineOptions
 */
export function runRom(image: Uint8Array, regionThreshold?: number): RomRun {
  const memory = PhysicalMemory.create(2 * 1024 * 1024);
  memory.mapRom(image, [0x10_0000 - image.length, 2 ** 32 - image.length]);
  let text = '';
  let hasExited = false;
  const processor: TranslatedProcessor = new TranslatedProcessor({
    id: 0,
    memory,
    handlers: threadedHandlers(),
    bus: {
      portRead: (_port, width) => (2 ** (8 * width) - 1) >>> 0,
      portWrite: (port, _width, value) => {
        if (port === TEXT_PORT) text += String.fromCharCode(value);
        if (port !== EXIT_PORT) return;
        hasExited = true;
        processor.kick();
      },
      mmioRead: (_address, width) => (2 ** (8 * width) - 1) >>> 0,
      mmioWrite: () => undefined,
    },
    interrupts: { isPending: () => false, acknowledge: () => 0 },
    clock: { timestamp: (retired) => retired },
    features: createCpuFeatures(),
    regions: regionOptions(regionThreshold),
  });
  const exit = processor.run({ instructions: INSTRUCTION_LIMIT, precise: false });
  if (exit.reason === 'error') throw new Error(`${exit.detail}\n${text}`);
  return { text, end: hasExited ? 'exit' : exit.reason, processor };
}
