import type { Encoding } from './Encoding.ts';
import { arithmeticRows } from './tables/arithmetic.ts';
import { bitRows } from './tables/bits.ts';
import { controlRows } from './tables/control.ts';
import { dataRows } from './tables/data.ts';
import { extensionRows } from './tables/extensions.ts';
import { stringRows } from './tables/strings.ts';
import { systemRows } from './tables/system.ts';
import { vectorFloatRows } from './tables/vectorFloat.ts';
import { vectorIntegerRows } from './tables/vectorInteger.ts';
import { x87Rows } from './tables/x87.ts';

/**
 * The instruction table. Where several rows can encode one instruction, the assembler's choice among
 * equally short ones is the first that is not `decodeOnly`, so the order within a group matters.
 */
export const encodings: readonly Encoding[] = [
  ...arithmeticRows,
  ...bitRows,
  ...dataRows,
  ...stringRows,
  ...controlRows,
  ...systemRows,
  ...x87Rows,
  ...vectorIntegerRows,
  ...vectorFloatRows,
  ...extensionRows,
];
