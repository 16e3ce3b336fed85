import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  captureMachine,
  machineDigest,
  type MachineSnapshot,
  restoreMachine,
} from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, type TranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import type { ProgramImage } from '../../../src-main/machine/loaders/ProgramImage.ts';
import { PROFILES } from '../../../src-main/machine/profiles/profiles.ts';
import { Random } from '../../support/engine/Random.ts';

const FOLDER = fileURLToPath(new URL('../../../resources/programs', import.meta.url));
const MEMORY_BYTES = 4 << 20;
const RUN = 40_000;

let handlers: Awaited<ReturnType<typeof compileThreadedHandlers>>;
beforeAll(async () => {
  handlers = await compileThreadedHandlers();
}, 60_000);

function makeMachine(image: ProgramImage, regionThreshold = 0): TranslatedMachine {
  const parts = createTranslatedMachine({
    memoryBytes: MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => performance.now() * 1e6 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2000, 0, 1),
    macAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
    regionThreshold,
  });
  parts.machine.load(image);
  return parts;
}

function imageOf(fileName: string): ProgramImage {
  const result = load('auto', readFileSync(path.join(FOLDER, fileName)), {
    memoryBytes: MEMORY_BYTES,
    fileName,
    readFile: () => null,
  });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.image;
}

/** Something happens to the machine now and then, so that devices have more to remember. */
function disturb({ machine }: TranslatedMachine, round: number): void {
  if (round % 3 === 0) machine.inputs.key('KeyA', round % 2 === 0);
  if (round % 4 === 1) machine.inputs.serialInput([0x41 + round, 0x0d]);
  if (round % 5 === 2) machine.inputs.typeText(`x${round}`, 'us');
  if (round % 6 === 3) machine.inputs.moveMouse(round, -round, round & 7, 1);
  if (round % 7 === 4) machine.inputs.receiveFrame(Uint8Array.from({ length: 64 }, (_, at) => at ^ round));
}

/** Runs a machine to `RUN` instructions in rounds of the given lengths; between two of them `between` may replace it. */
function runInRounds(
  start: TranslatedMachine,
  lengths: () => number,
  between: (parts: TranslatedMachine, round: number) => TranslatedMachine,
): TranslatedMachine {
  let parts = start;
  for (let round = 0, done = 0; done < RUN; round++) {
    const length = Math.min(RUN - done, lengths());
    for (let left = length; left > 0;) {
      const before = parts.machine.retiredInstructions;
      const exit = parts.machine.run({ instructions: left });
      left -= parts.machine.retiredInstructions - before;
      if (exit.reason === 'reset') parts.machine.reset();
      else if (exit.reason !== 'budget' && exit.reason !== 'kick') break;
    }
    done += length;
    disturb(parts, round);
    parts = between(parts, round);
  }
  return parts;
}

const programs = readdirSync(FOLDER).filter((name) => name !== 'samples.json');

/** Machines are costly to make: three of a tier serve all programs, each powered on with it. */
const machines = new Map<number, readonly [TranslatedMachine, TranslatedMachine, TranslatedMachine]>();

/** One run without a stop, and one that moves to the other machine at each snapshot. */
function expectSnapshotsToMakeNoDifference(image: ProgramImage, seed: number, threshold = 0): void {
  const make = (): TranslatedMachine => makeMachine(image, threshold);
  const three = machines.get(threshold) ?? [make(), make(), make()];
  machines.set(threshold, three);
  for (const { machine } of three) machine.load(image);
  const rounds = (): (() => number) => {
    const random = new Random(seed);
    return () => 1 + random.below(12_000);
  };
  const plain = runInRounds(three[0], rounds(), (parts) => parts);
  const wandering = runInRounds(three[1], rounds(), (parts, round) => {
    const before = machineDigest(parts);
    const snapshot = captureMachine(parts);
    const stored = { ...snapshot, state: JSON.parse(JSON.stringify(snapshot.state)) } as MachineSnapshot;
    const next = parts === three[1] ? three[2] : three[1];
    if (round === 1) next.machine.load(image);
    restoreMachine(next, stored);
    expect(next.machine.save()).toEqual(stored.state);
    expect(machineDigest(next)).toBe(before);
    return next;
  });
  expect(wandering.machine.save()).toEqual(plain.machine.save());
  expect(machineDigest(wandering)).toBe(machineDigest(plain));
}

describe('a machine by the instruction clock goes on from each snapshot as if none had been taken', () => {
  test.each(programs)('%s in the threaded tier', (fileName) => {
    expectSnapshotsToMakeNoDifference(imageOf(fileName), 7);
  });

  test.each(['primes.asm', 'tasks.asm', 'selfmod.asm'])('%s in the region tier', (fileName) => {
    expectSnapshotsToMakeNoDifference(imageOf(fileName), 8, 20);
  });

  test.each([1, 2, 3, 4, 5, 6])('random program %i', (seed) => {
    const random = new Random(seed);
    const bytes = Uint8Array.from({ length: 0x1800 }, () => random.below(256));
    const registers = { eax: random.word(), ebx: random.word(), ecx: random.word(), esp: 0x7000 };
    const segments = { cs: 0, ds: 0x800, es: 0x900, fs: 0xa00, gs: 0xb00, ss: 0x100 };
    const image: ProgramImage = {
      format: 'bin',
      segments: [{ physicalAddress: 0x7c00, bytes }],
      entry: { mode: 'real16', eip: 0x7c00, ...segments, registers },
      summary: 'random bytes',
    };
    expectSnapshotsToMakeNoDifference(image, seed);
  });
});

test.each(PROFILES.map(({ name }) => name))('a machine of the profile %s keeps its pending timers', (name) => {
  const profile = PROFILES.find((each) => each.name === name);
  const parts = createTranslatedMachine({
    memoryBytes: MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => 0 },
    clock: { kind: 'instructions' },
    wallClockMs: 0,
    ...(profile && { profile }),
  });
  parts.machine.reset();
  parts.machine.run({ instructions: 5000 });
  const { state } = captureMachine(parts);
  restoreMachine(parts, captureMachine(parts));
  expect(parts.machine.save()).toEqual(state);
});
