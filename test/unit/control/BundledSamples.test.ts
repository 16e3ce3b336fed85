import { expect, test } from 'vitest';
import { inspectProgram } from '../../../src-main/debug/ProgramInspection.ts';
import { BundledSamples } from '../../../src-main/control/files/BundledSamples.ts';

const catalogue = new BundledSamples();

test('there are samples', () => {
  expect(catalogue.samples.length).toBeGreaterThan(0);
});

test.each(catalogue.samples)('sample $id loads, and is described in both languages', (sample) => {
  const file = catalogue.read(sample.id);
  if (!file) throw new Error(`${sample.fileName} is missing`);
  const inspection = inspectProgram({ ...file, format: 'auto', memoryBytes: 4 * 1024 ** 2 });
  expect(inspection.kind === 'refused' ? inspection.message : 'program').toBe('program');
  for (const text of [sample.title, sample.description]) {
    expect(text.en).not.toBe('');
    expect(text.zh).toMatch(/\p{Script=Han}/u);
  }
});

test('an unknown sample is none', () => {
  expect(catalogue.read('../secret')).toBeNull();
});
