import loadWabt from 'wabt';
import { expect, test } from 'vitest';
import { wasmText } from '../../../../src-main/debug/RegionListing.ts';
import type { MadeRegion } from '../../../../src-main/engine/tiers/region/RegionTier.ts';
import { MODE_NAMES } from '../../../support/engine/machineModes.ts';
import { Random } from '../../../support/engine/Random.ts';
import { placeRandomProgram } from '../../../support/engine/randomProgram.ts';
import { createTestMachine } from '../../../support/engine/TestMachine.ts';

const wabt = await loadWabt();
const FEATURES = { threads: true, tail_call: true, simd: true, sat_float_to_int: true, sign_extension: true };

/** As wabt prints it, without the hints that the text leaves out. */
function canonical(module: ReturnType<typeof wabt.readWasm>): string {
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return text.replaceAll(' align=1', '').replaceAll(' align=0', '');
}

/** Regions of random programs. */
function regionsOf(seed: number, ingredients: 'integer' | 'vector'): MadeRegion[] {
  const made: MadeRegion[] = [];
  const machine = createTestMachine({
    ramBytes: 0x4_0000,
    regionThreshold: 1,
    regions: { onMade: (region) => made.push(region) },
  });
  placeRandomProgram(machine, MODE_NAMES[seed % MODE_NAMES.length], new Random(seed), ingredients);
  machine.run(300);
  return made;
}

test.each([
  { seed: 1, ingredients: 'integer' },
  { seed: 2, ingredients: 'vector' },
  { seed: 3, ingredients: 'vector' },
  { seed: 4, ingredients: 'integer' },
] as const)('the text of regions says what their bytes say, $ingredients program $seed', ({ seed, ingredients }) => {
  const made = regionsOf(seed, ingredients);
  expect(made.length).toBeGreaterThan(0);
  for (const region of made.slice(0, 12)) {
    // Names are for readers: an independent assembler sees numbers either way.
    const text = wasmText(region);
    const parsed = wabt.parseWat('region.wat', text, FEATURES);
    const { buffer } = parsed.toBinary({ write_debug_names: false });
    parsed.destroy();
    const again = wabt.readWasm(new Uint8Array(buffer), FEATURES);
    expect(canonical(again)).toBe(canonical(wabt.readWasm(region.encoded.bytes, FEATURES)).replaceAll(' align=1', ''));
  }
});
