import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TOURS } from '../../../../src-preload/contract/layouts/TourTitles.ts';
import { TourMachine } from '../../../../src-preload/contract/tours.ts';
import { en } from '../../../../src-renderer/app/locales/en/index.ts';
import { TOUR_BOOK } from '../../../../src-renderer/features/tours/book/index.ts';
import type { ChosenLine, ObservedMachine } from '../../../../src-renderer/features/tours/Observation.ts';
import { observed, stepOf } from './observed.ts';

const SAMPLES = fileURLToPath(new URL('../../../../resources/programs/samples.json', import.meta.url));
const sampleIds = z
  .array(z.object({ id: z.string() }))
  .parse(JSON.parse(readFileSync(SAMPLES, 'utf8')))
  .map(({ id }) => id);

const { processor, translation, sensitive, isolation, schedule } = TOUR_BOOK;

type Machines = Parameters<typeof observed>[1];
type Window = Parameters<typeof observed>[2];
type Case = readonly [now: Machines, start: Machines, window?: Window];

/** What is done, and what comes near to it, for each step that has a task. */
const REGISTERS = { eax: 5 };
const memory = (passes: number, foreignWrites = 0): ObservedMachine['memory'] => ({
  digest: '0123456789abcdef',
  pageCount: 1024,
  guardedPages: 1000,
  passes,
  foreignWrites,
  exactDigest: null,
});
const chosen = (linearAddress: number, facts: Partial<ChosenLine> = {}) => ({
  translation: {
    records: 12,
    regions: [],
    chosen: {
      linearAddress,
      choices: 1,
      instruction: 'in al, dx',
      isInRegion: false,
      isSensitive: false,
      helpers: [],
      helperCalls: 3,
      ...facts,
    },
  },
});
const BREAKPOINT = { kind: 'breakpoint', id: 1, linearAddress: 0x1000, cause: { kind: 'code' } } as const;
const region = {
  number: 1,
  linearAddress: 0,
  guestInstructions: 9,
  blocks: 2,
  entries: 1,
  wasmBytes: 300,
  compileMs: 2,
};
const whole = { primes: { memory: memory(5) }, life: { memory: memory(9) } };

