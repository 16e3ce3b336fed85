/**
 * What the operand codes of the instruction table mean (SDM vol. 2D, A.2.1 and A.2.2), as data that the
 * decoder, the assembler and the translator's enumeration of forms read alike.
 *
 * A code is a place (`E`, `G`, `I`, ...) followed by a type (`b`, `v`, `z`, ...), or a fixed operand
 * (`AL`, `rAX`, `CS`, `ST0`, `1`). Added to the manual's: `Ibs` (imm8 sign-extended to the operand size),
 * `Zb`/`Zv` (register in the low three opcode bits), `STi` (x87 register in ModRM.rm).
 */
import type { OperandSize, OperandWidth } from './Encoding.ts';

/** Register files that an operand can name. */
export type RegisterFile = 'general' | 'segment' | 'control' | 'debug' | 'x87' | 'mmx' | 'xmm';

/** Where an operand is found. */
export type OperandPlace =
  /** ModRM.rm: a register or memory (E, Q, W), memory only (M), a register only (R, N, U, STi). */
  | 'rm'
  /** ModRM.reg (G, S, C, D, P, V). */
  | 'reg'
  /** The low three bits of the opcode (Z). */
  | 'opcode'
  /** An immediate (I). */
  | 'immediate'
  /** A displacement from the end of the instruction (J). */
  | 'relative'
  /** A far pointer in the instruction (A). */
  | 'far'
  /** An absolute offset in the instruction, without ModRM (O). */
  | 'offset'
  /** DS:rSI (X) and ES:rDI (Y) of the string instructions. */
  | 'source'
  | 'destination'
  /** A register that the opcode implies, or the constant 1. */
  | 'register'
  | 'one';

/** The type part of a code, see {@link widthOf}. `none` marks an operand without data of its own. */
export type OperandType = 'b' | 'bs' | 'w' | 'd' | 'q' | 't' | 'x' | 's' | 'p' | 'a' | 'v' | 'z' | 'y' | 'none';

export interface OperandShape {
  readonly code: string;
  readonly place: OperandPlace;
  readonly type: OperandType;
  /** The register file, where the operand is or may be a register. */
  readonly file: RegisterFile;
  /** For `rm`: which of the two ModRM forms is allowed. */
  readonly rm: 'any' | 'memory' | 'register';
  /** For `register`: its number in the file; -1 elsewhere. */
  readonly index: number;
  /** For `rm` with different types as register and in memory (`Edw`-like SSE codes): the memory's type. */
  readonly memoryType: OperandType;
}

const places: Readonly<Record<string, Pick<OperandShape, 'place' | 'file' | 'rm'>>> = {
  E: { place: 'rm', file: 'general', rm: 'any' },
  M: { place: 'rm', file: 'general', rm: 'memory' },
  R: { place: 'rm', file: 'general', rm: 'register' },
  G: { place: 'reg', file: 'general', rm: 'any' },
  S: { place: 'reg', file: 'segment', rm: 'any' },
  C: { place: 'reg', file: 'control', rm: 'any' },
  D: { place: 'reg', file: 'debug', rm: 'any' },
  P: { place: 'reg', file: 'mmx', rm: 'any' },
  Q: { place: 'rm', file: 'mmx', rm: 'any' },
  N: { place: 'rm', file: 'mmx', rm: 'register' },
  V: { place: 'reg', file: 'xmm', rm: 'any' },
  W: { place: 'rm', file: 'xmm', rm: 'any' },
  U: { place: 'rm', file: 'xmm', rm: 'register' },
  Z: { place: 'opcode', file: 'general', rm: 'any' },
  I: { place: 'immediate', file: 'general', rm: 'any' },
  J: { place: 'relative', file: 'general', rm: 'any' },
  A: { place: 'far', file: 'general', rm: 'any' },
  O: { place: 'offset', file: 'general', rm: 'memory' },
  X: { place: 'source', file: 'general', rm: 'memory' },
  Y: { place: 'destination', file: 'general', rm: 'memory' },
};

const fixedRegisters: Readonly<Record<string, { file: RegisterFile; index: number; type: OperandType }>> = {
  AL: { file: 'general', index: 0, type: 'b' },
  CL: { file: 'general', index: 1, type: 'b' },
  DX: { file: 'general', index: 2, type: 'w' },
  AX: { file: 'general', index: 0, type: 'w' },
  /** AX, EAX or RAX. */
  rAX: { file: 'general', index: 0, type: 'v' },
  /** AX or EAX, never RAX. */
  eAX: { file: 'general', index: 0, type: 'z' },
  ES: { file: 'segment', index: 0, type: 'w' },
  CS: { file: 'segment', index: 1, type: 'w' },
  SS: { file: 'segment', index: 2, type: 'w' },
  DS: { file: 'segment', index: 3, type: 'w' },
  FS: { file: 'segment', index: 4, type: 'w' },
  GS: { file: 'segment', index: 5, type: 'w' },
  ST0: { file: 'x87', index: 0, type: 't' },
  XMM0: { file: 'xmm', index: 0, type: 'x' },
};

const types: ReadonlySet<string> = new Set(['b', 'bs', 'w', 'd', 'q', 't', 'x', 's', 'p', 'a', 'v', 'z', 'y']);

function isType(text: string): text is OperandType {
  return types.has(text);
}

function parse(code: string): OperandShape {
  if (code === '1') {
    return { code, place: 'one', type: 'b', file: 'general', rm: 'any', index: -1, memoryType: 'b' };
  }
  if (code === 'STi') {
    return { code, place: 'rm', type: 't', file: 'x87', rm: 'register', index: -1, memoryType: 't' };
  }
  const fixed = fixedRegisters[code];
  if (fixed) {
    return { code, place: 'register', rm: 'register', memoryType: fixed.type, ...fixed };
  }
  const place = places[code.charAt(0)];
  // `Rd/Mw`-like pairs are written `E` + register type + '/' + memory type: `Ed/b`.
  const [registerType = '', memoryType = registerType] = code.slice(1).split('/');
  if (place && code === 'M') {
    return { code, ...place, type: 'none', index: -1, memoryType: 'none' };
  }
  if (!place || !isType(registerType) || !isType(memoryType)) {
    throw new Error(`The instruction table uses an unknown operand code: ${code}`);
  }
  return { code, ...place, type: registerType, index: -1, memoryType };
}

const shapes = new Map<string, OperandShape>();

/** The meaning of an operand code; the same object each time. */
export function operandShape(code: string): OperandShape {
  let shape = shapes.get(code);
  if (!shape) {
    shape = Object.freeze(parse(code));
    shapes.set(code, shape);
  }
  return shape;
}

/** Width in bits of an operand of this type in an instruction with this operand size. */
export function widthOf(type: OperandType, size: OperandSize): OperandWidth {
  switch (type) {
    case 'none':
      return 0;
    case 'b':
      return 8;
    case 'w':
      return 16;
    case 'd':
      return 32;
    case 'q':
      return 64;
    case 't':
      return 80;
    case 'x':
      return 128;
    case 's':
      return 48;
    case 'v':
    case 'bs':
      return size;
    case 'z':
      return size === 16 ? 16 : 32;
    case 'y':
      return size === 64 ? 64 : 32;
    case 'p':
      return size === 16 ? 32 : size === 32 ? 48 : 80;
    case 'a':
      return size === 16 ? 32 : 64;
  }
}
