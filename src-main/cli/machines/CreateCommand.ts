import type { CallInput } from '../../../src-preload/contract/contract.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { proposeMachine } from '../../hypervisor/proposals/proposeMachine.ts';
import type { Tier, VmNetwork } from '../../hypervisor/types.ts';
import type { FileUse } from '../../hypervisor/proposals/findFileUse.ts';
import {
  type BootDevice,
  DRIVE_SLOTS,
  type DriveSlot,
  REMOVABLE_SLOTS,
  type RemovableSlot,
} from '../../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../../machine/images/openImage.ts';
import type { KeyboardLayout } from '../../machine/keyboard/layouts.ts';
import type { AdapterModel } from '../../machine/network/NetworkPort.ts';
import type { ProfileName } from '../../machine/profiles/profiles.ts';
import type { Control } from '../../control/Control.ts';
import { UsageError } from '../ExitStatus.ts';
import type { SymbolChoice } from '../RunOptions.ts';
import {
  absolute,
  checkNameIsFree,
  machineNamed,
  tell,
  valueOf,
  withMachines,
  withOwner,
  type MachineContext,
} from './MachineCommands.ts';
import { startMachines } from './PowerCommands.ts';
import { initrdPath, programOptions, programSource, type ProgramChoices } from './programInput.ts';

/** What options say; what they leave open is undefined. */
export interface MachineChoices {
  readonly name: string | undefined;
  readonly profile: ProfileName | undefined;
  readonly memoryMiB: number | undefined;
  readonly weight: number | undefined;
  readonly capPercent: number | undefined;
  /** null: any. */
  readonly pcpus: readonly number[] | null | undefined;
  /** null: the scheduler's. */
  readonly sliceMs: number | null | undefined;
  readonly tier: Tier | undefined;
  readonly clock: 'host' | 'instructions' | undefined;
  /** null: none. */
  readonly network: VmNetwork | null | undefined;
  /** null: the usual one. */
  readonly adapterModel: AdapterModel | null | undefined;
  readonly hasSound: boolean | undefined;
  readonly keyboardLayout: KeyboardLayout | undefined;
  readonly hasConsole: boolean | undefined;
  readonly bootOrder: readonly BootDevice[] | undefined;
  readonly notes: string | undefined;
  /** null: none. */
  readonly group: string | null | undefined;
  readonly autostart: boolean | undefined;
  /** null: none. */
  readonly checkpointMinutes: number | null | undefined;
  /** In these drives, in place of what a proposal puts there; null empties a drive. */
  readonly drives: readonly { readonly slot: DriveSlot; readonly file: string | null }[];
  readonly access: ImageAccess | undefined;
  /** null: none. */
  readonly symbols: SymbolChoice | null | undefined;
}

export interface CreateChoices extends MachineChoices, ProgramChoices {
  readonly files: readonly string[];
  readonly isStarted: boolean;
}

type CreateInput = NonNullable<CallInput<'vm:create'>>;

/** `vivarium create`: a machine for some files, which are recognised as the window recognises them. */
export async function create(context: MachineContext, choices: CreateChoices): Promise<number> {
  // Mistakes are found before a process is started in the background.
  const plan = planMachine(choices);
  const make = async (control: Control): Promise<VmSummary> => {
    await checkNameIsFree(control, choices.name);
    const vm = valueOf(await control.call('vm:create', await inputOf(control, choices, plan)));
    try {
      await setSymbols(control, vm.id, choices);
    } catch (error) {
      // It would be a machine that is not what was asked for.
      await control.call('vm:delete', { id: vm.id });
      throw error;
    }
    return vm;
  };
  if (!choices.isStarted) {
    return withMachines(context, async (control) => {
      const vm = await make(control);
      return tell(context, control, vm, `“${vm.name}” was created (${vm.id}). Start it: vivarium start "${vm.name}"`);
    });
  }
  return withOwner(context, async (control) => {
    const vm = await make(control);
    return startMachines(context, control, [vm], false);
  });
}

