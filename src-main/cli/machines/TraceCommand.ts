import type { Trace } from '../../../src-preload/contract/traces.ts';
import { EXIT_STATUS } from '../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';
import { outputFile, type OutputChoice } from './outputFile.ts';

export interface TraceChoices extends OutputChoice {
  readonly filter: string;
  readonly mostBytes: number;
}

/** `vivarium trace --out`: the machine's owner writes, and this command ends. */
export function startTrace(context: MachineContext, word: string, choices: TraceChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name, state } = await machineNamed(control, word);
    // This command would take the trace with it.
    if (state === 'off' && control.owner === 'self')
      throw new Refusal({
        code: 'wrong-state',
        message: `“${name}” is off: start it with \`vivarium start --paused\`, trace it, and let it run with \`vivarium resume\`.`,
      });
    const { token } = await outputFile(control, choices);
    const { filter, mostBytes } = choices;
    const trace = valueOf(await control.call('trace:start', { id, token, filter, mostBytes }));
    if (context.isJson) await printJson(context, trace);
    const from = state === 'off' ? ' from its next start on' : '';
    await say(context, `“${name}” is traced to ${choices.out}${from}.`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium trace --stop` */
export function stopTrace(context: MachineContext, word: string): Promise<number> {
  return report(context, word, 'trace:stop');
}

/** `vivarium trace`: how far it is. */
export function showTrace(context: MachineContext, word: string): Promise<number> {
  return report(context, word, 'trace:status');
}

function report(context: MachineContext, word: string, name: 'trace:stop' | 'trace:status'): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name: machine } = await machineNamed(control, word);
    const trace = valueOf(await control.call(name, { id }));
    if (context.isJson) await printJson(context, trace);
    await say(context, trace ? `“${machine}”: ${describe(trace)}` : `“${machine}” is not traced.`);
    return EXIT_STATUS.success;
  });
}

function describe({ file, byteLength, state, problem }: Trace): string {
  const size = `${byteLength} bytes in ${file.displayPath}`;
  switch (state) {
    case 'recording':
      return `traced, ${size}.`;
    case 'stopped':
      return `the trace has ended, ${size}.`;
    case 'full':
      return `the trace is full, ${size}. Name fewer events with --filter, or allow more with --size.`;
    case 'failed':
      return `the trace has failed, ${size}. ${problem ?? ''}`;
  }
}
