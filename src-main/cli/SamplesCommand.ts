import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import type { Terminal } from './Terminal.ts';

/** The sample programs, embedded when the command is built. */
const FILES: Readonly<Record<string, string>> = import.meta.glob('../../resources/programs/**/*.{asm,seed,json,txt}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const FOLDER = '../../resources/programs/';

/** `vivarium samples`: lists the sample programs; with a name, prints that one. Throws {@link UsageError}. */
export async function samples(name: string | undefined, terminal: Terminal): Promise<number> {
  const files = Object.entries(FILES)
    .map(([path, text]) => ({ file: path.slice(FOLDER.length), text }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  if (name === undefined) {
    const width = Math.max(0, ...files.map(({ file }) => file.length));
    for (const { file, text } of files) await terminal.write(`${file.padEnd(width)}  ${summary(text)}\n`);
    return EXIT_STATUS.success;
  }
  const wanted = files.find(({ file }) => file === name || file.replace(/\.[^.]*$/, '') === name);
  if (wanted === undefined) throw new UsageError(`samples ${name}: there is no such sample; \`samples\` lists them.`);
  await terminal.write(wanted.text);
  return EXIT_STATUS.success;
}

/** The first comment line says what a sample does. */
function summary(text: string): string {
  return /^\s*(?:;|#)+\s*(\S.*)$/m.exec(text)?.[1]?.trim() ?? '';
}
