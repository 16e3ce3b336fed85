import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import type { Machine } from '../../../src-main/machine/Machine.ts';

/** A guest that draws a pointer: what the host's mouse does is seen, and heard, through our own BIOS. */

const MEMORY_BYTES = 4 << 20;
const WIDTH = 320;
const WHITE = 15, RED = 12; // prettier-ignore

let machine: Machine;
let peak: number;

let handlers: Awaited<ReturnType<typeof compileThreadedHandlers>>;
beforeAll(async () => {
  handlers = await compileThreadedHandlers();
}, 120_000);

beforeEach(() => {
  peak = 0;
  ({ machine } = createTranslatedMachine({
    memoryBytes: MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => 0 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2024, 0, 1),
    sinks: {
      sound: (samples) => {
        for (const sample of samples) peak = Math.max(peak, sample);
      },
    },
  }));
  const source = readFileSync(new URL('../../../resources/programs/pointer.asm', import.meta.url));
  const result = load('asm', source, { memoryBytes: MEMORY_BYTES });
  if (result.kind === 'refused') throw new Error(result.message);
  machine.load(result.image);
  machine.run({ instructions: 100_000 });
});

/** As a hand does it: in packets that the guest takes one by one. */
function move(dx: number, dy: number, buttons: number): void {
  machine.inputs.moveMouse(dx, dy, buttons);
  machine.run({ instructions: 10_000 });
}

/** Left upper corner of everything of a colour. */
function corner(colour: number): [number, number] | undefined {
  const screen = machine.screen();
  if (screen.mode !== 'graphics') throw new Error('no picture');
  const [red, green, blue] = colour === WHITE ? [255, 255, 255] : [255, 85, 85];
  const scale = screen.width / WIDTH;
  let found: [number, number] | undefined;
  for (let y = screen.height - 1; y >= 0; y--) {
    for (let x = screen.width - 1; x >= 0; x--) {
      const at = 4 * (y * screen.width + x);
      const { pixels } = screen;
      if (pixels[at] === red && pixels[at + 1] === green && pixels[at + 2] === blue)
        found = [Math.min(found?.[0] ?? x, x), y];
    }
  }
  return found && [found[0] / scale, found[1] / (screen.height / 200)];
}

test('it goes where the mouse goes, and stays on the screen', () => {
  expect(corner(WHITE)).toEqual([156, 96]);
  move(20, 10, 0);
  expect(corner(WHITE)).toEqual([176, 86]);
  for (let count = 0; count < 4; count++) move(-200, -200, 0);
  expect(corner(WHITE)).toEqual([0, 192]);
});

test('a button that is held paints and sounds until it is let go', () => {
  move(0, 0, 1);
  expect(corner(RED)).toBeDefined();
  expect(peak).toBeGreaterThan(1000);
  move(0, 0, 0);
  peak = 0;
  machine.run({ instructions: 20_000 });
  expect(peak).toBe(0);
});
