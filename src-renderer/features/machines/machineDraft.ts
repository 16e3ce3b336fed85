import type { CallInput } from '../../../src-preload/contract/contract.ts';
import type { FileUse, MachineProposal, ProposedFile } from '../../../src-preload/contract/images.ts';
import type { DriveChoice, DriveSlot, ImageAccess, VmProfile } from '../../../src-preload/contract/machines.ts';
import type { ProgramFormat, ProgramOptions, ProgramSource } from '../../../src-preload/contract/programs.ts';
import { parseNumber } from '../../../src-preload/contract/readings/parseNumber.ts';
import { bootOrderText, settingsOf, type MachineForm } from './machineForm.ts';

/** What a new machine is made of. */
export type DraftOrigin = 'files' | 'sample' | 'appliance' | 'empty';

/** A file of the draft: what was found out about it, and what the user wants with it. */
export interface DraftFile extends Omit<ProposedFile, 'use' | 'access'> {
  use: FileUse | 'none';
  access: ImageAccess;
}

export interface MachineDraft {
  origin: DraftOrigin;
  files: DraftFile[];
  sampleId: string;
  format: ProgramFormat;
  /** Flat binary: where to, as typed. */
  address: string;
  bits: '16' | '32';
  commandLine: string;
  form: MachineForm;
}

/** Drives that each kind of machine has; a floppy needs DMA, a virtio disk PCI or its own transport. */
export const DRIVES_OF: Readonly<Record<VmProfile, readonly DriveSlot[]>> = {
  pc: ['floppy', 'cdrom', 'hda', 'hdb', 'vda'],
  isa: ['floppy', 'cdrom', 'hda', 'hdb'],
  micro: ['vda'],
};

/** What keeps a draft from being made, by the file it is about or for the whole; keys of `wizard.*`. */
export interface DraftProblem {
  readonly token: string | null;
  readonly key: 'twice' | 'noSuchDrive' | 'initrdAlone' | 'biosWithProgram' | 'vgaBiosAlone' | 'nothing';
}

/**
 * Takes over what was found out about files, beside those that the draft has. What the user has chosen for a file
 * already stays; memory only grows.
 */
export function takeProposal(draft: MachineDraft, proposal: MachineProposal): void {
  const known = new Map(draft.files.map((file) => [file.file.token, file]));
  const isFirst = known.size === 0;
  draft.origin = 'files';
  draft.files = proposal.files.map(({ use, ...file }) => {
    const chosen = known.get(file.file.token);
    return { ...file, use: chosen?.use ?? use ?? 'none', access: chosen?.access ?? file.access };
  });
  const { form } = draft;
  if (isFirst) form.profile = proposal.profile;
  form.memoryMiB = String(isFirst ? proposal.memoryMiB : Math.max(Number(form.memoryMiB) || 0, proposal.memoryMiB));
  form.bootOrder = bootOrderText(proposal.bootOrder);
  if (draft.commandLine.trim() === '') draft.commandLine = proposal.commandLine;
}

export function programFileOf(draft: MachineDraft): DraftFile | undefined {
  return draft.origin === 'files' ? draft.files.find(({ use }) => use === 'program' || use === 'bios') : undefined;
}

export function drivesOf(draft: MachineDraft): DriveChoice[] {
  if (draft.origin !== 'files') return [];
  return draft.files.flatMap(({ file, use, access }) =>
    isSlot(use) ? [{ slot: use, token: file.token, access: use === 'cdrom' ? 'read-only' : access }] : [],
  );
}

export function findDraftProblem(draft: MachineDraft): DraftProblem | null {
  if (draft.origin !== 'files') return null;
  const taken = new Set<string>();
  for (const { file, use } of draft.files) {
    if (use === 'none') continue;
    if (taken.has(use)) return { token: file.token, key: 'twice' };
    taken.add(use);
    if (isSlot(use) && !DRIVES_OF[draft.form.profile].includes(use)) return { token: file.token, key: 'noSuchDrive' };
  }
  const fileFor = (use: FileUse): DraftFile | undefined => draft.files.find((each) => each.use === use);
  const initrd = fileFor('initrd');
  if (initrd && !taken.has('program')) return { token: initrd.file.token, key: 'initrdAlone' };
  const bios = fileFor('bios');
  if (bios && taken.has('program')) return { token: bios.file.token, key: 'biosWithProgram' };
  const vgaBios = fileFor('vgabios');
  if (vgaBios && !bios) return { token: vgaBios.file.token, key: 'vgaBiosAlone' };
  return taken.size === 0 ? { token: null, key: 'nothing' } : null;
}

export function programOf(draft: MachineDraft): ProgramSource | null {
  if (draft.origin === 'sample') return { kind: 'sample', sampleId: draft.sampleId };
  const program = programFileOf(draft);
  if (!program) return null;
  const initrd = draft.files.find(({ use }) => use === 'initrd');
  const vgaBios = draft.files.find(({ use }) => use === 'vgabios');
  return {
    kind: 'file',
    token: program.file.token,
    ...(initrd && { initrd: initrd.file.token }),
    ...(vgaBios && { vgaBios: vgaBios.file.token }),
  };
}

export function optionsOf(draft: MachineDraft): ProgramOptions {
  const address = parseNumber(draft.address, 32);
  if (programFileOf(draft)?.use === 'bios') return { format: 'bios' };
  const isBinary = draft.format === 'bin';
  const commandLine = draft.commandLine.trim();
  return {
    ...(draft.format === 'auto' ? {} : { format: draft.format }),
    ...(isBinary ? { bits: draft.bits === '16' ? 16 : 32 } : {}),
    ...(isBinary && address !== undefined ? { origin: Number(address) } : {}),
    ...(commandLine === '' ? {} : { commandLine }),
  };
}

function isSlot(use: DraftFile['use']): use is DriveSlot {
  return use !== 'none' && use !== 'program' && use !== 'initrd' && use !== 'bios' && use !== 'vgabios';
}

/** Whether the machine would have something to start. */
export function isStartable(draft: MachineDraft): boolean {
  return programOf(draft) !== null || drivesOf(draft).length > 0;
}

export function requestOf(draft: MachineDraft, start: boolean): CallInput<'vm:create'> {
  const program = programOf(draft);
  return {
    settings: settingsOf(draft.form),
    drives: drivesOf(draft),
    ...(program ? { program, options: optionsOf(draft) } : {}),
    start,
  };
}
