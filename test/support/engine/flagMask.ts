import type { Instruction } from '../../../src-main/engine/decode/Instruction.ts';
import type { FlagLetters } from '../../../src-main/engine/isa/Encoding.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';

const LETTERS: Readonly<Record<string, number>> = {
  o: FLAG.OF,
  s: FLAG.SF,
  z: FLAG.ZF,
  a: FLAG.AF,
  p: FLAG.PF,
  c: FLAG.CF,
  d: FLAG.DF,
  i: FLAG.IF,
  t: FLAG.TF,
};

/** The EFLAGS bits that the table's letters stand for. */
export function flagBits(letters: FlagLetters): number {
  let bits = 0;
  for (const letter of letters) bits |= LETTERS[letter];
  return bits;
}

/** The EFLAGS bits that the table does not call undefined after an instruction. */
export function definedFlags({ encoding }: Instruction): number {
  return ~flagBits(encoding.undefinedFlags);
}
