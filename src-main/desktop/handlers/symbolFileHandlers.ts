import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';

/** Where a machine's symbols are. */
export function symbolFileHandlers(grants: FileGrants, dialogs: FileDialogs): Handlers<'symbols:pick'> {
  return {
    'symbols:pick': async () => {
      const [file] = await dialogs.pickSymbols();
      return file === undefined ? refuse('cancelled', 'The dialog was closed.') : succeed(grants.grant(file, 'read'));
    },
  };
}
