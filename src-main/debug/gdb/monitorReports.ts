import { ATTRIBUTE, type CpuState, type SegmentRegister } from '../../engine/state/CpuState.ts';
import { FLAG } from '../../engine/state/flags.ts';
import { LDTR, STATE } from '../../engine/state/layout.ts';
import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import type { Machine } from '../../machine/Machine.ts';
import { decodeDescriptor } from '../descriptors.ts';
import type { DebugMemory } from './DebugMemory.ts';
import { codeBits } from './loadSegment.ts';

const GENERAL = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp'] as const;
/** In the engine's numbering. */
const NUMBER_OF = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
const FLAG_NAMES = [
  ['OF', 1 << 11],
  ['DF', 1 << 10],
  ['IF', 1 << 9],
  ['TF', 1 << 8],
  ['SF', 1 << 7],
  ['ZF', 1 << 6],
  ['AF', 1 << 4],
  ['PF', 1 << 2],
  ['CF', 1 << 0],
] as const;
const PAGE_BYTES = 0x1000;
const PAGES = 0x10_0000;
const MOST_LINES = 400;
const CR0_PE = 1,
  CR0_PG = 2 ** 31;
const CR4_PAE = 1 << 5;

const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** How the processor runs, in one line. */
export function describeMode(cpu: CpuState): string {
  const cr0 = cpu.controlRegister(0);
  let mode = 'real mode';
  if ((cr0 & CR0_PE) !== 0) {
    mode = (cpu.eflags & FLAG.VM) !== 0 ? 'virtual-8086 mode' : `protected mode, ring ${cpu.cpl}`;
  }
  const isPaging = cr0 >= CR0_PG;
  const paging = !isPaging ? 'no paging' : (cpu.controlRegister(4) & CR4_PAE) !== 0 ? 'PAE paging' : '32-bit paging';
  const halted = cpu.getInt(STATE.halted) !== 0 ? ', waits in HLT' : '';
  return `${mode}, ${codeBits(cpu)}-bit code, ${paging}, interrupts ${(cpu.eflags & FLAG.IF) !== 0 ? 'on' : 'off'}${halted}\n`;
}

export function describeRegisters(cpu: CpuState): string {
  const row = (names: readonly (typeof GENERAL)[number][]): string =>
    names.map((name) => `${name} ${hex8(cpu.register(NUMBER_OF[name]))}`).join('  ');
  const { eflags } = cpu;
  const set = FLAG_NAMES.filter(([, bit]) => (eflags & bit) !== 0).map(([name]) => name);
  const control = [0, 2, 3, 4].map((index) => `cr${index} ${hex8(cpu.controlRegister(index))}`).join('  ');
  const debug = [0, 1, 2, 3, 6, 7].map((index) => `dr${index} ${hex8(cpu.debugRegister(index))}`).join('  ');
  return [
    describeMode(cpu).trimEnd(),
    row(GENERAL.slice(0, 4)),
    row(GENERAL.slice(4)),
    `eip ${hex8(cpu.eip)}  eflags ${hex8(eflags)} [${set.join(' ')}] IOPL ${(eflags >>> 12) & 3}`,
    ...SEGMENTS.map((name, index) => `${name.padEnd(4)} ${describeSegment(cpu.segment(index))}`),
    `gdtr base ${hex8(cpu.gdtr.base)} limit ${hex4(cpu.gdtr.limit)}  idtr base ${hex8(cpu.idtr.base)} limit ${hex4(cpu.idtr.limit)}`,
    control,
    debug,
    '',
  ].join('\n');
}

function describeSegment({ selector, base, limit, attributes }: SegmentRegister): string {
  return `${hex4(selector)}  base ${hex8(base)}  limit ${hex8(limit)}  ${describeAttributes(attributes)}`;
}

const SYSTEM_TYPES: Readonly<Record<number, string>> = {
  1: '16-bit TSS',
  2: 'LDT',
  3: '16-bit TSS, busy',
  4: '16-bit call gate',
  5: 'task gate',
  6: '16-bit interrupt gate',
  7: '16-bit trap gate',
  9: '32-bit TSS',
  11: '32-bit TSS, busy',
  12: '32-bit call gate',
  14: '32-bit interrupt gate',
  15: '32-bit trap gate',
};

/** Type, DPL and presence (SDM vol. 3A, 3.4.5 and table 3-2). */
function describeAttributes(attributes: number): string {
  const type = attributes & ATTRIBUTE.TYPE;
  const dpl = `DPL ${(attributes & ATTRIBUTE.DPL) >> ATTRIBUTE.DPL_SHIFT}`;
  const presence = (attributes & ATTRIBUTE.P) !== 0 ? '' : ', not present';
  if ((attributes & ATTRIBUTE.S) === 0) return `${SYSTEM_TYPES[type] ?? `type ${type}`}, ${dpl}${presence}`;
  const bits = (attributes & ATTRIBUTE.DB) !== 0 ? '32' : '16';
  const hasExtra = (type & ATTRIBUTE.CONFORMING_EXPAND_DOWN) !== 0;
  const isWide = (type & ATTRIBUTE.READ_WRITE) !== 0;
  const kind =
    (type & ATTRIBUTE.CODE) !== 0
      ? `${bits}-bit code${isWide ? ', readable' : ''}${hasExtra ? ', conforming' : ''}`
      : `${bits}-bit data${isWide ? ', writable' : ''}${hasExtra ? ', expand-down' : ''}`;
  return `${kind}, ${dpl}${presence}`;
}

