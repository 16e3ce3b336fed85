import type { OperandWidth } from '../isa/Encoding.ts';
import type { RegisterFile } from '../isa/OperandCode.ts';
import type { RegisterOperand } from './Instruction.ts';

/** Registers per file that 16- and 32-bit code can name (ModRM fields have three bits). */
const FILE_SIZE = 8;

function make(file: RegisterFile, width: OperandWidth): readonly RegisterOperand[] {
  return Array.from({ length: FILE_SIZE }, (_, number) => {
    const highByte = file === 'general' && width === 8 && number >= 4;
    return Object.freeze({ kind: 'register', file, index: highByte ? number & 3 : number, width, highByte } as const);
  });
}

const general: Readonly<Partial<Record<OperandWidth, readonly RegisterOperand[]>>> = {
  8: make('general', 8),
  16: make('general', 16),
  32: make('general', 32),
  64: make('general', 64),
};

const others: Readonly<Record<Exclude<RegisterFile, 'general'>, readonly RegisterOperand[]>> = {
  segment: make('segment', 16),
  control: make('control', 32),
  debug: make('debug', 32),
  x87: make('x87', 80),
  mmx: make('mmx', 64),
  xmm: make('xmm', 128),
};

/**
 * The operand for a register as encoded: 8-bit general registers 4 to 7 are AH, CH, DH and BH. There is one
 * object per register and width, so that decoding allocates none.
 */
export function registerOperand(file: RegisterFile, number: number, width: OperandWidth): RegisterOperand {
  const registers = file === 'general' ? general[width] : others[file];
  const operand = registers?.[number];
  if (!operand) throw new RangeError(`There is no ${width}-bit register ${number} in the ${file} registers`);
  return operand;
}
