import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { operandShape } from '../../../src-main/engine/isa/OperandCode.ts';

/** What sequences are made of. */
export interface Ingredients {
  readonly rows: readonly Encoding[];
  /** Its 16-bit form has results that the manual leaves undefined. */
  isOnly32(row: Encoding): boolean;
}

/** Change a register that has to keep its value, reach memory that nobody chose, or show what is the kernel's. */
const LEFT_OUT = new Set([
  ...[
    'xlat',
    'enter',
    'leave',
    'popa',
    'popf',
    'pushSegment',
    'bound',
    'lar',
    'lsl',
    'verr',
    'verw',
    'arpl',
    'movSegmentFrom',
    'ldmxcsr',
  ],
  ...['ud', 'int', 'int3', 'into', 'cli', 'sti'],
]);
const ONLY_32 = new Set(['shld', 'shrd', 'bswap']);

/** The rows of a table that sequences may have: those that go on to the next instruction and need no special state. */
export function ingredientsOf(rows: readonly Encoding[]): Ingredients {
  const usable = rows.filter(
    (row) =>
      row.flow === 'next' &&
      !row.sensitive &&
      !LEFT_OUT.has(row.semantics) &&
      row.sizes.some((size) => size !== 64) &&
      row.addressSizes.includes(32) &&
      row.operands.every((code) => isFree(code)),
  );
  return { rows: usable, isOnly32: (row) => ONLY_32.has(row.semantics) };
}

/** Operands other than system registers and registers that point to data. */
function isFree(code: string): boolean {
  const { file, place, index } = operandShape(code);
  if (file === 'segment' || file === 'control' || file === 'debug') return false;
  return !(place === 'register' && file === 'general' && index > 3);
}
