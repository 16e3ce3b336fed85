import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PHASE } from '../../../../src-main/hypervisor/scheduler/SchedulerState.ts';
import * as policy from '../../../../src-main/hypervisor/scheduler/policy.ts';
import { SchedulerSimulation, entitledShares } from '../../../support/hypervisor/SchedulerSimulation.ts';
import type { Workload } from '../../../support/hypervisor/SchedulerSimulation.ts';

/** A fixed seed: a run says something about the change under test, not about luck. */
const fewRuns = { numRuns: 30, seed: 20_240_607 } as const;

const shares = (simulation: SchedulerSimulation, overMs: number) =>
  simulation.vcpus.map(({ slot }) => slot.runMs / overMs);

describe('shares of endless loops', () => {
  test.each<{ weights: number[]; pcpuCount: number; shares: number[] }>([
    { weights: [1, 1, 2, 4], pcpuCount: 2, shares: [0.25, 0.25, 0.5, 1] },
    { weights: [1, 1], pcpuCount: 1, shares: [0.5, 0.5] },
    { weights: [100, 300], pcpuCount: 1, shares: [0.25, 0.75] },
    { weights: [100, 100, 100], pcpuCount: 2, shares: [2 / 3, 2 / 3, 2 / 3] },
    { weights: [1, 10_000], pcpuCount: 2, shares: [1, 1] },
    { weights: [5], pcpuCount: 4, shares: [1] },
  ])('$weights on $pcpuCount pCPUs', ({ weights, pcpuCount, shares: expected }) => {
    const simulation = new SchedulerSimulation(
      weights.map((weight) => ({ weight })),
      { pcpuCount },
    );
    simulation.advance(10_000);
    for (const [index, share] of shares(simulation, 10_000).entries())
      expect(Math.abs(share - expected[index])).toBeLessThan(0.005);
  });

  // Capped ones run in bursts: several at once hold up a loop that is entitled to nearly a whole pCPU, hence the wider bound.
  test.each([
    { what: 'weights within 1 % of a pCPU', capPercent: fc.constant(0), bound: 0.01 },
    { what: 'weights and caps within 5 %', capPercent: fc.integer({ min: 0, max: 100 }), bound: 0.05 },
  ])('follow $what, whatever they are, and no pCPU idles', ({ capPercent, bound }) => {
    const workload = fc.record({ weight: fc.integer({ min: 1, max: 10_000 }), capPercent });
    fc.assert(
      fc.property(
        fc.array(workload, { minLength: 1, maxLength: 24 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (workloads, pcpuCount, sliceMs) => {
          const simulation = new SchedulerSimulation(workloads, { pcpuCount, sliceMs });
          const spanMs = 2000 * sliceMs;
          simulation.advance(spanMs);
          const entitled = entitledShares(workloads, pcpuCount);
          for (const [index, share] of shares(simulation, spanMs).entries())
            expect(Math.abs(share - entitled[index])).toBeLessThan(bound);
          expect(simulation.wastedMs).toBeLessThan(1);
        },
      ),
      fewRuns,
    );
  });

  test('over a tenth of a second already, nobody is more than a few slices off', () => {
    const simulation = new SchedulerSimulation(
      [1, 1, 2, 4].map((weight) => ({ weight })),
      { pcpuCount: 2 },
    );
    for (let window = 1; window <= 50; window++) {
      simulation.advance(100);
      for (const [index, share] of [0.25, 0.25, 0.5, 1].entries())
        expect(Math.abs(simulation.runMs(index) - share * window * 100)).toBeLessThan(15);
    }
  });
});

describe('caps', () => {
  test.each([10, 25, 50, 99])('%i %% binds on an idle host', (capPercent) => {
    const simulation = new SchedulerSimulation([{ weight: 100, capPercent }], { pcpuCount: 4 });
    simulation.advance(5000);
    expect(simulation.runMs(0) / 5000).toBeCloseTo(capPercent / 100, 2);
  });

  test('never let more than two quotas into any period', () => {
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
      fewRuns,
    );
  });

  test('taken back while it waits for its quota, it is ready at once', () => {
    const simulation = new SchedulerSimulation([{ weight: 100, capPercent: 10 }], { pcpuCount: 1 });
    simulation.advance(50);
    const { slot } = simulation.vcpus[0];
    expect(slot.phase).toBe(PHASE.capped);
    policy.setShare(simulation.state, slot, 100, 1, simulation.now);
    expect(slot.phase).toBe(PHASE.running);
  });
});

describe('sleepers', () => {
  test('run within two slices of their wake-up among busy loops of the same weight', () => {
    const simulation = new SchedulerSimulation(
      [{ weight: 100, pattern: { runMs: 0.5, haltMs: 17 } }, { weight: 100 }, { weight: 100 }, { weight: 100 }],
      { pcpuCount: 2, sliceMs: 5 },
    );
    simulation.advance(10_000);
    const latencies = simulation.vcpus[0].latencies.toSorted((a, b) => a - b);
    expect(latencies.length).toBeGreaterThan(400);
    expect(latencies.at(Math.floor(latencies.length * 0.99))).toBeLessThan(10);
  });

  test('cannot take more than their share by sleeping at the right moments', () => {
    const pattern = fc.record({
      runMs: fc.double({ min: 0.1, max: 30, noNaN: true }),
      haltMs: fc.double({ min: 0.01, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(
        pattern,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (cheat, others, pcpuCount) => {
          const workloads: Workload[] = [{ weight: 100, pattern: cheat }];
          for (let index = 0; index < others; index++) workloads.push({ weight: 100 });
          const simulation = new SchedulerSimulation(workloads, { pcpuCount });
          simulation.advance(10_000);
          const entitled = entitledShares(workloads, pcpuCount);
          expect(simulation.runMs(0) / 10_000).toBeLessThan(entitled[0] + 0.01);
          expect(simulation.wastedMs).toBeLessThan(1);
        },
      ),
      fewRuns,
    );
  });

  test('leave the shares of those who never sleep in proportion', () => {
    const simulation = new SchedulerSimulation(
      [{ weight: 100 }, { weight: 300 }, { weight: 200, pattern: { runMs: 3, haltMs: 9 } }],
      { pcpuCount: 1 },
    );
    simulation.advance(20_000);
    expect(simulation.runMs(1) / simulation.runMs(0)).toBeCloseTo(3, 1);
  });
});

describe('no starvation', () => {
  test('whatever the mixture, whoever always wants to run gets its entitlement in every long window', () => {
    const workload = fc.record({
      weight: fc.integer({ min: 10, max: 1000 }),
      pattern: fc.option(
        fc.record({ runMs: fc.integer({ min: 1, max: 20 }), haltMs: fc.integer({ min: 1, max: 40 }) }),
        {
          nil: undefined,
        },
      ),
    });
    fc.assert(
      fc.property(
        fc.array(workload, { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (mix, pcpuCount) => {
          const workloads = mix.map(({ weight, pattern }) =>
            pattern === undefined ? { weight } : { weight, pattern },
          );
          const simulation = new SchedulerSimulation(workloads, { pcpuCount });
          const entitled = entitledShares(workloads, pcpuCount);
          for (let window = 0; window < 4; window++) {
            const before = workloads.map((_, index) => simulation.runMs(index));
            simulation.advance(5000);
            for (const [index, each] of workloads.entries()) {
              if ('pattern' in each) continue;
              const received = simulation.runMs(index) - before[index];
              // Sleepers only ever take less than they may, so the loops receive at least this.
              expect(received).toBeGreaterThan(entitled[index] * 5000 * 0.9 - 60);
            }
          }
        },
      ),
      fewRuns,
    );
  });
});

describe('changes while running', () => {
  test('a removed vCPU gives its pCPU to the next', () => {
    const simulation = new SchedulerSimulation([{ weight: 1 }, { weight: 1 }], { pcpuCount: 1 });
    const [first, second] = simulation.vcpus;
    expect(policy.remove(simulation.state, first.slot, 1).map(({ index }) => index)).toEqual([second.slot.index]);
  });

  test('fewer pCPUs: the surplus ones are asked to yield and stay empty', () => {
    const simulation = new SchedulerSimulation([{ weight: 1 }, { weight: 1 }, { weight: 1 }], { pcpuCount: 3 });
    simulation.advance(100);
    policy.setPcpuCount(simulation.state, 1, simulation.now);
    simulation.advance(10_000);
    expect(simulation.vcpus.filter(({ slot }) => slot.phase === PHASE.running)).toHaveLength(1);
    for (const { slot } of simulation.vcpus) expect(Math.abs(slot.runMs - 100 - 10_000 / 3)).toBeLessThan(20);
  });

  test('new weights hold from now on', () => {
    const simulation = new SchedulerSimulation([{ weight: 100 }, { weight: 100 }], { pcpuCount: 1 });
    simulation.advance(1000);
    const before = simulation.runMs(0);
    policy.setShare(simulation.state, simulation.vcpus[0].slot, 300, 1, simulation.now);
    simulation.advance(4000);
    expect((simulation.runMs(0) - before) / 4000).toBeCloseTo(0.75, 2);
  });

  test('time is accounted once: run, ready, halted and capped add up', () => {
    const simulation = new SchedulerSimulation(
      [{ weight: 1 }, { weight: 2, pattern: { runMs: 2, haltMs: 3 } }, { weight: 5, capPercent: 30 }],
      { pcpuCount: 1 },
    );
    simulation.advance(3000);
    for (const { slot } of simulation.vcpus)
      expect(slot.runMs + slot.readyMs + slot.haltedMs + slot.cappedMs).toBeCloseTo(3000, 3);
  });

  test('a state that its writer left half done is made whole', () => {
    const simulation = new SchedulerSimulation([{ weight: 1 }, { weight: 1 }, { weight: 1 }], { pcpuCount: 2 });
    const [first, second, third] = simulation.vcpus.map(({ slot }) => slot);
    first.lag = NaN;
    simulation.state.setPcpuSlot(second.pcpu, -1);
    third.phase = PHASE.running;
    third.pcpu = first.pcpu;
    policy.repair(simulation.state);
    policy.tick(simulation.state, 1);
    expect(simulation.vcpus.map(({ slot }) => slot.phase)).toEqual([PHASE.running, PHASE.running, PHASE.ready]);
    simulation.advance(3000);
    for (const { slot } of simulation.vcpus) expect(Math.abs(slot.runMs - 2000)).toBeLessThan(30);
  });
});

test('the trace names each stay on a pCPU, and stays on one pCPU never overlap', () => {
  const simulation = new SchedulerSimulation(
    [{ weight: 1 }, { weight: 3 }, { weight: 2, pattern: { runMs: 1, haltMs: 4 } }],
    {
      pcpuCount: 2,
    },
  );
  simulation.advance(1000);
  const entries = Array.from({ length: simulation.state.traceCount }, (_, number) =>
    simulation.state.traceEntry(number),
  );
  for (const pcpu of [0, 1]) {
    const lane = entries.filter((entry) => entry.pcpu === pcpu);
    for (let index = 1; index < lane.length; index++)
      expect(lane[index].startMs).toBeGreaterThanOrEqual(lane[index - 1].endMs);
  }
});
