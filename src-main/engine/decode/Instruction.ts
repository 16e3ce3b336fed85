import type { AddressSize, Encoding, OperandSize, OperandWidth } from '../isa/Encoding.ts';
import type { RegisterFile } from '../isa/OperandCode.ts';

export type { RegisterFile };

/** Segment registers in their encoding order (SDM vol. 2A, table 3-1). */
export const SEGMENT_NAMES = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;
export type SegmentIndex = 0 | 1 | 2 | 3 | 4 | 5;

export interface RegisterOperand {
  readonly kind: 'register';
  readonly file: RegisterFile;
  /** Number in the file. For 8-bit general registers without REX 4..7 are AH CH DH BH, see `highByte`. */
  readonly index: number;
  readonly width: OperandWidth;
  /** AH, CH, DH or BH: bits 15..8 of register `index & 3`. `index` is then 0..3. */
  readonly highByte: boolean;
}

export interface MemoryOperand {
  readonly kind: 'memory';
  /** Width of the data accessed; 0 when nothing is (LEA). Far pointers: 32 (16:16) or 48 (16:32). */
  readonly width: OperandWidth;
  /** Effective segment, override applied. */
  readonly segment: SegmentIndex;
  /** General register number of base and index, -1 when absent. */
  readonly base: number;
  readonly index: number;
  /** log2 of the scale factor, 0..3. */
  readonly scale: 0 | 1 | 2 | 3;
  /** Sign-extended to 32 bits; the sum wraps at `addressSize`. */
  readonly displacement: number;
  readonly addressSize: AddressSize;
}

export interface ImmediateOperand {
  readonly kind: 'immediate';
  readonly width: OperandWidth;
  /** Low 32 bits, sign-extended from the encoded width (8-, 16- and 32-bit immediates alike), as an int32. */
  readonly value: number;
  /** Bits 63..32 of a 64-bit immediate, as an int32. */
  readonly high: number;
}

/** Displacement from the end of the instruction: JMP rel, Jcc, CALL rel, LOOP. */
export interface RelativeOperand {
  readonly kind: 'relative';
  readonly displacement: number;
}

/** `ptr16:16` or `ptr16:32`. */
export interface FarPointerOperand {
  readonly kind: 'far';
  readonly selector: number;
  readonly offset: number;
}

export type Operand = RegisterOperand | MemoryOperand | ImmediateOperand | RelativeOperand | FarPointerOperand;

/** A decoded instruction. Immutable; knows nothing of its address. */
export interface Instruction {
  readonly encoding: Encoding;
  /** In bytes, 1..15, prefixes included. */
  readonly length: number;
  /** Default sizes of the code it was found in; with the two sizes below, which size prefixes it needs. */
  readonly codeSize: CodeSize;
  readonly operandSize: OperandSize;
  readonly addressSize: AddressSize;
  readonly lock: boolean;
  /** The last F2/F3 prefix when it is not part of the opcode. */
  readonly repeat: 'none' | 'rep' | 'repne';
  /** Segment override, or -1. String instructions and XLAT take it from here. */
  readonly segmentOverride: SegmentIndex | -1;
  /** The ModRM byte, 0 without one: what the x87's last-opcode register holds of it. */
  readonly modrm: number;
  readonly operands: readonly Operand[];
}

/** Default sizes of the code being decoded: CS.D, or 64-bit mode. */
export type CodeSize = 16 | 32 | 64;

/**
 * What the decoder found at an address.
 * - `instruction`: a valid instruction.
 * - `undefined`: #UD; `length` bytes were looked at.
 * - `too-long`: more than 15 bytes: #GP(0) (SDM vol. 2A, 2.3.11).
 * - `truncated`: the bytes end before the instruction does; more are needed.
 */
export type DecodeResult =
  | { readonly kind: 'instruction'; readonly instruction: Instruction }
  | { readonly kind: 'undefined'; readonly length: number }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'truncated' };
