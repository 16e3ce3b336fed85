import manifest from '../../resources/programs/samples.json';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import type { Terminal } from './Terminal.ts';

/** The sample programs' texts by path, embedded when the command is built. */
const TEXTS: Readonly<Record<string, string>> = import.meta.glob('../../resources/programs/*.{asm,txt}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const FOLDER = '../../resources/programs/';

/** `vivarium samples`: lists the sample programs; with a name, prints that one. Throws {@link UsageError}. */
export async function samples(name: string | undefined, terminal: Terminal): Promise<number> {
  if (name === undefined) {
    const width = Math.max(...manifest.map(({ fileName }) => fileName.length));
    const lines = manifest.map(({ fileName, description }) => `${fileName.padEnd(width)}  ${description.en}\n`);
    await terminal.write(lines.join(''));
    return EXIT_STATUS.success;
  }
  const fileName = manifest.find((sample) => sample.id === name || sample.fileName === name)?.fileName;
  const text = TEXTS[`${FOLDER}${fileName}`];
  if (text === undefined) throw new UsageError(`samples ${name}: there is no such sample; \`samples\` lists them.`);
  await terminal.write(text);
  return EXIT_STATUS.success;
}
