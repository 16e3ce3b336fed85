import { percent, wholePercent } from '../../format/numbers.ts';
import type { Observation, ObservedMachine } from '../Observation.ts';
import { defineTour } from '../Tour.ts';

type Part = 'busy-a' | 'busy-b' | 'sleeper';

/** On one pCPU, so that they are in one another's way on every host. */
const ONE_PCPU = { pcpus: [0] };
/** How near to what is due a share counts as having got there. */
const NEAR = 0.06;
/** Halts by which a machine is known to sleep most of the time: a second's worth. */
const NAPS = 20;
const A_LITTLE = 0.15;

const shareOf = ({ share }: ObservedMachine): number => share ?? 0;

/** Of what is the two's together, what is busy-a's: of the time they had, or of their weights. */
function portionOf(valueOf: (machine: ObservedMachine) => number, { machines }: Observation<Part>): number {
  const a = valueOf(machines['busy-a']);
  return a / (a + valueOf(machines['busy-b']));
}

const dueOf = (now: Observation<Part>): number => portionOf(({ weight }) => weight, now);
const isAsDue = (now: Observation<Part>): boolean => Math.abs(portionOf(shareOf, now) - dueOf(now)) <= NEAR;

const portions = (now: Observation<Part>): Record<string, string> => ({
  a: wholePercent(portionOf(shareOf, now)),
  b: wholePercent(1 - portionOf(shareOf, now)),
  due: wholePercent(dueOf(now)),
});

const shares = ({ machines }: Observation<Part>): Record<string, string> => ({
  a: wholePercent(shareOf(machines['busy-a'])),
  b: wholePercent(shareOf(machines['busy-b'])),
});

/** Two machines that want all of one pCPU: weights, caps, and what a sleeper costs. */
export const scheduleTour = defineTour<Part>({
  id: 'schedule',
  machines: {
    'busy-a': { sampleId: 'primes', settings: ONE_PCPU },
    'busy-b': { sampleId: 'primes', settings: ONE_PCPU },
    sleeper: { sampleId: 'life', settings: ONE_PCPU },
  },
  senses: ['shares'],
  steps: [
    {
      id: 'open',
      scene: { machine: 'busy-a', states: { 'busy-a': 'running', 'busy-b': 'running', sleeper: 'off' } },
      targets: [{ part: 'nav-schedule' }],
      command: 'view.schedule',
      isDone: ({ page }) => page === 'schedule',
    },
    {
      id: 'equal',
      scene: { page: 'schedule', states: { 'busy-a': 'running', 'busy-b': 'running', sleeper: 'off' } },
      targets: [{ part: 'schedule-lanes' }],
      isDone: isAsDue,
      facts: portions,
    },
    {
      id: 'weight',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'field-weight' },
        { part: 'fields-more' },
        { part: 'machine-menu', machine: 'busy-a' },
        { part: 'vm-row', machine: 'busy-a' },
      ],
      command: 'machine.settings',
      isDone: ({ machines }) => machines['busy-a'].weight >= 2 * machines['busy-b'].weight,
      facts: ({ machines }) => ({
        a: String(machines['busy-a'].weight),
        b: String(machines['busy-b'].weight),
      }),
    },
    {
      id: 'follow',
      scene: { page: 'schedule', states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [{ part: 'schedule-lanes' }],
      isDone: (now) => dueOf(now) > 0.5 && isAsDue(now),
      facts: portions,
    },
    {
      id: 'cap',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'field-cap' },
        { part: 'fields-more' },
        { part: 'machine-menu', machine: 'busy-a' },
        { part: 'vm-row', machine: 'busy-a' },
      ],
      command: 'machine.settings',
      isDone: ({ machines: { 'busy-a': a } }) =>
        a.capPercent > 0 && a.capPercent <= 50 && shareOf(a) > 0 && shareOf(a) <= a.capPercent / 100 + NEAR,
      facts: (now) => ({ ...shares(now), cap: `${now.machines['busy-a'].capPercent} %` }),
    },
    {
      id: 'sleep',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running', sleeper: 'off' } },
      targets: [
        { part: 'control-start', machine: 'sleeper' },
        { part: 'vm-row', machine: 'sleeper' },
      ],
      command: 'machine.toggleRun',
      isDone: ({ machines: { sleeper } }) =>
        sleeper.state === 'running' && (sleeper.exits.halt ?? 0) >= NAPS && shareOf(sleeper) < A_LITTLE,
      facts: ({ machines: { sleeper } }) => ({ share: percent(shareOf(sleeper)) }),
    },
    {
      id: 'pause',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'control-pause', machine: 'busy-b' },
        { part: 'vm-row', machine: 'busy-b' },
      ],
      command: 'machine.toggleRun',
      isDone: ({ machines: { 'busy-b': b } }) => b.state === 'paused' && b.share === 0,
      facts: shares,
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
