import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { MachineProposal } from '../../../src-preload/contract/images.ts';
import { proposeMachine } from '../../hypervisor/proposals/proposeMachine.ts';
import { encodeScreen } from '../../hypervisor/screenPicture.ts';
import { createDiskImage } from '../../hypervisor/storage/createDiskImage.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, refuseWith, succeed } from '../../control/outcomes.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import { NOT_GRANTED } from '../../control/files/ProgramSources.ts';
import { reasonOf } from '../../control/files/reasonOf.ts';

type ImageCall = Extract<CallName, `image:${string}` | `machine:${string}` | `screen:${string}`>;

export interface ImageServices {
  readonly hypervisor: HypervisorService;
  readonly grants: FileGrants;
  readonly dialogs: FileDialogs;
}

const CANCELLED = refuse('cancelled', 'The dialog was closed.');
const GIBIBYTE = 2 ** 30;
const SECTOR_BYTES = 512;
const DIALOGS = { floppy: 'floppy', cdrom: 'cdrom', hda: 'disk', hdb: 'disk', vda: 'disk' } as const;

/** What is put into machines, and the picture that they show. */
export function imageHandlers({ hypervisor, grants, dialogs }: ImageServices): Handlers<ImageCall> {
  return {
    'machine:propose': ({ tokens }) => {
      const paths = tokens.map((token) => grants.resolve(token, 'read'));
      if (!paths.every((file) => file !== null)) return refuse('access-not-granted', NOT_GRANTED);
      const { files, bootOrder, ...proposal } = proposeMachine(paths);
      const proposed: MachineProposal = {
        ...proposal,
        bootOrder: [...bootOrder],
        files: files.map(({ path: file, uses, ...rest }) => ({
          ...rest,
          uses: [...uses],
          file: grants.grant(file, 'read'),
        })),
      };
      return succeed(proposed);
    },
    'machine:pickExport': async ({ id }) => {
      const name = fileNameOf(hypervisor.get(id)?.name ?? 'machine');
      const file = await dialogs.pickExport(`${name}.vivarium`);
      return file === null ? CANCELLED : succeed(grants.grant(file, 'write'));
    },
    'machine:pickImport': async () => {
      const [file] = await dialogs.pickImport();
      return file === undefined ? CANCELLED : succeed(grants.grant(file, 'read'));
    },
    'image:pick': async ({ slot }) => {
      const [file] = await dialogs.pickImage(DIALOGS[slot]);
      return file === undefined ? CANCELLED : succeed(grants.grant(file, 'read'));
    },
    'image:create': async ({ name, gibibytes }) => {
      const file = await dialogs.pickNewImage(`${name}.qcow2`);
      if (file === null) return CANCELLED;
      const byteLength = Math.ceil((gibibytes * GIBIBYTE) / SECTOR_BYTES) * SECTOR_BYTES;
      const created = createDiskImage(file, byteLength);
      return created.ok ? succeed(grants.grant(file, 'write')) : refuseWith(created.error);
    },
    'screen:savePicture': async ({ id }) => {
      // Taken before the dialog: it is the picture that the user saw.
      const screen = hypervisor.console.screen(id);
      if (!screen) return refuse('wrong-state', 'The machine shows nothing: start it first.');
      const picture = encodeScreen(screen);
      const file = await dialogs.pickPicture(pictureName(hypervisor.get(id)?.name ?? 'screen'));
      if (file === null) return CANCELLED;
      const name = path.basename(file);
      try {
        await writeFile(file, picture);
      } catch (error) {
        return refuse('file-unwritable', `${name} cannot be written: ${reasonOf(error)}. Save it in another folder.`, { name }); // prettier-ignore
      }
      return succeed(grants.grant(file, 'read'));
    },
  };
}

/** `primes 2026-11-23 10.52.07.png`, with what file systems refuse left out. */
function pictureName(machine: string): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return `${fileNameOf(machine)} ${time}.png`;
}

function fileNameOf(machine: string): string {
  return machine.replaceAll(/[\\/:*?"<>|]/g, '-');
}
