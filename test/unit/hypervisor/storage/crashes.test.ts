import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../../support/engine/Random.ts';
import { bundle } from '../../../support/hypervisor/bundle.ts';
import { crashTrial, type TrialOutcome } from '../../../support/hypervisor/crashTrial.ts';
import type { StoreState } from '../../../support/hypervisor/storeState.ts';

/** `npm run crashes` asks for hundreds; here, as many as fit into the time. */
const KILLS = Number(process.env['VIVARIUM_KILLS'] ?? 0);
const MOST_MS = 12_000;
const LEAST_KILLS = 10;
const SEED = Number(process.env['VIVARIUM_SEED'] ?? Date.now() % 1_000_000);

test(
  'killed at any moment, a store holds every machine and snapshot before its change or after it, and nothing else',
  async () => {
    const script = await bundle(path.resolve('test/support/hypervisor/storeVictim.ts'));
    const start = Date.now();
    const trials = Array.from({ length: 2 }, async (_, lane) => {
      const place = await mkdtemp(path.join(tmpdir(), 'vivarium-crashes-'));
      const folder = path.join(place, 'store');
      const random = new Random(SEED + lane);
      const outcomes: TrialOutcome[] = [];
      const isEnough = (): boolean =>
        KILLS > 0 ? outcomes.length >= KILLS / 2 : outcomes.length >= LEAST_KILLS / 2 && Date.now() - start > MOST_MS;
      let before: StoreState = {};
      while (!isEnough()) {
        const isOnceOpen = random.below(5) > 0;
        const trial = {
          script,
          folder,
          before,
          isOnceOpen,
          seed: random.below(1_000_000),
          killAfterMs: random.below(250),
        };
        try {
          const outcome = await crashTrial(trial);
          outcomes.push(outcome);
          before = outcome.found;
        } catch (error) {
          const context = `VIVARIUM_SEED=${SEED}, lane ${lane}, trial ${outcomes.length}, in ${folder}`;
          throw new Error(`${context}: ${String(error)}`);
        }
      }
      const besides = await readdir(place);
      expect(besides.filter((name) => name.startsWith('.')).length).toBeLessThanOrEqual(1);
      await rm(place, { recursive: true });
      return outcomes;
    });
    const outcomes = (await Promise.all(trials)).flat();
    if (KILLS > 0) console.log(summary(outcomes));
    expect(outcomes.length).toBeGreaterThanOrEqual(LEAST_KILLS);
  },
  KILLS * 3000 + 60_000,
);

/** How often a change of each kind was interrupted, and how often it was done all the same. */
function summary(outcomes: readonly TrialOutcome[]): string {
  const kinds = new Map<string, { interrupted: number; done: number }>();
  for (const { interrupted = 'none', isDone } of outcomes) {
    const { interrupted: count, done } = kinds.get(interrupted) ?? { interrupted: 0, done: 0 };
    kinds.set(interrupted, { interrupted: count + 1, done: done + (isDone ? 1 : 0) });
  }
  const changes = outcomes.reduce((sum, { changesDone }) => sum + changesDone, 0);
  const lines = [...kinds].map(([kind, { interrupted, done }]) => `${kind} ${interrupted} times, ${done} of them done`);
  return `${outcomes.length} kills, ${changes} changes before them; interrupted: ${lines.join('; ')}`;
}
