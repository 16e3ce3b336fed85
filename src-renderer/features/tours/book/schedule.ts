import { wholePercent } from '../../format/numbers.ts';
import type { Observation } from '../Observation.ts';
import { defineTour } from '../Tour.ts';

type Part = 'busy-a' | 'busy-b' | 'sleeper';

/** On one pCPU, so that they are in one another's way on every host. */
const ONE_PCPU = { pcpus: [0] };
/** How near to what is due a share counts as having got there: a few samples of a busy host lie so far off. */
const NEAR = 0.08;

const shares = ({ machines }: Observation<Part>): Record<string, string> => ({
  a: wholePercent(machines['busy-a'].receivedShare),
  b: wholePercent(machines['busy-b'].receivedShare),
  due: wholePercent(machines['busy-a'].entitledShare),
});

function isNear(share: number, wanted: number): boolean {
  return Math.abs(share - wanted) <= NEAR;
}

/** Two machines that want all of one pCPU: weights, caps, and what a sleeper costs. */
export const scheduleTour = defineTour<Part>({
  id: 'schedule',
  machines: {
    'busy-a': { sampleId: 'primes', settings: ONE_PCPU },
    'busy-b': { sampleId: 'primes', settings: ONE_PCPU },
    sleeper: { sampleId: 'life', settings: ONE_PCPU },
  },
  senses: [],
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
      isDone: ({ machines }) =>
        isNear(machines['busy-a'].receivedShare, machines['busy-a'].entitledShare) &&
        isNear(machines['busy-b'].receivedShare, machines['busy-b'].entitledShare) &&
        machines['busy-b'].receivedShare > 0,
      facts: shares,
    },
    {
      id: 'weight',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'field-weight' },
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
      isDone: ({ machines }) =>
        machines['busy-a'].receivedShare > machines['busy-b'].receivedShare &&
        isNear(machines['busy-a'].receivedShare, machines['busy-a'].entitledShare),
      facts: shares,
    },
    {
      id: 'cap',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'field-cap' },
        { part: 'machine-menu', machine: 'busy-a' },
        { part: 'vm-row', machine: 'busy-a' },
      ],
      command: 'machine.settings',
      isDone: ({ machines: { 'busy-a': a } }) =>
        a.capPercent > 0 && a.capPercent <= 50 && isNear(a.receivedShare, a.capPercent / 100),
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
      isDone: ({ machines: { sleeper } }) => sleeper.state === 'running' && sleeper.activity === 'halted',
      facts: ({ machines: { sleeper } }) => ({ share: wholePercent(sleeper.receivedShare) }),
    },
    {
      id: 'pause',
      scene: { states: { 'busy-a': 'running', 'busy-b': 'running' } },
      targets: [
        { part: 'control-pause', machine: 'busy-b' },
        { part: 'vm-row', machine: 'busy-b' },
      ],
      command: 'machine.toggleRun',
      isDone: ({ machines }) => machines['busy-b'].state === 'paused' && machines['busy-b'].receivedShare === 0,
      facts: shares,
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
