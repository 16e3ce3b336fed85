import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { Snapshot, SnapshotTree } from '../../../src-preload/contract/snapshots.ts';
import type { Control } from '../../control/Control.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import { findSnapshot, refuseWithoutSnapshot } from './findMachine.ts';
import {
  checkNameIsFree,
  listMachines,
  machineNamed,
  printJson,
  say,
  tell,
  valueOf,
  withMachines,
  withOwner,
  type MachineContext,
} from './MachineCommands.ts';
import { tableOf } from './machineReport.ts';

/** A snapshot as `--json` prints it; docs/command-line.md describes it, and it only ever grows. */
interface SnapshotReport extends Omit<Snapshot, 'takenAt'> {
  /** ISO 8601. */
  readonly takenAt: string;
  /** The machine's present state comes from it. */
  readonly isCurrent: boolean;
}

function reportSnapshot(snapshot: Snapshot, current: string | null): SnapshotReport {
  const { id, parent, name, notes, isPaused, takenAt, instructions, hasThumbnail, storedBytes } = snapshot;
  const time = new Date(takenAt).toISOString();
  return { id, parent, name, notes, isPaused, takenAt: time, instructions, hasThumbnail, storedBytes, isCurrent: id === current }; // prettier-ignore
}

async function treeOf(control: Control, { id }: VmSummary): Promise<SnapshotTree> {
  return valueOf(await control.call('snapshot:list', { id }));
}

export async function snapshotNamed(control: Control, vm: VmSummary, word: string): Promise<Snapshot> {
  return findSnapshot((await treeOf(control, vm)).entries, word, vm.name);
}

/** `vivarium snapshots`: the tree, children below their parents. */
export function listSnapshots(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    const { entries, current } = await treeOf(control, vm);
    if (context.isJson)
      await printJson(
        context,
        entries.map((entry) => reportSnapshot(entry, current)),
      );
    else if (entries.length > 0) await context.terminal.write(snapshotTable(entries, current));
    else context.terminal.complain(`“${vm.name}” has no snapshots.`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium snapshots --delete`: those taken after it stay. */
export function deleteSnapshot(context: MachineContext, word: string, snapshotWord: string): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    const { id, name } = await snapshotNamed(control, vm, snapshotWord);
    valueOf(await control.call('snapshot:delete', { id: vm.id, snapshot: id }));
    if (context.isJson) await printJson(context, { deleted: [{ id, name }] });
    await say(context, `The snapshot “${name}” of “${vm.name}” was deleted.`);
    return EXIT_STATUS.success;
  });
}

export interface SnapshotWords {
  readonly name: string | undefined;
  readonly notes: string | undefined;
}

/** `vivarium snapshots --change` */
export function changeSnapshot(
  context: MachineContext,
  word: string,
  snapshotWord: string,
  { name, notes }: SnapshotWords,
): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    const { id, name: former } = await snapshotNamed(control, vm, snapshotWord);
    const change = { ...(name !== undefined && { name }), ...(notes !== undefined && { notes }) };
    const changed = valueOf(await control.call('snapshot:annotate', { id: vm.id, snapshot: id, ...change }));
    if (context.isJson) await printJson(context, reportSnapshot(changed, (await treeOf(control, vm)).current));
    await say(context, former === changed.name ? `The snapshot “${former}” of “${vm.name}” was changed.` : `The snapshot “${former}” of “${vm.name}” is called “${changed.name}” now.`); // prettier-ignore
    return EXIT_STATUS.success;
  });
}

export function takeSnapshot(context: MachineContext, word: string, { name, notes }: SnapshotWords): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    const request = { id: vm.id, name: name ?? timeName(new Date()), ...(notes !== undefined && { notes }) };
    const { pauseMs, ...taken } = valueOf(await control.call('snapshot:take', request));
    if (context.isJson) await printJson(context, { ...reportSnapshot(taken, taken.id), pauseMs });
    await say(context, `The snapshot “${taken.name}” of “${vm.name}” was taken (${taken.id}).`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium clone`: of a machine as it is, or as it was in a snapshot, and then it is on like that one. */
export async function clone(
  context: MachineContext,
  word: string,
  choices: { readonly name: string | undefined; readonly snapshot: string | undefined },
): Promise<number> {
  const wish = choices.name === undefined ? {} : { name: choices.name };
  if (choices.snapshot !== undefined) {
    const [vm, snapshot] = await findBoth(context, word, choices.snapshot);
    return withOwner(context, async (control) => {
      await checkNameIsFree(control, choices.name);
      const request = { id: vm.id, snapshot: snapshot.id, ...wish };
      const made = valueOf(await control.call('snapshot:clone', request));
      return tell(
        context,
        control,
        made,
        `“${made.name}” is “${vm.name}” as it was in “${snapshot.name}” (${made.id}).`,
      );
    });
  }
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    await checkNameIsFree(control, choices.name);
    const made = valueOf(await control.call('vm:clone', { id: vm.id, ...wish }));
    return tell(context, control, made, `“${made.name}” is a clone of “${vm.name}” (${made.id}).`);
  });
}

