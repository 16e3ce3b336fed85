/** MXCSR (SDM vol. 1, 10.2.3). */
export const MXCSR = {
  exceptions: 0x3f,
  denormalsAreZeros: 1 << 6,
  /** Where the masks of the exceptions begin. */
  maskShift: 7,
  roundingControl: 3 << 13,
  roundDown: 1 << 13,
  roundUp: 2 << 13,
  chop: 3 << 13,
  flushToZero: 1 << 15,
  /** Bits that may be set: what FXSAVE stores as MXCSR_MASK. */
  all: 0xffff,
} as const;