/** The present entries of a descriptor table. */
export function describeDescriptors(
  table: 'gdt' | 'ldt' | 'idt',
  processor: VirtualProcessor,
  memory: DebugMemory,
): string {
  const cpu = processor.state;
  if (table === 'idt' && (cpu.controlRegister(0) & CR0_PE) === 0) return describeVectors(processor, memory);
  const { base, limit } = table === 'gdt' ? cpu.gdtr : table === 'idt' ? cpu.idtr : cpu.segment(LDTR);
  if (table === 'ldt' && (cpu.selector(LDTR) & ~3) === 0) return 'There is no LDT: LDTR is null.\n';
  const lines = [`${table.toUpperCase()} at ${hex8(base)}, limit ${hex4(limit)}`];
  for (let offset = 0; offset + 7 <= Math.min(limit, 0xffff); offset += 8) {
    const bytes = memory.read(processor, 'linear', (base + offset) >>> 0, 8);
    if (bytes.length < 8) {
      lines.push(`${hex4(offset)}  not mapped`);
      break;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const [low, high] = [view.getUint32(0, true), view.getUint32(4, true)];
    if (low === 0 && high === 0) continue;
    const index = table === 'idt' ? (offset / 8).toString(16).padStart(2, '0') : hex4(offset);
    lines.push(`${index}  ${describeDescriptor(low, high)}`);
  }
  return `${lines.slice(0, MOST_LINES).join('\n')}\n`;
}

function describeDescriptor(low: number, high: number): string {
  const { attributes, isGate, selector, offset, base, limit } = decodeDescriptor(low, high);
  if (isGate) return `${hex4(selector)}:${hex8(offset)}  ${describeAttributes(attributes)}`;
  return `base ${hex8(base)}  limit ${hex8(limit)}  ${describeAttributes(attributes)}`;
}

/** Real mode: offset and segment of each vector. */
function describeVectors(processor: VirtualProcessor, memory: DebugMemory): string {
  const { base, limit } = processor.state.idtr;
  const bytes = memory.read(processor, 'linear', base, Math.min(limit + 1, 0x400));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines = [`Interrupt vectors at ${hex8(base)}`];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const [offset, segment] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (offset !== 0 || segment !== 0)
      lines.push(`${(at / 4).toString(16).padStart(2, '0')}  ${hex4(segment)}:${hex4(offset)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Ranges of linear addresses that lead to one range of physical ones. */
export function describePages(processor: VirtualProcessor): string {
  if (processor.state.controlRegister(0) < CR0_PG) return 'Paging is off: linear addresses are physical ones.\n';
  const lines: string[] = [];
  let first = 0,
    firstPhysical: number | undefined;
  for (let page = 0; page <= PAGES; page++) {
    const physical = page < PAGES ? processor.translateLinear((page * PAGE_BYTES) >>> 0) : undefined;
    const isNext = physical !== undefined && physical === (firstPhysical ?? NaN) + (page - first) * PAGE_BYTES;
    if (isNext || (physical === undefined && firstPhysical === undefined)) continue;
    if (firstPhysical !== undefined) {
      const length = (page - first) * PAGE_BYTES;
      lines.push(
        `${hex8(first * PAGE_BYTES)}-${hex8(page * PAGE_BYTES - 1)} -> ${hex8(firstPhysical)}  ${length / 1024} KiB`,
      );
    }
    first = page;
    firstPhysical = physical;
  }
  if (lines.length === 0) return 'Nothing is mapped.\n';
  const rest = lines.length - MOST_LINES;
  return `${lines.slice(0, MOST_LINES).join('\n')}\n${rest > 0 ? `... and ${rest} ranges more\n` : ''}`;
}

/** Devices, how often the guest has reached each, and what interrupts it has taken. */
export function describeDevices(machine: Machine): string {
  const { devices, exits, guestTimeNs, retiredInstructions } = machine.statistics();
  const used = devices.filter(({ reads, writes }) => reads + writes > 0);
  const untouched = devices.filter(({ reads, writes }) => reads + writes === 0).map(({ id }) => id);
  const lines = used.map(({ id, reads, writes }) => `${id.padEnd(16)} ${reads} reads, ${writes} writes`);
  if (untouched.length > 0) lines.push(`not touched yet: ${untouched.join(' ')}`);
  const seconds = (guestTimeNs / 1e9).toFixed(6);
  return [
    ...lines,
    `${retiredInstructions} instructions in ${seconds} s of guest time; ${exits.interrupt} interrupts, ${exits.exception} exceptions`,
    '',
  ].join('\n');
}
