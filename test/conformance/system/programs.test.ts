import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isQemuInstalled, runRomInQemu } from '../../support/engine/qemu.ts';
import { assembleRom, runRom } from '../../support/engine/RomProgram.ts';
import { isKnownDeviation } from './qemuDeviations.ts';

/**
 * One program for each chapter of the SDM's system part. Each tries one thing a line and prints what became of
 * it; `expected/` holds the lines that the manual demands.
 */
const programs = [
  'processor',
  'segments',
  'protection',
  'transfers',
  'interrupts',
  'tasks',
  'paging',
  'debug',
  'realmode',
  'virtual8086',
  'vme',
  'mixing',
];

const here = path.dirname(fileURLToPath(import.meta.url));

function expectedText(name: string): string {
  return readFileSync(path.join(here, 'expected', `${name}.txt`), 'utf8');
}

describe.each(programs)('system program %s', (name) => {
  const image = assembleRom(path.join(here, 'programs', `${name}.asm`));

  test.each([
    { tier: 'threaded', threshold: 0 },
    { tier: 'region', threshold: 1 },
  ])('prints what the manual demands in the $tier tier', ({ threshold }) => {
    const { text, end } = runRom(image, threshold);
    expect(text).toBe(expectedText(name));
    expect(end).toBe('exit');
  });

  test.skipIf(!isQemuInstalled())('prints the same in QEMU, known deviations apart', async () => {
    // QEMU's translator does not set RF in the images that faults push.
    const ours = expectedText(name).replaceAll(' RF', '').split('\n');
    const theirs = (await runRomInQemu(image)).replaceAll(' RF', '').split('\n');
    const unknown = ours.flatMap((line, index) => {
      const other = theirs[index] ?? '(nothing)';
      return line === other || isKnownDeviation(name, line, other) ? [] : [`${line} | QEMU: ${other}`];
    });
    expect(unknown).toEqual([]);
  });
});
