import { ATTRIBUTE } from '../engine/state/CpuState.ts';
import { TSS16_LAYOUT, TSS32_LAYOUT } from '../engine/semantics/system/tssLayout.ts';
import { decodeDescriptor, descriptorKind, type DescriptorKind } from './descriptors.ts';
import { readLinear, type MemoryAccess } from './LinearMemory.ts';

const DESCRIPTOR_BYTES = 8;
const VECTOR_BYTES = 4;
const VECTORS = 256;
const TABLE_BYTES_MOST = 0x1_0000;

/** An entry of a descriptor table that is not all zeros. */
export interface TableEntry {
  /** Selector without RPL; of the IDT, the vector. */
  readonly place: number;
  /** `vector`: a real-mode pointer. */
  readonly kind: DescriptorKind | 'vector';
  readonly isPresent: boolean;
  readonly dpl: number;
  /** Of segments. */
  readonly base?: number;
  readonly limit?: number;
  /** Of code: `r-x`, of data: `rw-`, with the size and what else is set. */
  readonly access?: string;
  /** Of gates and vectors. */
  readonly selector?: number;
  readonly offset?: number;
}

export interface DescriptorTable {
  readonly base: number;
  readonly limit: number;
  readonly entries: readonly TableEntry[];
  /** Some of it is not mapped. */
  readonly isCut: boolean;
}

/** Reads a GDT, LDT, or the IDT of protected mode. */
export async function readDescriptors(
  memory: MemoryAccess,
  { base, limit }: { readonly base: number; readonly limit: number },
  isInterruptTable: boolean,
): Promise<DescriptorTable> {
  const byteLength = Math.min(limit + 1, TABLE_BYTES_MOST);
  const { bytes, missing } = await readLinear(memory, base, byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TableEntry[] = [];
  for (let at = 0; at + DESCRIPTOR_BYTES <= bytes.length; at += DESCRIPTOR_BYTES) {
    const [low, high] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (low === 0 && high === 0) continue;
    entries.push(describeEntry(isInterruptTable ? at / DESCRIPTOR_BYTES : at, low, high));
  }
  return { base, limit, entries, isCut: missing.length > 0 };
}

function describeEntry(place: number, low: number, high: number): TableEntry {
  const { attributes, isGate, selector, offset, base, limit } = decodeDescriptor(low, high);
  const kind = descriptorKind(attributes);
  const about = {
    place,
    kind,
    isPresent: (attributes & ATTRIBUTE.P) !== 0,
    dpl: (attributes & ATTRIBUTE.DPL) >> ATTRIBUTE.DPL_SHIFT,
  };
  if (isGate) return { ...about, selector, offset };
  const isSegment = kind === 'code' || kind === 'data';
  return { ...about, base, limit, ...(isSegment && { access: accessOf(attributes) }) };
}

/** `r-x 32`, `rw- 16 expand-down`, `--x 32 conforming accessed`. */
function accessOf(attributes: number): string {
  const isCode = (attributes & ATTRIBUTE.CODE) !== 0;
  const isWide = (attributes & ATTRIBUTE.READ_WRITE) !== 0;
  const rights = isCode ? `${isWide ? 'r' : '-'}-x` : `r${isWide ? 'w' : '-'}-`;
  const extra = (attributes & ATTRIBUTE.CONFORMING_EXPAND_DOWN) !== 0 ? (isCode ? ' conforming' : ' expand-down') : '';
  const accessed = (attributes & ATTRIBUTE.ACCESSED) !== 0 ? ' accessed' : '';
  return `${rights} ${(attributes & ATTRIBUTE.DB) !== 0 ? 32 : 16}${extra}${accessed}`;
}

/** The interrupt vectors of real mode. */
export async function readVectors(
  memory: MemoryAccess,
  { base, limit }: { readonly base: number; readonly limit: number },
): Promise<DescriptorTable> {
  const { bytes, missing } = await readLinear(memory, base, Math.min(limit + 1, VECTORS * VECTOR_BYTES));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: TableEntry[] = [];
  for (let at = 0; at + VECTOR_BYTES <= bytes.length; at += VECTOR_BYTES) {
    const [offset, selector] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (offset === 0 && selector === 0) continue;
    entries.push({ place: at / VECTOR_BYTES, kind: 'vector', isPresent: true, dpl: 0, selector, offset });
  }
  return { base, limit, entries, isCut: missing.length > 0 };
}

/** A field of a task-state segment. */
export interface TaskField {
  readonly name: string;
  readonly value: number;
  readonly bits: 16 | 32;
}

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const RINGS = [0, 1, 2];
/** Offset of the word that says where the I/O permission bitmap begins (SDM vol. 3A, figure 8-2). */
const IO_MAP_BASE = 102;

/** The task-state segment at an address, field by field, so far as its limit reaches. */
export async function readTaskState(
  memory: MemoryAccess,
  { base, limit }: { readonly base: number; readonly limit: number },
  is32Bit: boolean,
): Promise<readonly TaskField[]> {
  const layout = is32Bit ? TSS32_LAYOUT : TSS16_LAYOUT;
  const { bytes, missing } = await readLinear(memory, base, Math.min(limit, layout.minimumLimit) + 1);
  if (missing.length > 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: TaskField[] = [];
  const add = (name: string, offset: number, bits: 16 | 32): void => {
    if (offset < 0 || offset + bits / 8 > bytes.length) return;
    fields.push({ name, value: bits === 16 ? view.getUint16(offset, true) : view.getUint32(offset, true), bits });
  };
  const { slot } = layout;
  const wide = is32Bit ? 32 : 16;
  const prefix = is32Bit ? 'e' : '';
  add('link', 0, 16);
  for (const ring of RINGS) {
    add(`${prefix}sp${ring}`, slot * (1 + 2 * ring), wide);
    add(`ss${ring}`, slot * (2 + 2 * ring), 16);
  }
  add('cr3', layout.cr3, 32);
  add(`${prefix}ip`, layout.eip, wide);
  add(`${prefix}flags`, layout.eflags, wide);
  GENERAL.forEach((name, index) => add(`${prefix}${name}`, layout.registers + slot * index, wide));
  SEGMENTS.slice(0, layout.segmentCount).forEach((name, index) => add(name, layout.segments + slot * index, 16));
  add('ldtr', layout.localTable, 16);
  add('trap', layout.trap, 16);
  if (is32Bit) add('iomap', IO_MAP_BASE, 16);
  return fields;
}
