import { ATTRIBUTE, type CpuState } from '../../engine/state/CpuState.ts';
import { FLAG } from '../../engine/state/flags.ts';
import { CS, LDTR } from '../../engine/state/layout.ts';
import type { RegisterContext } from './GdbRegister.ts';

const PROTECTION_ENABLE = 1;
const TABLE_INDICATOR = 4;
const RPL = 3;

/** Segments are selector times 16 in real mode and in virtual-8086 mode. */
export function hasParagraphSegments(cpu: CpuState): boolean {
  return (cpu.controlRegister(0) & PROTECTION_ENABLE) === 0 || (cpu.eflags & FLAG.VM) !== 0;
}

/** Bits that the code at CS:EIP is made of. */
export function codeBits(cpu: CpuState): 16 | 32 {
  return (cpu.segmentAttributes(CS) & ATTRIBUTE.DB) !== 0 ? 32 : 16;
}

/**
 * What a debugger's write of a selector means: base and limit come with it, as MOV to a segment register would bring
 * them, but without its checks of privilege. False when the tables hold no such segment.
 */
export function loadSegment(cpu: CpuState, index: number, selector: number, context: RegisterContext): boolean {
  if (hasParagraphSegments(cpu)) {
    cpu.setSegment(index, { ...cpu.segment(index), selector, base: selector << 4 });
    return true;
  }
  if ((selector & ~RPL) === 0) {
    if (index === CS) return false;
    cpu.setSegment(index, { selector, attributes: 0, base: 0, limit: 0 });
    return true;
  }
  const table = (selector & TABLE_INDICATOR) !== 0 ? cpu.segment(LDTR) : cpu.gdtr;
  const offset = selector & ~(TABLE_INDICATOR | RPL);
  if (offset + 7 > table.limit) return false;
  const bytes = context.readMemory((table.base + offset) >>> 0, 8);
  if (bytes === undefined) return false;
  const descriptor = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const low = descriptor.getUint32(0, true),
    high = descriptor.getUint32(4, true);
  const attributes = (high >>> 8) & 0xf0ff;
  const isCode = (attributes & ATTRIBUTE.CODE) !== 0;
  const isPresent = (attributes & ATTRIBUTE.P) !== 0;
  if ((attributes & ATTRIBUTE.S) === 0 || !isPresent || (index === CS && !isCode)) return false;
  const pages = (high & 0xf_0000) | (low & 0xffff);
  const limit = (attributes & ATTRIBUTE.G) !== 0 ? pages * 0x1000 + 0xfff : pages;
  const base = ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
  cpu.setSegment(index, { selector, attributes: attributes | ATTRIBUTE.ACCESSED, base, limit });
  if (index === CS) cpu.cpl = selector & RPL;
  return true;
}