const CASES: Readonly<Record<string, { readonly done: readonly Case[]; readonly notDone: readonly Case[] }>> = {
  'processor.start': {
    done: [[{ counter: { state: 'running', instructions: 1 } }, {}]],
    notDone: [
      [{ counter: { state: 'starting' } }, {}],
      [{ counter: { state: 'paused', instructions: 1 } }, {}],
    ],
  },
  'processor.pause': {
    done: [[{ counter: { state: 'paused' } }, { counter: { state: 'running' } }]],
    notDone: [[{ counter: { state: 'running' } }, { counter: { state: 'running' } }]],
  },
  'processor.step': {
    done: [[{ counter: { state: 'paused', instructions: 11, registers: { eax: 8 } } }, { counter: { state: 'paused', instructions: 10, registers: REGISTERS } }]], // prettier-ignore
    notDone: [
      // The jump back changes no register but EIP.
      [{ counter: { state: 'paused', instructions: 11, registers: REGISTERS } }, { counter: { state: 'paused', instructions: 10, registers: REGISTERS } }], // prettier-ignore
      // Resumed, not stepped.
      [{ counter: { state: 'running', instructions: 99, registers: { eax: 8 } } }, { counter: { state: 'paused', instructions: 10, registers: REGISTERS } }], // prettier-ignore
    ],
  },
  'processor.write': {
    done: [[{ counter: { instructions: 10, registers: { eax: 42 } } }, { counter: { instructions: 10, registers: REGISTERS } }]], // prettier-ignore
    // An instruction has changed it.
    notDone: [[{ counter: { instructions: 11, registers: { eax: 42 } } }, { counter: { instructions: 10, registers: REGISTERS } }]], // prettier-ignore
  },
  'processor.other': {
    done: [[{ seed: { state: 'paused' } }, {}, { inView: 'seed' }]],
    notDone: [
      [{ seed: { state: 'paused' } }, {}, { inView: 'counter' }],
      [{}, {}, { inView: 'seed' }],
    ],
  },
  'processor.compute': {
    done: [[{ seed: { instructions: 4, registers: { eax: 42 } } }, {}]],
    notDone: [[{ seed: { instructions: 3, registers: { eax: 6 } } }, {}], [{ seed: { instructions: 4, registers: { eax: 0 } } }, {}]], // prettier-ignore
  },
  'translation.before': {
    done: [[{ primes: { state: 'paused' } }, {}]],
    notDone: [[{ primes: { state: 'running' } }, {}]],
  },
  'translation.run': {
    done: [[{ primes: { state: 'running', ...chosen(0, {}) } }, {}]],
    notDone: [[{ primes: { state: 'running', translation: { records: 0, regions: [], chosen: null } } }, {}], [{ primes: { state: 'running' } }, {}]], // prettier-ignore
  },
  'translation.region': {
    done: [
      [{ primes: { translation: { records: 9, regions: [{ ...region, instructions: 80e6 }], chosen: null } } }, {}],
    ],
    // Compiled, and hardly entered.
    notDone: [[{ primes: { translation: { records: 9, regions: [{ ...region, instructions: 5 }], chosen: null } } }, {}], [{}, {}]], // prettier-ignore
  },
  'translation.choose': {
    done: [
      [{ primes: chosen(8, { isInRegion: true }) }, {}],
      // Following had come to the same line before.
      [{ primes: chosen(8, { isInRegion: true }) }, { primes: chosen(8, { isInRegion: true, choices: 0 }) }],
      [{ primes: chosen(8, { isInRegion: true, choices: 2 }) }, { primes: chosen(8, { isInRegion: true }) }],
    ],
    notDone: [
      [{ primes: chosen(8, { isInRegion: true, choices: 0 }) }, { primes: chosen(4, { isInRegion: true }) }],
      [{ primes: chosen(8, { isInRegion: true }) }, { primes: chosen(8, { isInRegion: true }) }],
      [{ primes: chosen(8, { isInRegion: false }) }, { primes: chosen(4, { isInRegion: true, choices: 0 }) }],
    ],
  },
  'translation.breakpoint': {
    done: [[{ primes: { state: 'paused', pauseReason: BREAKPOINT } }, {}]],
    notDone: [
      [{ primes: { state: 'paused', pauseReason: { kind: 'user' } } }, {}],
      [{ primes: { breakpoints: 1 } }, {}],
    ],
  },
  'translation.resume': {
    done: [[{ primes: { state: 'running', breakpoints: 0, mips: 90 } }, {}]],
    notDone: [
      [{ primes: { state: 'running', breakpoints: 1, mips: 90 } }, {}],
      [{ primes: { state: 'paused' } }, {}],
    ],
  },
  'sensitive.exits': {
    done: [[{ hello: { exits: { pio: 4, halt: 1 } } }, {}, { inView: 'hello', panels: ['exits', 'code'] }]],
    notDone: [
      [{ hello: { exits: { pio: 4, halt: 1 } } }, {}, { inView: 'hello', panels: ['console', 'code'] }],
      [{ hello: { exits: { pio: 4, halt: 1 } } }, {}, { inView: 'ring3', panels: ['exits'] }],
      [{}, {}, { inView: 'hello', panels: ['exits'] }],
    ],
  },
  'sensitive.choose': {
    done: [[{ hello: chosen(8, { isSensitive: true, helpers: ['portIn'] }) }, { hello: chosen(4, { choices: 0 }) }]],
    notDone: [
      [{ hello: chosen(8, { isSensitive: false }) }, { hello: chosen(4, { choices: 0 }) }],
      // Done in place, without a helper.
      [{ hello: chosen(8, { isSensitive: true }) }, { hello: chosen(4, { choices: 0 }) }],
    ],
  },
  'sensitive.step': {
    done: [[{ hello: { state: 'paused', exits: { pio: 5 } } }, { hello: { exits: { pio: 4 } } }]],
    notDone: [
      [{ hello: { state: 'paused', exits: { pio: 4 } } }, { hello: { exits: { pio: 4 } } }],
      // Resumed, not stepped.
      [{ hello: { state: 'running', exits: { pio: 9 } } }, { hello: { exits: { pio: 4 } } }],
    ],
  },
  'sensitive.user': {
    done: [[{ ring3: { contained: { 'privileged-instruction': 3 } } }, {}]],
    notDone: [[{ ring3: { contained: { 'unknown-port': 9 } } }, {}]],
  },
  'sensitive.fault': {
    done: [[{ ring3: { exits: { exception: 2 } } }, {}, { inView: 'ring3', panels: ['exits'] }]],
    notDone: [[{ ring3: { exits: { exception: 2 } } }, {}, { inView: 'hello', panels: ['exits'] }]],
  },
  'isolation.open': {
    done: [[{}, {}, { page: 'isolation' }]],
    notDone: [[{}, {}, { page: 'schedule' }]],
  },
  'isolation.digest': {
    done: [[whole, { primes: { memory: memory(4) }, life: { memory: memory(8) } }]],
    notDone: [
      // Only one of them has been checked again.
      [whole, { primes: { memory: memory(4) }, life: { memory: memory(9) } }],
      [{ primes: { memory: memory(5, 1) }, life: { memory: memory(9) } }, {}],
    ],
  },
  'isolation.rogue': {
    done: [[{ rogue: { contained: { 'outside-ram': 1 } } }, {}]],
    notDone: [[{ rogue: { state: 'running' } }, {}]],
  },
  'isolation.whole': {
    done: [[whole, {}, { page: 'isolation' }]],
    notDone: [
      [whole, {}, { page: 'machine' }],
      [whole, whole, { page: 'isolation' }],
    ],
  },
  'isolation.crash': {
    done: [[{ triple: { state: 'crashed' }, primes: { state: 'running' }, life: { state: 'running' } }, {}]],
    notDone: [[{ triple: { state: 'running' }, primes: { state: 'running' }, life: { state: 'running' } }, {}]],
  },
  'isolation.stop': {
    done: [[{ rogue: { state: 'off' } }, { rogue: { state: 'running' } }]],
    notDone: [[{ rogue: { state: 'running' } }, { rogue: { state: 'running' } }]],
  },
  'schedule.open': {
    done: [[{}, {}, { page: 'schedule' }]],
    notDone: [[{}, {}, { page: 'machine' }]],
  },
  'schedule.equal': {
    // Of what a busy host leaves to the two of them.
    done: [[{ 'busy-a': { share: 0.21 }, 'busy-b': { share: 0.19 } }, {}]],
    notDone: [
      [{ 'busy-a': { share: 0.7 }, 'busy-b': { share: 0.3 } }, {}],
      [{}, {}],
    ],
  },
  'schedule.weight': {
    done: [[{ 'busy-a': { weight: 300 } }, {}]],
    notDone: [
      [{ 'busy-a': { weight: 150 } }, {}],
      [{ 'busy-b': { weight: 300 } }, {}],
    ],
  },
  'schedule.follow': {
    done: [[{ 'busy-a': { weight: 300, share: 0.73 }, 'busy-b': { share: 0.24 } }, {}]],
    notDone: [
      [{ 'busy-a': { weight: 300, share: 0.5 }, 'busy-b': { share: 0.48 } }, {}],
      // The weight was never set.
      [{ 'busy-a': { share: 0.5 }, 'busy-b': { share: 0.5 } }, {}],
    ],
  },
  'schedule.cap': {
    done: [[{ 'busy-a': { capPercent: 20, share: 0.21 } }, {}]],
    notDone: [
      [{ 'busy-a': { capPercent: 20, share: 0.7 } }, {}],
      [{ 'busy-a': { share: 0.01 } }, {}],
    ],
  },
  'schedule.sleep': {
    done: [[{ sleeper: { state: 'running', exits: { halt: 40 }, share: 0.02 } }, {}]],
    notDone: [
      [{ sleeper: { state: 'running', exits: { halt: 2 }, share: 0.02 } }, {}],
      [{ sleeper: { state: 'running', exits: { halt: 40 }, share: 0.6 } }, {}],
    ],
  },
  'schedule.pause': {
    done: [[{ 'busy-b': { state: 'paused', share: 0 } }, {}]],
    notDone: [
      [{ 'busy-b': { state: 'paused', share: 0.4 } }, {}],
      [{ 'busy-a': { state: 'paused', share: 0 } }, {}],
    ],
  },
};

