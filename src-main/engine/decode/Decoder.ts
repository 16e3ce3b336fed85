import type { AddressSize, Encoding, OperandSize, OperandWidth } from '../isa/Encoding.ts';
import { encodings } from '../isa/encodings.ts';
import { widthOf, type OperandShape } from '../isa/OperandCode.ts';
import {
  Dispatch,
  MAP_0F,
  MAP_0F38,
  MAP_0F3A,
  ONE_BYTE_MAP,
  type Form,
  type PrefixColumn,
  type SizeIndex,
} from './Dispatch.ts';
import type { CodeSize, DecodeResult, MemoryOperand, Operand, SegmentIndex } from './Instruction.ts';
import { registerOperand } from './registerOperands.ts';

/** SDM vol. 2A, 2.3.11. */
const MAX_INSTRUCTION_LENGTH = 15;

const SS = 2;
const DS = 3;
const BP = 5;
const SI = 6;
const DI = 7;

/** Base and index of 16-bit addressing by ModRM.rm (SDM vol. 2A, table 2-1); rm 6 is BP, or nothing when mod is 0. */
const BASES_16 = [3, 3, BP, BP, SI, DI, BP, 3] as const;
const INDEXES_16 = [SI, DI, SI, DI, -1, -1, -1, -1] as const;

const TRUNCATED: DecodeResult = Object.freeze({ kind: 'truncated' });
const TOO_LONG: DecodeResult = Object.freeze({ kind: 'too-long' });
const NO_OPERANDS: readonly Operand[] = Object.freeze([]);

const SEGMENT_PREFIXES: ReadonlyMap<number, SegmentIndex> = new Map([
  [0x26, 0],
  [0x2e, 1],
  [0x36, 2],
  [0x3e, 3],
  [0x64, 4],
  [0x65, 5],
]);

/** What a byte is when it stands before the opcode. */
const OPCODE = 0;
const SEGMENT = 1;
const OPERAND_SIZE = 2;
const ADDRESS_SIZE = 3;
const LOCK = 4;
const REPEAT = 5;
const prefixKinds = new Uint8Array(256);
for (const byte of SEGMENT_PREFIXES.keys()) prefixKinds[byte] = SEGMENT;
prefixKinds[0x66] = OPERAND_SIZE;
prefixKinds[0x67] = ADDRESS_SIZE;
prefixKinds[0xf0] = LOCK;
prefixKinds[0xf2] = REPEAT;
prefixKinds[0xf3] = REPEAT;

function signExtend(value: number, bits: number): number {
  const shift = 32 - bits;
  return (value << shift) >> shift;
}

/**
 * Decodes against a set of table rows: all of them, or those that a virtual processor has (an instruction
 * whose CPUID feature is off, or that its mode lacks, then decodes as undefined).
 *
 * The fields below `dispatch` are scratch for the instruction under way; an instance decodes one at a time.
 */
export class Decoder {
  private readonly dispatch: Dispatch;
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  /** First position that must not be read: the bytes' end or the length limit, whichever comes first. */
  private limit = 0;
  private modrm = 0;
  private addressSize: AddressSize = 32;
  private segmentOverride: SegmentIndex | -1 = -1;
  /** An operand ran over `limit`. */
  private exhausted = false;

  constructor(rows: readonly Encoding[]) {
    this.dispatch = new Dispatch(rows);
  }

