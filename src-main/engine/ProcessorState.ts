import { type CpuState } from './state/CpuState.ts';
import { INTERRUPT_SHADOW, REGISTER_SLOT, SEGMENT, STATE, X87_SLOT, XMM_BYTES, segmentOffset } from './state/layout.ts';

/**
 * Everything of a vCPU that decides how it goes on, under the manual's names and independent of how an accelerator
 * keeps it: plain JSON data. 64-bit registers and wider ones are hexadecimal text, most significant digit first.
 */
export interface ProcessorState {
  readonly version: 1;
  /** Instructions retired since the last reset. */
  readonly retired: number;
  /** RAX..R15 by their numbers. */
  readonly general: readonly string[];
  readonly rip: string;
  readonly rflags: number;
  readonly cpl: number;
  /** ES CS SS DS FS GS LDTR TR with their descriptor caches; limit in bytes. */
  readonly segments: readonly SegmentState[];
  readonly gdtr: TableRegister;
  readonly idtr: TableRegister;
  /** CR0..CR8. */
  readonly cr: readonly string[];
  /** DR0..DR7. */
  readonly dr: readonly string[];
  /** PDPTE0..PDPTE3, which may differ from what lies in memory by now. */
  readonly pdptes: readonly string[];
  /** What the last instruction holds off: 0 nothing, 1 interrupts (STI), 2 debug exceptions too (MOV SS). */
  readonly interruptShadow: number;
  readonly isHalted: boolean;
  readonly isNmiPending: boolean;
  readonly isNmiBlocked: boolean;
  /** The instruction at RIP is a repeated string instruction with some iterations done. */
  readonly isRepeating: boolean;
  /** DR6's bits of debug traps that are put off to behind the next instruction. */
  readonly debugTraps: number;
  readonly x87: X87State;
  readonly mxcsr: number;
  /** XMM0..XMM15. */
  readonly xmm: readonly string[];
  /** Model-specific registers: hexadecimal address, value. The time-stamp counter's is its distance from the clock. */
  readonly msrs: readonly (readonly [address: string, value: string])[];
}

export interface SegmentState {
  readonly selector: number;
  /** As in `SEGMENT.attributes`. */
  readonly attributes: number;
  readonly base: string;
  readonly limit: number;
}

export interface TableRegister {
  readonly base: string;
  readonly limit: number;
}

export interface X87State {
  readonly control: number;
  /** Without TOP. */
  readonly status: number;
  readonly top: number;
  /** Bit n: Rn holds a value. */
  readonly valid: number;
  readonly instructionOffset: number;
  readonly instructionSelector: number;
  readonly dataOffset: number;
  readonly dataSelector: number;
  readonly opcode: number;
  /** R0..R7, 80 bits each, not in the order of the stack. */
  readonly registers: readonly string[];
}

/** A state that is none: which field, and what was expected. */
export class ProcessorStateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProcessorStateError';
  }
}

/** What the accelerator keeps beside the state block. */
export type ProcessorExtras = Pick<ProcessorState, 'retired' | 'isRepeating' | 'debugTraps' | 'msrs'>;

const WORD_FIELDS = {
  control: STATE.x87Control,
  status: STATE.x87Status,
  top: STATE.x87Top,
  valid: STATE.x87Valid,
  instructionOffset: STATE.x87InstructionOffset,
  instructionSelector: STATE.x87InstructionSelector,
  dataOffset: STATE.x87DataOffset,
  dataSelector: STATE.x87DataSelector,
  opcode: STATE.x87Opcode,
} as const;
const LONG_BYTES = 8;
const EXTENDED_BYTES = 10;
const GENERAL_COUNT = 16;
const SEGMENT_COUNT = 8;
const CONTROL_COUNT = 9;

