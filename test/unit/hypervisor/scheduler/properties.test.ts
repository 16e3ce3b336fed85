/**
 * What the policy promises, on random workloads and a simulated clock. `npm run workloads` tries a thousand of each kind,
 * new ones at each run; a failure names its seed.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as policy from '../../../../src-main/hypervisor/scheduler/policy.ts';
import { SchedulerSimulation, entitledShares } from '../../../support/hypervisor/SchedulerSimulation.ts';
import type { Workload } from '../../../support/hypervisor/SchedulerSimulation.ts';

const wanted = Number(process.env['VIVARIUM_SCHEDULER_RUNS'] ?? 0);
/** Without the variable a fixed seed: a run says something about the change under test, not about luck. */
const seed = process.env['VIVARIUM_SEED'];
const runs =
  wanted > 0
    ? { numRuns: wanted, ...(seed !== undefined && { seed: Number(seed) }) }
    : { numRuns: 25, seed: 20_240_607 };
const patience = Math.max(60_000, wanted * 4000);

const PCPUS_MOST = 6;
const weight = fc.integer({ min: 1, max: 10_000 });
const none = fc.constant(undefined);
const pins = fc.option(fc.uniqueArray(fc.integer({ min: 0, max: PCPUS_MOST - 1 }), { minLength: 1, maxLength: 3 }), {
  nil: undefined,
});
const pcpuCounts = fc.integer({ min: 1, max: PCPUS_MOST });
const slices = fc.integer({ min: 1, max: 8 });
/** Of a machine's own; usually it has none. */
const ownSlices = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 });

interface Loop {
  readonly weight: number;
  readonly capPercent: number;
  readonly pcpus: readonly number[] | undefined;
  readonly sliceMs?: number | undefined;
}

const loops = (capPercent: fc.Arbitrary<number>, pcpus: fc.Arbitrary<number[] | undefined>, maxLength = 16) =>
  fc.array(fc.record({ weight, capPercent, pcpus }), { minLength: 1, maxLength });

const asWorkload = ({ weight, capPercent, pcpus, sliceMs }: Loop): Workload => ({
  weight,
  capPercent,
  sliceMs,
  ...(pcpus && { pcpus }),
});

const caps = fc.integer({ min: 0, max: 100 });
const noCap = fc.constant(0);

// Capped ones run in bursts: several at once hold up a loop that is entitled to nearly a whole pCPU, hence the wider bound.
describe.each([
  { what: 'weights', capPercent: noCap, pcpus: none, bound: 0.01 },
  { what: 'weights and caps', capPercent: caps, pcpus: none, bound: 0.05 },
  { what: 'weights and pins', capPercent: noCap, pcpus: pins, bound: 0.01 },
  { what: 'weights, caps and pins', capPercent: caps, pcpus: pins, bound: 0.05 },
])('endless loops with $what', ({ capPercent, pcpus, bound }) => {
  test(
    `get their share within ${bound * 100} % of a pCPU, and no pCPU idles that one of them could have`,
    () => {
      fc.assert(
        fc.property(loops(capPercent, pcpus), pcpuCounts, slices, (mix, pcpuCount, sliceMs) => {
          const workloads = mix.map(asWorkload);
          const simulation = new SchedulerSimulation(workloads, { pcpuCount, sliceMs });
          const spanMs = 1000 * sliceMs;
          simulation.advance(spanMs);
          const entitled = entitledShares(workloads, pcpuCount);
          for (const [index, share] of entitled.entries())
            expect(Math.abs(simulation.runMs(index) / spanMs - share)).toBeLessThan(bound);
          expect(simulation.wastedMs).toBeLessThan(1);
        }),
        runs,
      );
    },
    patience,
  );

  test(
    'get the share of what they are changed to in mid-run',
    () => {
      const change = fc.record({ index: fc.nat(), weight, capPercent, pcpus, atMs: fc.integer({ min: 0, max: 300 }) });
      fc.assert(
        fc.property(
          loops(capPercent, pcpus, 8),
          fc.array(change, { minLength: 1, maxLength: 6 }),
          pcpuCounts,
          (mix, changes, pcpuCount) => {
            const workloads = mix.map(asWorkload);
            const simulation = new SchedulerSimulation(workloads, { pcpuCount });
            for (const { index, weight, capPercent, pcpus, atMs } of changes) {
              simulation.advance(atMs);
              const changed = asWorkload({ weight, capPercent, pcpus });
              workloads[index % workloads.length] = changed;
              simulation.change(index % workloads.length, { pcpus: undefined, ...changed });
            }
            // What was owed before is paid first.
            simulation.advance(1000);
            const before = workloads.map((_, index) => simulation.runMs(index));
            simulation.advance(5000);
            for (const [index, share] of entitledShares(workloads, pcpuCount).entries())
              expect(Math.abs((simulation.runMs(index) - before[index]) / 5000 - share)).toBeLessThan(bound + 0.01);
            expect(simulation.wastedMs).toBeLessThan(1);
          },
        ),
        runs,
      );
    },
    patience,
  );
});

