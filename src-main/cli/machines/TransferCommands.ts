import { EXIT_STATUS } from '../ExitStatus.ts';
import {
  absolute,
  checkNameIsFree,
  machineNamed,
  printJson,
  say,
  tell,
  valueOf,
  withMachines,
  type MachineContext,
} from './MachineCommands.ts';
import { outputFile, type OutputChoice } from './outputFile.ts';

export interface ExportChoices extends OutputChoice {
  readonly hasSnapshots: boolean;
  readonly hasImages: boolean;
}

/** `vivarium export`: a machine that is off as one file. */
export function exportMachine(context: MachineContext, word: string, choices: ExportChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    const { file, token } = await outputFile(control, choices);
    const { hasSnapshots: snapshots, hasImages: images } = choices;
    valueOf(await control.call('vm:export', { id, token, snapshots, images }));
    if (context.isJson) await printJson(context, { exported: { id, name, file } });
    await say(context, `“${name}” was written to ${choices.out}.`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium import`: a new machine of such a file. */
export function importMachine(context: MachineContext, file: string, name: string | undefined): Promise<number> {
  return withMachines(context, async (control) => {
    await checkNameIsFree(control, name);
    const { token } = await control.grantFile(absolute(file, 'import'), 'read');
    let vm = valueOf(await control.call('vm:import', { token }));
    if (name !== undefined) vm = valueOf(await control.call('vm:update', { id: vm.id, changes: { name } }));
    return tell(context, control, vm, `“${vm.name}” was made of ${file} (${vm.id}).`);
  });
}
