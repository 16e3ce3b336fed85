import { parsePcpuList, pcpuListText } from '../../../src-preload/contract/layouts/PcpuList.ts';
import type {
  AdapterModel,
  BootDevice,
  KeyboardLayout,
  Tier,
  VmProfile,
  VmSettings,
} from '../../../src-preload/contract/machines.ts';

/** A machine's settings as a form holds them: numbers as typed. */
export interface MachineForm {
  name: string;
  profile: VmProfile;
  /** `disk,cdrom,floppy`. */
  bootOrder: string;
  memoryMiB: string;
  weight: string;
  capPercent: string;
  /** `0,2-3`; empty: any. */
  pcpus: string;
  /** Empty: as long as the preferences say. */
  sliceMs: string;
  tier: Tier;
  clock: VmSettings['clock'];
  network: 'none' | 'segment' | 'host';
  /** Of the network adapter. */
  adapter: 'usual' | AdapterModel;
  hasConsole: boolean;
  hasSound: boolean;
  keyboardLayout: KeyboardLayout;
  /** The segment's name, kept while another network is chosen. */
  segment: string;
  notes: string;
  /** Empty: none. */
  group: string;
  autostart: boolean;
  /** Empty: no checkpoints. */
  checkpointMinutes: string;
}

type Field = 'name' | 'memoryMiB' | 'weight' | 'capPercent' | 'pcpus' | 'sliceMs' | 'checkpointMinutes' | 'segment';

/** What the bridge accepts (src-preload/contract/machines.ts). */
export const LIMITS = {
  memoryMiB: { least: 1, most: 2048 },
  weight: { least: 1, most: 10_000 },
  capPercent: { least: 1, most: 100 },
  sliceMs: { least: 1, most: 100 },
  checkpointMinutes: { least: 1, most: 60 },
} as const;

const SEGMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const USUAL_SEGMENT = 'lab';

export const TIERS = ['auto', 'threaded', 'region'] as const satisfies readonly Tier[];
export const PROFILES = ['pc', 'isa', 'micro'] as const satisfies readonly VmProfile[];
/** Network adapters that each kind of machine can have, the usual one first. */
export const ADAPTERS_OF: Readonly<Record<VmProfile, readonly AdapterModel[]>> = {
  pc: ['ne2000', 'virtio'],
  isa: ['ne2000'],
  micro: ['virtio'],
};
export const HAS_VIRTIO: Readonly<Record<VmProfile, boolean>> = { pc: true, isa: false, micro: true };
const USUAL_BOOT_ORDER: readonly BootDevice[] = ['floppy', 'disk', 'cdrom'];
export const BOOT_ORDERS: readonly (readonly BootDevice[])[] = [
  ['floppy', 'disk', 'cdrom'],
  ['floppy', 'cdrom', 'disk'],
  ['disk', 'cdrom', 'floppy'],
  ['disk', 'floppy', 'cdrom'],
  ['cdrom', 'disk', 'floppy'],
  ['cdrom', 'floppy', 'disk'],
];

export type FormProblems = Partial<Record<Field, 'required' | 'range' | 'pcpus' | 'segment'>>;

/** What a new machine has unless it is told otherwise. */
export function newForm(): MachineForm {
  return {
    name: '',
    profile: 'pc',
    bootOrder: bootOrderText(null),
    memoryMiB: '16',
    weight: '100',
    capPercent: '',
    pcpus: '',
    sliceMs: '',
    tier: 'auto',
    clock: 'host',
    network: 'none',
    adapter: 'usual',
    hasConsole: false,
    hasSound: true,
    keyboardLayout: 'us',
    segment: USUAL_SEGMENT,
    notes: '',
    group: '',
    autostart: false,
    checkpointMinutes: '',
  };
}

function isWithin(text: string, { least, most }: { least: number; most: number }): boolean {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && value >= least && value <= most;
}

