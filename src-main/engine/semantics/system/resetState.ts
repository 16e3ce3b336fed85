import type { CpuState } from '../../state/CpuState.ts';
import { CS, DS, ES, FS, GS, LDTR, RDX, SS, STATE, TR } from '../../state/layout.ts';
import { CR0 } from './controlBits.ts';
import { resetModelSpecificRegister, resetModelSpecificRegisters } from './modelSpecificRegisters.ts';
import { MSR } from './msrTable.ts';
import { resetX87 } from './x87State.ts';
import { SYSTEM_TYPE } from './Descriptor.ts';

/** Present, and for segments also S, read/write data, accessed. */
const PRESENT = 0x80,
  DATA_SEGMENT = 0x93;

/** The caches off. */
const CACHE_BITS = CR0.CD | CR0.NW;

/** The x87's control word, which FNINIT changes to 037F. */
const POWER_ON_CONTROL = 0x40;

/** All SIMD floating-point exceptions masked, to nearest (SDM vol. 1, 11.6.4). */
const INITIAL_MXCSR = 0x1f80;

/**
 * What the INIT pin does (SDM vol. 3A, table 10-1). The first instruction is at CS.base + EIP = FFFFFFF0. Floating-point
 * state and model-specific registers stay, but for EFER, without which there is no real mode to be in; so do the caches'
 * bits in CR0.
 *
 * The caller recomputes what it derives from the state.
 *
 * @param signature leaf 1's EAX of CPUID, which is left in EDX
 */
export function initState(state: CpuState, signature: number): void {
  for (let index = 0; index < 8; index++) state.setRegister(index, 0);
  state.setRegister(RDX, signature);
  state.eflags = 2;
  state.eip = 0xfff0;
  state.cpl = 0;
  for (const segment of [ES, SS, DS, FS, GS]) {
    state.setSegment(segment, { selector: 0, attributes: DATA_SEGMENT, base: 0, limit: 0xffff });
  }
  state.setSegment(CS, { selector: 0xf000, attributes: DATA_SEGMENT, base: 0xffff_0000, limit: 0xffff });
  state.setSegment(LDTR, { selector: 0, attributes: PRESENT | SYSTEM_TYPE.LDT, base: 0, limit: 0xffff });
  state.setSegment(TR, { selector: 0, attributes: PRESENT | SYSTEM_TYPE.TSS32_BUSY, base: 0, limit: 0xffff });
  state.gdtr = { base: 0, limit: 0xffff };
  state.idtr = { base: 0, limit: 0xffff };
  state.setControlRegister(0, (state.controlRegister(0) & CACHE_BITS) | CR0.ET);
  for (const index of [2, 3, 4]) state.setControlRegister(index, 0);
  for (const index of [0, 1, 2, 3]) state.setDebugRegister(index, 0);
  state.setDebugRegister(6, 0xffff_0ff0);
  state.setDebugRegister(7, 0x400);
  resetModelSpecificRegister(state, MSR.EFER);
  for (const field of [STATE.interruptShadow, STATE.halted, STATE.nmiPending, STATE.nmiBlocked]) state.setInt(field, 0);
}

/** Power-on values (SDM vol. 3A, table 10-1): those of INIT, and everything else. */
export function resetState(state: CpuState, signature: number): void {
  initState(state, signature);
  state.setControlRegister(0, CACHE_BITS | CR0.ET);
  resetX87(state, POWER_ON_CONTROL);
  for (let at = STATE.x87; at < STATE.x87Control; at += 4) state.setInt(at, 0);
  for (let at = STATE.xmm; at < STATE.msr; at += 4) state.setInt(at, 0);
  state.setInt(STATE.mxcsr, INITIAL_MXCSR);
  resetModelSpecificRegisters(state);
}
