/** Addresses of model-specific registers (SDM vol. 4, tables 2-2 and 2-68). */
export const MSR = {
  P5_MC_ADDR: 0x0,
  P5_MC_TYPE: 0x1,
  TSC: 0x10,
  PLATFORM_ID: 0x17,
  APIC_BASE: 0x1b,
  EBL_CR_POWERON: 0x2a,
  EBC_FREQUENCY_ID: 0x2c,
  BIOS_UPDT_TRIG: 0x79,
  BIOS_SIGN_ID: 0x8b,
  PERFCTR0: 0xc1,
  PERFCTR1: 0xc2,
  MTRR_CAP: 0xfe,
  SYSENTER_CS: 0x174,
  SYSENTER_ESP: 0x175,
  SYSENTER_EIP: 0x176,
  MCG_CAP: 0x179,
  MCG_STATUS: 0x17a,
  EVNTSEL0: 0x186,
  EVNTSEL1: 0x187,
  MISC_ENABLE: 0x1a0,
  DEBUGCTL: 0x1d9,
  LAST_BRANCH_FROM_IP: 0x1db,
  LAST_BRANCH_TO_IP: 0x1dc,
  LAST_INT_FROM_IP: 0x1dd,
  LAST_INT_TO_IP: 0x1de,
  MTRR_PHYSICAL: 0x200,
  MTRR_FIX64K_00000: 0x250,
  MTRR_FIX16K_80000: 0x258,
  MTRR_FIX16K_A0000: 0x259,
  MTRR_FIX4K: 0x268,
  PAT: 0x277,
  MTRR_DEF_TYPE: 0x2ff,
  EFER: 0xc000_0080,
} as const;

/** EFER: SYSCALL is there in 64-bit mode. In the others it stays undefined (SDM vol. 2B, SYSCALL). */
const EFER_SCE = 1 << 0;
/** EFER: the execute-disable bit of PAE entries is obeyed. */
export const EFER_NXE = 1 << 11;
/** MISC_ENABLE, upper half: CPUID does not announce execute-disable (SDM vol. 4, table 2-68). */
export const MISC_ENABLE_XD_DISABLE = 1 << 2;

/** One 64-bit register. A write with a bit outside of `writable` is #GP(0). */
export interface ModelSpecificRegister {
  readonly address: number;
  /** CPUID feature that brings it; `''`: always there. */
  readonly feature: string;
  readonly resetLow: number;
  readonly resetHigh: number;
  readonly writableLow: number;
  readonly writableHigh: number;
  /** Refuses a value whose bits are all writable. */
  readonly accepts?: (low: number, high: number) => boolean;
  /** Writes are accepted and change nothing. */
  readonly isWriteIgnored?: boolean;
}

type Options = Partial<Omit<ModelSpecificRegister, 'address'>>;

function register(address: number, options: Options = {}): ModelSpecificRegister {
  return {
    address,
    feature: '',
    resetLow: 0,
    resetHigh: 0,
    writableLow: 0xffff_ffff,
    writableHigh: 0xffff_ffff,
    ...options,
  };
}

const ONLY_LOW: Options = { writableHigh: 0 };
const READ_ONLY: Options = { writableLow: 0, writableHigh: 0 };

/** Every byte of both halves satisfies `isValid`. */
function eachByte(isValid: (type: number) => boolean): (low: number, high: number) => boolean {
  return (low, high) => [0, 8, 16, 24].every((by) => isValid((low >>> by) & 0xff) && isValid((high >>> by) & 0xff));
}

/** UC, WC, WT, WP, WB (SDM vol. 3A, table 12-2); a page attribute may also be UC- (table 12-10). */
const isMemoryType = (type: number): boolean => [0, 1, 4, 5, 6].includes(type);
const isPageAttribute = (type: number): boolean => isMemoryType(type) || type === 7;

/** Eight pairs of base and mask, for 36-bit physical addresses (SDM vol. 3A, 12.11.2.3). */
const variableRanges = Array.from({ length: 8 }, (_, index) => [
  register(MSR.MTRR_PHYSICAL + 2 * index, {
    feature: 'mtrr',
    writableLow: 0xffff_f0ff,
    writableHigh: 0xf,
    accepts: (low) => isMemoryType(low & 0xff),
  }),
  register(MSR.MTRR_PHYSICAL + 2 * index + 1, { feature: 'mtrr', writableLow: 0xffff_f800, writableHigh: 0xf }),
]).flat();

