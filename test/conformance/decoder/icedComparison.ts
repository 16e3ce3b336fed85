/**
 * Compares Vivarium's decoder with iced-x86, an independent one: length, validity, mnemonic, operands,
 * prefixes and sizes. Whatever differs is named by one of the two tables below, with its reason, or reported.
 */
import {
  CpuidFeature,
  Decoder as IcedDecoder,
  DecoderError,
  DecoderOptions,
  MemorySizeExt,
  Mnemonic,
  OpKind,
  Register,
  type Instruction as IcedInstruction,
} from 'iced-x86';
import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import {
  SEGMENT_NAMES,
  type CodeSize,
  type DecodeResult,
  type Instruction,
  type Operand,
} from '../../../src-main/engine/decode/Instruction.ts';
import { registerName } from '../../../src-main/engine/isa/registerNames.ts';

/**
 * iced's CPUID features that the instruction table covers completely. An instruction of any other one (a
 * later or another vendor's, or one of a single processor, as iced's `..._ONLY`) may be undefined here.
 */
const coveredFeatures: ReadonlySet<string> = new Set([
  'INTEL8086',
  'INTEL186',
  'INTEL286',
  'INTEL386',
  'INTEL486',
  'FPU',
  'FPU287',
  'FPU387',
  'CMOV',
  'CPUID',
  'CX8',
  'MSR',
  'PAUSE',
  'RDPMC',
  'MMX',
  'SSE',
  'SSE2',
  'SSE3',
  'SSSE3',
  'FXSR',
  'CLFSH',
  'MONITOR',
  'POPCNT',
  'PREFETCHW',
  'SEP',
  'SMM',
  'TSC',
]);

/** `ours/iced's` mnemonic pairs that differ on purpose. */
const mnemonicDeviations: Readonly<Record<string, string>> = {
  // 0F 18 to 0F 1F are NOPs since the Pentium Pro; iced names what later processors made of some of them.
  'nop/reservednop': 'hint NOP',
  'nop/prefetchit0': 'hint NOP on processors without PREFETCHI',
  'nop/prefetchit1': 'hint NOP on processors without PREFETCHI',
  'nop/prefetch': '0F 0D /2 to /7 are NOPs to Intel, and reserved prefetches to AMD',
  'nop/prefetchw': '0F 0D /2 to /7 are NOPs to Intel, and reserved prefetches to AMD',
  'nop/prefetchwt1': 'NOP on processors without PREFETCHWT1',
  'nop/cldemote': 'hint NOP on processors without CLDEMOTE',
  'nop/rdsspd': 'hint NOP on processors without CET',
  'nop/endbr32': 'hint NOP on processors without CET',
  'nop/endbr64': 'hint NOP on processors without CET',
  // F3 is ignored by processors without the later instruction (SDM vol. 2, TZCNT, LZCNT, WBNOINVD).
  'bsf/tzcnt': 'TZCNT is BSF on processors without BMI1',
  'bsr/lzcnt': 'LZCNT is BSR on processors without LZCNT',
  'wbinvd/wbnoinvd': 'WBNOINVD is WBINVD on processors without it',
};

const EIP = 0x1000;

export interface Comparison {
  readonly outcome: 'agree' | 'deviation' | 'uncovered' | 'differ';
  /** What differs, or which deviation or features it was. */
  readonly detail: string;
}

/** Compares the two decoders on the instruction at the start of `bytes`. */
export function compareWithIced(bytes: Uint8Array, codeSize: CodeSize): Comparison {
  const ours = decode(bytes, 0, bytes.length, codeSize);
  const decoder = new IcedDecoder(codeSize, bytes, DecoderOptions.None);
  decoder.ip = BigInt(EIP);
  const theirs = decoder.decode();
  try {
    return compare(ours, theirs, decoder.lastError);
  } finally {
    theirs.free();
    decoder.free();
  }
}

function compare(ours: DecodeResult, theirs: IcedInstruction, error: DecoderError): Comparison {
  if (error !== DecoderError.None) {
    // An undefined opcode needs no ModRM byte to be one; iced reads it first.
    const agrees = ours.kind === 'undefined' || (ours.kind === 'truncated') === (error === DecoderError.NoMoreBytes);
    return ours.kind !== 'instruction' && agrees
      ? { outcome: 'agree', detail: '' }
      : { outcome: 'differ', detail: `${describe(ours)}, but iced: ${DecoderError[error]}` };
  }
  const theirName = (Mnemonic[theirs.mnemonic] ?? '').toLowerCase();
  if (ours.kind !== 'instruction') {
    const features = Array.from(theirs.cpuidFeatures(), (feature) => CpuidFeature[feature] ?? '');
    return !features.every((feature) => coveredFeatures.has(feature))
      ? { outcome: 'uncovered', detail: features.join() }
      : { outcome: 'differ', detail: `${ours.kind}, but iced: ${theirName} (${features.join()})` };
  }
  const { encoding, length } = ours.instruction;
  if (length !== theirs.length) {
    return { outcome: 'differ', detail: `${encoding.name} has length ${length}, but iced: ${theirs.length}` };
  }
  if (![encoding.mnemonic, ...encoding.aliases].includes(theirName)) {
    const pair = `${encoding.mnemonic}/${theirName}`;
    const reason = mnemonicDeviations[pair];
    return { outcome: reason === undefined ? 'differ' : 'deviation', detail: `${pair} ${reason ?? ''}` };
  }
  const left = describeOurs(ours.instruction);
  const right = describeTheirs(theirs, ours.instruction);
  return left === right
    ? { outcome: 'agree', detail: '' }
    : { outcome: 'differ', detail: `${encoding.name}: ${left}, but iced: ${right}` };
}

