import type { Breakpoint, BreakpointTarget } from '../../../src-preload/contract/debugging.ts';
import type { Problem } from '../../../src-preload/contract/Outcome.ts';
import type { Control } from '../../control/Control.ts';
import { catchpointText } from '../../debug/eventText.ts';
import { parseCatchpoint } from '../../debug/parseCatchpoint.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import { BREAKPOINT_USAGE } from './breakpointUsage.ts';
import { prefixedHex } from './inspection/hexText.ts';
import { NAMES_ADVICE, placeOf } from './inspection/placeOf.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';
import { Refusal } from './openControl.ts';
import { frameText, reportStop } from './reportStop.ts';

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
  /** Of those that are there. */
  readonly change:
    { readonly kind: 'remove' | 'disable' | 'enable'; readonly numbers: readonly number[] | 'all' } | undefined;
}

const DATA_ACCESS = { write: 'write', read: 'read', access: 'any' } as const;
const EVENT = /^(port|interrupt|exception|mode|cr[0234]?)$/;

/** `vivarium step`: of a machine that is paused. Says where it stands then. */
export function step(context: MachineContext, word: string, { kind, to }: StepChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    if (to !== undefined)
      valueOf(await control.call('debug:runTo', { id, linearAddress: await placeOf(control, id, to, '--to') }));
    else if (kind === 'out') valueOf(await control.call('debug:stepOut', { id }));
    else valueOf(await control.call(STEPS[kind], { id }));
    return reportStop(context, control, id);
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
  const { what, condition, ignoreCount, change } = choices;
  // A mistake is found before anything is asked of the machine.
  const target = what.length === 0 ? undefined : parseTarget(what);
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    if (target && control.owner === 'self')
      throw new Refusal({ code: 'wrong-state', message: `“${name}” is off, and without a window nobody keeps breakpoints of it until it is on. Start it first: vivarium start --paused "${name}"` }); // prettier-ignore
    if (change) await changeThose(control, id, change);
    if (target) {
      const breakpoint = { target, condition, ignoreCount };
      const added = await control.call('debug:addBreakpoint', { id, breakpoint });
      if (!added.ok) throw new Refusal(whereInCommand(added.problem, choices));
    }
    const list = valueOf(await control.call('debug:breakpoints', { id }));
    // A machine that is off has met none.
    const hits = await control.call('debug:breakpointHits', { id });
    const countOf = (number: number): number =>
      (hits.ok ? hits.value : []).find((each) => each.id === number)?.count ?? 0;
    if (context.isJson) await printJson(context, list.map((each) => ({ ...each, hits: countOf(each.id) }))); // prettier-ignore
    if (list.length === 0) await say(context, 'There are no breakpoints.');
    for (const breakpoint of list) await say(context, breakpointText(breakpoint, countOf(breakpoint.id)));
    return EXIT_STATUS.success;
  });
}

/** All of them or none. */
async function changeThose(
  control: Control,
  id: string,
  { kind, numbers }: NonNullable<BreakpointChoices['change']>,
): Promise<void> {
  const list = valueOf(await control.call('debug:breakpoints', { id }));
  const there = list.map((breakpoint) => breakpoint.id);
  const missing = numbers === 'all' ? undefined : numbers.find((number) => !there.includes(number));
  if (missing !== undefined) {
    const others = there.length === 0 ? 'nor any other' : `only ${there.join(', ')}`;
    throw new Refusal({ code: 'invalid-value', message: `--${kind} ${missing}: there is no such breakpoint, ${others}. Nothing was ${kind}d.` }); // prettier-ignore
  }
  for (const { id: breakpointId, problem: _, ...breakpoint } of list) {
    if (numbers !== 'all' && !numbers.includes(breakpointId)) continue;
    const changed =
      kind === 'remove'
        ? await control.call('debug:removeBreakpoint', { id, breakpointId })
        : await control.call('debug:changeBreakpoint', { id, breakpointId, breakpoint: { ...breakpoint, enabled: kind === 'enable' } }); // prettier-ignore
    valueOf(changed);
  }
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

function breakpointText({ id, target, enabled, condition, ignoreCount, problem }: Breakpoint, hits: number): string {
  const parts = [
    `${id}  ${targetText(target)}`,
    condition === '' ? '' : `if ${condition}`,
    ignoreCount === 0 ? '' : `after ${ignoreCount} meetings`,
    enabled ? '' : 'off',
    hits === 0 ? '' : `met ${hits === 1 ? 'once' : `${hits} times`}`,
    problem ? `does not work: ${problem.message}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function targetText(target: BreakpointTarget): string {
  if (target.kind === 'code') return locationText(target);
  if (target.kind === 'data') {
    const what = { write: 'written', read: 'read', any: 'read or written' }[target.access];
    return `${locationText(target)}: ${target.byteLength === 1 ? 'a byte' : `${target.byteLength} bytes`} ${what}`;
  }
  return catchpointText(target);
}

function locationText({
  location,
  linearAddress,
}: {
  readonly location: string;
  readonly linearAddress: number;
}): string {
  return location === '' ? prefixedHex(linearAddress) : `${location} (${prefixedHex(linearAddress)})`;
}
