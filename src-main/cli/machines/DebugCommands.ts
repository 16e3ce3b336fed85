import type { Breakpoint, BreakpointTarget, StackFrame } from '../../../src-preload/contract/debugging.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Problem } from '../../../src-preload/contract/Outcome.ts';
import type { Control } from '../../control/Control.ts';
import { catchpointText } from '../../debug/eventText.ts';
import { parseCatchpoint } from '../../debug/parseCatchpoint.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import { BREAKPOINT_USAGE } from './breakpointUsage.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';

export type StepKind = 'into' | 'over' | 'out' | 'back';

export interface StepChoices {
  readonly kind: StepKind;
  /** Runs there instead: an address or a name. */
  readonly to: string | undefined;
}

export interface BreakpointChoices {
  readonly what: readonly string[];
  readonly condition: string;
  readonly ignoreCount: number;
  /** Numbers, or `all`. */
  readonly remove: readonly number[] | 'all' | undefined;
}

const POLL_MS = 50;
/** A procedure that has not come back by then may never do so; the machine runs on. */
const MOST_WAIT_MS = 10_000;
const DATA_ACCESS = { write: 'write', read: 'read', access: 'any' } as const;
const MOST_ADDRESS = 0xffff_ffff;
const NAMES_ADVICE = 'Names are those of the machine’s program, or of a file: vivarium set MACHINE --symbols FILE';
const EVENT = /^(port|interrupt|exception|mode|cr[0234]?)$/;

/** `vivarium step`: of a machine that is paused. Says where it stands then. */
export function step(context: MachineContext, word: string, { kind, to }: StepChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    if (to !== undefined)
      valueOf(await control.call('debug:runTo', { id, linearAddress: await addressOf(control, id, to) }));
    else if (kind === 'out') valueOf(await control.call('debug:stepOut', { id }));
    else valueOf(await control.call(STEPS[kind], { id }));
    const vm = await whenStopped(control, word);
    if (vm.state !== 'paused') {
      if (context.isJson) await printJson(context, { state: vm.state });
      context.terminal.complain(
        vm.state === 'running'
          ? `“${name}” has not got there in ${MOST_WAIT_MS / 1000} seconds, and runs on. Hold it where it is: vivarium pause "${name}"`
          : `“${name}” has not got there: it is ${vm.state} now.`,
      );
      return EXIT_STATUS.limit;
    }
    const listing = valueOf(await control.call('debug:disassemble', { id, linesBefore: 0, linesAfter: 0 }));
    const [frame] = valueOf(await control.call('debug:callStack', { id }));
    const instruction = listing.lines[0]?.text ?? '';
    if (context.isJson)
      await printJson(context, { state: vm.state, linearAddress: listing.current, instruction, frame: frame ?? null });
    await say(context, `${frame ? frameText(frame) : address(listing.current)}  ${instruction}`);
    return EXIT_STATUS.success;
  });
}

const STEPS = { into: 'vm:step', over: 'vm:stepOver', back: 'time:stepBack' } as const;

