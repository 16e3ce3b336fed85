import { decode } from '../../../src-main/engine/decode/Decoder.ts';
import type { Instruction } from '../../../src-main/engine/decode/Instruction.ts';
import { flagBits } from '../../support/engine/flagMask.ts';

/** Write flags only when their count is not 0 (SDM vol. 2B), so what was undefined before may stay so. */
const COUNTED = new Set(['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar', 'shld', 'shrd']);

/** What the instruction table says of the flags of a piece of code. */
export interface FlagFlow {
  readonly instructionCount: number;
  /** Undefined EFLAGS bits at an offset in the code, whichever way it was reached; 0 where no instruction starts. */
  undefinedAt(offset: number): number;
  /** No instruction tests a flag that another left undefined, so that hardware has to agree. */
  readonly isComparable: boolean;
}

/** Follows the flags through code of straight lines, branches and loops: bytes of 32-bit code without indirect jumps. */
export function flagFlow(code: Uint8Array): FlagFlow {
  const instructions = decodeAll(code);
  const before = new Map<number, number>([[0, 0]]);
  const reach = (offset: number, bits: number): boolean => {
    const known = before.get(offset);
    if (known !== undefined && (known | bits) === known) return false;
    before.set(offset, (known ?? 0) | bits);
    return true;
  };
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const [offset, instruction] of instructions) {
      const bits = before.get(offset);
      if (bits === undefined) continue;
      const { encoding, length, operands } = instruction;
      const defines = COUNTED.has(encoding.semantics) ? 0 : flagBits(encoding.modifiedFlags);
      const after = (bits & ~defines) | flagBits(encoding.undefinedFlags);
      if (reach(offset + length, after)) isChanged = true;
      const [target] = operands;
      if (target?.kind === 'relative' && reach(offset + length + target.displacement, after)) isChanged = true;
    }
  }
  const isComparable = [...instructions].every(
    ([offset, { encoding }]) => (flagBits(encoding.testedFlags) & (before.get(offset) ?? 0)) === 0,
  );
  return { instructionCount: instructions.size, undefinedAt: (offset) => before.get(offset) ?? 0, isComparable };
}

function decodeAll(code: Uint8Array): Map<number, Instruction> {
  const instructions = new Map<number, Instruction>();
  for (let offset = 0; offset < code.length;) {
    const result = decode(code, offset, code.length, 32);
    if (result.kind !== 'instruction') throw new Error(`no instruction at offset ${offset} of a sequence`);
    instructions.set(offset, result.instruction);
    offset += result.instruction.length;
  }
  return instructions;
}
