import { MODEL_SPECIFIC_REGISTERS, MSR } from '../../engine/semantics/system/msrTable.ts';
import type { CpuState } from '../../engine/state/CpuState.ts';
import { CS, DS, ES, FS, GS, LDTR, SS, STATE, TR, X87_SLOT, XMM_BYTES, xmmOffset } from '../../engine/state/layout.ts';
import type { GdbRegister } from './GdbRegister.ts';
import { loadSegment } from './loadSegment.ts';

const EIP = 8;
const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const POINTERS: Readonly<Record<string, string>> = { esp: 'data_ptr', ebp: 'data_ptr' };
/** gdb's order. */
const SEGMENTS = [
  ['cs', CS],
  ['ss', SS],
  ['ds', DS],
  ['es', ES],
  ['fs', FS],
  ['gs', GS],
] as const;

type Access = Pick<GdbRegister, 'read' | 'write'>;

function number32(read: (cpu: CpuState) => number, write: (cpu: CpuState, value: number) => void): Access {
  return {
    read: (cpu) => BigInt(read(cpu) >>> 0),
    write: (cpu, value) => {
      write(cpu, Number(value));
      return true;
    },
  };
}

function field(offset: number, mask = 0xffff_ffff): Access {
  return number32(
    (cpu) => cpu.getUint(offset) & mask,
    (cpu, value) => cpu.setInt(offset, value & mask),
  );
}

const general = GENERAL.map((name, index): GdbRegister => ({
  name,
  bits: 32,
  type: POINTERS[name] ?? 'int32',
  ...number32(
    (cpu) => cpu.register(index),
    (cpu, value) => cpu.setRegister(index, value),
  ),
}));

/**
 * The program counter is a linear address unless asked otherwise: then breakpoints, `x/i $pc` and source lines
 * are right in real mode and in any segment. The offset is `ip`.
 */
const programCounter: GdbRegister = {
  name: 'eip',
  bits: 32,
  type: 'code_ptr',
  read: (cpu, { programCounter: kind }) => BigInt(((kind === 'linear' ? cpu.segmentBase(CS) : 0) + cpu.eip) >>> 0),
  write: (cpu, value, { programCounter: kind }) => {
    const offset = (Number(value) - (kind === 'linear' ? cpu.segmentBase(CS) : 0)) >>> 0;
    if (offset > cpu.segmentLimit(CS)) return false;
    cpu.eip = offset;
    return true;
  },
};

const flags: GdbRegister = {
  name: 'eflags',
  bits: 32,
  type: 'i386_eflags',
  ...number32(
    (cpu) => cpu.eflags,
    (cpu, value) => (cpu.eflags = value),
  ),
};

const segments = SEGMENTS.map(([name, index]): GdbRegister => ({
  name,
  bits: 32,
  type: 'int32',
  read: (cpu) => BigInt(cpu.selector(index)),
  write: (cpu, value, context) => value <= 0xffffn && loadSegment(cpu, index, Number(value), context),
}));

/** ST(i): a 64-bit mantissa, then sign and exponent. */
function stackPlace(place: number): GdbRegister {
  return {
    name: `st${place}`,
    bits: 80,
    type: 'i387_ext',
    group: 'float',
    read: (cpu) => {
      const { low, high, signExponent } = cpu.stackBits(place);
      return (BigInt(signExponent) << 64n) | (BigInt(high) << 32n) | BigInt(low);
    },
    write: (cpu, value) => {
      const number = (cpu.getInt(STATE.x87Top) + place) & 7;
      const at = STATE.x87 + number * X87_SLOT.size;
      cpu.setInt(at, Number(value & 0xffff_ffffn));
      cpu.setInt(at + 4, Number((value >> 32n) & 0xffff_ffffn));
      cpu.setInt(at + X87_SLOT.signExponent, Number(value >> 64n));
      cpu.setInt(STATE.x87Valid, cpu.getInt(STATE.x87Valid) | (1 << number));
      return true;
    },
  };
}

