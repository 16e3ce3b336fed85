import type { RegionFigures, RegionStatistics, VirtualProcessor } from '../engine/VirtualProcessor.ts';
import { FLAG } from '../engine/state/flags.ts';
import { CS, DS, ES, FS, GS, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, SS } from '../engine/state/layout.ts';
import type { MachineStatistics } from '../machine/MachineState.ts';
import type { RunEnd } from './ExitStatus.ts';

/** The object that `vivarium run --json` prints. */
export interface RunReport {
  readonly exit: { readonly reason: RunEnd; readonly detail: string };
  readonly vcpus: readonly VcpuReport[];
  readonly serial: string;
  /** Printed on the LPT ports, and written to the debug ports E9h and 402h. */
  readonly parallel: string;
  readonly debug: string;
  /** Power-on self test codes, written to ports 80h and 190h. */
  readonly post: readonly number[];
  readonly screen: readonly string[];
  readonly stats: {
    readonly instructions: number;
    readonly seconds: number;
    readonly mips: number;
    readonly exits: Readonly<Record<string, number>>;
    /** Instructions by the tier that ran them; blocks that the threaded tier translated, and regions made of them. */
    readonly tiers: {
      readonly threaded: number;
      readonly region: number;
      readonly blocks: number;
      readonly regions: number;
    };
    /** The region tier's work, one entry a vCPU that has one. */
    readonly regions: readonly RegionsReport[];
  };
  /** SHA-256 of the machine at the end; of recorded runs and replays. */
  readonly digest?: string;
}

/** Statistics as they are, but for addresses: hexadecimal, eight digits. */
export interface RegionsReport extends Omit<RegionStatistics, 'hottest'> {
  readonly hottest: readonly RegionReport[];
}

type Addresses = 'entry' | 'lowest' | 'highest';
export type RegionReport = Omit<RegionFigures, Addresses> & Readonly<Record<Addresses, string>>;

export interface VcpuReport {
  readonly id: number;
  /** With `--symbols`: what the next instruction's address is called, as `main+0x12 (boot.c:33)`. */
  readonly place?: string;
  readonly mode: 'real' | 'protected' | 'virtual-8086';
  /** Hexadecimal: eight digits, four for selectors. */
  readonly registers: Readonly<Record<string, string>>;
}

const GENERAL = { eax: RAX, ebx: RBX, ecx: RCX, edx: RDX, esi: RSI, edi: RDI, ebp: RBP, esp: RSP } as const;
const SEGMENTS = { cs: CS, ds: DS, es: ES, fs: FS, gs: GS, ss: SS } as const;
const CR0_PE = 1;

export function reportVcpu({ id, state }: VirtualProcessor): VcpuReport {
  const isProtected = (state.controlRegister(0) & CR0_PE) !== 0;
  const isVirtual8086 = isProtected && (state.eflags & FLAG.VM) !== 0;
  return {
    id,
    mode: isVirtual8086 ? 'virtual-8086' : isProtected ? 'protected' : 'real',
    registers: {
      ...mapValues(GENERAL, (index) => hex(state.register(index), 8)),
      eip: hex(state.eip, 8),
      eflags: hex(state.eflags, 8),
      ...mapValues(SEGMENTS, (index) => hex(state.selector(index), 4)),
      cr0: hex(state.controlRegister(0), 8),
      cr2: hex(state.controlRegister(2), 8),
      cr3: hex(state.controlRegister(3), 8),
      cr4: hex(state.controlRegister(4), 8),
    },
  };
}

export function reportStatistics(
  statistics: MachineStatistics,
  processors: readonly VirtualProcessor[],
  seconds: number,
): RunReport['stats'] {
  const regions = processors.flatMap(({ regionStatistics }) => regionStatistics ?? []);
  const region = regions.reduce((sum, { instructions }) => sum + instructions, 0);
  const compiled = regions.reduce((sum, each) => sum + each.compiled, 0);
  const { retiredInstructions: instructions, exits } = statistics;
  return {
    instructions,
    seconds: round(seconds, 6),
    mips: round(instructions / Math.max(seconds, 1e-6) / 1e6, 2),
    exits,
    tiers: { threaded: instructions - region, region, blocks: exits['translation'] ?? 0, regions: compiled },
    regions: regions.map(reportRegions),
  };
}

function reportRegions(statistics: RegionStatistics): RegionsReport {
  return {
    ...statistics,
    compileMs: round(statistics.compileMs, 3),
    hottest: statistics.hottest.map((figures) => ({
      ...figures,
      entry: hex(figures.entry, 8),
      lowest: hex(figures.lowest, 8),
      highest: hex(figures.highest, 8),
      compileMs: round(figures.compileMs, 3),
    })),
  };
}

function mapValues(numbers: Readonly<Record<string, number>>, map: (value: number) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, map(value)]));
}

function hex(value: number, digits: number): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
