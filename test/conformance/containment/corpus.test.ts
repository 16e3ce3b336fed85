import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { MEMORY_LAYOUT } from '../../../src-main/engine/state/layout.ts';
import { machineDigest } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, type TranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { openImage } from '../../../src-main/machine/images/openImage.ts';
import { CORPUS, CORPUS_MEMORY_BYTES, corpusImage } from '../../support/containment/corpus.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';

const INSTRUCTIONS = 120_000;
/** So little at once that only a hang takes longer than the limit below, in milliseconds of processor time. */
const STRETCH = 20_000;
const LONGEST_STRETCH_MS = 3000;
/** Guests that reset their machine get no further by doing it more often. */
const MOST_RESETS = 8;
/** Kinds of attempts, ways of access, and the places that are told apart for each, with one for the rest. */
const MOST_RECORDS = 5 * 3 * 33;

let handlers: Awaited<ReturnType<typeof compileThreadedHandlers>>;
beforeAll(async () => {
  handlers = await compileThreadedHandlers();
}, 60_000);

function image(host: MemoryImageHost, name: string): DiskImage {
  const opened = openImage(host, name, 'overlay');
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

/** With something in every drive, so that its devices have work. */
function makeMachine(regionThreshold: number): TranslatedMachine {
  const host = new MemoryImageHost();
  host.put('a.img', new Uint8Array(0x16_8000).fill(0xa1)).put('c.img', new Uint8Array(0x2_0000).fill(0xc3));
  return createTranslatedMachine({
    memoryBytes: CORPUS_MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => performance.now() * 1e6 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2000, 0, 1),
    macAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
    hasConsole: true,
    sinks: { sound: () => undefined },
    drives: {
      images: { floppy: image(host, 'a.img'), hda: image(host, 'c.img'), vda: image(host, 'c.img') },
    },
    regionThreshold,
  });
}

/** A digest of what no guest may write: what machines keep beside its memory. */
function outside({ memory }: TranslatedMachine): string {
  const { layout, bytes } = memory;
  const hash = createHash('sha256').update(bytes.subarray(MEMORY_LAYOUT.controlBlock, MEMORY_LAYOUT.firstVcpu));
  return hash.update(bytes.subarray(layout.romBase, layout.ramBase)).digest('hex');
}

interface End {
  readonly exit: string;
  readonly retired: number;
  readonly digest: string;
}

function attack(name: string, regionThreshold: number): End {
  const parts = makeMachine(regionThreshold);
  const { machine } = parts;
  const program = corpusImage(name);
  machine.load(program);
  const before = outside(parts);
  let exit = 'budget';
  for (let retired = 0, resets = 0; retired < INSTRUCTIONS && resets < MOST_RESETS;) {
    const at = machine.retiredInstructions;
    const started = process.cpuUsage().user;
    const end = machine.run({ instructions: STRETCH });
    const spentMs = (process.cpuUsage().user - started) / 1000;
    expect(spentMs, `${name} keeps its thread`).toBeLessThan(LONGEST_STRETCH_MS);
    retired += Math.max(1, machine.retiredInstructions - at);
    exit = end.reason;
    if (end.reason === 'error') throw new Error(`${name}: ${end.detail}`);
    if (end.reason === 'reset') {
      resets++;
      machine.load(program);
    } else if (end.reason === 'shutdown' || end.reason === 'halted' || end.reason === 'poweroff') break;
  }
  expect(machine.containment.all().length).toBeLessThanOrEqual(MOST_RECORDS);
  expect(outside(parts)).toBe(before);
  return { exit, retired: machine.retiredInstructions, digest: machineDigest(parts) };
}

test('the corpus has what it is said to have', () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(20);
});

test.each(CORPUS)(
  '%s stays inside its machine, keeps nobody waiting, and ends alike in both tiers',
  { timeout: 60_000 },
  (name) => {
    expect(attack(name, 20)).toEqual(attack(name, 0));
  },
);