function x87Control(name: string, access: Access): GdbRegister {
  return { name, bits: 32, type: 'int', group: 'float', ...access };
}

/** The tags as FSTENV stores them: 0 valid, 1 zero, 2 special, 3 empty; of R0 in the lowest bits (SDM vol. 1, 8.1.7). */
function tagWord(cpu: CpuState): number {
  const top = cpu.getInt(STATE.x87Top);
  let word = 0;
  for (let place = 0; place < 8; place++) {
    const { low, high, signExponent } = cpu.stackBits(place);
    const exponent = signExponent & 0x7fff;
    let tag = 0;
    if (!cpu.isStackValid(place)) tag = 3;
    else if (exponent === 0 && low === 0 && high === 0) tag = 1;
    else if (exponent === 0 || exponent === 0x7fff || high < 0x8000_0000) tag = 2;
    word |= tag << (((top + place) & 7) * 2);
  }
  return word;
}

function writeTags(cpu: CpuState, word: number): void {
  let valid = 0;
  for (let number = 0; number < 8; number++) if (((word >> (number * 2)) & 3) !== 3) valid |= 1 << number;
  cpu.setInt(STATE.x87Valid, valid);
}

const STATUS_TOP = 0x3800;
const STATUS_SUMMARY = 0x8080;
const EXCEPTIONS = 0x3f;

/** ES and B are derived: an exception that is raised and not masked. */
function writeStatus(cpu: CpuState, word: number): void {
  const isPending = (word & ~cpu.x87ControlWord & EXCEPTIONS) !== 0;
  cpu.setInt(STATE.x87Top, (word & STATUS_TOP) >> 11);
  cpu.setInt(STATE.x87Status, (word & 0xffff & ~(STATUS_TOP | STATUS_SUMMARY)) | (isPending ? STATUS_SUMMARY : 0));
}

const x87: readonly GdbRegister[] = [
  ...Array.from({ length: 8 }, (_, place) => stackPlace(place)),
  x87Control('fctrl', field(STATE.x87Control, 0xffff)),
  x87Control(
    'fstat',
    number32((cpu) => cpu.x87StatusWord, writeStatus),
  ),
  x87Control('ftag', number32(tagWord, writeTags)),
  x87Control('fiseg', field(STATE.x87InstructionSelector, 0xffff)),
  x87Control('fioff', field(STATE.x87InstructionOffset)),
  x87Control('foseg', field(STATE.x87DataSelector, 0xffff)),
  x87Control('fooff', field(STATE.x87DataOffset)),
  x87Control('fop', field(STATE.x87Opcode, 0x7ff)),
];

const xmm = Array.from({ length: 8 }, (_, index): GdbRegister => {
  const at = xmmOffset(index);
  const words = XMM_BYTES / 4;
  return {
    name: `xmm${index}`,
    bits: 128,
    type: 'vec128',
    group: 'vector',
    read: (cpu) => {
      let value = 0n;
      for (let word = words - 1; word >= 0; word--) value = (value << 32n) | BigInt(cpu.getUint(at + 4 * word));
      return value;
    },
    write: (cpu, value) => {
      for (let word = 0; word < words; word++) {
        cpu.setInt(at + 4 * word, Number((value >> BigInt(32 * word)) & 0xffff_ffffn));
      }
      return true;
    },
  };
});

const MXCSR_WRITABLE = 0xffff;
const mxcsr: GdbRegister = {
  name: 'mxcsr',
  bits: 32,
  type: 'i386_mxcsr',
  group: 'vector',
  ...field(STATE.mxcsr, MXCSR_WRITABLE),
};

function system(name: string, type: string, access: Access): GdbRegister {
  return { name, bits: 32, type, group: 'system', ...access };
}

