import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Control } from '../../control/Control.ts';
import { absolute } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';

export interface OutputChoice {
  readonly out: string;
  /** Replaces a file that is there. */
  readonly isForced: boolean;
}

/** The absolute path of the file of `--out`, or of another option, which is to be written. Throws {@link Refusal}. */
export function outputPath({ out, isForced }: OutputChoice, option = '--out'): string {
  const file = absolute(out, option);
  if (!isForced && existsSync(file))
    throw new Refusal({ code: 'file-unwritable', message: `${out} is there already; use --force to replace it.` });
  const folder = path.dirname(file);
  if (!existsSync(folder))
    throw new Refusal({
      code: 'file-unwritable',
      message: `${out} cannot be written: its folder ${folder} does not exist.`,
    });
  return file;
}

/** The same of a file that the machines' owner is to write. */
export async function outputFile(
  control: Control,
  choice: OutputChoice,
  option = '--out',
): Promise<{ readonly file: string; readonly token: string }> {
  const file = outputPath(choice, option);
  const { token } = await control.grantFile(file, 'write');
  return { file, token };
}
