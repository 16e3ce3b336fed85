import { CS } from '../../../src-main/engine/state/layout.ts';
import type { TestMachine } from './TestMachine.ts';

/** Where a machine stands: CS:EIP and the bytes there, for a failure's message. */
export function machineText({ state, ram }: TestMachine): string {
  const linear = (state.segmentBase(CS) + state.eip) >>> 0;
  const bytes = [...ram.subarray(linear, linear + 15)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${state.selector(CS).toString(16)}:${state.eip.toString(16)} ${bytes}`;
}
