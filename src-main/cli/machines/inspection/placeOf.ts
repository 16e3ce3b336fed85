import type { WatchValue } from '../../../../src-preload/contract/debugging.ts';
import type { Control } from '../../../control/Control.ts';
import { UsageError } from '../../ExitStatus.ts';
import { valueOf } from '../MachineCommands.ts';

export const NAMES_ADVICE =
  'Names are those of the machine’s program, or of a file: vivarium set MACHINE --symbols FILE';
const MOST_ADDRESS = 0xffff_ffff;

/**
 * The address that a text stands for in a machine that is on: a number, a name, or any expression over names, registers
 * and memory. Throws {@link UsageError}.
 *
 * @param where the part of the command that it is: `--to`
 */
export async function placeOf(control: Control, id: string, text: string, where: string): Promise<number> {
  const value = await numberOf(control, id, text, where);
  if (value <= MOST_ADDRESS) return Number(value);
  throw new UsageError(`${where} ${text}: addresses end at 0xffffffff.`);
}

/** As {@link placeOf}, of any 64 bits. */
export async function numberOf(control: Control, id: string, text: string, where: string): Promise<bigint> {
  if (text.trim() === '') throw new UsageError(`${where}: expected an address, such as 0x7c00, or a name.`);
  const [result] = valueOf(await control.call('debug:evaluate', { id, expressions: [text] }));
  if (result?.value != null) return result.value;
  throw new UsageError(`${where} ${text}: ${result ? problemOf(result) : 'it has no value.'}`);
}

/** Why an expression has no value, and what to do. */
export function problemOf({ problem }: WatchValue): string {
  if (problem === null) return 'it has no value.';
  return problem.text.id === 'expression-unknown-name' ? `${problem.message} ${NAMES_ADVICE}` : problem.message;
}
