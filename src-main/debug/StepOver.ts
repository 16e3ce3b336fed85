import { decode } from '../engine/decode/Decoder.ts';
import type { CodeSize, Instruction } from '../engine/decode/Instruction.ts';

const CALLS: ReadonlySet<string> = new Set(['call', 'int', 'int3', 'into', 'int1']);

/**
 * Whether stepping over an instruction means more than stepping it: a called procedure, an interrupt's handler
 * or a repeated string instruction runs to its end.
 */
export function runsElsewhere(instruction: Instruction): boolean {
  const { mnemonic, repeat } = instruction.encoding;
  return CALLS.has(mnemonic) || (instruction.repeat !== 'none' && repeat !== 'none') || mnemonic.startsWith('loop');
}

/**
 * Linear address at which to stop after stepping over the instruction at the start of `bytes`, or null when a
 * plain step does the same.
 */
export function stepOverEnd(bytes: Uint8Array, linearAddress: number, codeSize: CodeSize): number | null {
  const result = decode(bytes, 0, bytes.length, codeSize);
  if (result.kind !== 'instruction' || !runsElsewhere(result.instruction)) return null;
  return (linearAddress + result.instruction.length) % 0x1_0000_0000;
}
