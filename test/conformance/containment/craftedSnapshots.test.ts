import { beforeAll, expect, test } from 'vitest';
import { captureMachine, restoreMachine } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src-main/hypervisor/snapshots/SnapshotFile.ts';
import { decodeSections, encodeSections } from '../../../src-main/hypervisor/storage/SectionFile.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine, type TranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import { SnapshotError } from '../../../src-main/machine/snapshot.ts';
import { CORPUS_MEMORY_BYTES, corpusImage } from '../../support/containment/corpus.ts';
import { leavesOf, put } from '../../support/containment/plainValues.ts';
import { EDGES, Random } from '../../support/engine/Random.ts';

const FILES = 120;
const WRONG: readonly unknown[] = [null, -1, 1e99, 0.5, 'x', [], {}, [300], true, 2 ** 32, 2 ** 53, NaN, ...EDGES];

let handlers: Awaited<ReturnType<typeof compileThreadedHandlers>>;
beforeAll(async () => {
  handlers = await compileThreadedHandlers();
}, 60_000);

function makeMachine(): TranslatedMachine {
  const parts = createTranslatedMachine({
    memoryBytes: CORPUS_MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => performance.now() * 1e6 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2000, 0, 1),
    macAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
    regionThreshold: 0,
  });
  parts.machine.load(corpusImage('interrupt-storm'));
  return parts;
}

/** A snapshot's file with one value of it, or bytes of another section, made wrong: all its checksums are right. */
function craft(whole: Uint8Array, random: Random): { readonly file: Uint8Array; readonly what: string } {
  const decoded = decodeSections(whole, 'SNAP', { newestVersion: 1, mostBytes: 2 ** 30 });
  if (!decoded.ok) throw new Error(decoded.message);
  const sections = new Map<string, Uint8Array>([...decoded.sections].map(([name, bytes]) => [name, bytes.slice()]));
  let what: string;
  if (random.chance(85)) {
    const state: unknown = JSON.parse(new TextDecoder().decode(sections.get('state')));
    const place = random.pick(leavesOf(state));
    const wrong = random.pick(WRONG);
    put(state, place, wrong);
    sections.set('state', new TextEncoder().encode(JSON.stringify(state)));
    what = `${place.join('.')} = ${String(wrong)}`;
  } else {
    const name = random.pick([...sections.keys()]);
    const bytes = sections.get(name) ?? new Uint8Array();
    if (random.chance(30)) sections.delete(name);
    else if (random.chance(40)) sections.set(name, bytes.subarray(0, random.below(bytes.length + 1)));
    else if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    what = `section ${name}`;
  }
  const file = encodeSections(
    'SNAP',
    1,
    [...sections].map(([name, bytes]) => ({ name, bytes })),
  );
  return { file, what };
}

test(
  'a crafted snapshot with right checksums is refused, or becomes a machine like others',
  { timeout: 120_000 },
  () => {
    const parts = makeMachine();
    parts.machine.run({ instructions: 50_000 });
    const whole = encodeSnapshot({ definition: {}, files: [], snapshot: captureMachine(parts) });
    let refused = 0;
    for (let seed = 0; seed < FILES; seed++) {
      const { file, what } = craft(whole, new Random(seed));
      const decoded = decodeSnapshot(file);
      if (!decoded.ok) {
        refused++;
        continue;
      }
      try {
        restoreMachine(parts, decoded.file.snapshot);
      } catch (error) {
        if (!(error instanceof SnapshotError)) throw new Error(`file ${seed}, ${what}`, { cause: error });
        refused++;
        parts.machine.load(corpusImage('interrupt-storm'));
        continue;
      }
      const started = process.cpuUsage().user;
      const { reason, ...rest } = parts.machine.run({ instructions: 20_000 });
      expect({ what, reason, ...rest }, `file ${seed}`).not.toMatchObject({ reason: 'error' });
      expect((process.cpuUsage().user - started) / 1000, `file ${seed}, ${what}, in milliseconds`).toBeLessThan(3000);
    }
    expect(refused).toBeGreaterThan(FILES / 10);
  },
);
