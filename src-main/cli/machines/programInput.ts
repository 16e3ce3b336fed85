import type { CallInput } from '../../../src-preload/contract/contract.ts';
import type { ProgramFormat } from '../../machine/loaders/ProgramImage.ts';
import type { Control } from '../../control/Control.ts';
import { absolute } from './MachineCommands.ts';

type LoadInput = CallInput<'vm:load'>;

/** What options say of a program; what they leave open is undefined. */
export interface ProgramChoices {
  readonly sample: string | undefined;
  readonly format: ProgramFormat | 'auto';
  readonly origin: number | undefined;
  readonly bits: 16 | 32 | undefined;
  readonly commandLine: string | undefined;
  readonly initrd: string | undefined;
}

/** Names the files of a program in the contract's terms. */
export async function programSource(
  control: Control,
  file: string,
  beside: { readonly initrd?: string | undefined; readonly vgaBios?: string | undefined },
): Promise<LoadInput['source']> {
  const token = async (name: string): Promise<string> => (await control.grantFile(name, 'read')).token;
  return {
    kind: 'file',
    token: await token(file),
    ...(beside.initrd !== undefined && { initrd: await token(beside.initrd) }),
    ...(beside.vgaBios !== undefined && { vgaBios: await token(beside.vgaBios) }),
  };
}

interface NamedOptions<Format> {
  readonly format: Format;
  readonly origin?: number;
  readonly bits?: 16 | 32;
  readonly commandLine?: string;
}

export function programOptions<Format extends string>(
  format: Format,
  { origin, bits, commandLine }: Pick<ProgramChoices, 'origin' | 'bits' | 'commandLine'>,
): NamedOptions<Format> {
  return {
    format,
    ...(origin !== undefined && { origin }),
    ...(bits !== undefined && { bits }),
    ...(commandLine !== undefined && { commandLine }),
  };
}

/** The absolute path of `--initrd`. */
export function initrdPath({ initrd }: Pick<ProgramChoices, 'initrd'>): string | undefined {
  return initrd === undefined ? undefined : absolute(initrd, '--initrd');
}
