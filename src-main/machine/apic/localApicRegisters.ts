/** Offsets of the registers, each at a multiple of 16 (SDM vol. 3A, table 11-1). */
export const REGISTER = {
  id: 0x020,
  version: 0x030,
  taskPriority: 0x080,
  arbitrationPriority: 0x090,
  processorPriority: 0x0a0,
  endOfInterrupt: 0x0b0,
  remoteRead: 0x0c0,
  logicalDestination: 0x0d0,
  destinationFormat: 0x0e0,
  spurious: 0x0f0,
  inService: 0x100,
  triggerMode: 0x180,
  request: 0x200,
  errorStatus: 0x280,
  commandLow: 0x300,
  commandHigh: 0x310,
  lvtFirst: 0x320,
  lvtLast: 0x370,
  initialCount: 0x380,
  currentCount: 0x390,
  divide: 0x3e0,
} as const;

export const APIC_BYTES = 0x1000;
/** IA32_APIC_BASE: bit 8 bootstrap processor, bit 11 global enable, bits 35..12 base. */
export const BASE_ENABLE = 1 << 11;
export const LOCAL_APIC_ADDRESS = 0xfee0_0000;

/** An integrated APIC with six LVT entries. */
export const VERSION = 0x0005_0014;
export const SOFTWARE_ENABLE = 0x100;

/** LVT entries in the order of their registers. */
export const LVT = { timer: 0, thermal: 1, performance: 2, lint0: 3, lint1: 4, error: 5 } as const;
export const LVT_COUNT = 6;
export const LVT_MASKED = 1 << 16;
export const LVT_PERIODIC = 1 << 17;
/** Writable bits: vector; delivery mode but for timer and error; polarity and trigger mode of LINT0/1; mask; timer mode. */
export const LVT_WRITABLE = [0x3_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff];

export const ERROR = { sendIllegalVector: 1 << 5, receiveIllegalVector: 1 << 6, illegalRegister: 1 << 7 } as const;
export const COMMAND_WRITABLE = 0x000c_cfff;
export const SHORTHAND = { none: 0, self: 1, all: 2, others: 3 } as const;
export const FLAT_MODEL = 0xf;
export const FIRST_LEGAL_VECTOR = 16;

export function lvtIndex(register: number): number | undefined {
  return register >= REGISTER.lvtFirst && register <= REGISTER.lvtLast
    ? (register - REGISTER.lvtFirst) >>> 4
    : undefined;
}

export function isReadOnly(register: number): boolean {
  const readOnly: readonly number[] = [
    REGISTER.version,
    REGISTER.arbitrationPriority,
    REGISTER.processorPriority,
    REGISTER.remoteRead,
    REGISTER.currentCount,
  ];
  return readOnly.includes(register) || (register >= REGISTER.inService && register < REGISTER.errorStatus);
}
