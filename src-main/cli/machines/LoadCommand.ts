import { UsageError } from '../ExitStatus.ts';
import { absolute, machineNamed, tell, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { initrdPath, programOptions, programSource, type ProgramChoices } from './programInput.ts';

export interface LoadChoices extends ProgramChoices {
  readonly file: string | undefined;
  /** One that is on starts over with it at once. */
  readonly isReset: boolean;
}

/** `vivarium load`: gives a machine another program, such as one that was built anew. */
export function loadProgram(context: MachineContext, word: string, choices: LoadChoices): Promise<number> {
  const { file, sample, isReset } = choices;
  if ((file === undefined) === (sample === undefined))
    throw new UsageError('load: name either a program file or a --sample.');
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const source =
      file === undefined
        ? ({ kind: 'sample', sampleId: sample ?? '' } as const)
        : await programSource(control, absolute(file, 'load'), { initrd: initrdPath(choices) });
    const options = programOptions(choices.format, choices);
    const vm = valueOf(await control.call('vm:load', { id, source, options, reset: isReset }));
    const when = vm.state === 'off' ? 'when it is started' : isReset ? 'now' : 'from its next reset on';
    return tell(context, control, vm, `“${vm.name}” runs ${vm.program?.fileName ?? 'it'} ${when}.`);
  });
}
