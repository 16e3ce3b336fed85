import { MXCSR } from '../../softfloat/sse/mxcsr.ts';
import { STATE, XMM_BYTES, xmmOffset } from '../../state/layout.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { CR4 } from './controlBits.ts';
import type { SystemContext } from './SystemContext.ts';
import { loadX87Extended, storeX87Extended } from './x87State.ts';

/** Where FXSAVE puts SSE's part (SDM vol. 1, table 10-2), in bytes. */
const IMAGE = { mxcsr: 24, mxcsrMask: 28, xmm: 160 } as const;
/** XMM registers outside of 64-bit mode. */
const REGISTERS = 8;

function requireAligned(address: number): void {
  if ((address & 15) !== 0) throw new GuestFault(VECTOR.GP, 0);
}

/** SSE's registers take part only once the system says that it knows them. */
function hasVectorPart({ state, features }: SystemContext): boolean {
  return features.has('sse') && (state.controlRegister(4) & CR4.OSFXSR) !== 0;
}

/** FXSAVE. The bytes from 288 on are left as they are. */
export function storeExtendedState(c: SystemContext, address: number): void {
  requireAligned(address);
  storeX87Extended(c, address);
  if (!hasVectorPart(c)) return;
  const { state, memory } = c;
  const write = (at: number, value: number): void => memory.write32((address + at) >>> 0, value, 'current');
  write(IMAGE.mxcsr, state.getInt(STATE.mxcsr));
  write(IMAGE.mxcsrMask, MXCSR.all);
  for (let at = 0; at < REGISTERS * XMM_BYTES; at += 4) write(IMAGE.xmm + at, state.getInt(xmmOffset(0) + at));
}

/** FXRSTOR: #GP(0) for bits that MXCSR does not have, before anything is loaded. */
export function loadExtendedState(c: SystemContext, address: number): void {
  requireAligned(address);
  const { state, memory } = c;
  const read = (at: number): number => memory.read32((address + at) >>> 0, 'current');
  const hasVectors = hasVectorPart(c);
  const mxcsr = hasVectors ? read(IMAGE.mxcsr) : 0;
  if ((mxcsr & ~MXCSR.all) !== 0) throw new GuestFault(VECTOR.GP, 0);
  loadX87Extended(c, address);
  if (!hasVectors) return;
  state.setInt(STATE.mxcsr, mxcsr);
  for (let at = 0; at < REGISTERS * XMM_BYTES; at += 4) state.setInt(xmmOffset(0) + at, read(IMAGE.xmm + at));
}
