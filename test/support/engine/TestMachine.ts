import { TranslatedProcessor } from '../../../src-main/engine/accelerators/translate/index.ts';
import { PhysicalMemory } from '../../../src-main/engine/mmu/PhysicalMemory.ts';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import type { CpuFeatures } from '../../../src-main/engine/semantics/system/SystemContext.ts';
import type { RegionOptions } from '../../../src-main/engine/tiers/region/RegionTier.ts';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { EXIT_KINDS, type AccessWidth, type ExitKind, type VmExit } from '../../../src-main/engine/VirtualProcessor.ts';
import type { CpuState } from '../../../src-main/engine/state/CpuState.ts';
import { STATE } from '../../../src-main/engine/state/layout.ts';
import { threadedHandlers } from './threadedHandlers.ts';

export interface TestMachineOptions {
  /** Default 2 MiB. */
  readonly ramBytes?: number;
  readonly features?: CpuFeatures;
  /** Default: what the environment's VIVARIUM_REGION_THRESHOLD says, else none. */
  readonly regionThreshold?: number;
  /** What else to make regions with. */
  readonly regions?: Partial<Omit<RegionOptions, 'threshold'>>;
}

/** A translating processor with RAM, and a bus and interrupt pins that a test scripts. */
export class TestMachine {
  readonly memory: PhysicalMemory;
  readonly processor: TranslatedProcessor;
  readonly state: CpuState;
  /** Guest RAM from physical address 0. Write code through `load`. */
  readonly ram: Uint8Array;
  readonly portLog: string[] = [];
  /** Answers port reads; all ones by default. */
  portRead: (port: number, width: AccessWidth) => number = (_port, width) => 2 ** (8 * width) - 1;
  /** Called on port writes, before they are logged. */
  portWrite: (port: number, width: AccessWidth, value: number) => void = () => undefined;
  /** Answers reads of memory beyond RAM; all ones by default. */
  mmioRead: (physicalAddress: number, width: AccessWidth) => number = (_address, width) => 2 ** (8 * width) - 1;
  mmioWrite: (physicalAddress: number) => void = () => undefined;
  /** How often FERR# was asserted. */
  coprocessorErrors = 0;
  /** Vectors that wait at the INTR pin, in order. */
  readonly pendingVectors: number[] = [];
  private readonly view: DataView;

  constructor(options: TestMachineOptions = {}) {
    this.memory = PhysicalMemory.create(options.ramBytes ?? 0x20_0000);
    this.processor = new TranslatedProcessor({
      id: 0,
      memory: this.memory,
      handlers: threadedHandlers(),
      bus: {
        portRead: (port, width) => this.portRead(port, width),
        portWrite: (port, width, value) => {
          this.portWrite(port, width, value);
          this.portLog.push(`${port.toString(16)}/${width}=${value.toString(16)}`);
        },
        mmioRead: (address, width) => this.mmioRead(address, width),
        mmioWrite: (address) => this.mmioWrite(address),
      },
      interrupts: {
        isPending: () => this.pendingVectors.length > 0,
        acknowledge: () => this.pendingVectors.shift() ?? 0xff,
      },
      // The clock is the count of retired instructions: runs are reproducible.
      clock: { timestamp: (retired) => retired },
      features: options.features ?? createCpuFeatures(),
      regions: regionOptions(options.regionThreshold, options.regions),
      onCoprocessorError: () => this.coprocessorErrors++,
    });
    this.state = this.processor.state;
    this.ram = this.memory.ram(0, this.memory.ramBytes);
    this.view = new DataView(this.ram.buffer, this.ram.byteOffset, this.ram.byteLength);
  }

  /** Power-on state with zeroed RAM. */
  clear(): void {
    this.ram.fill(0);
    this.processor.invalidatePhysical(0, this.ram.length);
    this.processor.setBreakpoints([]);
    this.processor.reset();
    this.portLog.length = 0;
    this.pendingVectors.length = 0;
  }

  /** Puts bytes into RAM as a loader does. */
  load(physicalAddress: number, bytes: ArrayLike<number>): void {
    this.ram.set(bytes, physicalAddress);
    this.processor.invalidatePhysical(physicalAddress, bytes.length);
  }

  raiseInterrupt(vector: number): void {
    this.pendingVectors.push(vector);
    this.processor.notifyInterrupt();
  }

  read8(address: number): number {
    return this.view.getUint8(address);
  }

  read16(address: number): number {
    return this.view.getUint16(address, true);
  }

  read32(address: number): number {
    return this.view.getUint32(address, true);
  }

  write16(address: number, value: number): void {
    this.load(address, [value & 0xff, (value >>> 8) & 0xff]);
  }

  write32(address: number, value: number): void {
    this.load(address, [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
  }

  /** How often an intercepted event occurred since reset. */
  exitCount(kind: ExitKind): number {
    return this.state.getFloat64(STATE.exitCounts + 8 * EXIT_KINDS.indexOf(kind));
  }

  /** Runs exactly this many instructions, or fewer when something stops the processor. */
  run(instructions: number): VmExit {
    return this.processor.run({ instructions, precise: true });
  }

  /** Runs until HLT; throws when anything else ends it. */
  runToHalt(instructions = 1_000_000): void {
    const exit = this.processor.run({ instructions, precise: false });
    if (exit.reason !== 'halt') throw new Error(`expected HLT, got ${JSON.stringify(exit)}`);
  }
}

/** A threshold of 1 forces all code that can be into regions at its first execution. */
export function regionOptions(
  threshold = Number(process.env['VIVARIUM_REGION_THRESHOLD'] ?? 0),
  more: Partial<Omit<RegionOptions, 'threshold'>> = {},
): RegionOptions | undefined {
  return threshold > 0 ? { threshold, nowMs: () => performance.now(), ...more } : undefined;
}

export function createTestMachine(options: TestMachineOptions = {}): TestMachine {
  return new TestMachine(options);
}

/** Bytes of NASM text, assembled for an address; throws what is wrong with it. */
export function machineCode(source: string, bits: 16 | 32, origin = 0): Uint8Array {
  const assembly = assemble(`bits ${bits}\norg ${origin}\n${source}`, { bits });
  if (!assembly.ok) throw new Error(assembly.diagnostics.map((diagnostic) => JSON.stringify(diagnostic)).join('\n'));
  return assembly.bytes;
}
