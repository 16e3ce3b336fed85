import { ATTRIBUTE } from '../engine/state/CpuState.ts';
import { CS, RSP, SS } from '../engine/state/layout.ts';
import { refused } from './results.ts';
import type { Result } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

/** Longest x86 instruction (SDM vol. 2A, 2.3.11). */
const INSTRUCTION_BYTES_MOST = 15;
const PAGE_BYTES = 4096;

/**
 * Linear address at which to stop after stepping over the instruction that `bytes` begin with, or null when
 * a plain step does the same. Handed in: decoding is the debugger's business.
 */
export type StepOverEnd = (bytes: Uint8Array, linearAddress: number, codeSize: 16 | 32) => number | null;

/** Steps, or runs until the called procedure has come back to this frame. */
export async function stepOver(machine: VirtualMachine, vcpu: number, stepOverEnd: StepOverEnd): Promise<Result<null>> {
  const cpu = machine.cpu(vcpu);
  if (cpu === undefined) return refused('invalid', `The machine has no vCPU ${vcpu}.`, { field: 'vcpu' });
  const linearAddress = (cpu.segmentBase(CS) + cpu.eip) >>> 0;
  const codeSize = (cpu.segmentAttributes(CS) & ATTRIBUTE.DB) !== 0 ? 32 : 16;
  const bytes = await readLinear(machine, vcpu, linearAddress, INSTRUCTION_BYTES_MOST);
  const end = stepOverEnd(bytes, linearAddress, codeSize);
  if (end === null) return machine.send('step', null);
  const stackPointerAtLeast = (cpu.segmentBase(SS) + cpu.register(RSP)) >>> 0;
  return machine.send('runTo', { linearAddress: end, stackPointerAtLeast });
}

/** Code at a linear address: at most two pages. */
async function readLinear(
  machine: VirtualMachine,
  vcpu: number,
  linearAddress: number,
  byteLength: number,
): Promise<Uint8Array> {
  const first = Math.min(byteLength, PAGE_BYTES - (linearAddress % PAGE_BYTES));
  const parts: Uint8Array[] = [];
  for (const [offset, length] of [
    [0, first],
    [first, byteLength - first],
  ] as const) {
    if (length === 0) continue;
    const physical = await machine.send('translateLinear', { vcpu, linearAddress: (linearAddress + offset) >>> 0 });
    if (!physical.ok || physical.value === null) break;
    parts.push(machine.readMemory(physical.value, length) ?? new Uint8Array(0));
  }
  return new Uint8Array(Buffer.concat(parts));
}