/** `vivarium set`: changes what a machine is. */
export function change(context: MachineContext, word: string, choices: MachineChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const vm = await machineNamed(control, word);
    await checkNameIsFree(control, choices.name, vm);
    const changes = settingsOf(choices);
    // A machine that is on has its media changed as a person would, and keeps its drives.
    const isMedium = ({ slot }: { readonly slot: DriveSlot }): boolean => vm.state !== 'off' && isRemovable(slot);
    const media = choices.drives.filter(isMedium);
    const fixed = choices.drives.filter((drive) => !isMedium(drive));
    const hasDriveChanges = fixed.length > 0 || (choices.access !== undefined && media.length === 0);
    const drives = hasDriveChanges ? await changedDrives(control, vm, { ...choices, drives: fixed }) : undefined;
    if (Object.keys(changes).length === 0 && !drives && media.length === 0 && choices.symbols === undefined)
      throw new UsageError('set: say what is to change; `vivarium set --help` lists what can.');
    const { symbols } = choices;
    const former = symbols === undefined ? null : valueOf(await control.call('symbols:status', { id: vm.id }));
    await setSymbols(control, vm.id, choices);
    const outcome = await control.call('vm:update', { id: vm.id, changes, ...(drives && { drives }) });
    // All of it is changed, or nothing.
    if (!outcome.ok && symbols !== undefined)
      await control.call('symbols:set', { id: vm.id, token: former?.file.token ?? null, offset: former?.offset ?? 0 });
    const updated = valueOf(outcome);
    const changed = (await changeMedia(control, vm, media, choices)) ?? updated;
    return tell(context, control, changed, `“${changed.name}” was changed.`);
  });
}

async function changeMedia(
  control: Control,
  { id, drives }: VmSummary,
  media: MachineChoices['drives'],
  { access }: MachineChoices,
): Promise<VmSummary | undefined> {
  let changed: VmSummary | undefined;
  for (const { slot, file } of media) {
    if (!isRemovable(slot)) continue;
    const before = drives.find((drive) => drive.slot === slot)?.access;
    const image = file === null ? null : { token: (await control.grantFile(absolute(file, `--${slot}`), 'read')).token, access: accessFor(slot, access ?? before ?? 'read-write') }; // prettier-ignore
    changed = valueOf(await control.call('vm:changeMedium', { id, slot, image }));
  }
  return changed;
}

async function setSymbols(control: Control, id: string, { symbols }: MachineChoices): Promise<void> {
  if (symbols === undefined) return;
  const token = symbols && (await control.grantFile(absolute(symbols.file, '--symbols'), 'read')).token;
  valueOf(await control.call('symbols:set', { id, token, offset: symbols?.offset ?? 0 }));
}

interface MachinePlan {
  readonly settings: NonNullable<CreateInput['settings']>;
  readonly program: string | undefined;
  readonly initrd: string | undefined;
  /** `program` is a BIOS image, and this the display adapter's. */
  readonly hasBios: boolean;
  readonly vgaBios: string | undefined;
  readonly commandLine: string | undefined;
  readonly drives: readonly { readonly slot: DriveSlot; readonly file: string; readonly access: ImageAccess }[];
}

function planMachine(choices: CreateChoices): MachinePlan {
  const { files, sample, drives, access } = choices;
  if (sample !== undefined && files.length > 0) throw new UsageError('create: name either files or a --sample.');
  const proposal = proposeMachine([
    ...files.map((file) => absolute(file, 'create')),
    ...[initrdPath(choices) ?? []].flat(),
    ...drives.flatMap(({ slot, file }) => (file === null ? [] : [absolute(file, `--${slot}`)])),
  ]);
  const named = proposal.files.slice(0, files.length);
  // A format that the user names makes a program of what is none by its looks, and what a program lacks is said best by
  // whoever tries to load it.
  const isHopeless = !proposal.isSystem && named[0]?.use === null;
  const isForced = files.length === 1 && (choices.format !== 'auto' || isHopeless);
  const useless = isForced ? undefined : named.find(({ use }) => use === null);
  if (useless) throw new UsageError(`${useless.path}: ${useless.problem ?? 'a machine has no use for it.'}`);
  const fileFor = (use: string): string | undefined => named.find((each) => each.use === use)?.path;
  const taken = new Map<DriveSlot, MachinePlan['drives'][number]>();
  for (const { path, use, access: proposed } of isForced ? [] : named) {
    if (use === null || !isDriveSlot(use)) continue;
    taken.set(use, { slot: use, file: path, access: access ?? proposed });
  }
  for (const { slot, file } of drives) {
    if (file === null) continue;
    taken.set(slot, { slot, file: absolute(file, `--${slot}`), access: accessFor(slot, access ?? 'read-write') });
  }
  if (fileFor('vgabios') !== undefined && fileFor('bios') === undefined)
    throw new UsageError('create: a VGA BIOS goes with a BIOS image; name that too.');
  const hasFiles = proposal.files.length > 0;
  const { memoryMiB, bootOrder, profile } = proposal;
  const proposed = hasFiles ? { memoryMiB, profile, ...(proposal.isSystem && { bootOrder: [...bootOrder] }) } : {};
  return {
    settings: { ...proposed, ...settingsOf(choices) },
    program: isForced ? named[0]?.path : (fileFor('program') ?? fileFor('bios')),
    hasBios: !isForced && fileFor('program') === undefined && fileFor('bios') !== undefined,
    vgaBios: isForced ? undefined : fileFor('vgabios'),
    initrd: initrdPath(choices) ?? fileFor('initrd'),
    commandLine: choices.commandLine ?? (proposal.hasKernel ? proposal.commandLine : undefined),
    drives: [...taken.values()],
  };
}

