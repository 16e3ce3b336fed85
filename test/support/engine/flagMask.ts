import type { Instruction } from '../../../src-main/engine/decode/Instruction.ts';
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

/** The EFLAGS bits that the table does not call undefined after an instruction. */
export function definedFlags({ encoding }: Instruction): number {
  let mask = -1;
  for (const letter of encoding.undefinedFlags) mask &= ~LETTERS[letter];
  return mask;
}
