import { expect, test } from 'vitest';
import { encodings } from '../../../../src-main/engine/isa/encodings.ts';
import { semantics } from '../../../../src-main/engine/semantics/index.ts';
import { createCpuFeatures } from '../../../../src-main/engine/semantics/system/CpuFeatures.ts';

/** Keys under which a definition serves several rows, see `semanticsOf`. */
function keyOf(row: (typeof encodings)[number]): string {
  return row.semantics === 'loadFarPointer' ? row.mnemonic : row.semantics === 'fwait' ? 'wait' : row.semantics;
}

test('every instruction that CPUID announces, or that needs no announcement, is defined', () => {
  const features = createCpuFeatures();
  const missing = encodings
    .filter(({ feature }) => feature === '' || (feature !== 'fpu' && features.has(feature)))
    .filter((row) => semantics[keyOf(row)] === undefined)
    .map(({ name }) => name);
  expect(missing).toEqual([]);
});
