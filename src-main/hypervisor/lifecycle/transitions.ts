import { refused } from '../results.ts';
import type { Result, VmState } from '../types.ts';

/** What may befall a machine. */
export type VmTransition =
  | 'start'
  | 'started'
  | 'started-paused'
  | 'start-refused'
  | 'pause'
  | 'travel'
  | 'resume'
  | 'save'
  | 'saved-running'
  | 'saved-paused'
  | 'power-off'
  | 'crash';

const TRANSITIONS: Readonly<Record<VmState, Readonly<Partial<Record<VmTransition, VmState>>>>> = {
  off: { start: 'starting' },
  starting: {
    started: 'running',
    'started-paused': 'paused',
    'start-refused': 'off',
    'power-off': 'off',
    crash: 'crashed',
  },
  running: { pause: 'paused', travel: 'paused', save: 'saving', 'power-off': 'off', crash: 'crashed' },
  paused: { resume: 'running', save: 'saving', 'power-off': 'off', crash: 'crashed' },
  saving: { 'saved-running': 'running', 'saved-paused': 'paused', 'power-off': 'off', crash: 'crashed' },
  crashed: { start: 'starting', travel: 'paused', 'power-off': 'off' },
};

/** The state that a transition leads to; undefined where it cannot happen. */
export function nextState(state: VmState, transition: VmTransition): VmState | undefined {
  return TRANSITIONS[state][transition];
}

/** Commands by the states in which they are obeyed. */
export const COMMAND_STATES = {
  start: ['off', 'crashed'],
  pause: ['running'],
  resume: ['paused'],
  step: ['paused'],
  'step over': ['paused'],
  'run to an address in': ['running', 'paused'],
  'go back in': ['paused', 'crashed'],
  'save the recording of': ['paused', 'crashed'],
  reset: ['running', 'paused', 'crashed'],
  'press the power button of': ['running', 'paused'],
  'power off': ['starting', 'running', 'paused', 'saving', 'crashed'],
  delete: ['off', 'crashed'],
  'change memory, processors, clock or devices of': ['off', 'crashed'],
  'change registers of': ['paused'],
  'write to the memory of': ['running', 'paused'],
  'translate addresses of': ['running', 'paused'],
  'look inside': ['running', 'paused', 'crashed'],
  'set breakpoints in': ['off', 'starting', 'running', 'paused', 'saving', 'crashed'],
  'send input to': ['running', 'paused'],
  'take the digest of': ['running', 'paused', 'crashed'],
  'take a snapshot of': ['running', 'paused'],
  'restore a snapshot of': ['off', 'running', 'paused', 'crashed'],
  export: ['off', 'crashed'],
  suspend: ['running', 'paused'],
} as const satisfies Readonly<Record<string, readonly VmState[]>>;
export type VmCommand = keyof typeof COMMAND_STATES;

export function isObeyed(command: VmCommand, state: VmState): boolean {
  const states: readonly VmState[] = COMMAND_STATES[command];
  return states.includes(state);
}

/** Commands that the debugger gives while one is connected. */
const DEBUGGERS_OWN: ReadonlySet<VmCommand> = new Set([
  'resume',
  'step',
  'step over',
  'run to an address in',
  'go back in',
  'reset',
  'restore a snapshot of',
]);

/** Why a command is refused to everybody but the debugger that drives a machine; undefined: it is not. */
export function debuggersRefusal(command: VmCommand, name: string): Result<never> | undefined {
  if (!DEBUGGERS_OWN.has(command)) return undefined;
  const message = `Cannot ${command} “${name}”: gdb drives it. Do it there, or stop its server first.`;
  return refused('wrong-state', message, { text: { id: 'debugger-drives', values: { command, name } } });
}

const STATE_WORDS: Readonly<Record<VmState, string>> = {
  off: 'off',
  starting: 'still starting',
  running: 'running',
  paused: 'paused',
  saving: 'busy with a snapshot',
  crashed: 'crashed',
};

/** What to do so that a command is obeyed. */
const ADVICE = {
  wait: 'Wait a moment and try again.',
  start: 'Start it first.',
  reset: 'Reset it first.',
  'power-off': 'Power it off first.',
  pause: 'Pause it first.',
  none: '',
} as const;
export type StateAdvice = keyof typeof ADVICE;

/** Why a command is refused, and what to do. */
export function refusal(command: VmCommand, name: string, state: VmState): Result<never> {
  const advice = adviceFor(command, state);
  const message = `Cannot ${command} “${name}”: it is ${STATE_WORDS[state]}. ${ADVICE[advice]}`.trimEnd();
  return refused('wrong-state', message, { text: { id: 'wrong-state', values: { command, name, state, advice } } });
}

function adviceFor(command: VmCommand, state: VmState): StateAdvice {
  if (state === 'starting' || state === 'saving') return 'wait';
  if (state === 'off') return 'start';
  if (state === 'crashed') return 'reset';
  const states: readonly VmState[] = COMMAND_STATES[command];
  if (states.includes('off')) return 'power-off';
  return states.includes('paused') ? 'pause' : 'none';
}