  /** Decodes the instruction at `offset`; bytes from `end` on are not looked at. */
  decode(bytes: Uint8Array, offset: number, end: number, codeSize: CodeSize): DecodeResult {
    if (codeSize === 64) throw new RangeError('64-bit code is not decoded yet');
    this.bytes = bytes;
    this.position = offset;
    this.limit = Math.min(end, offset + MAX_INSTRUCTION_LENGTH);
    this.exhausted = false;
    this.segmentOverride = -1;

    let hasOperandSizePrefix = false;
    let hasAddressSizePrefix = false;
    let lock = false;
    let repeatPrefix = 0;
    let opcode = this.byte();
    for (let kind = prefixKinds[opcode]; kind !== OPCODE && !this.exhausted; kind = prefixKinds[opcode]) {
      if (kind === SEGMENT) this.segmentOverride = SEGMENT_PREFIXES.get(opcode) ?? -1;
      else if (kind === OPERAND_SIZE) hasOperandSizePrefix = true;
      else if (kind === ADDRESS_SIZE) hasAddressSizePrefix = true;
      else if (kind === LOCK) lock = true;
      else repeatPrefix = opcode;
      opcode = this.byte();
    }
    let map = ONE_BYTE_MAP;
    if (opcode === 0x0f) {
      opcode = this.byte();
      map = opcode === 0x38 ? MAP_0F38 : opcode === 0x3a ? MAP_0F3A : MAP_0F;
      if (map !== MAP_0F) opcode = this.byte();
    }
    if (this.exhausted) return this.outOfBytes(offset, end);

    const entry = this.dispatch.entry(map, opcode);
    if (!entry) return this.undefinedOpcode(offset);
    this.modrm = entry.hasModRM ? this.byte() : 0;
    if (this.exhausted) return this.outOfBytes(offset, end);

    const isWide = (codeSize === 32) !== hasOperandSizePrefix;
    this.addressSize = (codeSize === 32) !== hasAddressSizePrefix ? 32 : 16;
    const column: PrefixColumn = repeatPrefix === 0xf3 ? 3 : repeatPrefix === 0xf2 ? 2 : hasOperandSizePrefix ? 1 : 0;
    const addressSizeIndex: SizeIndex = this.addressSize === 32 ? 1 : 0;
    const form = entry.find(column, isWide ? 1 : 0, addressSizeIndex, this.modrm);
    if (!form) return this.undefinedOpcode(offset);
    const { encoding } = form;
    const operandSize: OperandSize = encoding.mandatoryPrefix === 0x66 ? codeSize : isWide ? 32 : 16;
    const operands = this.operands(form, opcode, operandSize);
    if (this.exhausted) return this.outOfBytes(offset, end);
    if (lock && !(encoding.lockable && operands[0].kind === 'memory')) return this.undefinedOpcode(offset);

    const isRepeatPartOfOpcode = encoding.mandatoryPrefix === 0xf2 || encoding.mandatoryPrefix === 0xf3;
    return {
      kind: 'instruction',
      instruction: {
        encoding,
        length: this.position - offset,
        codeSize,
        operandSize,
        addressSize: this.addressSize,
        lock,
        repeat: repeatPrefix === 0 || isRepeatPartOfOpcode ? 'none' : repeatPrefix === 0xf3 ? 'rep' : 'repne',
        segmentOverride: this.segmentOverride,
        modrm: this.modrm,
        operands,
      },
    };
  }

  private outOfBytes(offset: number, end: number): DecodeResult {
    return end - offset >= MAX_INSTRUCTION_LENGTH ? TOO_LONG : TRUNCATED;
  }

  private undefinedOpcode(offset: number): DecodeResult {
    return { kind: 'undefined', length: this.position - offset };
  }

  /** Operands in the manual's order are in the order of their bytes, too: ModRM's before immediates. */
  private operands(form: Form, opcode: number, operandSize: OperandSize): readonly Operand[] {
    const { shapes, encoding } = form;
    // ModRM's displacement precedes immediates even if no operand describes it (a row with `modrm` and no operand).
    const usesMemory = encoding.modrm !== 'none' && this.modrm < 0xc0 && !form.ignoresMod;
    const memory = usesMemory ? this.memory(operandSize, shapes) : undefined;
    if (shapes.length === 0) return NO_OPERANDS;
    return shapes.map((shape) => this.operand(shape, memory, opcode, operandSize));
  }