/** Words that name nothing must not start a process. */
function findBoth(
  context: MachineContext,
  word: string,
  snapshotWord: string,
): Promise<readonly [VmSummary, Snapshot]> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    return [vm, await snapshotNamed(control, vm, snapshotWord)];
  });
}

/** `vivarium restore MACHINE SNAPSHOT`: the machine is on afterwards, so somebody must have the store open. */
export async function restoreSnapshot(
  context: MachineContext,
  word: string,
  snapshotWord: string,
  then: 'as-taken' | 'run' | 'pause',
): Promise<number> {
  const [vm, snapshot] = await findBoth(context, word, snapshotWord);
  return withOwner(context, async (control) => {
    const restored = valueOf(await control.call('snapshot:restore', { id: vm.id, snapshot: snapshot.id, then }));
    const how = restored.state === 'paused' ? ', and is paused' : '';
    return tell(context, control, restored, `“${vm.name}” is what it was in “${snapshot.name}”${how}.`);
  });
}

/** `vivarium restore WORD` where WORD is no file: says which snapshots the machine of that name has. Throws {@link UsageError}. */
export function explainMissingFile(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const machines = await listMachines(control);
    if (!machines.some(({ id, name }) => word === id || word.toLowerCase() === name.toLowerCase()))
      throw new UsageError(
        `There is no file ${word}, and no machine of that name. \`vivarium ls\` lists the machines.`,
      );
    const vm = await machineNamed(control, word);
    return refuseWithoutSnapshot((await treeOf(control, vm)).entries, vm.name);
  });
}

/** `2026-11-23 14:33:10`, by the user's clock. */
function timeName(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${date} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')}`;
}

/** `27.1 MiB`, `142 KiB`, `0`. */
function sizeText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  if (mebibytes >= 1) return `${mebibytes.toFixed(1)} MiB`;
  return bytes === 0 ? '0' : `${Math.max(1, Math.round(bytes / 1024))} KiB`;
}

function snapshotTable(entries: readonly Snapshot[], current: string | null): string {
  const childrenOf = (parent: string | null): readonly Snapshot[] => entries.filter((entry) => entry.parent === parent);
  const rowsBelow = (parent: string | null, depth: number): string[][] =>
    childrenOf(parent).flatMap((entry) => [
      [
        `${entry.id === current ? '*' : ' '} ${'  '.repeat(depth)}${entry.name}`,
        timeName(new Date(entry.takenAt)),
        entry.isPaused ? 'paused' : 'running',
        sizeText(entry.storedBytes),
        entry.id,
      ],
      ...rowsBelow(entry.id, depth + 1),
    ]);
  return tableOf([['  NAME', 'TAKEN', 'STATE', 'ADDED', 'ID'], ...rowsBelow(null, 0)]);
}
