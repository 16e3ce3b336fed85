import { randomBytes } from 'node:crypto';
import { DRIVE_NAMES, hasDrive } from '../machine/drives/DriveSlot.ts';
import { adapterModels } from '../machine/network/NetworkPort.ts';
import { type ProfileName, PROFILE_NAMES, profileOf } from '../machine/profiles/profiles.ts';
import { hasVirtio } from '../machine/virtio/virtioDevices.ts';
import { refused } from './results.ts';
import { SCHEDULER_PCPUS_MOST } from './scheduler/SchedulerState.ts';
import {
  CAP_RANGE,
  CHECKPOINT_MINUTES_RANGE,
  CLOCK_KINDS,
  COLOUR_COUNT,
  GROUP_LENGTH_MOST,
  MEMORY_MIB_RANGE,
  NAME_LENGTH_MOST,
  NOTES_LENGTH_MOST,
  SEGMENT_NAME,
  SLICE_MS_RANGE,
  TIERS,
  WEIGHT_RANGE,
} from './types.ts';
import type {
  HypervisorError,
  RefusalText,
  SchedulerSettings,
  UpdateVmRequest,
  VmDefinition,
  VmDrive,
  VmId,
} from './types.ts';

type Refusal = { readonly ok: false; readonly error: HypervisorError };

export function newVmId(): VmId {
  return `vm-${randomBytes(8).toString('hex')}`;
}

/** What is wrong with a machine's settings; undefined when nothing is. Fields that are absent are not looked at. */
export function findSettingsProblem(settings: UpdateVmRequest): Refusal | undefined {
  const {
    name,
    profile,
    memoryMiB,
    vcpuCount,
    weight,
    capPercent,
    pcpus,
    sliceMs,
    tier,
    clock,
    network,
    drives,
    notes,
    group,
    checkpointMinutes,
    colour,
  } = settings;
  if (name !== undefined && (name.trim() === '' || name.length > NAME_LENGTH_MOST))
    return invalid('name', `The name needs 1 to ${NAME_LENGTH_MOST} characters.`);
  if (profile !== undefined && !PROFILE_NAMES.includes(profile))
    return invalid('profile', `The kind of machine must be one of: ${PROFILE_NAMES.join(', ')}.`);
  if (!isWithin(memoryMiB, MEMORY_MIB_RANGE))
    return invalid(
      'memoryMiB',
      `The memory must be a whole number of MiB from ${MEMORY_MIB_RANGE.least} to ${MEMORY_MIB_RANGE.most}.`,
    );
  if (vcpuCount !== undefined && vcpuCount !== 1)
    return invalid('vcpuCount', 'A machine has one virtual processor in this version.');
  if (!isWithin(weight, WEIGHT_RANGE))
    return invalid('weight', `The weight must be a whole number from ${WEIGHT_RANGE.least} to ${WEIGHT_RANGE.most}.`);
  if (!isWithin(capPercent, CAP_RANGE))
    return invalid('capPercent', 'The cap must be a whole number of percent from 1 to 100, or 0 for none.');
  if (pcpus?.length === 0 || pcpus?.some((pcpu) => !isWithin(pcpu, { least: 0, most: SCHEDULER_PCPUS_MOST - 1 })))
    return invalid('pcpus', `The pCPUs must be numbers from 0 to ${SCHEDULER_PCPUS_MOST - 1}, at least one of them.`);
  if (sliceMs !== null && !isWithin(sliceMs, SLICE_MS_RANGE)) return sliceProblem();
  if (tier !== undefined && !TIERS.includes(tier))
    return invalid('tier', `The tier must be one of: ${TIERS.join(', ')}.`);
  if (clock !== undefined && !CLOCK_KINDS.includes(clock))
    return invalid('clock', `The clock must be one of: ${CLOCK_KINDS.join(', ')}.`);
  if (network?.kind === 'segment' && !SEGMENT_NAME.test(network.name))
    return invalid(
      'network',
      'A network segment’s name has 1 to 32 letters, digits, dots, dashes or underscores, and starts with a letter or digit.',
    );
  if (drives !== undefined && new Set(drives.map(({ slot }) => slot)).size < drives.length)
    return invalid('drives', 'Each drive can hold one image.');
  if (notes !== undefined && notes.length > NOTES_LENGTH_MOST)
    return invalid('notes', `Notes can have up to ${NOTES_LENGTH_MOST} characters.`);
  if (group != null && (group.trim() === '' || group.length > GROUP_LENGTH_MOST))
    return invalid('group', `A group’s name needs 1 to ${GROUP_LENGTH_MOST} characters.`);
  if (checkpointMinutes !== null && !isWithin(checkpointMinutes, CHECKPOINT_MINUTES_RANGE)) {
    const { least, most } = CHECKPOINT_MINUTES_RANGE;
    return invalid('checkpointMinutes', `Checkpoints are kept every ${least} to ${most} minutes.`);
  }
  if (!isWithin(colour, { least: 0, most: COLOUR_COUNT - 1 }))
    return invalid('colour', `There are ${COLOUR_COUNT} machine colours, numbered from 0.`);
  return undefined;
}

