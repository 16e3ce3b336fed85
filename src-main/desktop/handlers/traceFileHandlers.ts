import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';

export interface TraceFileServices {
  readonly hypervisor: HypervisorService;
  readonly grants: FileGrants;
  readonly dialogs: FileDialogs;
}

/** Where a trace is written. */
export function traceFileHandlers({ hypervisor, grants, dialogs }: TraceFileServices): Handlers<'trace:pickFile'> {
  return {
    'trace:pickFile': async ({ id }) => {
      const name = (hypervisor.get(id)?.name ?? 'machine').replaceAll(/[\\/:*?"<>|]/g, '-');
      const file = await dialogs.pickTrace(`${name}-trace.txt`);
      return file === null ? refuse('cancelled', 'The dialog was closed.') : succeed(grants.grant(file, 'write'));
    },
  };
}
