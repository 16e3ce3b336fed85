import { describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';
import { findVectorFile, readVectors } from './cpuVectors.ts';
import { DIFFERENCES } from './differences80286.ts';
import { runVector } from './vectorRunner.ts';

const file = findVectorFile();
if (file === undefined) {
  console.log('skipped: 80286 vectors are not here; name their file or folder in VIVARIUM_CPU_VECTORS');
}

describe.skipIf(file === undefined)('instructions recorded on a real 80286', () => {
  const vectors = file === undefined ? [] : readVectors(file);

  test('leave the registers, flags and memory that the hardware left', { timeout: 120_000 }, () => {
    // The 80286 that was recorded had no coprocessor beside it.
    const machine = createTestMachine({ features: createCpuFeatures({ features: { fpu: false } }) });
    machine.clear();
    const mismatches: string[] = [];
    const counts = new Map(DIFFERENCES.map(({ name }) => [name, 0]));
    for (const vector of vectors) {
      const { difference, mismatch } = runVector(machine, vector);
      if (difference) counts.set(difference.name, (counts.get(difference.name) ?? 0) + 1);
      if (mismatch !== '') mismatches.push(`${vector.op} #${vector.index} ${vector.name}: ${mismatch}`);
    }
    const listed = [...counts].map(([name, count]) => `  ${count} × ${name}`);
    console.log(`${vectors.length} vectors; of them differ by the manuals:\n${listed.join('\n')}`);
    expect(mismatches).toEqual([]);
  });
});
