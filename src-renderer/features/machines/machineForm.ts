import type { VmSettings } from '../../../src-preload/contract/machines.ts';

/** A machine's settings as a form holds them: numbers as typed. */
export interface MachineForm {
  name: string;
  memoryMiB: string;
  weight: string;
  capPercent: string;
  clock: VmSettings['clock'];
  notes: string;
}

type Field = 'name' | 'memoryMiB' | 'weight' | 'capPercent';

/** What the bridge accepts (src-preload/contract/machines.ts). */
export const LIMITS = {
  memoryMiB: { least: 1, most: 2048 },
  weight: { least: 1, most: 10_000 },
  capPercent: { least: 1, most: 100 },
} as const;

export type FormProblems = Partial<Record<Field, 'required' | 'range'>>;

function isWithin(text: string, { least, most }: { least: number; most: number }): boolean {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && value >= least && value <= most;
}

export function formOf(settings: VmSettings): MachineForm {
  return {
    name: settings.name,
    memoryMiB: String(settings.memoryMiB),
    weight: String(settings.weight),
    capPercent: settings.capPercent === 0 ? '' : String(settings.capPercent),
    clock: settings.clock,
    notes: settings.notes,
  };
}

/** What is wrong with each field; an empty name is allowed where the machine is named for its program. */
export function checkForm(form: MachineForm, isNameRequired: boolean): FormProblems {
  const problems: FormProblems = {};
  if (isNameRequired && form.name.trim() === '') problems.name = 'required';
  if (!isWithin(form.memoryMiB, LIMITS.memoryMiB)) problems.memoryMiB = 'range';
  if (!isWithin(form.weight, LIMITS.weight)) problems.weight = 'range';
  if (form.capPercent.trim() !== '' && !isWithin(form.capPercent, LIMITS.capPercent)) problems.capPercent = 'range';
  return problems;
}

export function settingsOf(form: MachineForm): Partial<VmSettings> {
  const name = form.name.trim();
  return {
    ...(name === '' ? {} : { name }),
    memoryMiB: Number(form.memoryMiB),
    weight: Number(form.weight),
    capPercent: form.capPercent.trim() === '' ? 0 : Number(form.capPercent),
    clock: form.clock,
    notes: form.notes,
  };
}
