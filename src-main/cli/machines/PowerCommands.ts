import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Problem } from '../../../src-preload/contract/Outcome.ts';
import type { Control, ControlCall } from '../../control/Control.ts';
import { ControlClient } from '../../control/socket/ControlClient.ts';
import { EXIT_STATUS } from '../ExitStatus.ts';
import { printable } from '../textColumns.ts';
import {
  machinesNamed,
  printJson,
  say,
  valueOf,
  withMachines,
  withOwner,
  type MachineContext,
} from './MachineCommands.ts';
import { reportMachine } from './machineReport.ts';
import { Refusal } from './openControl.ts';

/** `vivarium start`: in the process that has the store open, or in one that is started in the background. */
export async function start(
  context: MachineContext,
  words: readonly string[],
  { isPaused, isAnew }: { readonly isPaused: boolean; readonly isAnew: boolean },
): Promise<number> {
  // A word that names nothing must not start a process.
  const machines = await withMachines(context, (control) => machinesNamed(control, words));
  return withOwner(context, async (control) => {
    if (!isAnew) return startMachines(context, control, machines, isPaused);
    const fresh: VmSummary[] = [];
    for (const { id } of machines) fresh.push(valueOf(await control.call('vm:discardSuspended', { id })));
    return startMachines(context, control, fresh, isPaused);
  });
}

export async function startMachines(
  context: MachineContext,
  control: Control,
  machines: readonly VmSummary[],
  isPaused: boolean,
): Promise<number> {
  const started: VmSummary[] = [];
  for (const { id, isSuspended } of machines) {
    const vm = valueOf(await control.call('vm:start', { id, paused: isPaused }));
    started.push(vm);
    await say(context, `“${vm.name}” ${startOf(isSuspended, isPaused)}${placeOf(control)}.`);
  }
  return report(context, control, started);
}

function startOf(isSuspended: boolean, isPaused: boolean): string {
  if (isSuspended) return isPaused ? 'is paused where it was suspended,' : 'goes on where it was suspended,';
  return isPaused ? 'is paused at its first instruction' : 'was started';
}

function placeOf({ owner }: Control): string {
  return owner === 'window' ? ' in the window' : ' without a window';
}

const COMMANDS = {
  pause: { call: 'vm:pause', done: 'is paused' },
  resume: { call: 'vm:resume', done: 'runs on' },
  reset: { call: 'vm:reset', done: 'was reset' },
  suspend: { call: 'vm:suspend', done: 'is off, and goes on from here when it is started' },
} as const satisfies Readonly<Record<string, { readonly call: ControlCall; readonly done: string }>>;

export function obey(
  context: MachineContext,
  command: keyof typeof COMMANDS,
  words: readonly string[],
): Promise<number> {
  return withMachines(context, async (control) => {
    const { call, done } = COMMANDS[command];
    const changed: VmSummary[] = [];
    for (const { id } of await machinesNamed(control, words)) {
      const vm = valueOf(await control.call(call, { id }));
      changed.push(vm);
      await say(context, `“${vm.name}” ${done}.`);
    }
    return report(context, control, changed);
  });
}

export interface StopChoices {
  /** Pulls the plug. */
  readonly isForced: boolean;
  /** How long systems may take to shut down. */
  readonly timeoutSeconds: number;
}

/** `vivarium stop`: presses all power buttons, and waits until the machines are off. */
export function stop(context: MachineContext, words: readonly string[], choices: StopChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const machines = await machinesNamed(control, words);
    const ends = await Promise.allSettled(machines.map((vm) => stopOne(context, control, vm, choices)));
    const stopped: VmSummary[] = [];
    const late: string[] = [];
    const refusals: Problem[] = [];
    for (const [index, end] of ends.entries()) {
      if (end.status === 'rejected') refusals.push(refusalIn(end.reason));
      else if (end.value === 'late') late.push(`“${machines[index]?.name}”`);
      else stopped.push(end.value);
    }
    const [first] = refusals;
    if (first) throw new Refusal({ ...first, message: refusals.map(({ message }) => message).join('\n') });
    if (late.length === 0) return report(context, control, stopped);
    const have = late.length === 1 ? 'has' : 'have';
    const message = `${late.join(', ')} ${have} not shut down within ${choices.timeoutSeconds} seconds. Wait, or use --force to pull the plug.`;
    if (context.isJson) await printJson(context, { error: { code: 'timeout', message } });
    context.terminal.complain(printable(message));
    return EXIT_STATUS.limit;
  });
}

/** Throws what is none. */
function refusalIn(reason: unknown): Problem {
  if (reason instanceof Refusal) return reason.problem;
  throw reason;
}

async function stopOne(
  context: MachineContext,
  control: Control,
  vm: VmSummary,
  choices: StopChoices,
): Promise<VmSummary | 'late'> {
  if (vm.state === 'off') {
    await say(context, `“${vm.name}” is off already.`);
    return vm;
  }
  const isPulled = choices.isForced || vm.state === 'crashed';
  const off = isPulled ? await powerOff(control, vm) : await shutDown(control, vm, choices);
  if (off !== 'late') await say(context, `“${vm.name}” is off.`);
  return off;
}

async function powerOff(control: Control, { id }: VmSummary): Promise<VmSummary> {
  return valueOf(await control.call('vm:powerOff', { id }));
}

async function shutDown(control: Control, vm: VmSummary, { timeoutSeconds }: StopChoices): Promise<VmSummary | 'late'> {
  const { id, name } = vm;
  if (vm.state === 'paused')
    throw new Refusal({
      code: 'wrong-state',
      message: `“${name}” is paused, and so is its system. Resume it first, or use --force to pull the plug.`,
    });
  // Only an owner has machines that are on.
  const off = control instanceof ControlClient ? untilOff(control, id, timeoutSeconds * 1000) : undefined;
  const pressed = await control.call('vm:powerButton', { id });
  if (!pressed.ok) {
    off?.giveUp();
    const hint = pressed.problem.code === 'wrong-state' ? ' With --force the plug is pulled.' : '';
    throw new Refusal({ ...pressed.problem, message: `${pressed.problem.message}${hint}` });
  }
  return (await off?.result) ?? pressed.value;
}

interface Waiting {
  readonly result: Promise<VmSummary | 'late'>;
  giveUp(): void;
}

function untilOff(control: ControlClient, id: string, milliseconds: number): Waiting {
  let giveUp = (): void => undefined;
  const result = new Promise<VmSummary | 'late'>((resolve, reject) => {
    const timer = setTimeout(() => settle(() => resolve('late')), milliseconds);
    const disposers = [
      control.on('vm:changed', (vm) => {
        if (vm.id === id && vm.state === 'off') settle(() => resolve(vm));
      }),
      control.onEnd(() =>
        settle(() => reject(new Refusal({ code: 'internal', message: 'Vivarium has ended meanwhile.' }))),
      ),
    ];
    const settle = (tell: () => void): void => {
      clearTimeout(timer);
      disposers.forEach((dispose) => dispose());
      tell();
    };
    giveUp = () => settle(() => resolve('late'));
  });
  return { result, giveUp: () => giveUp() };
}

async function report(context: MachineContext, control: Control, machines: readonly VmSummary[]): Promise<number> {
  if (context.isJson) await printJson(context, await Promise.all(machines.map((vm) => reportMachine(vm, control))));
  return EXIT_STATUS.success;
}
