import { beforeAll, describe, expect, test } from 'vitest';
import type { BlockView } from '../../../../src-main/engine/TranslationView.ts';
import { encodeRegion } from '../../../../src-main/engine/tiers/region/compileRegion.ts';
import { unpackJob } from '../../../../src-main/engine/tiers/region/packJob.ts';
import type { MadeRegion } from '../../../../src-main/engine/tiers/region/RegionTier.ts';
import { RECORD } from '../../../../src-main/engine/tiers/threaded/record.ts';
import { AT, enterMode } from '../../../support/engine/machineModes.ts';
import { createTestMachine, machineCode, type TestMachine } from '../../../support/engine/TestMachine.ts';

const TURNS = 100;
/** A loop of three instructions, with a sensitive one in it. */
const LOOP = `        mov ecx, ${TURNS}
again:  in al, 0x60
        dec ecx
        jnz again
        hlt`;

function run(source: string, regionThreshold: number): { machine: TestMachine; made: MadeRegion[] } {
  const made: MadeRegion[] = [];
  const machine = createTestMachine({ regionThreshold, regions: { onMade: (region) => made.push(region) } });
  enterMode(machine, 'flat32');
  machine.load(AT.code, machineCode(source, 32, AT.code));
  machine.processor.stateChanged();
  machine.runToHalt();
  return { machine, made };
}

function blocksOf(machine: TestMachine, byteLength = 32): readonly BlockView[] {
  return machine.processor.inspector.view(AT.code, byteLength).blocks;
}

describe('code in the threaded tier', () => {
  let machine: TestMachine;
  beforeAll(() => ({ machine } = run(LOOP, 10_000)));

  test('shows its blocks with how often each was entered', () => {
    const blocks = blocksOf(machine);
    expect(blocks.map(({ linearAddress, executions, tier }) => [linearAddress - AT.code, executions, tier])).toEqual([
      [0, 1, 'threaded'],
      [5, TURNS - 1, 'threaded'],
    ]);
    expect(blocks[1]).toMatchObject({ untilHot: 10_000 - (TURNS - 1), isPresent: true, byteLength: 6 });
    expect(blocks[1].mode).toEqual({ mode: 'protected', codeSize: 32, isFlat: true });
  });

  test('names the handler of each record, and the helper that a sensitive instruction became', () => {
    const [, loop] = blocksOf(machine);
    const [head, input, decrement] = loop.records;
    expect(head).toMatchObject({ isStep: true, handler: 'head' });
    expect(input.handler).toMatch(/^in\|.*\|r8 i8$/);
    expect(input).toMatchObject({ isStep: false, helpers: ['portIn'], linearAddress: AT.code + 5 });
    expect(decrement.handler).toMatch(/^dec\|/);
    expect(decrement.helpers).toEqual([]);
    expect(new DataView(input.bytes.buffer).getInt32(RECORD.immediate, true)).toBe(0x60);
  });

  test('counts how often a sensitive instruction was taken, wherever it was translated', () => {
    const taken = blocksOf(machine)
      .flatMap(({ records }) => records)
      .filter(({ linearAddress, isStep }) => linearAddress === AT.code + 5 && !isStep)
      .map(({ helperCalls }) => helperCalls);
    expect(taken).toEqual([TURNS, TURNS]);
  });

  test('is found by any of its bytes, and code that never ran is not', () => {
    expect(machine.processor.inspector.view(AT.code + 9, 1).blocks.map(({ linearAddress }) => linearAddress)).toEqual([
      AT.code,
      AT.code + 5,
    ]);
    expect(machine.processor.inspector.view(AT.code + 0x200, 64).blocks).toEqual([]);
  });

  test('looking at it leaves the processor as it was', () => {
    const before = JSON.stringify(machine.processor.save());
    blocksOf(machine);
    expect(JSON.stringify(machine.processor.save())).toBe(before);
  });
});

describe('code in a region', () => {
  let machine: TestMachine;
  let made: MadeRegion[];
  beforeAll(() => ({ machine, made } = run(LOOP, 10)));

  test('tells which region holds its blocks, and goes on counting them', () => {
    const loop = blocksOf(machine).find(({ linearAddress }) => linearAddress === AT.code + 5);
    expect(loop).toMatchObject({ tier: 'region', isRegionEntry: true, region: made[0].number, untilHot: null });
    expect(loop?.executions).toBeGreaterThanOrEqual(10);
    expect(loop?.records[0]).toMatchObject({ handler: 'region', isStep: true });
  });

  test('lists the regions by what was retired in them', () => {
    const [hottest] = machine.processor.inspector.view(AT.code, 1).regions;
    expect(hottest).toMatchObject({ number: made[0].number, linearAddress: AT.code + 5 });
    expect(hottest.instructions).toBeGreaterThan(0);
  });

  test('can be made again, byte for byte', () => {
    const source = machine.processor.inspector.region(made[0].number);
    expect(source?.codeBase).toBe(0);
    expect(source && encodeRegion(unpackJob(source.job)).bytes).toEqual(made[0].encoded.bytes);
  });

  test('is nothing once its code has been overwritten', () => {
    machine.write32(AT.code + 5, 0x9090_9090);
    expect(machine.processor.inspector.region(made[0].number)).toBeUndefined();
    expect(blocksOf(machine).map(({ linearAddress }) => linearAddress - AT.code)).toEqual([10]);
  });
});

test('a block that several regions hold runs in the one in which most was retired', () => {
  const { machine } = run(
    `       mov edx, 300
outer:  mov ecx, 40
inner:  add eax, ecx
        xor ebx, eax
        dec ecx
        jnz inner
        in al, 0x60
        dec edx
        jnz outer
        hlt`,
    100,
  );
  const { blocks, regions } = machine.processor.inspector.view(AT.code, 40);
  const inner = blocks.find(({ linearAddress }) => linearAddress === AT.code + 10);
  expect(regions.length).toBeGreaterThan(1);
  expect(inner).toMatchObject({ tier: 'region', region: regions[0].number, isRegionEntry: false });
});

test('without regions nobody counts entries', () => {
  const { machine } = run(LOOP, 0);
  expect(blocksOf(machine).map(({ executions }) => executions)).toEqual([null, null]);
});
