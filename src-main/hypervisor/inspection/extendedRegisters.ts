import type { CpuState } from '../../engine/state/CpuState.ts';
import { STATE, XMM_BYTES, xmmOffset } from '../../engine/state/layout.ts';
import type { ExtendedRegisters } from '../types.ts';

const PLACES = [0, 1, 2, 3, 4, 5, 6, 7];
const POINTERS = [0, 1, 2, 3];

/** One sample. Of a running vCPU it may mix neighbouring instructions. */
export function readExtendedRegisters(cpu: CpuState): ExtendedRegisters {
  const xmm = new Uint8Array(PLACES.length * XMM_BYTES);
  const view = new DataView(xmm.buffer);
  for (let at = 0; at < xmm.length; at += 4) view.setUint32(at, cpu.getUint(xmmOffset(0) + at), true);
  return {
    stack: PLACES.map((place) => (cpu.isStackValid(place) ? stackRegister(cpu, place) : null)),
    x87Control: cpu.x87ControlWord,
    x87Status: cpu.x87StatusWord,
    mxcsr: cpu.getUint(STATE.mxcsr),
    xmm,
    pageDirectoryPointers: POINTERS.map((index) => {
      const at = STATE.pdptes + 8 * index;
      return (BigInt(cpu.getUint(at + 4)) << 32n) | BigInt(cpu.getUint(at));
    }),
  };
}

function stackRegister(cpu: CpuState, place: number): { readonly bits: Uint8Array; readonly value: number } {
  const { low, high, signExponent } = cpu.stackBits(place);
  const bits = new Uint8Array(10);
  const view = new DataView(bits.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  view.setUint16(8, signExponent, true);
  return { bits, value: cpu.stackNumber(place) };
}
