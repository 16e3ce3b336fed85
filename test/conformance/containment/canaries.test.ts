import { afterAll, beforeAll, expect, test } from 'vitest';
import { CORPUS } from '../../support/containment/corpus.ts';
import { type CanaryEnd, Siege } from '../../support/containment/Siege.ts';
import { until, unwrap } from '../../support/hypervisor/openTestHypervisor.ts';

const CANARIES = 3;
/** What the host's allocators may keep of rogues that are gone. */
const MOST_GROWTH_BYTES = 300 * 2 ** 20;

let siege: Siege;
let canaries: readonly string[];
let quiet: CanaryEnd;
let quietBytes: number;

beforeAll(async () => {
  siege = await Siege.open({ pcpuCount: 2 });
  canaries = await Promise.all(Array.from({ length: CANARIES }, () => siege.addCanary()));
  for (const id of canaries) unwrap(await siege.hypervisor.start(id));
  await until(() => canaries.every((id) => siege.isDone(id)), 'a quiet run', 60_000);
  quiet = await siege.endOf(canaries[0]);
  quietBytes = process.memoryUsage.rss();
}, 120_000);
afterAll(() => siege.close());

test('canaries that nobody disturbs all end alike', async () => {
  for (const id of canaries) expect(await siege.endOf(id)).toEqual(quiet);
});

test.each(CORPUS)(
  'beside %s three canaries end as in a quiet run',
  async (name) => {
    const rogue = await siege.startRogue(name);
    for (const id of canaries) unwrap(await siege.hypervisor.reset(id));
    await until(() => canaries.every((id) => siege.isDone(id)), 'the canaries are done', 60_000);
    for (const id of canaries) expect(await siege.endOf(id)).toEqual(quiet);
    // Attacks end in the guest's own undoing at the worst: no engine error, no dead or hung thread.
    expect([undefined, 'triple-fault']).toContain(siege.hypervisor.get(rogue)?.crash?.kind);
    await siege.remove(rogue);
  },
  90_000,
);

test('the process has not grown by what the rogues did', () => {
  expect(process.memoryUsage.rss() - quietBytes).toBeLessThan(MOST_GROWTH_BYTES);
  expect(siege.hypervisor.containmentLog().length).toBeLessThanOrEqual(2000);
});
