import { EXIT_STATUS } from '../../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { outputFile, type OutputChoice } from '../outputFile.ts';
import { Refusal } from '../openControl.ts';
import { placeOf } from './placeOf.ts';
import { reportStop } from '../reportStop.ts';

/** Where in its past a machine is to go. */
export type PastPlace =
  | { readonly kind: 'instruction'; readonly instructions: number }
  | { readonly kind: 'breakpoint' }
  /** Before the last write to an address: an expression. */
  | { readonly kind: 'write'; readonly place: string };

const BEGINNINGS = {
  'power-on': 'power-on',
  snapshot: 'the snapshot that was restored',
  program: 'the program that was loaded',
  medium: 'the medium that was changed',
  'disk-writes': 'the disk writes before',
} as const;

/** `vivarium history`: how far back a machine by the instruction clock can go. */
export function showHistory(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    const line = valueOf(await control.call('time:line', { id }));
    if (line === null)
      throw new Refusal({ code: 'wrong-state', message: `“${name}” has no history: it is off, or runs by the host’s clock. Its clock is chosen while it is off: vivarium set "${name}" --clock instructions` }); // prettier-ignore
    if (context.isJson) await printJson(context, line);
    const { earliest, latest, present, beginning, checkpoints, inputCount, keptBytes } = line;
    const at = ({ instructions, guestTimeNs }: typeof present): string =>
      `${instructions} instructions, ${(guestTimeNs / 1e9).toFixed(6)} s`;
    await say(context, `now     ${at(present)}`);
    await say(context, `from    ${at(earliest)}: ${BEGINNINGS[beginning]}`);
    await say(context, `to      ${at(latest)}`);
    await say(
      context,
      `kept    ${checkpoints.length} checkpoints, ${(keptBytes / 2 ** 20).toFixed(1)} MiB; ${inputCount} inputs`,
    );
    return EXIT_STATUS.success;
  });
}

/** Goes back, or forward again, and says where the machine stands then. */
export function travel(context: MachineContext, word: string, to: PastPlace): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    if (to.kind === 'instruction') valueOf(await control.call('time:goTo', { id, instructions: to.instructions }));
    else if (to.kind === 'breakpoint') valueOf(await control.call('time:runBack', { id }));
    else {
      const linearAddress = await placeOf(control, id, to.place, '--last-write');
      valueOf(await control.call('time:lastWrite', { id, linearAddress }));
    }
    return reportStop(context, control, id);
  });
}

/** `vivarium history --out`: the run since power-on, for `vivarium replay`. */
export function saveRecording(context: MachineContext, word: string, out: OutputChoice): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    const { file, token } = await outputFile(control, out);
    valueOf(await control.call('time:saveRecording', { id, token }));
    if (context.isJson) await printJson(context, { recorded: { id, name, file } });
    await say(context, `The run of “${name}” is in ${out.out}: vivarium replay "${out.out}"`);
    return EXIT_STATUS.success;
  });
}
