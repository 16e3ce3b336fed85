import { and, i32Const, or, xor } from '../../wasm/Expression.ts';
import { STATE } from '../../state/layout.ts';
import { VECTOR } from '../../GuestFault.ts';
import type { Emitter } from '../Emitter.ts';
import { CR0, CR4 } from '../system/controlBits.ts';
import { raisePending, STATUS } from '../x87/coprocessor.ts';

const c = i32Const;
const ALL_REGISTERS = 0xff;

/** What an instruction on XMM registers begins with: #UD for CR0.EM or without CR4.OSFXSR, #NM for CR0.TS (SDM vol. 3A, 14.1). */
export function requireSse(e: Emitter): void {
  e.invariant('sse', () => {
    const forbidding = and(e.stateField(STATE.cr0), c(CR0.EM | CR0.TS));
    const missing = and(xor(e.stateField(STATE.cr4), c(-1)), c(CR4.OSFXSR));
    e.if(or(forbidding, missing), () => {
      const isUndefined = or(and(e.stateField(STATE.cr0), c(CR0.EM)), missing);
      e.if(isUndefined, () => e.raise(VECTOR.UD));
      e.raise(VECTOR.NM);
    });
  });
}

/**
 * What an instruction on MMX registers begins with: #UD for CR0.EM, #NM for CR0.TS, then #MF for what an x87
 * instruction left pending (SDM vol. 3A, 13.1 and table 13-1). An instruction on both files requires SSE first.
 */
export function requireMmx(e: Emitter): void {
  const unavailable = and(e.stateField(STATE.cr0), c(CR0.EM | CR0.TS));
  const pending = and(e.stateField(STATE.x87Status), c(STATUS.errorSummary));
  e.if(or(unavailable, pending), () => {
    e.if(and(e.stateField(STATE.cr0), c(CR0.EM)), () => e.raise(VECTOR.UD));
    e.if(and(e.stateField(STATE.cr0), c(CR0.TS)), () => e.raise(VECTOR.NM));
    raisePending(e);
  });
}

/**
 * What an instruction on MMX registers does to the x87: the registers are numbered from 0 and all in use (SDM
 * vol. 3A, table 13-2). Comes after the last possible fault.
 */
export function occupyX87(e: Emitter): void {
  e.setStackTop(c(0));
  e.setStateField(STATE.x87Valid, c(ALL_REGISTERS));
}