describe('changed while it runs', () => {
  const change = fc.record({
    what: fc.constantFrom('vcpu', 'vcpu', 'vcpu', 'pcpus', 'slice'),
    index: fc.nat(),
    to: fc.record({ weight, capPercent: caps, pcpus: pins, sliceMs: ownSlices }),
    pcpuCount: pcpuCounts,
    sliceMs: slices,
    afterMs: fc.double({ min: 0, max: 60, noNaN: true }),
  });
  const nap = fc.record({
    runMs: fc.double({ min: 0.25, max: 30, noNaN: true }),
    haltMs: fc.double({ min: 0.05, max: 60, noNaN: true }),
  });
  const pattern = fc.option(fc.array(nap, { minLength: 1, maxLength: 4 }), { nil: undefined });
  const mixes = fc.array(fc.record({ weight, capPercent: caps, pcpus: pins, pattern }), { minLength: 1, maxLength: 6 });

  test(
    'at any moment, a machine without naps has what it is entitled to, and no pCPU idles that one could have',
    () => {
      fc.assert(
        fc.property(mixes, fc.array(change, { minLength: 1, maxLength: 12 }), pcpuCounts, (mix, changes, first) => {
          const workloads: Workload[] = mix.map(({ pattern, ...loop }) => ({
            ...asWorkload(loop),
            ...(pattern && { pattern }),
          }));
          let pcpuCount = first;
          const simulation = new SchedulerSimulation(workloads, { pcpuCount });
          for (const { what, index, to, sliceMs, afterMs, ...count } of changes) {
            simulation.advance(afterMs);
            const number = index % workloads.length;
            if (what === 'vcpu') {
              workloads[number] = { pattern: workloads[number].pattern ?? [], ...asWorkload(to) };
              simulation.change(number, { pcpus: undefined, ...asWorkload(to) });
            } else if (what === 'pcpus') simulation.setPcpuCount((pcpuCount = count.pcpuCount));
            else simulation.setSlice(sliceMs);
          }
          // What was owed before is paid first.
          simulation.advance(1000);
          const before = workloads.map((_, index) => simulation.runMs(index));
          simulation.advance(3000);
          for (const [index, share] of entitledShares(workloads, pcpuCount).entries()) {
            const [received, { pattern = [] }] = [simulation.runMs(index) - before[index], workloads[index]];
            if ([pattern].flat().length === 0) expect(received / 3000).toBeGreaterThan(share - 0.05);
          }
          expect(simulation.wastedMs).toBeLessThan(1);
        }),
        runs,
      );
    },
    patience,
  );
});

test(
  'loops with slices of their own get their share within 1 % of a pCPU over three hundred of the longest',
  () => {
    const loop = fc.record({ weight, capPercent: noCap, pcpus: pins, sliceMs: ownSlices });
    fc.assert(
      fc.property(fc.array(loop, { minLength: 1, maxLength: 12 }), pcpuCounts, slices, (mix, pcpuCount, sliceMs) => {
        const workloads = mix.map(asWorkload);
        const simulation = new SchedulerSimulation(workloads, { pcpuCount, sliceMs });
        const spanMs = 300 * Math.max(sliceMs, ...mix.map((each) => each.sliceMs ?? 0));
        simulation.advance(spanMs);
        for (const [index, share] of entitledShares(workloads, pcpuCount).entries())
          expect(Math.abs(simulation.runMs(index) / spanMs - share)).toBeLessThan(0.01);
        expect(simulation.wastedMs).toBeLessThan(1);
      }),
      runs,
    );
  },
  patience,
);

