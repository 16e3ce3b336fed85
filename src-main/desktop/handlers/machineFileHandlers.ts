import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { FileAccess, FileGrants } from '../../control/files/FileGrants.ts';
import type { Handlers } from '../../control/handlers.ts';
import type { MemoryRanges } from '../../control/memory/MemoryRanges.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import type { HypervisorService, VmId } from '../../hypervisor/types.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';

type PickCall = 'memory:pickLoad' | 'memory:pickSave' | 'time:pickRecording' | 'trace:pickFile';
type Dialogs = Pick<FileDialogs, 'pickMemoryLoad' | 'pickMemorySave' | 'pickRecording' | 'pickTrace'>;

export interface MachineFileServices {
  readonly hypervisor: Pick<HypervisorService, 'get'>;
  readonly grants: FileGrants;
  readonly dialogs: Dialogs;
  readonly ranges: Pick<MemoryRanges, 'savable'>;
}

/** The files that parts of machines go to and come from, as the user chooses them. */
export function machineFileHandlers(services: MachineFileServices): Handlers<PickCall> {
  const { hypervisor, grants, dialogs, ranges } = services;
  const granted = (file: string | null | undefined, access: FileAccess): Outcome<FileGrant> =>
    file == null ? refuse('cancelled', 'The dialog was closed.') : succeed(grants.grant(file, access));
  const nameOf = (id: VmId): string => (hypervisor.get(id)?.name ?? 'machine').replaceAll(/[\\/:*?"<>|]/g, '-');
  return {
    'memory:pickLoad': async () => granted((await dialogs.pickMemoryLoad())[0], 'read'),
    'memory:pickSave': async ({ length, ...place }) => {
      const pieces = await ranges.savable(place, length);
      if (!pieces.ok) return pieces;
      return granted(await dialogs.pickMemorySave(`memory-${place.address.toString(16).padStart(8, '0')}.bin`), 'write'); // prettier-ignore
    },
    'time:pickRecording': async ({ id }) => granted(await dialogs.pickRecording(`${nameOf(id)}.rec`), 'write'),
    'trace:pickFile': async ({ id }) => granted(await dialogs.pickTrace(`${nameOf(id)}-trace.txt`), 'write'),
  };
}
