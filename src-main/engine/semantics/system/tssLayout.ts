/** Where a TSS keeps what a task switch saves and loads; byte offsets (SDM vol. 3A, figures 8-2 and 8-10). */
export interface TssLayout {
  readonly is32Bit: boolean;
  readonly minimumLimit: number;
  /** Distance between two registers. */
  readonly slot: 2 | 4;
  readonly cr3: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX ECX EDX EBX ESP EBP ESI EDI. */
  readonly registers: number;
  /** ES CS SS DS, and FS GS in the 32-bit one. */
  readonly segments: number;
  readonly segmentCount: number;
  readonly localTable: number;
  /** Word whose bit 0 is T. */
  readonly trap: number;
}

export const TSS32_LAYOUT: TssLayout = {
  is32Bit: true,
  minimumLimit: 103,
  slot: 4,
  cr3: 28,
  eip: 32,
  eflags: 36,
  registers: 40,
  segments: 72,
  segmentCount: 6,
  localTable: 96,
  trap: 100,
};

export const TSS16_LAYOUT: TssLayout = {
  is32Bit: false,
  minimumLimit: 43,
  slot: 2,
  cr3: -1,
  eip: 14,
  eflags: 16,
  registers: 18,
  segments: 34,
  segmentCount: 4,
  localTable: 42,
  trap: -1,
};
