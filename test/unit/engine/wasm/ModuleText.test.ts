import loadWabt from 'wabt';
import { expect, test } from 'vitest';
import { wasmText } from '../../../../src-main/debug/RegionListing.ts';
import type { MadeRegion } from '../../../../src-main/engine/tiers/region/RegionTier.ts';
import { AT, MODE_NAMES, enterMode } from '../../../support/engine/machineModes.ts';
import { Random } from '../../../support/engine/Random.ts';
import { placeRandomProgram } from '../../../support/engine/randomProgram.ts';
import { createTestMachine, machineCode } from '../../../support/engine/TestMachine.ts';
import { GUEST_LOOPS } from '../../../golden/regionLoops.ts';

const wabt = await loadWabt();
const FEATURES = { threads: true, tail_call: true, simd: true, sat_float_to_int: true, sign_extension: true };

/** As wabt prints it, without the hints that the text leaves out. */
function canonical(module: ReturnType<typeof wabt.readWasm>): string {
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return text.replaceAll(' align=1', '').replaceAll(' align=0', '');
}

/** What an independent assembler makes of a region's text. Names are for readers: it sees numbers either way. */
function textAssembled(region: MadeRegion): string {
  const parsed = wabt.parseWat('region.wat', wasmText(region), FEATURES);
  const { buffer } = parsed.toBinary({ write_debug_names: false });
  parsed.destroy();
  return canonical(wabt.readWasm(new Uint8Array(buffer), FEATURES));
}

function textOfBytes(region: MadeRegion): string {
  return canonical(wabt.readWasm(region.encoded.bytes, FEATURES)).replaceAll(' align=1', '');
}

/** The longest region of one of the loops that the golden texts are of. */
function regionOf(loopName: string): MadeRegion {
  const made: MadeRegion[] = [];
  const machine = createTestMachine({ regionThreshold: 10, regions: { onMade: (region) => made.push(region) } });
  const source = GUEST_LOOPS.find(({ name }) => name === loopName)?.source ?? 'hlt';
  enterMode(machine, 'flat32');
  machine.load(AT.code, machineCode(source, 32, AT.code));
  machine.processor.stateChanged();
  machine.runToHalt();
  return made.reduce((a, b) => (b.encoded.bytes.length > a.encoded.bytes.length ? b : a));
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
  for (const region of made.slice(0, 12)) expect(textAssembled(region)).toBe(textOfBytes(region));
});

test('the text of a region says where a table of ways leads', () => {
  const region = regionOf('recursion');
  expect(textOfBytes(region)).toContain('br_table');
  expect(textAssembled(region)).toBe(textOfBytes(region));
});
