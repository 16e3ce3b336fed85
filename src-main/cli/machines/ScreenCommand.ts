import { writeFile } from 'node:fs/promises';
import type { Control } from '../../control/Control.ts';
import { EXIT_STATUS } from '../ExitStatus.ts';
import { fileProblem } from '../problems.ts';
import { screenFormat } from '../screenFile.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';
import { outputPath, type OutputChoice } from './outputFile.ts';

/** `vivarium screen`: what a machine shows, as text. */
export function showScreen(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const lines = await screenText(control, id);
    if (context.isJson) await printJson(context, lines);
    for (const line of lines) await say(context, line);
    return EXIT_STATUS.success;
  });
}

/** `vivarium screen --out`: as a picture, or as text, by the file's name. */
export function saveScreen(context: MachineContext, word: string, choice: OutputChoice): Promise<number> {
  const format = screenFormat(choice.out, '--out');
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    const file = outputPath(choice);
    const content =
      format === 'png'
        ? valueOf(await control.call('vm:screenPicture', { id }))
        : `${(await screenText(control, id)).join('\n')}\n`;
    try {
      await writeFile(file, content);
    } catch (error) {
      throw new Refusal({ code: 'file-unwritable', message: fileProblem(choice.out, 'written', error) });
    }
    if (context.isJson) await printJson(context, { saved: { id, name, file } });
    await say(context, `The screen of “${name}” is in ${choice.out}.`);
    return EXIT_STATUS.success;
  });
}

/** Without the empty lines at its end. */
async function screenText(control: Control, id: string): Promise<string[]> {
  const lines = valueOf(await control.call('vm:screenText', { id }));
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
