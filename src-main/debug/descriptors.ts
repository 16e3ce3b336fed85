import { ATTRIBUTE } from '../engine/state/CpuState.ts';

/** A descriptor taken apart (SDM vol. 3A, 3.4.5, 6.11 and 5.8.3). */
export interface Descriptor {
  /** As `SEGMENT.attributes`. */
  readonly attributes: number;
  /** A gate leads to `selector` and `offset`; anything else lies at `base`. */
  readonly isGate: boolean;
  readonly selector: number;
  readonly offset: number;
  readonly base: number;
  /** Highest offset, granularity applied. */
  readonly limit: number;
}

const TASK_GATE = 5;
const GATE_BIT = 4;
const PAGE_BYTES = 0x1000;

/** @param low first, and @param high second half of a descriptor */
export function decodeDescriptor(low: number, high: number): Descriptor {
  const attributes = (high >>> 8) & 0xf0ff;
  const isSystem = (attributes & ATTRIBUTE.S) === 0;
  const type = attributes & ATTRIBUTE.TYPE;
  const isGate = isSystem && (type & GATE_BIT) !== 0;
  const units = (high & 0xf_0000) | (low & 0xffff);
  return {
    // The bits that say so in segments are part of a gate's offset.
    attributes: isGate ? attributes & 0xff : attributes,
    isGate,
    selector: (low >>> 16) & 0xffff,
    // A task gate leads to a task, which knows where it goes on.
    offset: type === TASK_GATE ? 0 : ((high & 0xffff_0000) | (low & 0xffff)) >>> 0,
    base: ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0,
    limit: (attributes & ATTRIBUTE.G) !== 0 ? units * PAGE_BYTES + 0xfff : units,
  };
}

/** What LDTR, TR and gates can hold, by type (SDM vol. 3A, table 3-2). */
const SYSTEM_KINDS = {
  1: 'tss16',
  2: 'ldt',
  3: 'tss16Busy',
  4: 'callGate16',
  5: 'taskGate',
  6: 'interruptGate16',
  7: 'trapGate16',
  9: 'tss32',
  11: 'tss32Busy',
  12: 'callGate32',
  14: 'interruptGate32',
  15: 'trapGate32',
} as const;

export type DescriptorKind = 'code' | 'data' | 'reserved' | (typeof SYSTEM_KINDS)[keyof typeof SYSTEM_KINDS];

export function descriptorKind(attributes: number): DescriptorKind {
  const type = attributes & ATTRIBUTE.TYPE;
  if ((attributes & ATTRIBUTE.S) !== 0) return (type & ATTRIBUTE.CODE) !== 0 ? 'code' : 'data';
  const kinds: Readonly<Record<number, DescriptorKind>> = SYSTEM_KINDS;
  return kinds[type] ?? 'reserved';
}
