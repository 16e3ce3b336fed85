/** Exception vectors (SDM vol. 3A, table 6-1). */
export const VECTOR = {
  DE: 0,
  DB: 1,
  NMI: 2,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  NM: 7,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
  MF: 16,
  AC: 17,
  MC: 18,
  XM: 19,
} as const;

/**
 * A guest exception raised inside a helper. Thrown, and caught at the edge between generated code and
 * helpers, which makes it the pending fault of the current instruction. Not an `Error`: it is a guest's
 * ordinary event, and taking a stack trace would cost more than delivering it.
 */
export class GuestFault {
  readonly vector: number;
  /** -1 when the vector has none. */
  readonly errorCode: number;
  /** Linear address of a page fault. */
  readonly address: number;

  constructor(vector: number, errorCode = -1, address = 0) {
    this.vector = vector;
    this.errorCode = errorCode;
    this.address = address;
  }
}
