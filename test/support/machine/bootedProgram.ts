import { expect } from 'vitest';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import { type AssembledMachine, bareMachine } from './assembledMachine.ts';

export const SECTOR = 512;
/** What ends a program for {@link run}. */
export const END = '\ncli\nhlt\n';

export const AX = 0,
  CX = 1,
  DX = 2,
  BX = 3,
  BP = 5,
  SI = 6,
  DI = 7;

/** A boot sector, with what follows it on the disk. */
export function disk(source: string, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { bytes, diagnostics } = assemble(`bits 16\norg 0x7c00\n${source}\ntimes 510 - ($ - $$) db 0\ndw 0xaa55`);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const whole = new Uint8Array(Math.max(SECTOR, rest.length === 0 ? SECTOR : 2880 * SECTOR));
  whole.set(bytes);
  whole.set(rest, SECTOR);
  return whole;
}

/** A machine with 16 MiB that is about to start from such a disk. */
export async function boot(
  source: string,
  rest?: Uint8Array,
  options: Parameters<typeof bareMachine>[0] = {},
): Promise<AssembledMachine> {
  const parts = await bareMachine({ memoryBytes: 0x100_0000, ...options });
  const result = load('boot', disk(source, rest), { memoryBytes: 0x100_0000 });
  if (result.kind === 'refused') throw new Error(result.message);
  parts.machine.load(result.image);
  return parts;
}

/** Runs until HLT with interrupts off. */
export async function run(...program: Parameters<typeof boot>): Promise<AssembledMachine> {
  const parts = await boot(...program);
  const exit = parts.machine.run({ instructions: 5_000_000 });
  expect(exit).toMatchObject({ reason: 'halted' });
  return parts;
}

export const register = ({ machine }: AssembledMachine, index: number): number =>
  machine.processors[0]?.state.register(index) ?? 0;
