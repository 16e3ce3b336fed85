import { digestGroups, grouped } from '../../format/numbers.ts';
import type { Observation, ObservedMachine } from '../Observation.ts';
import { defineTour } from '../Tour.ts';

type Part = 'primes' | 'life' | 'rogue' | 'triple';
const RESIDENTS = ['primes', 'life'] as const;

const passes = ({ memory }: ObservedMachine): number => memory?.passes ?? 0;
const digest = ({ memory }: ObservedMachine): string => digestGroups(memory?.digest ?? '');

/** Both neighbours' memories have been checked since, and hold what they held. */
function areWhole(now: Observation<Part>, start: Observation<Part>): boolean {
  return RESIDENTS.every((part) => {
    const { memory } = now.machines[part];
    return memory?.foreignWrites === 0 && memory.passes > passes(start.machines[part]);
  });
}

/** Neighbours of machines that try to break out stay as they are. */
export const isolationTour = defineTour<Part>({
  id: 'isolation',
  machines: {
    primes: { sampleId: 'primes' },
    life: { sampleId: 'life' },
    rogue: { sampleId: 'rogue-memory' },
    triple: { sampleId: 'rogue-triple' },
  },
  senses: ['memory'],
  steps: [
    {
      id: 'open',
      scene: { machine: 'primes', states: { primes: 'running', life: 'running', rogue: 'off', triple: 'off' } },
      targets: [{ part: 'nav-isolation' }],
      command: 'view.isolation',
      isDone: ({ page }) => page === 'isolation',
    },
    {
      id: 'digest',
      scene: { page: 'isolation', states: { primes: 'running', life: 'running' } },
      targets: [{ part: 'isolation-column', machine: 'primes' }],
      isDone: areWhole,
      facts: ({ machines: { primes } }) => ({ digest: digest(primes), passes: grouped(passes(primes)) }),
    },
    {
      id: 'rogue',
      scene: { states: { primes: 'running', life: 'running', rogue: 'off' } },
      targets: [
        { part: 'control-start', machine: 'rogue' },
        { part: 'vm-row', machine: 'rogue' },
      ],
      command: 'machine.toggleRun',
      isDone: ({ machines: { rogue } }) => (rogue.contained['outside-ram'] ?? 0) > 0,
      facts: ({ machines: { rogue } }) => ({ count: grouped(rogue.contained['outside-ram'] ?? 0) }),
    },
    {
      id: 'whole',
      scene: { states: { primes: 'running', life: 'running', rogue: 'running' } },
      targets: [{ part: 'isolation-column', machine: 'primes' }, { part: 'nav-isolation' }],
      command: 'view.isolation',
      isDone: (now, start) => now.page === 'isolation' && areWhole(now, start),
      facts: ({ machines: { primes } }) => ({ digest: digest(primes), passes: grouped(passes(primes)) }),
    },
    {
      id: 'crash',
      scene: { states: { primes: 'running', life: 'running', triple: 'off' } },
      targets: [
        { part: 'control-start', machine: 'triple' },
        { part: 'vm-row', machine: 'triple' },
      ],
      command: 'machine.toggleRun',
      isDone: ({ machines: { primes, life, triple } }) =>
        triple.state === 'crashed' && primes.state === 'running' && life.state === 'running',
    },
    {
      id: 'stop',
      scene: { states: { rogue: 'running' } },
      targets: [
        { part: 'control-power-off', machine: 'rogue' },
        { part: 'vm-row', machine: 'rogue' },
      ],
      command: 'machine.powerOff',
      isDone: ({ machines: { rogue } }, start) => rogue.state === 'off' && start.machines.rogue.state !== 'off',
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