describe('no starvation', () => {
  test(
    'a loop never waits for longer than its share takes to be owed three slices, and a turn of all others',
    () => {
      fc.assert(
        fc.property(loops(noCap, pins), pcpuCounts, slices, (mix, pcpuCount, sliceMs) => {
          const workloads = mix.map(asWorkload);
          const simulation = new SchedulerSimulation(workloads, { pcpuCount, sliceMs });
          simulation.advance(1000 * sliceMs);
          for (const [index, share] of entitledShares(workloads, pcpuCount).entries()) {
            const bound = (3 * sliceMs) / share + workloads.length * sliceMs;
            expect(simulation.vcpus[index].longestWaitMs).toBeLessThan(bound);
          }
        }),
        runs,
      );
    },
    patience,
  );

  test(
    'a capped loop is never ready for longer than that, and a period of its cap',
    () => {
      fc.assert(
        fc.property(loops(caps, pins), pcpuCounts, slices, (mix, pcpuCount, sliceMs) => {
          const workloads = mix.map(asWorkload);
          const simulation = new SchedulerSimulation(workloads, { pcpuCount, sliceMs });
          simulation.advance(1000 * sliceMs);
          for (const [index, share] of entitledShares(workloads, pcpuCount).entries()) {
            const bound = (3 * sliceMs) / share + workloads.length * sliceMs + policy.CAP_PERIOD_MS;
            expect(simulation.vcpus[index].longestWaitMs).toBeLessThan(bound);
          }
        }),
        runs,
      );
    },
    patience,
  );

  test.each([
    { heavy: 1, pcpuCount: 1 },
    { heavy: 8, pcpuCount: 2 },
    { heavy: 16, pcpuCount: 4 },
  ])(
    'a loop of the least weight gets its share beside $heavy of the most',
    ({ heavy, pcpuCount }) => {
      const workloads = [{ weight: 1 }, ...Array.from({ length: heavy }, () => ({ weight: 10_000 }))];
      const simulation = new SchedulerSimulation(workloads, { pcpuCount });
      const [share] = entitledShares(workloads, pcpuCount);
      // Its slices are of a millisecond, one in tens of seconds.
      simulation.advance(3.5 / share);
      expect(Math.abs(simulation.runMs(0) - 3.5)).toBeLessThan(1);
      expect(simulation.vcpus[0].longestWaitMs).toBeLessThan(1.1 / share);
    },
    patience,
  );

  test(
    'whatever the mixture, whoever always wants to run gets its entitlement in every long window',
    () => {
      const pattern = fc.record({ runMs: fc.integer({ min: 1, max: 20 }), haltMs: fc.integer({ min: 1, max: 40 }) });
      const workload = fc.record({
        weight: fc.integer({ min: 10, max: 1000 }),
        pattern: fc.option(pattern, { nil: undefined }),
        pcpus: pins,
      });
      fc.assert(
        fc.property(fc.array(workload, { minLength: 2, maxLength: 12 }), pcpuCounts, (mix, pcpuCount) => {
          const workloads: Workload[] = mix.map(({ weight, pattern, pcpus }) => ({
            weight,
            ...(pattern && { pattern }),
            ...(pcpus && { pcpus }),
          }));
          const simulation = new SchedulerSimulation(workloads, { pcpuCount });
          const entitled = entitledShares(workloads, pcpuCount);
          for (let window = 0; window < 3; window++) {
            const before = workloads.map((_, index) => simulation.runMs(index));
            simulation.advance(4000);
            for (const [index, { pattern }] of workloads.entries()) {
              if (pattern) continue;
              const received = simulation.runMs(index) - before[index];
              // Sleepers only ever take less than they may, so the loops receive at least this.
              expect(received).toBeGreaterThan(entitled[index] * 4000 * 0.9 - 60);
            }
          }
        }),
        runs,
      );
    },
    patience,
  );
});