const fixedRanges = [
  MSR.MTRR_FIX64K_00000,
  MSR.MTRR_FIX16K_80000,
  MSR.MTRR_FIX16K_A0000,
  ...Array.from({ length: 8 }, (_, index) => MSR.MTRR_FIX4K + index),
].map((address) => register(address, { feature: 'mtrr', accepts: eachByte(isMemoryType) }));

/**
 * The registers that exist. Memory types are stored and have no effect: there is no cache to govern.
 * The order is that of their slots in the state, and so of snapshots: append only.
 */
export const MODEL_SPECIFIC_REGISTERS: readonly ModelSpecificRegister[] = [
  register(MSR.TSC, { feature: 'tsc' }),
  // Enabled, bootstrap processor, registers at FEE00000.
  register(MSR.APIC_BASE, { resetLow: 0xfee0_0900, writableLow: 0xffff_f900, writableHigh: 0xf }),
  register(MSR.SYSENTER_CS, { feature: 'sep' }),
  register(MSR.SYSENTER_ESP, { feature: 'sep' }),
  register(MSR.SYSENTER_EIP, { feature: 'sep' }),
  register(MSR.PAT, {
    feature: 'pat',
    resetLow: 0x0007_0406,
    resetHigh: 0x0007_0406,
    accepts: eachByte(isPageAttribute),
  }),
  // Fast strings enabled.
  register(MSR.MISC_ENABLE, { resetLow: 1, writableHigh: MISC_ENABLE_XD_DISABLE }),
  // Eight variable ranges, fixed ranges, write combining.
  register(MSR.MTRR_CAP, { ...READ_ONLY, feature: 'mtrr', resetLow: 0x508 }),
  register(MSR.MTRR_DEF_TYPE, {
    feature: 'mtrr',
    writableLow: 0xcff,
    writableHigh: 0,
    accepts: (low) => isMemoryType(low & 0xff),
  }),
  ...variableRanges,
  ...fixedRanges,
  register(MSR.PLATFORM_ID, READ_ONLY),
  register(MSR.EBL_CR_POWERON, ONLY_LOW),
  register(MSR.BIOS_UPDT_TRIG, { isWriteIgnored: true }),
  // Microcode revision 0: writing it and executing CPUID is how software asks for it.
  register(MSR.BIOS_SIGN_ID, { isWriteIgnored: true }),
  register(MSR.PERFCTR0),
  register(MSR.PERFCTR1),
  register(MSR.EVNTSEL0, ONLY_LOW),
  register(MSR.EVNTSEL1, ONLY_LOW),
  // Stored only: branch records and branch stepping are not there.
  register(MSR.DEBUGCTL, { writableLow: 0x7f, writableHigh: 0 }),
  register(MSR.EFER, { feature: 'nx', writableLow: EFER_NXE | EFER_SCE, writableHigh: 0 }),
  ...[MSR.LAST_BRANCH_FROM_IP, MSR.LAST_BRANCH_TO_IP, MSR.LAST_INT_FROM_IP, MSR.LAST_INT_TO_IP].map((address) =>
    register(address, READ_ONLY),
  ),
  // Machine checks: no banks, so none is ever reported; of the status only zero can be written (SDM vol. 3B, 17.3.1).
  register(MSR.P5_MC_ADDR, { ...READ_ONLY, feature: 'mce' }),
  register(MSR.P5_MC_TYPE, { ...READ_ONLY, feature: 'mce' }),
  register(MSR.MCG_CAP, { ...READ_ONLY, feature: 'mca' }),
  register(MSR.MCG_STATUS, { ...READ_ONLY, feature: 'mca' }),
  // A core clock of once the bus clock (bits 31..24), so that whoever divides by the ratio can.
  register(MSR.EBC_FREQUENCY_ID, { ...READ_ONLY, resetLow: 1 << 24 }),
];