/** `vivarium stack`: who has called whom, the innermost first. */
export function showStack(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const frames = valueOf(await control.call('debug:callStack', { id }));
    if (context.isJson) await printJson(context, frames);
    for (const [index, frame] of frames.entries()) await say(context, `${index}  ${frameText(frame)}`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium break`: lists, makes and removes breakpoints. */
export function changeBreakpoints(context: MachineContext, word: string, choices: BreakpointChoices): Promise<number> {
  const { what, condition, ignoreCount, remove } = choices;
  // A mistake is found before anything is asked of the machine.
  const target = what.length === 0 ? undefined : parseTarget(what);
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    if (target && control.owner === 'self')
      throw new Refusal({ code: 'wrong-state', message: `“${name}” is off, and without a window nobody keeps breakpoints of it until it is on. Start it first: vivarium start --paused "${name}"` }); // prettier-ignore
    if (remove === 'all') valueOf(await control.call('debug:clearAllBreakpoints', { id }));
    else if (remove) await removeBreakpoints(control, id, remove);
    if (target) {
      const breakpoint = { target, condition, ignoreCount };
      const added = await control.call('debug:addBreakpoint', { id, breakpoint });
      if (!added.ok) throw new Refusal(whereInCommand(added.problem, choices));
    }
    const list = valueOf(await control.call('debug:breakpoints', { id }));
    if (context.isJson) await printJson(context, list);
    if (list.length === 0) await say(context, 'There are no breakpoints.');
    for (const breakpoint of list) await say(context, breakpointText(breakpoint));
    return EXIT_STATUS.success;
  });
}

/** All of them or none. */
async function removeBreakpoints(control: Control, id: string, numbers: readonly number[]): Promise<void> {
  const there = valueOf(await control.call('debug:breakpoints', { id })).map((breakpoint) => breakpoint.id);
  const missing = numbers.find((number) => !there.includes(number));
  if (missing !== undefined) {
    const others = there.length === 0 ? 'nor any other' : `only ${there.join(', ')}`;
    throw new Refusal({ code: 'invalid-value', message: `--remove ${missing}: there is no such breakpoint, ${others}. Nothing was removed.` }); // prettier-ignore
  }
  for (const breakpointId of new Set(numbers))
    valueOf(await control.call('debug:removeBreakpoint', { id, breakpointId }));
}

/** The part of the command that a refusal of its breakpoint is about, before what is wrong with it. */
function whereInCommand(problem: Problem, { what, condition }: BreakpointChoices): Problem {
  const parts: Readonly<Record<string, string>> = {
    location: `break ${what.join(' ')}`,
    condition: `--if ${condition}`,
  };
  const part = parts[problem.values?.['field'] ?? ''];
  if (part === undefined) return problem;
  const advice = problem.text === 'expression-unknown-name' ? ` ${NAMES_ADVICE}` : '';
  return { ...problem, message: `${part}: ${problem.message}${advice}` };
}

async function whenStopped(control: Control, word: string): Promise<VmSummary> {
  const end = performance.now() + MOST_WAIT_MS;
  for (;;) {
    const vm = await machineNamed(control, word);
    if (vm.state !== 'running' || performance.now() >= end) return vm;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function addressOf(control: Control, id: string, text: string): Promise<number> {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) {
    if (Number(text) <= MOST_ADDRESS) return Number(text);
    throw new UsageError(`--to ${text}: addresses end at 0xffffffff.`);
  }
  const found = valueOf(await control.call('debug:symbols', { id, text })).find(({ name }) => name === text);
  if (found) return found.linearAddress;
  throw new UsageError(`--to ${text}: expected an address, such as 0x7c00, or a name. ${NAMES_ADVICE}`);
}

function parseTarget(words: readonly string[]): BreakpointTarget {
  const [kind = '', place = '', bytes = '1', ...rest] = words;
  if (EVENT.test(kind)) {
    const event = parseCatchpoint(words);
    if (event) return event;
  } else if (kind in DATA_ACCESS && place.trim() !== '' && rest.length === 0) {
    const byteLength = Number(bytes);
    const access = DATA_ACCESS[kind as keyof typeof DATA_ACCESS]; // Asked for just above.
    if (Number.isInteger(byteLength) && byteLength > 0)
      return { kind: 'data', linearAddress: 0, location: place, byteLength, access };
  } else if (!(kind in DATA_ACCESS) && kind.trim() !== '')
    return { kind: 'code', linearAddress: 0, location: words.join(' ') };
  throw new UsageError(`break ${words.join(' ')}: expected one of: ${BREAKPOINT_USAGE}.`);
}

function breakpointText({ id, target, enabled, condition, ignoreCount, problem }: Breakpoint): string {
  const parts = [
    `${id}  ${targetText(target)}`,
    condition === '' ? '' : `if ${condition}`,
    ignoreCount === 0 ? '' : `after ${ignoreCount} meetings`,
    enabled ? '' : 'off',
    problem ? `does not work: ${problem.message}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function targetText(target: BreakpointTarget): string {
  if (target.kind === 'code') return placeOf(target);
  if (target.kind === 'data') {
    const what = { write: 'written', read: 'read', any: 'read or written' }[target.access];
    return `${placeOf(target)}: ${target.byteLength === 1 ? 'a byte' : `${target.byteLength} bytes`} ${what}`;
  }
  return catchpointText(target);
}

function placeOf({ location, linearAddress }: { readonly location: string; readonly linearAddress: number }): string {
  return location === '' ? address(linearAddress) : `${location} (${address(linearAddress)})`;
}

function frameText({ linearAddress, symbol, offset, source, isGuess, isInterrupted }: StackFrame): string {
  const name = symbol === null ? '' : offset === 0 ? `  ${symbol}` : `  ${symbol}+0x${offset.toString(16)}`;
  const line = source ? `  ${source.file.split('/').at(-1) ?? source.file}:${source.line}` : '';
  const marks = [isInterrupted ? 'interrupted' : '', isGuess ? 'guess' : ''].filter((mark) => mark !== '').join(', ');
  return `${address(linearAddress)}${name}${line}${marks === '' ? '' : `  (${marks})`}`;
}

function address(linearAddress: number): string {
  return `0x${linearAddress.toString(16).padStart(8, '0')}`;
}
