import { STATE } from '../../../src-main/engine/state/layout.ts';
import type { TestMachine } from './TestMachine.ts';

/** Parts of the state block that are architecture, and none of the engine's bookkeeping. */
const PARTS: readonly (readonly [string, number, number])[] = [
  ['registers', 0, 0x80],
  ['control', STATE.cr0, 0x1a4],
  ['segments', STATE.segments, STATE.bounce],
  // Not the words behind them, which are on their way between helpers and generated code.
  ['x87', STATE.x87, STATE.x87Transfer],
  ['vectors', STATE.mxcsr, STATE.msr],
  ['msr', STATE.msr, STATE.size],
];

/** All that a program can see, in words that can be compared and shown. */
export function processorImage(machine: TestMachine): Record<string, string | number> {
  const { state, processor, ram } = machine;
  const image: Record<string, string | number> = {
    retired: processor.retiredInstructions,
    eip: hex(state.eip),
    eflags: hex(state.eflags),
    cpl: state.cpl,
    halted: state.getInt(STATE.halted),
    shadow: state.getInt(STATE.interruptShadow),
    nmi: state.getInt(STATE.nmiPending) * 2 + state.getInt(STATE.nmiBlocked),
    ram: digest(ram),
    ports: machine.portLog.join(' '),
  };
  for (let register = 0; register < 8; register++) image[`r${register}`] = hex(state.register(register));
  for (const [name, start, end] of PARTS) image[name] = digest(state.bytes.subarray(start, end));
  return image;
}

function digest(bytes: Uint8Array): string {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let hash = 0x811c_9dc5;
  for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ words[at], 0x0100_0193);
  return hex(hash);
}

function hex(value: number): string {
  return (value >>> 0).toString(16);
}
