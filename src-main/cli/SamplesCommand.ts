import { BundledSamples } from '../control/files/BundledSamples.ts';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import type { Terminal } from './Terminal.ts';

/** `vivarium samples`: lists the sample programs; with a name, prints that one. Throws {@link UsageError}. */
export async function samples(name: string | undefined, terminal: Terminal): Promise<number> {
  const bundled = new BundledSamples();
  if (name === undefined) {
    const width = Math.max(...bundled.samples.map(({ fileName }) => fileName.length));
    const lines = bundled.samples.map(({ fileName, description }) => `${fileName.padEnd(width)}  ${description.en}\n`);
    await terminal.write(lines.join(''));
    return EXIT_STATUS.success;
  }
  const sample = bundled.samples.find(({ id, fileName }) => id === name || fileName === name);
  const program = sample && bundled.read(sample.id);
  if (!program) throw new UsageError(`samples ${name}: there is no such sample; \`samples\` lists them.`);
  await terminal.write(program.bytes);
  return EXIT_STATUS.success;
}
