import path from 'node:path';
import type { CallOutput } from '../../../src-preload/contract/contract.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { Control } from '../../control/Control.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import type { Terminal } from '../Terminal.ts';
import { printable } from '../textColumns.ts';
import { findMachine } from './findMachine.ts';
import { machineDetails, machineTable, reportMachine } from './machineReport.ts';
import { openControl, openOwner, Refusal } from './openControl.ts';
import type { StoreAccess } from './StoreAccess.ts';

/** The parts of a running command. */
export interface MachineContext {
  readonly access: StoreAccess;
  readonly terminal: Terminal;
  readonly isJson: boolean;
}

/** Does a command on the store's machines, and closes what it opened. Throws {@link Refusal} and {@link UsageError}. */
export async function withMachines<Value>(
  { access, terminal }: MachineContext,
  work: (control: Control) => Promise<Value>,
): Promise<Value> {
  const control = await openControl(access, terminal);
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}

/** As {@link withMachines}, with an owner that runs machines when the command is over. */
export async function withOwner<Value>(
  { access, terminal }: MachineContext,
  work: (control: Control) => Promise<Value>,
): Promise<Value> {
  const control = await openOwner(access, terminal);
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}

export function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw new Refusal(outcome.problem);
}

export async function listMachines(control: Control): Promise<CallOutput<'vm:list'>> {
  return valueOf(await control.call('vm:list', undefined));
}

export async function machineNamed(control: Control, word: string): Promise<VmSummary> {
  return findMachine(await listMachines(control), word);
}

/** Every word is understood before anything is done to the first machine. */
export async function machinesNamed(control: Control, words: readonly string[]): Promise<VmSummary[]> {
  const machines = await listMachines(control);
  return [...new Set(words.map((word) => findMachine(machines, word)))];
}

/**
 * Bytes are hexadecimal texts, whole numbers of 64 bits decimal ones: as numbers, most readers would round them. `NaN`
 * and infinities are texts too: JSON would have null for them, as for what is not there.
 */
export async function printJson({ terminal }: MachineContext, value: unknown): Promise<void> {
  function replace(this: Readonly<Record<string, unknown>>, key: string, encoded: unknown): unknown {
    // The value itself, for `toJSON` has already made something else of a Buffer.
    const raw = this[key];
    if (typeof raw === 'bigint' || (typeof raw === 'number' && !Number.isFinite(raw))) return String(raw);
    if (raw instanceof Uint8Array) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('hex');
    return raw instanceof Float64Array ? [...raw] : encoded;
  }
  await terminal.write(`${JSON.stringify(value, replace, 2)}\n`);
}

/** A sentence, where no JSON is wanted. */
export async function say({ terminal, isJson }: MachineContext, sentence: string): Promise<void> {
  if (!isJson) await terminal.write(`${printable(sentence)}\n`);
}

/** Names that the user chooses are free ones; others are made so. Throws {@link Refusal}. */
export async function checkNameIsFree(control: Control, name: string | undefined, except?: VmSummary): Promise<void> {
  if (name === undefined) return;
  const other = (await listMachines(control)).find((each) => each.name === name && each.id !== except?.id);
  if (other)
    throw new Refusal({
      code: 'invalid-value',
      message: `There is a machine “${name}” already (${other.id}). Choose another name, or rename that one.`,
    });
}

/** One machine's new state: a report, or a sentence. */
export async function tell(
  context: MachineContext,
  control: Control,
  vm: VmSummary,
  sentence: string,
): Promise<number> {
  if (context.isJson) await printJson(context, await reportMachine(vm, control));
  await say(context, sentence);
  return EXIT_STATUS.success;
}

export function list(context: MachineContext, isAliveOnly: boolean): Promise<number> {
  return withMachines(context, async (control) => {
    const all = await listMachines(control);
    const machines = isAliveOnly ? all.filter(({ state }) => state !== 'off') : all;
    if (context.isJson) {
      await printJson(context, await Promise.all(machines.map((vm) => reportMachine(vm, control))));
    } else if (machines.length > 0) await context.terminal.write(machineTable(machines));
    else if (all.length === 0) context.terminal.complain('There are no machines yet; `vivarium create` makes one.');
    else context.terminal.complain('No machine is on.');
    return EXIT_STATUS.success;
  });
}

export function show(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const report = await reportMachine(await machineNamed(control, word), control);
    if (context.isJson) await printJson(context, report);
    else await context.terminal.write(machineDetails(report));
    return EXIT_STATUS.success;
  });
}

export function rename(context: MachineContext, word: string, name: string): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    await checkNameIsFree(control, name, vm);
    const renamed = valueOf(await control.call('vm:update', { id: vm.id, changes: { name } }));
    return tell(context, control, renamed, `“${vm.name}” is called “${renamed.name}” now.`);
  });
}

/** Deletes machines that are off; those that are on only by force. */
export function remove(context: MachineContext, words: readonly string[], isForced: boolean): Promise<number> {
  return withMachines(context, async (control) => {
    const machines = await machinesNamed(control, words);
    const alive = machines.find(({ state }) => state !== 'off' && state !== 'crashed');
    if (alive && !isForced)
      throw new Refusal({
        code: 'wrong-state',
        message: `“${alive.name}” is ${alive.state}. Stop it first, or use --force. Nothing was deleted.`,
      });
    for (const { id, name } of machines) {
      valueOf(await control.call('vm:delete', { id }));
      await say(context, `“${name}” was deleted.`);
    }
    if (context.isJson) await printJson(context, { deleted: machines.map(({ id, name }) => ({ id, name })) });
    return EXIT_STATUS.success;
  });
}

/** The absolute path of a file that the user named. */
export function absolute(file: string, option: string): string {
  if (file === '') throw new UsageError(`${option}: the file name is empty.`);
  return path.resolve(file);
}
