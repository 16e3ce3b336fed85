/** The two dwords of a descriptor. */
export type DescriptorWords = readonly [low: number, high: number];

export interface SegmentFields {
  readonly base?: number;
  /** In bytes; beyond 1 MiB it is rounded to pages. Default 4 GiB - 1. */
  readonly limit?: number;
  readonly dpl?: number;
  /** Bits 3..0 of the type. */
  readonly type: number;
  readonly isSystem?: boolean;
  readonly isPresent?: boolean;
  /** The D/B bit. */
  readonly isBig?: boolean;
}

/** Types of code and data segments, not yet accessed. */
export const TYPE = {
  readOnlyData: 0,
  data: 2,
  expandDownData: 6,
  executeOnlyCode: 8,
  code: 10,
  conformingCode: 14,
  tss16: 1,
  ldt: 2,
  busyTss16: 3,
  tss32: 9,
  busyTss32: 11,
} as const;

export function segmentDescriptor(fields: SegmentFields): DescriptorWords {
  const { base = 0, limit = 0xffff_ffff, dpl = 0, type, isSystem = false, isPresent = true, isBig = true } = fields;
  const isCoarse = limit > 0xf_ffff;
  const stored = isCoarse ? limit >>> 12 : limit;
  const high =
    ((base >>> 16) & 0xff) |
    (base & 0xff00_0000) |
    (type << 8) |
    (isSystem ? 0 : 1 << 12) |
    (dpl << 13) |
    (isPresent ? 1 << 15 : 0) |
    (stored & 0xf_0000) |
    (isBig && !isSystem ? 1 << 22 : 0) |
    (isCoarse ? 1 << 23 : 0);
  return [((stored & 0xffff) | (base << 16)) >>> 0, high >>> 0];
}

export type GateKind = 'call16' | 'task' | 'interrupt16' | 'trap16' | 'call32' | 'interrupt32' | 'trap32';

const GATE_TYPE: Readonly<Record<GateKind, number>> = {
  call16: 4,
  task: 5,
  interrupt16: 6,
  trap16: 7,
  call32: 12,
  interrupt32: 14,
  trap32: 15,
};

export interface GateFields {
  readonly kind: GateKind;
  readonly selector: number;
  readonly offset?: number;
  readonly dpl?: number;
  readonly isPresent?: boolean;
  readonly parameterCount?: number;
}

export function gateDescriptor(fields: GateFields): DescriptorWords {
  const { kind, selector, offset = 0, dpl = 0, isPresent = true, parameterCount = 0 } = fields;
  const high =
    (offset & 0xffff_0000) | (isPresent ? 1 << 15 : 0) | (dpl << 13) | (GATE_TYPE[kind] << 8) | parameterCount;
  return [((selector << 16) | (offset & 0xffff)) >>> 0, high >>> 0];
}
