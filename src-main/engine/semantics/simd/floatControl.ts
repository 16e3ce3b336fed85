import { and, i32Const, wrap } from '../../wasm/Expression.ts';
import { MXCSR } from '../../softfloat/sse/mxcsr.ts';
import { STATE } from '../../state/layout.ts';
import { VECTOR } from '../../GuestFault.ts';
import type { Semantics } from '../Emitter.ts';
import { requireSse } from './availability.ts';
import { mxcsr } from './mxcsr.ts';

const c = i32Const;

/** LDMXCSR. An exception that it unmasks is not raised before an instruction detects it anew (SDM vol. 1, 10.2.3.2). */
const ldmxcsr: Semantics = (e, [source]) => {
  requireSse(e);
  const value = e.let(wrap(e.read(source)));
  e.if(and(value, c(~MXCSR.all)), () => e.raise(VECTOR.GP, c(0)));
  e.setStateField(STATE.mxcsr, value);
};

const stmxcsr: Semantics = (e, [destination]) => {
  requireSse(e);
  e.write(destination, mxcsr(e));
};

export const floatControlSemantics: Readonly<Record<string, Semantics>> = { ldmxcsr, stmxcsr };
