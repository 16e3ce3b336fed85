import { expect, test } from 'vitest';
import { Soak } from '../../support/containment/Soak.ts';

/** A little of what `npm run soak` does for half an hour. */
const LAPS = 2;
const ACTIONS = 15;
/** The laps are short: what allocators keep weighs more than in the long run. */
const MOST_GROWTH_MIB = 128;

test(
  'machines made, run, snapshotted, cloned and deleted at random leave nothing behind',
  { timeout: 180_000 },
  async () => {
    const soak = await Soak.open({
      seed: Number(process.env['SOAK_SEED'] ?? 20_261),
      machines: 6,
      lap: { actions: ACTIONS },
    });
    const first = await soak.lap();
    let last = first;
    for (let lap = 1; lap < LAPS; lap++) last = await soak.lap();
    expect(last.folders).toEqual([]);
    expect(last.threads).toBeLessThanOrEqual(first.threads);
    expect(last.openFiles).toBeLessThanOrEqual(first.openFiles);
    expect(last.keptMiB - first.keptMiB).toBeLessThan(MOST_GROWTH_MIB);
    await soak.close();
  },
);
