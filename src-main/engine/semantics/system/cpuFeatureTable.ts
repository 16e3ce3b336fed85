/** One bit of CPUID. */
export interface CpuFeature {
  /** As Linux' /proc/cpuinfo spells it where it does. */
  readonly name: string;
  readonly leaf: number;
  readonly register: 'ebx' | 'ecx' | 'edx';
  readonly bit: number;
  /** Announced unless the owner says otherwise: only what works. */
  readonly isOffered: boolean;
}

function feature(
  name: string,
  leaf: number,
  register: CpuFeature['register'],
  bit: number,
  isOffered: boolean,
): CpuFeature {
  return { name, leaf, register, bit, isOffered };
}

/** Everything that may be announced; rows turn true as the engine learns them (SDM vol. 2A, tables 3-10 and 3-11). */
export const CPU_FEATURE_TABLE: readonly CpuFeature[] = [
  feature('fpu', 1, 'edx', 0, true),
  feature('vme', 1, 'edx', 1, true),
  feature('de', 1, 'edx', 2, true),
  feature('pse', 1, 'edx', 3, true),
  feature('tsc', 1, 'edx', 4, true),
  feature('msr', 1, 'edx', 5, true),
  feature('pae', 1, 'edx', 6, true),
  feature('mce', 1, 'edx', 7, true),
  feature('cx8', 1, 'edx', 8, true),
  feature('apic', 1, 'edx', 9, false),
  feature('sep', 1, 'edx', 11, true),
  feature('mtrr', 1, 'edx', 12, true),
  feature('pge', 1, 'edx', 13, true),
  feature('mca', 1, 'edx', 14, true),
  feature('cmov', 1, 'edx', 15, true),
  feature('pat', 1, 'edx', 16, true),
  feature('pse36', 1, 'edx', 17, true),
  feature('clfsh', 1, 'edx', 19, true),
  feature('mmx', 1, 'edx', 23, true),
  feature('fxsr', 1, 'edx', 24, true),
  feature('sse', 1, 'edx', 25, true),
  feature('sse2', 1, 'edx', 26, true),
  feature('sse3', 1, 'ecx', 0, true),
  feature('ssse3', 1, 'ecx', 9, true),
  feature('movbe', 1, 'ecx', 22, false),
  feature('popcnt', 1, 'ecx', 23, true),
  feature('hypervisor', 1, 'ecx', 31, true),
  feature('nx', 0x8000_0001, 'edx', 20, true),
  feature('lm', 0x8000_0001, 'edx', 29, false),
];