/** Reads the state block of a stopped vCPU. */
export function readProcessorState(state: CpuState, extras: ProcessorExtras): ProcessorState {
  const hex = (offset: number, byteLength: number): string => readHex(state.bytes, offset, byteLength);
  const longs = (offset: number, count: number, stride = LONG_BYTES, byteLength = LONG_BYTES): string[] =>
    Array.from({ length: count }, (_, index) => hex(offset + index * stride, byteLength));
  return {
    version: 1,
    retired: extras.retired,
    general: longs(0, GENERAL_COUNT, REGISTER_SLOT),
    rip: hex(STATE.rip, LONG_BYTES),
    rflags: state.eflags >>> 0,
    cpl: state.cpl,
    segments: Array.from({ length: SEGMENT_COUNT }, (_, index) => ({
      selector: state.selector(index),
      attributes: state.segmentAttributes(index),
      base: hex(segmentOffset(index) + SEGMENT.base, LONG_BYTES),
      limit: state.segmentLimit(index),
    })),
    gdtr: { base: hex(STATE.gdtrBase, LONG_BYTES), limit: state.getUint(STATE.gdtrLimit) },
    idtr: { base: hex(STATE.idtrBase, LONG_BYTES), limit: state.getUint(STATE.idtrLimit) },
    cr: longs(STATE.cr0, CONTROL_COUNT),
    dr: longs(STATE.dr0, 8),
    pdptes: longs(STATE.pdptes, 4),
    interruptShadow: state.getInt(STATE.interruptShadow),
    isHalted: state.getInt(STATE.halted) !== 0,
    isNmiPending: state.getInt(STATE.nmiPending) !== 0,
    isNmiBlocked: state.getInt(STATE.nmiBlocked) !== 0,
    isRepeating: extras.isRepeating,
    debugTraps: extras.debugTraps,
    x87: {
      // One number per name, by construction.
      ...(Object.fromEntries(
        Object.entries(WORD_FIELDS).map(([name, offset]) => [name, state.getUint(offset)]),
      ) as Record<keyof typeof WORD_FIELDS, number>),
      registers: longs(STATE.x87, 8, X87_SLOT.size, EXTENDED_BYTES),
    },
    mxcsr: state.getUint(STATE.mxcsr),
    xmm: longs(STATE.xmm, 16, XMM_BYTES, XMM_BYTES),
    msrs: extras.msrs,
  };
}

/** Writes the state block; what an accelerator derives from it is its own business. */
export function writeProcessorState(state: CpuState, value: ProcessorState): void {
  const put = (offset: number, text: string): void => writeHex(state.bytes, offset, text);
  value.general.forEach((text, index) => put(index * REGISTER_SLOT, text));
  put(STATE.rip, value.rip);
  state.eflags = value.rflags;
  state.cpl = value.cpl;
  value.segments.forEach(({ selector, attributes, base, limit }, index) => {
    state.writeSegment(index, selector, attributes, Number(BigInt.asIntN(32, BigInt(`0x${base}`))), limit);
    put(segmentOffset(index) + SEGMENT.base, base);
  });
  put(STATE.gdtrBase, value.gdtr.base);
  put(STATE.idtrBase, value.idtr.base);
  state.setInt(STATE.gdtrLimit, value.gdtr.limit);
  state.setInt(STATE.idtrLimit, value.idtr.limit);
  value.cr.forEach((text, index) => put(STATE.cr0 + index * LONG_BYTES, text));
  value.dr.forEach((text, index) => put(STATE.dr0 + index * LONG_BYTES, text));
  value.pdptes.forEach((text, index) => put(STATE.pdptes + index * LONG_BYTES, text));
  state.setInt(STATE.interruptShadow, value.interruptShadow);
  state.setInt(STATE.halted, value.isHalted ? 1 : 0);
  state.setInt(STATE.nmiPending, value.isNmiPending ? 1 : 0);
  state.setInt(STATE.nmiBlocked, value.isNmiBlocked ? 1 : 0);
  for (const [name, offset] of Object.entries(WORD_FIELDS)) {
    state.setInt(offset, value.x87[name as keyof typeof WORD_FIELDS]); // Its own key, as Object.entries gives it.
  }
  value.x87.registers.forEach((text, index) => put(STATE.x87 + index * X87_SLOT.size, text));
  state.setInt(STATE.mxcsr, value.mxcsr);
  value.xmm.forEach((text, index) => put(STATE.xmm + index * XMM_BYTES, text));
}

