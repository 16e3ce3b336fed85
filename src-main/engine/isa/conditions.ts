import type { FlagLetters } from './Encoding.ts';

/** A condition code of Jcc, SETcc and CMOVcc (SDM vol. 1, appendix B). */
export interface Condition {
  /** The suffix used for output: `jnz`, `setb`. */
  readonly suffix: string;
  /** Further spellings of the same condition. */
  readonly aliases: readonly string[];
  readonly tests: FlagLetters;
}

/** Indexed by the low four bits of the opcode; an odd condition is the negation of the one before it. */
export const conditions: readonly Condition[] = [
  { suffix: 'o', aliases: [], tests: 'o' },
  { suffix: 'no', aliases: [], tests: 'o' },
  { suffix: 'b', aliases: ['c', 'nae'], tests: 'c' },
  { suffix: 'ae', aliases: ['nc', 'nb'], tests: 'c' },
  { suffix: 'z', aliases: ['e'], tests: 'z' },
  { suffix: 'nz', aliases: ['ne'], tests: 'z' },
  { suffix: 'be', aliases: ['na'], tests: 'zc' },
  { suffix: 'a', aliases: ['nbe'], tests: 'zc' },
  { suffix: 's', aliases: [], tests: 's' },
  { suffix: 'ns', aliases: [], tests: 's' },
  { suffix: 'p', aliases: ['pe'], tests: 'p' },
  { suffix: 'np', aliases: ['po'], tests: 'p' },
  { suffix: 'l', aliases: ['nge'], tests: 'os' },
  { suffix: 'ge', aliases: ['nl'], tests: 'os' },
  { suffix: 'le', aliases: ['ng'], tests: 'osz' },
  { suffix: 'g', aliases: ['nle'], tests: 'osz' },
];
