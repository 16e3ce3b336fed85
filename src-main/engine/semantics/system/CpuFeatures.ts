import { CPU_FEATURE_TABLE } from './cpuFeatureTable.ts';
import type { CpuFeatures } from './SystemContext.ts';

/** What an owner may choose about a processor. */
export interface CpuSettings {
  /** Leaf 1's EAX: stepping 0..3, model 4..7, family 8..11. Default: family 15, model 3, stepping 4. */
  readonly signature?: number;
  /** 12 characters. */
  readonly vendor?: string;
  /** At most 47 characters. */
  readonly brand?: string;
  /** Features by name, over what the engine offers by itself: true to announce one, false to hide it. */
  readonly features?: Readonly<Record<string, boolean>>;
  /** Local APIC number, in leaf 1's EBX. */
  readonly apicId?: number;
  /** Absent: software has to measure them. */
  readonly clocks?: CpuClocks;
}

/** Rates that software would otherwise find by counting against another timer, in Hz. */
export interface CpuClocks {
  /** What the local APIC's timer counts, undivided. */
  readonly crystalHz: number;
  /** A multiple of `crystalHz`. */
  readonly tscHz: number;
}

/** Family 15, model 3, stepping 4: a Pentium 4 of 2004, the first with SSE3. */
const PENTIUM_4 = 0x0000_0f34;
const HYPERVISOR_LEAF = 0x4000_0000;
const EXTENDED_LEAF = 0x8000_0000;
/** The highest basic leaf without and with clocks to tell of. */
const CACHE_DESCRIPTORS_LEAF = 2;
const FREQUENCY_LEAF = 0x16;
/** What leaf 16h calls the bus's rate, in MHz. */
const REFERENCE_MHZ = 100;

type Leaf = readonly [eax: number, ebx: number, ecx: number, edx: number];
const EMPTY: Leaf = [0, 0, 0, 0];

/** A cache as leaf 4 describes it: of one processor alone, in lines of 64 bytes. */
function cacheLeaf(type: 'data' | 'unified', level: number, ways: number, sets: number): Leaf {
  const selfInitializing = 1 << 8;
  return [(type === 'data' ? 1 : 3) | (level << 5) | selfInitializing, ((ways - 1) << 22) | 63, sets - 1, 0];
}

/** Leaf 4 by subleaf, as leaf 2's descriptors 60h and 7Ch say: 16 KiB of data, and 1 MiB. */
const CACHE_LEAVES: readonly Leaf[] = [cacheLeaf('data', 1, 8, 32), cacheLeaf('unified', 2, 8, 2048)];

/** Four characters, the first in the lowest byte, as an int32. */
function packCharacters(text: string, from: number): number {
  let packed = 0;
  for (let index = 3; index >= 0; index--) packed = (packed << 8) | (text.charCodeAt(from + index) & 0xff);
  return packed;
}

/** The processor that CPUID describes. Names in `settings.features` that the table does not hold are an error. */
export function createCpuFeatures(settings: CpuSettings = {}): CpuFeatures {
  const chosen = settings.features ?? {};
  for (const name of Object.keys(chosen)) {
    if (!CPU_FEATURE_TABLE.some((feature) => feature.name === name)) throw new RangeError(`no CPU feature "${name}"`);
  }
  const announced = CPU_FEATURE_TABLE.filter(({ name, isOffered }) => chosen[name] ?? isOffered);
  const names = new Set(announced.map(({ name }) => name));
  const bits = (leaf: number, register: string): number =>
    announced.reduce((sum, one) => (one.leaf === leaf && one.register === register ? sum | (1 << one.bit) : sum), 0);

  const vendor = (settings.vendor ?? 'GenuineIntel').padEnd(12, '\0');
  const brand = (settings.brand ?? 'Vivarium virtual processor').padEnd(48, '\0');
  const leaves = new Map<number, Leaf>();
  const highest = settings.clocks ? FREQUENCY_LEAF : CACHE_DESCRIPTORS_LEAF;
  leaves.set(0, [highest, packCharacters(vendor, 0), packCharacters(vendor, 8), packCharacters(vendor, 4)]);
  const clflushLines = names.has('clfsh') ? 8 << 8 : 0;
  const identity = ((settings.apicId ?? 0) << 24) | clflushLines;
  leaves.set(1, [settings.signature ?? PENTIUM_4, identity, bits(1, 'ecx'), bits(1, 'edx')]);
  // Descriptors of a Pentium 4's caches and TLBs (SDM vol. 2A, table 3-12).
  leaves.set(2, [0x605b_5101, 0, 0, 0x007c_7040]);
  if (settings.clocks) {
    const { crystalHz, tscHz } = settings.clocks;
    if (tscHz % crystalHz !== 0) throw new RangeError('the time-stamp counter counts no multiple of the crystal clock');
    for (let leaf = CACHE_DESCRIPTORS_LEAF + 1; leaf < FREQUENCY_LEAF; leaf++) leaves.set(leaf, EMPTY);
    leaves.set(0x15, [1, tscHz / crystalHz, crystalHz, 0]);
    leaves.set(FREQUENCY_LEAF, [tscHz / 1e6, tscHz / 1e6, REFERENCE_MHZ, 0]);
  }
  if (names.has('hypervisor')) {
    const signature = 'VivariumVMM\0';
    const [ebx, ecx, edx] = [0, 4, 8].map((from) => packCharacters(signature, from));
    leaves.set(HYPERVISOR_LEAF, [HYPERVISOR_LEAF, ebx, ecx, edx]);
  }
  leaves.set(EXTENDED_LEAF, [EXTENDED_LEAF + 8, 0, 0, 0]);
  leaves.set(EXTENDED_LEAF + 1, [0, 0, bits(EXTENDED_LEAF + 1, 'ecx'), bits(EXTENDED_LEAF + 1, 'edx')]);
  for (let part = 0; part < 3; part++) {
    const [eax, ebx, ecx, edx] = [0, 4, 8, 12].map((from) => packCharacters(brand, part * 16 + from));
    leaves.set(EXTENDED_LEAF + 2 + part, [eax, ebx, ecx, edx]);
  }
  for (const leaf of [5, 6, 7]) leaves.set(EXTENDED_LEAF + leaf, EMPTY);
  const physicalBits = names.has('pae') || names.has('pse36') ? 36 : 32;
  leaves.set(EXTENDED_LEAF + 8, [(32 << 8) | physicalBits, 0, 0, 0]);
  // A leaf beyond the highest answers as the highest basic one does (SDM vol. 2A, CPUID).
  const beyond = leaves.get(highest) ?? EMPTY;

  return {
    has: (feature) => names.has(feature),
    cpuid: (leaf, subleaf) => {
      const cache = leaf === 4 && settings.clocks ? CACHE_LEAVES[subleaf] : undefined;
      return cache ?? leaves.get(leaf >>> 0) ?? beyond;
    },
  };
}
