import type { Semantics } from '../Emitter.ts';
import { fabs, fchs, families, fprem, fprem1, frndint, fscale, fsqrt, fxtract } from './arithmetic.ts';
import * as comparison from './comparison.ts';
import * as control from './control.ts';
import * as transcendental from './transcendental.ts';
import * as transfer from './transfer.ts';

/** The x87's instructions (SDM vol. 1, chapter 8) by their `semantics` keys. */
export const x87Semantics: Readonly<Record<string, Semantics>> = {
  ...families,
  fabs,
  fchs,
  fprem,
  fprem1,
  frndint,
  fscale,
  fsqrt,
  fxtract,
  ...comparison,
  ...control,
  ...transcendental,
  ...transfer,
};
