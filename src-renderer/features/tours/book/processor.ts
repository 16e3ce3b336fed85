import { prefixedHex } from '../../format/numbers.ts';
import { defineTour } from '../Tour.ts';
import type { ObservedMachine } from '../Observation.ts';

const eax = ({ registers }: ObservedMachine): number => registers.eax ?? 0;
const hex = (value: number): string => prefixedHex(value, 8);

/** A virtual processor is data: stopped, stepped, changed by hand, and one of several. */
export const processorTour = defineTour({
  id: 'processor',
  machines: { counter: { sampleId: 'counter' }, seed: { sampleId: 'seed' } },
  senses: [],
  steps: [
    {
      id: 'meet',
      scene: { machine: 'counter', states: { counter: 'off' } },
      targets: [{ part: 'vm-row', machine: 'counter' }],
    },
    {
      id: 'start',
      scene: { machine: 'counter', panel: 'code', states: { counter: 'off' } },
      targets: [{ part: 'control-start' }],
      command: 'machine.toggleRun',
      isDone: ({ machines: { counter } }) => counter.state === 'running' && counter.instructions > 0,
    },
    {
      id: 'pause',
      scene: { machine: 'counter', panel: 'code', states: { counter: 'running' } },
      targets: [{ part: 'control-pause' }],
      command: 'machine.toggleRun',
      isDone: ({ machines: { counter } }) => counter.state === 'paused',
      facts: ({ machines: { counter } }) => ({ eax: hex(eax(counter)) }),
    },
    {
      id: 'step',
      scene: { machine: 'counter', panel: 'code', states: { counter: 'paused' } },
      targets: [{ part: 'control-step' }],
      command: 'machine.step',
      isDone: ({ machines: { counter } }, start) =>
        counter.state === 'paused' &&
        counter.instructions > start.machines.counter.instructions &&
        eax(counter) !== eax(start.machines.counter),
      facts: ({ machines: { counter } }, start) => ({
        before: hex(eax(start.machines.counter)),
        after: hex(eax(counter)),
      }),
    },
    {
      id: 'write',
      scene: { machine: 'counter', states: { counter: 'paused' } },
      targets: [{ part: 'register-strip', register: 'eax' }],
      isDone: ({ machines: { counter } }, start) =>
        counter.instructions === start.machines.counter.instructions && eax(counter) !== eax(start.machines.counter),
      facts: ({ machines: { counter } }) => ({ eax: hex(eax(counter)) }),
    },
    {
      id: 'other',
      scene: { states: { seed: 'off' } },
      targets: [
        { part: 'control-step', machine: 'seed' },
        { part: 'vm-row', machine: 'seed' },
      ],
      command: 'machine.step',
      isDone: ({ inView, machines: { seed } }) => inView === 'seed' && seed.state === 'paused',
      facts: ({ machines: { counter, seed } }) => ({ seed: hex(eax(seed)), counter: hex(eax(counter)) }),
    },
    {
      id: 'compute',
      scene: { machine: 'seed', panel: 'code', states: { seed: 'ready' } },
      targets: [{ part: 'register-strip', register: 'eax' }],
      // LIDT, addition, subtraction and multiplication have been taken.
      isDone: ({ machines: { seed } }) => seed.instructions >= 4 && eax(seed) !== 0,
      facts: ({ machines: { seed } }) => ({ eax: String(eax(seed)) }),
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