describe('caps', () => {
  test('never let more than two quotas into any period, nor more than one into each of many', () => {
    const patterns = fc.record({ runMs: fc.integer({ min: 1, max: 60 }), haltMs: fc.integer({ min: 1, max: 150 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), patterns, (capPercent, pattern) => {
        const simulation = new SchedulerSimulation([{ weight: 100, capPercent, pattern }], { pcpuCount: 2 });
        for (let window = 0; window < 30; window++) {
          const before = simulation.runMs(0);
          simulation.advance(policy.CAP_PERIOD_MS);
          expect(simulation.runMs(0) - before).toBeLessThan(2 * capPercent + 1);
        }
        expect(simulation.runMs(0)).toBeLessThan(30 * capPercent + 1);
      }),
      runs,
    );
  });
});

describe('wake-ups', () => {
  test(
    'whoever uses at most a quarter of its share runs within a slice, however light it is',
    () => {
      const sleeper = fc.record({ weight: fc.integer({ min: 1, max: 1000 }), runMs: fc.integer({ min: 1, max: 20 }) });
      const others = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1000 }), pcpus: pins }), {
        minLength: 1,
        maxLength: 12,
      });
      fc.assert(
        fc.property(others, sleeper, pcpuCounts, slices, (mix, { weight, runMs }, pcpuCount, sliceMs) => {
          const busy = mix.map(({ weight, pcpus }) => asWorkload({ weight, pcpus, capPercent: 0 }));
          const share = entitledShares([...busy, { weight }], pcpuCount)[busy.length];
          const pattern = { runMs: runMs / 10, haltMs: (runMs / 10) * (4 / share - 1) };
          const simulation = new SchedulerSimulation([...busy, { weight, pattern }], { pcpuCount, sliceMs });
          simulation.advance(2000);
          for (const latency of simulation.vcpus[busy.length].latencies) expect(latency).toBeLessThan(sliceMs);
        }),
        runs,
      );
    },
    patience,
  );

  test(
    'nobody gets more than its share by sleeping at the right moments',
    () => {
      const pattern = fc.record({
        // Shorter ones drown in what a switch of threads takes.
        runMs: fc.double({ min: 0.25, max: 30, noNaN: true }),
        haltMs: fc.double({ min: 0.05, max: 5, noNaN: true }),
      });
      const others = fc.array(fc.record({ weight: fc.constant(100), pcpus: pins }), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(
          pattern,
          weight,
          pins,
          others,
          fc.integer({ min: 1, max: 3 }),
          (cheat, own, pinned, mix, pcpuCount) => {
            const workloads: Workload[] = [
              { weight: own, pattern: cheat, ...(pinned && { pcpus: pinned }) },
              ...mix.map(({ weight, pcpus }) => asWorkload({ weight, pcpus, capPercent: 0 })),
            ];
            const simulation = new SchedulerSimulation(workloads, { pcpuCount });
            simulation.advance(5000);
            const entitled = entitledShares(workloads, pcpuCount);
            const left = Math.max(0, pcpuCount - entitled.reduce((sum, share) => sum + share, 0));
            // What nobody else wants it may have.
            expect(simulation.runMs(0) / 5000).toBeLessThan(entitled[0] + left + 0.005);
            for (const [index, share] of entitled.entries())
              if (index > 0) expect(simulation.runMs(index) / 5000).toBeGreaterThan(share - 0.005);
            expect(simulation.wastedMs).toBeLessThan(1);
          },
        ),
        runs,
      );
    },
    patience,
  );

  test(
    'several who do so at once, at irregular moments, take nothing from loops',
    () => {
      const nap = fc.record({
        runMs: fc.double({ min: 0.25, max: 30, noNaN: true }),
        haltMs: fc.double({ min: 0.05, max: 60, noNaN: true }),
      });
      const cheat = fc.record({ weight, pattern: fc.array(nap, { minLength: 1, maxLength: 6 }), pcpus: pins });
      const cheats = fc.array(cheat, { minLength: 2, maxLength: 5 });
      const others = fc.array(fc.record({ weight, pcpus: pins }), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(cheats, others, pcpuCounts, (sly, honest, pcpuCount) => {
          const workloads: Workload[] = [...sly, ...honest];
          const simulation = new SchedulerSimulation(workloads, { pcpuCount });
          simulation.advance(5000);
          for (const [index, share] of entitledShares(workloads, pcpuCount).entries())
            if (index >= sly.length) expect(simulation.runMs(index) / 5000).toBeGreaterThan(share - 0.01);
          expect(simulation.wastedMs).toBeLessThan(1);
        }),
        runs,
      );
    },
    patience,
  );
});
