import { z } from 'zod';
import { call, event } from './Channel.ts';
import { BootDevice, DriveSlot, ImageAccess, VmId, VmProfile } from './machines.ts';
import { FileGrant } from './programs.ts';

/** What a machine can do with a file: run it, hand it to a kernel, start with it instead of its own BIOS, or have it in a drive. */
export const FileUse = z.enum(['program', 'initrd', 'bios', 'vgabios', ...DriveSlot.options]);
export type FileUse = z.infer<typeof FileUse>;

export const ProposedFile = z.object({
  file: FileGrant,
  /** What the machine is to do with it; null: nothing. */
  use: FileUse.nullable(),
  /** All that it could be tried as. */
  uses: z.array(FileUse),
  /** In a drive. */
  access: ImageAccess,
  /** One line on what it is; empty when nothing is known. */
  summary: z.string(),
  /** Why it is of no use here, and what to do. */
  problem: z.string().nullable(),
});
export type ProposedFile = z.infer<typeof ProposedFile>;

/** A machine made to measure for some files, found by looking into them. */
export const MachineProposal = z.object({
  name: z.string(),
  files: z.array(ProposedFile),
  profile: VmProfile,
  memoryMiB: z.number().int(),
  bootOrder: z.array(BootDevice),
  /** Of a kernel; empty when there is none. */
  commandLine: z.string(),
  hasKernel: z.boolean(),
  /** Media or a kernel are among the files: worth a look before the machine is made. */
  isSystem: z.boolean(),
});
export type MachineProposal = z.infer<typeof MachineProposal>;

export const imageContract = {
  /** What kind of machine would make use of these files. Reads them; makes nothing. */
  'machine:propose': call(z.object({ tokens: z.array(z.string().max(64)).min(1).max(16) }), MachineProposal),
  /** Opens the save dialog for a machine's file. */
  'machine:pickExport': call(z.object({ id: VmId }), FileGrant),
  /** Opens the file dialog for machines' files. */
  'machine:pickImport': call(z.void(), FileGrant),
  /** Files were opened from outside that are worth a look before a machine is made of them. */
  'machine:offered': event(z.array(FileGrant)),
  /** Opens the file dialog for images. */
  'image:pick': call(z.object({ slot: DriveSlot }), FileGrant),
  /** Opens the save dialog, and writes an empty qcow2 image there, which grows as it is filled. */
  'image:create': call(z.object({ name: z.string().max(80), gibibytes: z.number().min(0.001).max(2048) }), FileGrant),
  /** Opens the save dialog, and writes what the machine shows as a PNG file. */
  'screen:savePicture': call(z.object({ id: VmId }), FileGrant),
} as const;