export function formOf(settings: VmSettings): MachineForm {
  return {
    name: settings.name,
    profile: settings.profile,
    bootOrder: bootOrderText(settings.bootOrder),
    memoryMiB: String(settings.memoryMiB),
    weight: String(settings.weight),
    capPercent: settings.capPercent === 0 ? '' : String(settings.capPercent),
    pcpus: settings.pcpus === null ? '' : pcpuListText(settings.pcpus),
    sliceMs: settings.sliceMs === null ? '' : String(settings.sliceMs),
    tier: settings.tier,
    clock: settings.clock,
    network: settings.network?.kind ?? 'none',
    adapter: settings.adapterModel ?? 'usual',
    hasConsole: settings.hasConsole,
    hasSound: settings.hasSound,
    keyboardLayout: settings.keyboardLayout,
    segment: settings.network?.kind === 'segment' ? settings.network.name : USUAL_SEGMENT,
    notes: settings.notes,
    group: settings.group ?? '',
    autostart: settings.autostart,
    checkpointMinutes: settings.checkpointMinutes === null ? '' : String(settings.checkpointMinutes),
  };
}

/** What is wrong with each field; an empty name is allowed where the machine is named for its program. */
export function checkForm(form: MachineForm, isNameRequired: boolean): FormProblems {
  const problems: FormProblems = {};
  if (isNameRequired && form.name.trim() === '') problems.name = 'required';
  if (!isWithin(form.memoryMiB, LIMITS.memoryMiB)) problems.memoryMiB = 'range';
  if (!isWithin(form.weight, LIMITS.weight)) problems.weight = 'range';
  if (form.capPercent.trim() !== '' && !isWithin(form.capPercent, LIMITS.capPercent)) problems.capPercent = 'range';
  if (form.pcpus.trim() !== '' && parsePcpuList(form.pcpus) === null) problems.pcpus = 'pcpus';
  if (form.sliceMs.trim() !== '' && !isWithin(form.sliceMs, LIMITS.sliceMs)) problems.sliceMs = 'range';
  if (form.checkpointMinutes.trim() !== '' && !isWithin(form.checkpointMinutes, LIMITS.checkpointMinutes))
    problems.checkpointMinutes = 'range';
  if (form.network === 'segment' && !SEGMENT_NAME.test(form.segment.trim())) problems.segment = 'segment';
  return problems;
}

export function settingsOf(form: MachineForm): Partial<VmSettings> {
  return { ...hardwareSettingsOf(form), ...softSettingsOf(form) };
}

/** What can be changed while the machine runs. */
export function softSettingsOf(form: MachineForm): Partial<VmSettings> {
  const name = form.name.trim();
  return {
    ...(name === '' ? {} : { name }),
    weight: Number(form.weight),
    capPercent: form.capPercent.trim() === '' ? 0 : Number(form.capPercent),
    pcpus: form.pcpus.trim() === '' ? null : parsePcpuList(form.pcpus),
    sliceMs: form.sliceMs.trim() === '' ? null : Number(form.sliceMs),
    tier: form.tier,
    keyboardLayout: form.keyboardLayout,
    notes: form.notes,
    group: form.group.trim() === '' ? null : form.group.trim(),
    autostart: form.autostart,
    checkpointMinutes: form.checkpointMinutes.trim() === '' ? null : Number(form.checkpointMinutes),
  };
}

function hardwareSettingsOf(form: MachineForm): Partial<VmSettings> {
  return {
    profile: form.profile,
    // Of BOOT_ORDERS.
    bootOrder: form.bootOrder.split(',') as BootDevice[],
    memoryMiB: Number(form.memoryMiB),
    clock: form.clock,
    network: networkOf(form),
    adapterModel: form.adapter === 'usual' || !ADAPTERS_OF[form.profile].includes(form.adapter) ? null : form.adapter,
    hasConsole: form.hasConsole && HAS_VIRTIO[form.profile],
    hasSound: form.hasSound,
  };
}

export function bootOrderText(order: readonly BootDevice[] | null): string {
  return (order ?? USUAL_BOOT_ORDER).join(',');
}

function networkOf({ network, segment }: MachineForm): VmSettings['network'] {
  if (network === 'none') return null;
  return network === 'host' ? { kind: 'host' } : { kind: 'segment', name: segment.trim() };
}