/** A drive that machines of this kind do not have. */
export function findDriveProblem(profile: ProfileName, drives: readonly VmDrive[]): Refusal | undefined {
  const homeless = drives.find(({ slot }) => !hasDrive(profileOf(profile), slot));
  if (homeless === undefined) return undefined;
  return invalid(
    'drives',
    `A machine of the kind “${profile}” does not have ${DRIVE_NAMES[homeless.slot]}. Choose another kind or another drive.`,
  );
}

/** An adapter or a console that machines of this kind cannot have. */
export function findDeviceProblem({
  profile,
  network,
  adapterModel,
  hasConsole,
}: Pick<VmDefinition, 'profile' | 'network' | 'adapterModel' | 'hasConsole'>): Refusal | undefined {
  const models = adapterModels(profileOf(profile));
  if (network !== null && adapterModel !== null && !models.includes(adapterModel))
    return invalid(
      'adapterModel',
      `A machine of the kind “${profile}” cannot have that network adapter: choose ${models.join(' or ')}, or another kind.`,
      { id: 'no-such-adapter', values: { profile, models: models.join(' / ') } },
    );
  if (hasConsole && !hasVirtio(profileOf(profile)))
    return invalid(
      'hasConsole',
      `A machine of the kind “${profile}” cannot have a virtio console: choose another kind, or leave the console out.`,
      { id: 'no-console', values: { profile } },
    );
  return undefined;
}

export function findSchedulerProblem({ pcpuCount, sliceMs }: SchedulerSettings): Refusal | undefined {
  if (!isWithin(pcpuCount, { least: 1, most: SCHEDULER_PCPUS_MOST }))
    return invalid('pcpuCount', `The number of pCPUs must be a whole number from 1 to ${SCHEDULER_PCPUS_MOST}.`);
  return sliceMs >= SLICE_MS_RANGE.least && sliceMs <= SLICE_MS_RANGE.most ? undefined : sliceProblem();
}

function sliceProblem(): Refusal {
  const { least, most } = SLICE_MS_RANGE;
  return invalid('sliceMs', `The slice must be from ${least} to ${most} milliseconds.`);
}

/** The colour that fewest machines have. */
export function freeColour(taken: readonly number[]): number {
  const counts = Array.from({ length: COLOUR_COUNT }, (_, colour) => taken.filter((each) => each === colour).length);
  return counts.indexOf(Math.min(...counts));
}

/** `name`, or `name 2`, `name 3` and so on when it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/ \d+$/, '').slice(0, NAME_LENGTH_MOST - 6);
  for (let number = 2; ; number++) if (!taken.has(`${stem} ${number}`)) return `${stem} ${number}`;
}

function isWithin(
  value: number | undefined,
  { least, most }: { readonly least: number; readonly most: number },
): boolean {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most);
}

function invalid(field: string, message: string, text?: RefusalText): Refusal {
  return refused('invalid', message, { field, ...(text && { text }) });
}