const tasks = [processor, translation, sensitive, isolation, schedule].flatMap((tour) =>
  tour.steps.filter(({ isDone }) => isDone !== undefined).map(({ id }) => ({ tour, id, name: `${tour.id}.${id}` })),
);

describe('the task of the step', () => {
  test.each(tasks)('$name is done when the reader has done it, and not before', ({ tour, id, name }) => {
    const step = stepOf(tour, id);
    const { done = [], notDone = [] } = CASES[name] ?? {};
    expect(done.length * notDone.length).toBeGreaterThan(0);
    for (const [now, start, window] of done) {
      expect(step.isDone?.(observed(tour, now, window), observed(tour, start)), JSON.stringify(now)).toBe(true);
    }
    for (const [now, start, window] of notDone) {
      expect(step.isDone?.(observed(tour, now, window), observed(tour, start)), JSON.stringify(now)).toBe(false);
    }
    expect(step.isDone?.(observed(tour), observed(tour)), 'nothing has happened').toBe(false);
  });

  test.each(tasks)('$name gives what its outcome is told with', ({ tour, id, name }) => {
    const texts: Readonly<Record<string, unknown>> = en.tours[tour.id];
    const { done } = z.object({ done: z.string() }).parse(texts[id]);
    const [now, start, window] = CASES[name]?.done[0] ?? [{}, {}];
    const facts = stepOf(tour, id).facts?.(observed(tour, now, window), observed(tour, start)) ?? {};
    const wanted = [...done.matchAll(/\{(\w+)\}/g)].map(([, key]) => key);
    expect(Object.keys(facts)).toEqual(expect.arrayContaining(wanted));
  });
});

describe.each(TOURS)('the tour %s', (id) => {
  const tour = TOUR_BOOK[id];
  const texts: Readonly<Record<string, unknown>> = en.tours[id];

  test('has words for each of its steps, and no others', () => {
    const wanted = tour.steps.map((step) => ({
      id: step.id,
      words: step.isDone ? ['done', 'task', 'text', 'title'] : ['text', 'title'],
    }));
    const written = Object.entries(texts)
      .filter(([key]) => key !== 'what')
      .map(([key, words]) => ({ id: key, words: Object.keys(z.record(z.string(), z.string()).parse(words)).sort() }));
    expect(written).toEqual(wanted);
  });

  test('runs samples that are there, in machines that main accepts', () => {
    for (const [part, { sampleId, settings = {} }] of Object.entries(tour.machines)) {
      expect(sampleIds).toContain(sampleId);
      expect(TourMachine.safeParse({ part, sampleId, settings }).success).toBe(true);
    }
  });

  test('ends with words alone', () => {
    expect(tour.steps.at(-1)?.isDone).toBeUndefined();
  });
});
