import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import { describeProblems } from '../problems.ts';
import { printableLines } from '../textColumns.ts';
import type { MachineContext } from './MachineCommands.ts';
import type * as machineWork from './machineWork.ts';
import type { Refusal } from './openControl.ts';

/** What every command on machines may be given. */
export interface JsonOption {
  readonly json?: boolean;
}

/** What a command does on machines; its exit status. */
export type MachineAction = (context: MachineContext, work: typeof machineWork) => Promise<number>;

/** Does a command on machines; its exit status. */
export async function onMachines(context: MachineContext, act: MachineAction): Promise<number> {
  const work = await import('./machineWork.ts');
  try {
    return await act(context, work);
  } catch (error) {
    if (error instanceof work.Refusal) return complain(context, error, work);
    // Whoever started the command says it on standard error.
    if (error instanceof UsageError && context.isJson)
      await work.printJson(context, { error: { code: 'usage', message: error.message } });
    throw error;
  }
}

/** A refusal on standard error in words, and with --json on standard output as an object. */
async function complain(
  context: MachineContext,
  { problem }: Refusal,
  { printJson }: typeof machineWork,
): Promise<number> {
  const { code, message, diagnostics = [] } = problem;
  const file = diagnostics[0]?.file ?? '';
  const text = diagnostics.length > 0 ? describeProblems(file, message, diagnostics) : message;
  context.terminal.complain(printableLines(text));
  if (context.isJson)
    await printJson(context, { error: { code, message, ...(diagnostics.length > 0 && { diagnostics }) } });
  const isMistake = code === 'bad-program' || code === 'file-unreadable' || code === 'invalid-value';
  return isMistake || code === 'invalid-message' ? EXIT_STATUS.usage : EXIT_STATUS.failure;
}
