import { grouped, prefixedHex } from '../../format/numbers.ts';
import { defineTour } from '../Tour.ts';
import { newlyChosen, type ObservedMachine } from '../Observation.ts';

const accesses = ({ exits }: ObservedMachine): number => exits.pio ?? 0;

/** Instructions that reach beyond a program: what they become, and what happens to those that a user program may not use. */
export const sensitiveTour = defineTour({
  id: 'sensitive',
  machines: { hello: { sampleId: 'hello' }, ring3: { sampleId: 'rogue-ring3' } },
  senses: ['translation'],
  steps: [
    {
      id: 'meet',
      scene: { machine: 'hello', panel: 'console', states: { hello: 'off' } },
      targets: [{ part: 'vm-row', machine: 'hello' }],
    },
    {
      id: 'exits',
      scene: { machine: 'hello', panel: 'console', states: { hello: 'running' } },
      targets: [{ part: 'tab-exits' }],
      command: 'view.exits',
      isDone: ({ inView, panels, machines: { hello } }) =>
        inView === 'hello' && panels.includes('exits') && (hello.exits.pio ?? 0) > 0 && (hello.exits.halt ?? 0) > 0,
      facts: ({ machines: { hello } }) => ({
        ports: grouped(hello.exits.pio ?? 0),
        halts: grouped(hello.exits.halt ?? 0),
        instructions: grouped(hello.instructions),
      }),
    },
    {
      id: 'choose',
      scene: { machine: 'hello', panel: 'translation', isWhole: true, states: { hello: 'running' } },
      targets: [{ part: 'translation-list' }, { part: 'tab-translation' }],
      isDone: ({ machines: { hello } }, start) => {
        const chosen = newlyChosen(hello, start.machines.hello);
        return chosen?.isSensitive === true && chosen.helpers.length > 0;
      },
      facts: ({ machines: { hello } }) => {
        const chosen = hello.translation?.chosen;
        return {
          instruction: chosen?.instruction ?? '',
          helper: chosen?.helpers.map((name) => `${name}()`).join(', ') ?? '',
          count: grouped(chosen?.helperCalls ?? 0),
        };
      },
    },
    {
      id: 'step',
      scene: { machine: 'hello', panel: 'translation', isWhole: true, states: { hello: 'ready' } },
      targets: [{ part: 'control-step' }],
      command: 'machine.step',
      isDone: ({ machines: { hello } }, start) =>
        hello.state === 'paused' && accesses(hello) > accesses(start.machines.hello),
      facts: ({ machines: { hello } }, start) => ({
        port: prefixedHex((hello.registers.edx ?? 0) & 0xffff),
        before: grouped(accesses(start.machines.hello)),
        after: grouped(accesses(hello)),
      }),
    },
    {
      id: 'user',
      scene: { machine: 'ring3', panel: 'screen', states: { ring3: 'off' } },
      targets: [{ part: 'control-start' }],
      command: 'machine.toggleRun',
      isDone: ({ machines: { ring3 } }) => (ring3.contained['privileged-instruction'] ?? 0) >= 3,
      facts: ({ machines: { ring3 } }) => ({ count: grouped(ring3.contained['privileged-instruction'] ?? 0) }),
    },
    {
      id: 'fault',
      scene: { machine: 'ring3', states: { ring3: 'running' } },
      targets: [{ part: 'tab-exits' }],
      command: 'view.exits',
      isDone: ({ inView, panels, machines: { ring3 } }) =>
        inView === 'ring3' && panels.includes('exits') && (ring3.exits.exception ?? 0) > 0,
      facts: ({ machines: { ring3 } }) => ({ exceptions: grouped(ring3.exits.exception ?? 0) }),
    },
    {
      id: 'end',
      scene: {},
      targets: [],
    },
  ],
});