function settingsOf(choices: MachineChoices): NonNullable<CreateInput['settings']> {
  const { name, profile, memoryMiB, weight, capPercent, pcpus, sliceMs, tier, clock, network, bootOrder, notes } =
    choices;
  const { group, autostart, checkpointMinutes, adapterModel, hasSound, keyboardLayout, hasConsole } = choices;
  return {
    ...(name !== undefined && { name }),
    ...(profile !== undefined && { profile }),
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(weight !== undefined && { weight }),
    ...(capPercent !== undefined && { capPercent }),
    ...(pcpus !== undefined && { pcpus: pcpus && [...pcpus] }),
    ...(sliceMs !== undefined && { sliceMs }),
    ...(tier !== undefined && { tier }),
    ...(clock !== undefined && { clock }),
    ...(network !== undefined && { network }),
    ...(adapterModel !== undefined && { adapterModel }),
    ...(hasSound !== undefined && { hasSound }),
    ...(keyboardLayout !== undefined && { keyboardLayout }),
    ...(hasConsole !== undefined && { hasConsole }),
    ...(bootOrder !== undefined && { bootOrder: [...bootOrder] }),
    ...(notes !== undefined && { notes }),
    ...(group !== undefined && { group }),
    ...(autostart !== undefined && { autostart }),
    ...(checkpointMinutes !== undefined && { checkpointMinutes }),
  };
}

async function inputOf(control: Control, choices: CreateChoices, plan: MachinePlan): Promise<CreateInput> {
  const { sample } = choices;
  const drives: NonNullable<CreateInput['drives']> = [];
  for (const { slot, file, access } of plan.drives)
    drives.push({ slot, token: (await control.grantFile(file, 'read')).token, access });
  let program: CreateInput['program'];
  if (sample !== undefined) program = { kind: 'sample', sampleId: sample };
  else if (plan.program !== undefined) program = await programSource(control, plan.program, plan);
  return {
    settings: plan.settings,
    ...(program && { program }),
    options: programOptions(plan.hasBios ? 'bios' : choices.format, { ...choices, commandLine: plan.commandLine }),
    drives,
  };
}

/** All drives as they are to be, or undefined when no option is about them. */
async function changedDrives(
  control: Control,
  vm: VmSummary,
  { drives, access }: MachineChoices,
): Promise<CreateInput['drives']> {
  if (drives.length === 0 && access === undefined) return undefined;
  const result: NonNullable<CreateInput['drives']> = [];
  for (const drive of vm.drives) {
    if (drives.some(({ slot }) => slot === drive.slot)) continue;
    result.push({ slot: drive.slot, token: drive.file.token, access: accessFor(drive.slot, access ?? drive.access) });
  }
  for (const { slot, file } of drives) {
    if (file === null) continue;
    const { token } = await control.grantFile(absolute(file, `--${slot}`), 'read');
    const before = vm.drives.find((drive) => drive.slot === slot)?.access;
    result.push({ slot, token, access: accessFor(slot, access ?? before ?? 'read-write') });
  }
  return result;
}

function isRemovable(slot: DriveSlot): slot is RemovableSlot {
  return REMOVABLE_SLOTS.some((each) => each === slot);
}

function isDriveSlot(use: FileUse): use is DriveSlot {
  return (DRIVE_SLOTS as readonly string[]).includes(use);
}

function accessFor(slot: DriveSlot, access: ImageAccess): ImageAccess {
  return slot === 'cdrom' ? 'read-only' : access;
}
