import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';
import { reasonOf } from '../../control/files/reasonOf.ts';

export interface ChartServices {
  readonly grants: FileGrants;
  readonly dialogs: FileDialogs;
}

/** What charts show, kept as files: the page draws them, but only main writes. */
export function chartHandlers({ grants, dialogs }: ChartServices): Handlers<Extract<CallName, `chart:${string}`>> {
  return {
    'chart:save': async ({ name, format, bytes }) => {
      const chosen = `${name.replace(/[^\p{L}\p{N} ._-]/gu, '_')}.${format}`;
      const file = format === 'png' ? await dialogs.pickPicture(chosen) : await dialogs.pickTable(chosen);
      if (file === null) return refuse('cancelled', 'The dialog was closed.');
      const baseName = path.basename(file);
      try {
        await writeFile(file, bytes);
      } catch (error) {
        const reason = `${baseName} cannot be written: ${reasonOf(error)}. Save it in another folder.`;
        return refuse('file-unwritable', reason, { name: baseName });
      }
      return succeed(grants.grant(file, 'read'));
    },
  };
}
