import type { VcpuFrame } from '../layouts/MachineViewFrame.ts';
import { REGISTER_INDEX, type RegisterName } from '../layouts/Registers.ts';

/** In the order of debuggers rather than of encodings. */
export const GENERAL_REGISTERS = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp'] as const;
export const CONTROL_REGISTERS = ['cr0', 'cr2', 'cr3', 'cr4'] as const;
export const DEBUG_REGISTERS = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'] as const;
/** The code and data segments, then the two system ones. */
export const SEGMENTS = ['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'ldtr', 'tr'] as const;

/** EFLAGS, bit by bit (SDM vol. 1, 3.4.3), in ascending order. */
export const FLAGS = [
  { letters: 'CF', bit: 0 },
  { letters: 'PF', bit: 2 },
  { letters: 'AF', bit: 4 },
  { letters: 'ZF', bit: 6 },
  { letters: 'SF', bit: 7 },
  { letters: 'TF', bit: 8 },
  { letters: 'IF', bit: 9 },
  { letters: 'DF', bit: 10 },
  { letters: 'OF', bit: 11 },
  { letters: 'NT', bit: 14 },
  { letters: 'RF', bit: 16 },
  { letters: 'VM', bit: 17 },
  { letters: 'AC', bit: 18 },
  { letters: 'VIF', bit: 19 },
  { letters: 'VIP', bit: 20 },
  { letters: 'ID', bit: 21 },
] as const;

/** Bits of CR0 and CR4 that have a name (SDM vol. 3A, 2.5). */
export const CONTROL_BITS: Readonly<Record<string, readonly (readonly [letters: string, bit: number])[]>> = {
  cr0: [
    ['PE', 0],
    ['MP', 1],
    ['EM', 2],
    ['TS', 3],
    ['ET', 4],
    ['NE', 5],
    ['WP', 16],
    ['AM', 18],
    ['NW', 29],
    ['CD', 30],
    ['PG', 31],
  ],
  cr4: [
    ['VME', 0],
    ['PVI', 1],
    ['TSD', 2],
    ['DE', 3],
    ['PSE', 4],
    ['PAE', 5],
    ['MCE', 6],
    ['PGE', 7],
    ['PCE', 8],
    ['OSFXSR', 9],
    ['OSXMMEXCPT', 10],
  ],
};

/** The set bits' names: `PE ET PG`. */
export function setBits(register: string, value: number): string {
  const bits = CONTROL_BITS[register] ?? [];
  return bits
    .filter(([, bit]) => (value >>> bit) & 1)
    .map(([letters]) => letters)
    .join(' ');
}

/** Bits of a segment's attributes, as layouts/RegisterFrame.ts places them. */
const PRESENT = 0x80;
const CODE_OR_DATA = 0x10;
const DEFAULT_32 = 0x4000;

/** What LDTR and TR can hold (SDM vol. 3A, table 3-2). */
const SYSTEM_TYPES: Readonly<Record<number, string>> = {
  1: 'TSS16',
  2: 'LDT',
  3: 'TSS16 busy',
  9: 'TSS32',
  11: 'TSS32 busy',
};

/** A descriptor cache in the manual's words: `code 32 r-x dpl0`, `TSS32 busy dpl0`. */
export function describeSegment(attributes: number): string {
  if ((attributes & PRESENT) === 0) return 'not present';
  const dpl = `dpl${(attributes >> 5) & 3}`;
  const type = attributes & 15;
  if ((attributes & CODE_OR_DATA) === 0) return `${SYSTEM_TYPES[type] ?? `system type ${type}`} ${dpl}`;
  const size = attributes & DEFAULT_32 ? '32' : '16';
  if (type & 8) return `code ${size} ${type & 2 ? 'r' : '-'}-x ${type & 4 ? 'conforming ' : ''}${dpl}`;
  return `data ${size} r${type & 2 ? 'w' : '-'}- ${type & 4 ? 'expand-down ' : ''}${dpl}`;
}

/** Bits 31..0 of a register, unsigned. */
export function registerValue(vcpu: VcpuFrame | undefined, name: RegisterName): number {
  return Number((vcpu?.values[REGISTER_INDEX[name]] ?? 0n) & 0xffff_ffffn);
}

export function vcpuOf(vcpus: readonly VcpuFrame[], number: number): VcpuFrame | undefined {
  return vcpus.find((vcpu) => vcpu.vcpu === number);
}