function describe(result: DecodeResult): string {
  return result.kind === 'instruction' ? result.instruction.encoding.name : result.kind;
}

function describeOurs(instruction: Instruction): string {
  const { encoding, operandSize, operands, lock } = instruction;
  const size = encoding.sizes.length === 1 || hasSizedOperand(instruction) ? operandSize : '';
  return [lock ? 'lock' : '', size, ...operands.map((operand) => describeOperand(operand, instruction))].join(' ');
}

/** Whether iced's description of the opcode tells the operand size. */
function hasSizedOperand({ encoding }: Instruction): boolean {
  return encoding.operands.some((code) => /^[EGMZIJX-Y][vz]$|^Mp$|^Ap$|^rAX$/.test(code));
}

const wrap = (value: number, bits: number): number => (bits === 16 ? value & 0xffff : value >>> 0);

function describeOperand(operand: Operand, { length, operandSize }: Instruction): string {
  switch (operand.kind) {
    case 'register':
      return registerName(operand.file, operand.highByte ? operand.index + 4 : operand.index, operand.width);
    case 'memory': {
      const { segment, base, index, scale, displacement, addressSize, width } = operand;
      const name = (number: number): string => (number < 0 ? 'none' : registerName('general', number, addressSize));
      return `${SEGMENT_NAMES[segment]}:[${name(base)}+${name(index)}*${1 << scale}+${wrap(displacement, addressSize)}].${width / 8}`;
    }
    case 'immediate':
      return (operand.width === 8 ? operand.value & 0xff : wrap(operand.value, operand.width)).toString();
    case 'relative':
      return `to ${wrap(EIP + length + operand.displacement, operandSize)}`;
    case 'far':
      return `far ${operand.selector}:${operand.offset}`;
  }
}

function describeTheirs(theirs: IcedInstruction, ours: Instruction): string {
  const info = theirs.opCode;
  const ourSize = ours.encoding.sizes.length === 1 || hasSizedOperand(ours) ? ours.operandSize : '';
  const size = ourSize === '' || info.operandSize === 0 ? ourSize : info.operandSize;
  info.free();
  const operands: string[] = [];
  for (let at = 0; at < theirs.opCount; at++) operands.push(describeTheirOperand(theirs, at));
  return [theirs.hasLockPrefix ? 'lock' : '', size, ...normalize(operands, ours)].join(' ');
}

/**
 * Takes away what iced says beyond the manual: ST(0) in comparisons and exchanges, the memory of XLAT and MASKMOV, the size of
 * memory that has none here (x87 environments, prefetches), and 32-bit registers of which 16 bits are used.
 */
function normalize(operands: string[], { encoding, operands: ours }: Instruction): string[] {
  if (encoding.semantics === 'xlat') return [];
  if (encoding.semantics.startsWith('maskmov')) return operands.slice(1);
  const codes = encoding.operands;
  const explicit = operands[0] === 'st0' && operands.length === codes.length + 1 ? operands.slice(1) : operands;
  return explicit.map((operand, at) => {
    const own = ours[at];
    if (own?.kind === 'memory' && own.width === 0) return operand.replace(/\.\d+$/, '.0');
    return codes[at] === 'Ew' || codes[at] === 'Gw' ? operand.replace(/^e(?=..$)/, '') : operand;
  });
}

const registerText = (register: Register): string =>
  register === Register.None ? 'none' : (Register[register] ?? '').toLowerCase();

function describeTheirOperand(theirs: IcedInstruction, at: number): string {
  const width = MemorySizeExt.size(theirs.memorySize);
  const segment = registerText(theirs.memorySegment);
  const string = (place: string, base: string): string => `${place}:[${base}+none*1+0].${width}`;
  switch (theirs.opKind(at)) {
    case OpKind.Register:
      return registerText(theirs.opRegister(at));
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
      return `to ${theirs.nearBranchTarget}`;
    case OpKind.FarBranch16:
      return `far ${theirs.farBranchSelector}:${theirs.farBranch16}`;
    case OpKind.FarBranch32:
      return `far ${theirs.farBranchSelector}:${theirs.farBranch32}`;
    case OpKind.Immediate8:
    case OpKind.Immediate8_2nd:
      return BigInt.asUintN(8, theirs.immediate(at)).toString();
    case OpKind.Immediate16:
    case OpKind.Immediate8to16:
      return BigInt.asUintN(16, theirs.immediate(at)).toString();
    case OpKind.Immediate32:
    case OpKind.Immediate8to32:
      return BigInt.asUintN(32, theirs.immediate(at)).toString();
    case OpKind.MemorySegSI:
      return string(segment, 'si');
    case OpKind.MemorySegESI:
      return string(segment, 'esi');
    case OpKind.MemoryESDI:
      return string('es', 'di');
    case OpKind.MemoryESEDI:
      return string('es', 'edi');
    case OpKind.Memory: {
      const base = registerText(theirs.memoryBase);
      const index = registerText(theirs.memoryIndex);
      const scale = index === 'none' ? 1 : theirs.memoryIndexScale;
      return `${segment}:[${base}+${index}*${scale}+${theirs.memoryDisplacement}].${width}`;
    }
    default:
      return `operand kind ${OpKind[theirs.opKind(at)]}`;
  }
}
