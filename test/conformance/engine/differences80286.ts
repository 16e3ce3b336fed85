import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import type { DecodeResult, Instruction } from '../../../src-main/engine/decode/Instruction.ts';
import { FS, SS } from '../../../src-main/engine/state/layout.ts';
import type { CpuVector } from './cpuVectors.ts';

/** A way in which the 80286 behaves unlike the processors after it, and what those do instead. */
export interface Difference {
  readonly name: string;
  /** Exception that replaces the recorded outcome; undefined: none, or the recorded one with other registers. */
  readonly exception: number | undefined;
  applies(vector: CpuVector): boolean;
}

const GP = 13;
const SS_FAULT = 12;
const UD = 6;

/** Every vector whose recorded outcome is not to be reproduced falls under one of these. */
export const DIFFERENCES: readonly Difference[] = [
  {
    // SDM vol. 2A, LOCK; the 80286 takes it before any instruction.
    name: 'LOCK before an instruction that may not have it is undefined',
    exception: UD,
    applies: (vector) => hasLock(vector) && decodeVector(vector).kind === 'undefined',
  },
  {
    // SDM vol. 2A, 2.3.11; the 80286 stops at 10 bytes.
    name: 'instructions may be 11 to 15 bytes long',
    exception: undefined,
    applies: (vector) => vector.exception === GP && lengthOf(vector) > 10,
  },
  {
    // The 80386 added the two registers.
    name: 'FS and GS exist',
    exception: undefined,
    applies: (vector) => vector.exception === UD && usesRegister(vector, (index) => index >= FS),
  },
  {
    // SDM vol. 3A, 6.15, interrupt 12; on the 80286 all overruns in real mode are interrupt 13.
    name: 'an operand beyond the end of SS is a stack fault',
    exception: SS_FAULT,
    applies: (vector) => vector.exception === GP && overrunsStack(vector),
  },
  {
    // SDM vol. 3A, 6.6: a fault leaves the state as it was before the instruction.
    name: 'string instructions and POP that fault leave SI, DI, CX and SP as they were',
    exception: GP,
    applies: (vector) => vector.exception === GP && (isString(vector) || vector.op === '8F'),
  },
  {
    // Not the manual's: until the engine has an x87, its memory operands are not looked at.
    name: 'x87 operands in memory are not accessed yet',
    exception: undefined,
    applies: (vector) => vector.exception === GP && /^D[89A-F]$/.test(vector.op),
  },
];

/** Decoded, with NOPs behind the HLT that ends each recording. */
export function decodeVector(vector: CpuVector): DecodeResult {
  const bytes = Uint8Array.from({ length: 16 }, (_, at) =>
    parseInt(vector.bytes.slice(2 * at, 2 * at + 2) || '90', 16),
  );
  return decode(bytes, 0, 16, 16);
}

function instructionOf(vector: CpuVector): Instruction | undefined {
  const result = decodeVector(vector);
  return result.kind === 'instruction' ? result.instruction : undefined;
}

function hasLock(vector: CpuVector): boolean {
  return /^(2e|36|26|3e|f2|f3)*f0/.test(vector.bytes);
}

function lengthOf(vector: CpuVector): number {
  return instructionOf(vector)?.length ?? 0;
}

function usesRegister(vector: CpuVector, test: (segment: number) => boolean): boolean {
  const operands = instructionOf(vector)?.operands ?? [];
  return operands.some((operand) => operand.kind === 'register' && operand.file === 'segment' && test(operand.index));
}

function overrunsStack(vector: CpuVector): boolean {
  const instruction = instructionOf(vector);
  if (!instruction) return false;
  const { initial } = vector;
  if (vector.op === 'C9') return initial.bp === 0xffff;
  if (/^(CA|CB|C2|C3)$/.test(vector.op)) return initial.sp > 0xfffc;
  // The recording has SI one element past the overrun.
  const { si } = vector.final;
  if (isString(vector)) return instruction.segmentOverride === SS && (si === 1 || si === 0xfffd);
  return instruction.operands.some((operand) => operand.kind === 'memory' && operand.segment === SS);
}

function isString(vector: CpuVector): boolean {
  return instructionOf(vector)?.encoding.repeat !== 'none';
}