function controlRegister(index: number, type: string): GdbRegister {
  return system(
    `cr${index}`,
    type,
    number32(
      (cpu) => cpu.controlRegister(index),
      (cpu, value) => cpu.setControlRegister(index, value),
    ),
  );
}

/** A value that only the processor itself can bring about. */
function readOnly(read: (cpu: CpuState) => number): Access {
  return { read: (cpu) => BigInt(read(cpu) >>> 0), write: () => false };
}

const eferSlot = MODEL_SPECIFIC_REGISTERS.findIndex(({ address }) => address === MSR.EFER);

/** Of no standard feature, with the names that QEMU's target descriptions give those which it has too. */
const systemRegisters: readonly GdbRegister[] = [
  system(
    'ip',
    'int32',
    number32(
      (cpu) => cpu.eip,
      (cpu, value) => (cpu.eip = value),
    ),
  ),
  ...SEGMENTS.map(([name, index]) =>
    system(
      `${name}_base`,
      'data_ptr',
      readOnly((cpu) => cpu.segmentBase(index)),
    ),
  ),
  ...SEGMENTS.map(([name, index]) =>
    system(
      `${name}_limit`,
      'int32',
      readOnly((cpu) => cpu.segmentLimit(index)),
    ),
  ),
  system(
    'cpl',
    'int32',
    readOnly((cpu) => cpu.cpl),
  ),
  controlRegister(0, 'i386_cr0'),
  controlRegister(2, 'data_ptr'),
  controlRegister(3, 'data_ptr'),
  controlRegister(4, 'i386_cr4'),
  system(
    'efer',
    'i386_efer',
    readOnly((cpu) => cpu.getUint(STATE.msr + 8 * eferSlot)),
  ),
  ...[0, 1, 2, 3, 6, 7].map((index) =>
    system(
      `dr${index}`,
      index < 4 ? 'data_ptr' : 'int32',
      number32(
        (cpu) => cpu.debugRegister(index),
        (cpu, value) => cpu.setDebugRegister(index, value),
      ),
    ),
  ),
  system(
    'gdtr_base',
    'data_ptr',
    number32(
      (cpu) => cpu.gdtr.base,
      (cpu, base) => (cpu.gdtr = { ...cpu.gdtr, base }),
    ),
  ),
  system(
    'gdtr_limit',
    'int32',
    number32(
      (cpu) => cpu.gdtr.limit,
      (cpu, limit) => (cpu.gdtr = { ...cpu.gdtr, limit }),
    ),
  ),
  system(
    'idtr_base',
    'data_ptr',
    number32(
      (cpu) => cpu.idtr.base,
      (cpu, base) => (cpu.idtr = { ...cpu.idtr, base }),
    ),
  ),
  system(
    'idtr_limit',
    'int32',
    number32(
      (cpu) => cpu.idtr.limit,
      (cpu, limit) => (cpu.idtr = { ...cpu.idtr, limit }),
    ),
  ),
  system(
    'ldtr',
    'int32',
    readOnly((cpu) => cpu.selector(LDTR)),
  ),
  system(
    'tr',
    'int32',
    readOnly((cpu) => cpu.selector(TR)),
  ),
  system(
    'tr_base',
    'data_ptr',
    readOnly((cpu) => cpu.segmentBase(TR)),
  ),
];

/** Features of the target description, in the order of gdb's register numbers. */
export const REGISTER_FEATURES = [
  { name: 'org.gnu.gdb.i386.core', registers: [...general, programCounter, flags, ...segments, ...x87] },
  { name: 'org.gnu.gdb.i386.sse', registers: [...xmm, mxcsr] },
  { name: 'org.vivarium.i386.system', registers: systemRegisters },
] as const;

export const REGISTERS: readonly GdbRegister[] = REGISTER_FEATURES.flatMap(({ registers }) => [...registers]);

/** Sent along with each stop, so that gdb need not ask: ESP, EBP and the program counter, by number. */
export const EXPEDITED = [4, 5, EIP] as const;
