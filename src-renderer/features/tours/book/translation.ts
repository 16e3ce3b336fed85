import { compactCount, grouped, mips, prefixedHex } from '../../format/numbers.ts';
import { newlyChosen } from '../Observation.ts';
import { defineTour } from '../Tour.ts';

/** Instructions by which a region has shown what it is worth. */
const MANY = 50_000_000;

/** From guest bytes to records to a region, and what a breakpoint is made of. */
export const translationTour = defineTour({
  id: 'translation',
  machines: { primes: { sampleId: 'primes' } },
  senses: ['translation'],
  steps: [
    {
      id: 'meet',
      scene: { machine: 'primes', states: { primes: 'off' } },
      targets: [{ part: 'vm-row', machine: 'primes' }],
    },
    {
      id: 'before',
      scene: { machine: 'primes', panel: 'translation', isWhole: true, states: { primes: 'off' } },
      targets: [{ part: 'control-step' }],
      command: 'machine.step',
      isDone: ({ machines: { primes } }) => primes.state === 'paused',
    },
    {
      id: 'run',
      scene: { machine: 'primes', panel: 'translation', isWhole: true, states: { primes: 'ready' } },
      targets: [{ part: 'control-resume' }],
      command: 'machine.toggleRun',
      isDone: ({ machines: { primes } }) => primes.state === 'running' && (primes.translation?.records ?? 0) > 0,
      facts: ({ machines: { primes } }) => ({ records: grouped(primes.translation?.records ?? 0) }),
    },
    {
      id: 'region',
      scene: { machine: 'primes', panel: 'translation', isWhole: true, states: { primes: 'running' } },
      targets: [{ part: 'translation-list' }, { part: 'tab-translation' }],
      isDone: ({ machines: { primes } }) => (primes.translation?.regions[0]?.instructions ?? 0) >= MANY,
      facts: ({ machines: { primes } }) => {
        const [region] = primes.translation?.regions ?? [];
        return {
          instructions: grouped(region?.guestInstructions ?? 0),
          bytes: grouped(region?.wasmBytes ?? 0),
          retired: compactCount(region?.instructions ?? 0),
          mips: mips(primes.mips),
        };
      },
    },
    {
      id: 'choose',
      scene: { machine: 'primes', panel: 'translation', isWhole: true, states: { primes: 'running' } },
      targets: [{ part: 'translation-regions' }, { part: 'tab-translation' }],
      isDone: ({ machines: { primes } }, start) => newlyChosen(primes, start.machines.primes)?.isInRegion === true,
      facts: ({ machines: { primes } }) => ({ instruction: primes.translation?.chosen?.instruction ?? '' }),
    },
    {
      id: 'breakpoint',
      scene: { machine: 'primes', panel: 'code', isWhole: true, states: { primes: 'running' } },
      targets: [{ part: 'code-list' }, { part: 'tab-code' }],
      command: 'machine.toggleBreakpoint',
      isDone: ({ machines: { primes } }) => primes.state === 'paused' && primes.pauseReason?.kind === 'breakpoint',
      facts: ({ machines: { primes } }) => ({ address: prefixedHex(primes.registers.eip ?? 0, 8) }),
    },
    {
      id: 'resume',
      scene: { machine: 'primes', panel: 'code', isWhole: true },
      targets: [{ part: 'code-list' }, { part: 'tab-code' }],
      command: 'machine.toggleRun',
      isDone: ({ machines: { primes } }) => primes.breakpoints === 0 && primes.state === 'running' && primes.mips > 1,
      facts: ({ machines: { primes } }) => ({ mips: mips(primes.mips) }),
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