  private operand(
    shape: OperandShape,
    memory: MemoryOperand | undefined,
    opcode: number,
    operandSize: OperandSize,
  ): Operand {
    const { file, type } = shape;
    switch (shape.place) {
      case 'rm':
        return memory ?? registerOperand(file, this.modrm & 7, widthOf(type, operandSize));
      case 'reg':
        return registerOperand(file, (this.modrm >> 3) & 7, widthOf(type, operandSize));
      case 'opcode':
        return registerOperand(file, opcode & 7, widthOf(type, operandSize));
      case 'register':
        return registerOperand(file, shape.index, widthOf(type, operandSize));
      case 'one':
        return { kind: 'immediate', width: 8, value: 1, high: 0 };
      case 'immediate': {
        const width = widthOf(type, operandSize);
        const value = this.signed(type === 'bs' ? 8 : width);
        return { kind: 'immediate', width, value, high: value >> 31 };
      }
      case 'relative':
        return { kind: 'relative', displacement: this.signed(widthOf(type, operandSize)) };
      case 'far': {
        const offset = this.signed(operandSize);
        const selector = this.signed(16) & 0xffff;
        return { kind: 'far', selector, offset: operandSize === 16 ? offset & 0xffff : offset >>> 0 };
      }
      case 'offset':
        return this.address(widthOf(type, operandSize), -1, -1, 0, this.signed(this.addressSize));
      case 'source':
        return this.address(widthOf(type, operandSize), SI, -1, 0, 0);
      case 'destination':
        return { ...this.address(widthOf(type, operandSize), DI, -1, 0, 0), segment: 0 };
    }
  }

  /** The memory operand that ModRM, SIB and displacement describe. */
  private memory(operandSize: OperandSize, shapes: readonly OperandShape[]): MemoryOperand {
    let width: OperandWidth = 0;
    for (const shape of shapes) {
      if (shape.place === 'rm') width = widthOf(shape.memoryType, operandSize);
    }
    const mod = this.modrm >> 6;
    const rm = this.modrm & 7;
    return this.addressSize === 16 ? this.memory16(width, mod, rm) : this.memory32(width, mod, rm);
  }

  private memory16(width: OperandWidth, mod: number, rm: number): MemoryOperand {
    if (mod === 0 && rm === 6) return this.address(width, -1, -1, 0, this.signed(16));
    const displacement = mod === 0 ? 0 : this.signed(mod === 1 ? 8 : 16);
    return this.address(width, BASES_16[rm], INDEXES_16[rm], 0, displacement);
  }

  private memory32(width: OperandWidth, mod: number, rm: number): MemoryOperand {
    let base = rm;
    let index = -1;
    let scale: 0 | 1 | 2 | 3 = 0;
    if (rm === 4) {
      const sib = this.byte();
      base = sib & 7;
      index = (sib >> 3) & 7;
      // Two bits are in 0..3.
      scale = (sib >> 6) as 0 | 1 | 2 | 3;
      if (index === 4) {
        index = -1;
        scale = 0;
      }
    }
    if (mod === 0 && base === BP) return this.address(width, -1, index, scale, this.signed(32));
    const displacement = mod === 0 ? 0 : this.signed(mod === 1 ? 8 : 32);
    return this.address(width, base, index, scale, displacement);
  }

  private address(
    width: OperandWidth,
    base: number,
    index: number,
    scale: 0 | 1 | 2 | 3,
    displacement: number,
  ): MemoryOperand {
    const isOnStack = base === BP || (base === 4 && this.addressSize !== 16);
    const segment = this.segmentOverride >= 0 ? this.segmentOverride : isOnStack ? SS : DS;
    return {
      kind: 'memory',
      width,
      // `segmentOverride` is a SegmentIndex once it is not -1, which the comparison does not tell the compiler.
      segment: segment as SegmentIndex,
      base,
      index,
      scale,
      displacement,
      addressSize: this.addressSize,
    };
  }

  private byte(): number {
    if (this.position >= this.limit) {
      this.exhausted = true;
      return 0;
    }
    return this.bytes[this.position++];
  }

  /** Reads `bits` (8, 16 or 32) as a signed number. */
  private signed(bits: number): number {
    const { bytes, position } = this;
    const next = position + bits / 8;
    if (next > this.limit) {
      this.exhausted = true;
      return 0;
    }
    this.position = next;
    let value = 0;
    for (let at = next - 1; at >= position; at--) value = (value << 8) | bytes[at];
    return signExtend(value, bits);
  }
}

const everything = new Decoder(encodings);

/** Decodes against the whole instruction table, see {@link Decoder.decode}. */
export function decode(bytes: Uint8Array, offset: number, end: number, codeSize: CodeSize): DecodeResult {
  return everything.decode(bytes, offset, end, codeSize);
}
