/** CR0 bits (SDM vol. 3A, 2.5). */
export const CR0 = {
  PE: 1 << 0,
  MP: 1 << 1,
  EM: 1 << 2,
  TS: 1 << 3,
  ET: 1 << 4,
  NE: 1 << 5,
  WP: 1 << 16,
  AM: 1 << 18,
  NW: 1 << 29,
  CD: 1 << 30,
  PG: 1 << 31,
} as const;

/** CR4 bits (SDM vol. 3A, 2.5). */
export const CR4 = {
  VME: 1 << 0,
  PVI: 1 << 1,
  TSD: 1 << 2,
  DE: 1 << 3,
  PSE: 1 << 4,
  PAE: 1 << 5,
  MCE: 1 << 6,
  PGE: 1 << 7,
  PCE: 1 << 8,
  OSFXSR: 1 << 9,
  OSXMMEXCPT: 1 << 10,
} as const;

/** DR6 and DR7 bits (SDM vol. 3B, 18.2). */
export const DR6 = {
  /** B0..B3. */
  B: 0xf,
  BD: 1 << 13,
  BS: 1 << 14,
  BT: 1 << 15,
} as const;
export const DR7 = {
  /** L0..L3 and LE: what belongs to one task. */
  LOCAL: 0x155,
  GD: 1 << 13,
} as const;
