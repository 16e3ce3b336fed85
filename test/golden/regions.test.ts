import { expect, test } from 'vitest';
import { wasmText } from '../../src-main/debug/RegionListing.ts';
import type { MadeRegion } from '../../src-main/engine/tiers/region/RegionTier.ts';
import { AT, codeBits, enterMode } from '../support/engine/machineModes.ts';
import { createTestMachine, machineCode } from '../support/engine/TestMachine.ts';
import { GUEST_LOOPS, type GuestLoop } from './regionLoops.ts';

/** `npx vitest run --project golden -u` writes them anew; read what changed before committing it. */
test.each(GUEST_LOOPS)('the region of the loop “$name”', async (loop) => {
  const source = loop.source.replaceAll(/^ +/gm, ';;   ');
  await expect(`;;   ${source}\n${middle(wasmText(regionOf(loop)))}`).toMatchFileSnapshot(`regions/${loop.name}.wat`);
});

test('how a region begins and ends', async () => {
  const lines = wasmText(regionOf(GUEST_LOOPS[0])).split('\n');
  const start = lines.indexOf('    (block $exit');
  const end = lines.findIndex((line, index) => index > start && /^ {4}\(/.test(line));
  const frame = [...lines.slice(0, start + 1), '      ;; ...', ...lines.slice(end)].join('\n');
  await expect(frame).toMatchFileSnapshot('regions/frame.wat');
});

/** The region in which most of a loop's instructions retired. */
function regionOf({ source, mode = 'flat32' }: GuestLoop): MadeRegion {
  const made: MadeRegion[] = [];
  const machine = createTestMachine({ regionThreshold: 10, regions: { onMade: (region) => made.push(region) } });
  enterMode(machine, mode);
  machine.load(AT.code, machineCode(source, codeBits(mode), AT.code));
  machine.processor.stateChanged();
  machine.runToHalt();
  const hottest = machine.processor.regionStatistics?.hottest[0].entry;
  const found = made.find(({ figures }) => figures.entry === hottest);
  if (!found) throw new Error('nothing became a region');
  return found;
}

/** Without the frame, which is much the same for all. */
function middle(text: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf('    (block $exit') + 1;
  const end = lines.findIndex((line, index) => index >= start && /^ {4}\(/.test(line));
  const body = lines.slice(start, end).map((line) => line.slice(6));
  return `${body.join('\n').replace(/\)$/, '')}\n`;
}
