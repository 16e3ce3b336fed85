import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { decodeSource } from '../../../src-main/engine/assembler/SourceText.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const folders = [
  { name: 'test programs', sources: path.join(here, 'programs'), recorded: path.join(here, 'recorded') },
  {
    name: 'samples',
    sources: path.resolve(here, '../../../resources/programs'),
    recorded: path.join(here, 'recorded/samples'),
  },
];
const hasNasm = spawnSync('nasm', ['-v']).status === 0;
/** `RECORD_NASM=1 npx vitest run test/conformance/assembler` renews the recordings after a source has changed. */
const isRecording = hasNasm && process.env['RECORD_NASM'] === '1';

function assembleFile(folder: string, file: string): string {
  const assembly = assemble(decodeSource(readFileSync(path.join(folder, file))), {
    fileName: file,
    readFile: (name) => readFileSync(path.join(folder, name)),
  });
  expect(assembly.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return Buffer.from(assembly.bytes).toString('hex');
}

describe.each(folders)('$name', ({ sources, recorded }) => {
  const files = readdirSync(sources).filter((file) => file.endsWith('.asm'));

  test.skipIf(isRecording).each(files)('%s assembles to the bytes recorded from NASM', (file) => {
    const expected = readFileSync(path.join(recorded, file.replace('.asm', '.hex')), 'utf8').replaceAll(/\s/g, '');
    expect(assembleFile(sources, file)).toBe(expected);
  });

  test.runIf(hasNasm).each(files)('%s assembles to the bytes of the NASM installed here', (file) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nasm-'));
    try {
      const output = path.join(folder, 'out.bin');
      execFileSync('nasm', ['-w-all', '-f', 'bin', file, '-o', output], { cwd: sources });
      const made = readFileSync(output).toString('hex');
      if (isRecording)
        writeFileSync(path.join(recorded, file.replace('.asm', '.hex')), `${made.replaceAll(/.{80}/g, '$&\n')}\n`);
      expect(assembleFile(sources, file)).toBe(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
