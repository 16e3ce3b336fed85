import { EXIT_STATUS } from '../../ExitStatus.ts';
import { printable } from '../../textColumns.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { prefixedHex } from './hexText.ts';
import { problemOf } from './placeOf.ts';

/** `vivarium print`: what watch expressions come to. Those that have no value say why, and the others are printed. */
export function printExpressions(
  context: MachineContext,
  word: string,
  expressions: readonly string[],
): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const values = valueOf(await control.call('debug:evaluate', { id, expressions: [...expressions] }));
    if (context.isJson) await printJson(context, values);
    for (const each of values) {
      const { expression, value } = each;
      if (value !== null) await say(context, `${expression} = ${value} (${prefixedHex(value, 1)})`);
      else context.terminal.complain(printable(`${expression}: ${problemOf(each)}`));
    }
    return values.every(({ value }) => value !== null) ? EXIT_STATUS.success : EXIT_STATUS.usage;
  });
}
