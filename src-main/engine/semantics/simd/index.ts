import { i32Const } from '../../wasm/Expression.ts';
import { STATE } from '../../state/layout.ts';
import type { Semantics } from '../Emitter.ts';
import { arithmeticSemantics } from './arithmetic.ts';
import { requireMmx } from './availability.ts';
import { floatArithmeticSemantics } from './floatArithmetic.ts';
import { floatComparisonSemantics } from './floatComparison.ts';
import { floatControlSemantics } from './floatControl.ts';
import { floatConversionSemantics } from './floatConversion.ts';
import { memorySemantics } from './memory.ts';
import { moveSemantics } from './moves.ts';
import { shiftSemantics } from './shifts.ts';
import { shuffleSemantics } from './shuffles.ts';

/** EMMS: hands the registers back to the x87, all empty (SDM vol. 3A, table 13-2). */
const emms: Semantics = (e) => {
  requireMmx(e);
  e.setStackTop(i32Const(0));
  e.setStateField(STATE.x87Valid, i32Const(0));
};

/** MMX and SSE to SSSE3, by their `semantics` keys. */
export const simdSemantics: Readonly<Record<string, Semantics>> = {
  ...arithmeticSemantics,
  ...floatArithmeticSemantics,
  ...floatComparisonSemantics,
  ...floatControlSemantics,
  ...floatConversionSemantics,
  ...memorySemantics,
  ...moveSemantics,
  ...shiftSemantics,
  ...shuffleSemantics,
  emms,
};