/** Checks data from outside; throws {@link ProcessorStateError}. */
export function parseProcessorState(data: unknown): ProcessorState {
  const fields = record(data, 'the processor');
  if (fields['version'] !== 1) {
    throw new ProcessorStateError(
      `the processor's state is of version ${String(fields['version'])}, this program knows 1`,
    );
  }
  const x87 = record(fields['x87'], 'x87');
  const word = (from: Fields, name: string, most = 0xffff_ffff): number => number(from[name], name, most);
  const table = (name: string): TableRegister => {
    const from = record(fields[name], name);
    return { base: hexText(from['base'], `${name}.base`, LONG_BYTES), limit: word(from, 'limit') };
  };
  const longs = (from: Fields, name: string, count: number, byteLength = LONG_BYTES): string[] =>
    list(from[name], name, count).map((each) => hexText(each, name, byteLength));
  return {
    version: 1,
    retired: word(fields, 'retired', Number.MAX_SAFE_INTEGER),
    general: longs(fields, 'general', GENERAL_COUNT),
    rip: hexText(fields['rip'], 'rip', LONG_BYTES),
    rflags: word(fields, 'rflags'),
    cpl: word(fields, 'cpl', 3),
    segments: list(fields['segments'], 'segments', SEGMENT_COUNT).map((each) => {
      const from = record(each, 'segments');
      return {
        selector: word(from, 'selector', 0xffff),
        attributes: word(from, 'attributes', 0xffff),
        base: hexText(from['base'], 'segments.base', LONG_BYTES),
        limit: word(from, 'limit'),
      };
    }),
    gdtr: table('gdtr'),
    idtr: table('idtr'),
    cr: longs(fields, 'cr', CONTROL_COUNT),
    dr: longs(fields, 'dr', 8),
    pdptes: longs(fields, 'pdptes', 4),
    interruptShadow: word(fields, 'interruptShadow', INTERRUPT_SHADOW.movSs),
    isHalted: flag(fields, 'isHalted'),
    isNmiPending: flag(fields, 'isNmiPending'),
    isNmiBlocked: flag(fields, 'isNmiBlocked'),
    isRepeating: flag(fields, 'isRepeating'),
    debugTraps: word(fields, 'debugTraps', 0xffff),
    x87: {
      control: word(x87, 'control', 0xffff),
      status: word(x87, 'status', 0xffff),
      top: word(x87, 'top', 7),
      valid: word(x87, 'valid', 0xff),
      instructionOffset: word(x87, 'instructionOffset'),
      instructionSelector: word(x87, 'instructionSelector', 0xffff),
      dataOffset: word(x87, 'dataOffset'),
      dataSelector: word(x87, 'dataSelector', 0xffff),
      opcode: word(x87, 'opcode', 0xffff),
      registers: longs(x87, 'registers', 8, EXTENDED_BYTES),
    },
    mxcsr: word(fields, 'mxcsr', 0xffff),
    xmm: longs(fields, 'xmm', 16, XMM_BYTES),
    msrs: list(fields['msrs'], 'msrs').map((each): readonly [string, string] => {
      const [address, value] = list(each, 'msrs', 2);
      return [hexText(address, 'msrs', 4), hexText(value, 'msrs', LONG_BYTES)];
    }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields; // Fields of unknown type.
  throw new ProcessorStateError(`${name} is missing in the processor's state`);
}

function list(value: unknown, name: string, count?: number): readonly unknown[] {
  if (Array.isArray(value) && (count === undefined || value.length === count)) return value as readonly unknown[];
  throw new ProcessorStateError(`${name} is no list of ${count ?? 'values'} in the processor's state`);
}

function number(value: unknown, name: string, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new ProcessorStateError(`${name} is ${String(value)} in the processor's state, expected 0..${most}`);
}

function flag(from: Fields, name: string): boolean {
  const value = from[name];
  if (typeof value === 'boolean') return value;
  throw new ProcessorStateError(`${name} is ${String(value)} in the processor's state, expected true or false`);
}

function hexText(value: unknown, name: string, byteLength: number): string {
  if (typeof value === 'string' && value.length === 2 * byteLength && /^[0-9a-f]*$/.test(value)) return value;
  throw new ProcessorStateError(
    `${name} is no number of ${2 * byteLength} hexadecimal digits in the processor's state`,
  );
}

/** Little-endian bytes as a number's digits. */
export function readHex(bytes: Uint8Array, offset: number, byteLength: number): string {
  let text = '';
  for (let at = offset + byteLength - 1; at >= offset; at--) text += bytes[at].toString(16).padStart(2, '0');
  return text;
}

export function writeHex(bytes: Uint8Array, offset: number, text: string): void {
  for (let at = offset, end = text.length; end > 0; end -= 2) bytes[at++] = parseInt(text.slice(end - 2, end), 16);
}
