import path from 'node:path';
import type { CallName } from '../../../src-preload/contract/contract.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { EditorDocument } from '../../../src-preload/contract/programs.ts';
import type { HypervisorService } from '../../hypervisor/types.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, refuseWith, succeed } from '../../control/outcomes.ts';
import type { FileDialogs } from '../files/FileDialogs.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { ProgramInspector } from '../files/ProgramInspector.ts';
import { NOT_GRANTED } from '../../control/files/ProgramSources.ts';
import type { RecentFiles } from '../files/RecentFiles.ts';
import type { SampleCatalogue } from '../../control/files/SampleCatalogue.ts';
import { readText, writeText } from '../files/textFiles.ts';

type ProgramCall = Extract<
  CallName,
  `program:${string}` | `sample:${string}` | `editor:${string}` | `recent:${string}`
>;

export interface ProgramServices {
  readonly hypervisor: HypervisorService;
  readonly grants: FileGrants;
  readonly recent: RecentFiles;
  readonly samples: SampleCatalogue;
  readonly inspector: ProgramInspector;
  readonly dialogs: FileDialogs;
  /** Texts that differ from their files, for the question at the end. */
  onUnsaved(names: readonly string[]): void;
}

const CANCELLED = refuse('cancelled', 'The dialog was closed.');

export function programHandlers(services: ProgramServices): Handlers<ProgramCall> {
  const { hypervisor, grants, recent, samples, inspector, dialogs } = services;

  const openText = async (file: string): Promise<Outcome<EditorDocument>> => {
    const text = await readText(file);
    if (!text.ok) return text;
    recent.add(file);
    // Opened by the user for editing: saving it back is what they expect.
    return succeed({ name: path.basename(file), text: text.value, grant: grants.grant(file, 'write') });
  };

  return {
    'program:pick': async ({ purpose }) => {
      const files = purpose === 'create' ? await dialogs.pickSystem() : await dialogs.pickPrograms();
      return files.length > 0 ? succeed(files.map((file) => grants.grant(file, 'read'))) : CANCELLED;
    },
    'program:inspect': ({ source, options, memoryMiB }) => inspector.inspect(source, options, memoryMiB),
    'program:source': async ({ id }) => {
      const found = await hypervisor.readProgram(id);
      if (!found.ok) return refuseWith(found.error);
      const { program, bytes } = found.value;
      const grant = program.sourcePath === null ? null : grants.grant(program.sourcePath, 'read');
      return succeed({ name: program.fileName, text: new TextDecoder().decode(bytes), grant });
    },

    'sample:list': () => succeed([...samples.samples]),
    'sample:open': ({ sampleId }) => {
      const sample = samples.read(sampleId);
      if (!sample) return refuse('file-unreadable', `There is no sample called ${sampleId}.`);
      return succeed({ name: sample.fileName, text: new TextDecoder().decode(sample.bytes), grant: null });
    },

    'editor:open': async () => {
      const [file] = await dialogs.pickTexts();
      return file === undefined ? CANCELLED : openText(file);
    },
    'editor:openFile': ({ token }) => {
      const file = grants.resolve(token, 'read');
      return file === null ? refuse('access-not-granted', NOT_GRANTED) : openText(file);
    },
    'editor:save': async ({ token, text }) => {
      const file = grants.resolve(token, 'write');
      if (file === null) return refuse('access-not-granted', 'Vivarium may not write that file yet. Use Save As.');
      const written = await writeText(file, text);
      return written.ok ? succeed(grants.grant(file, 'write')) : written;
    },
    'editor:saveAs': async ({ name, text }) => {
      const file = await dialogs.pickSave(name);
      if (file === null) return CANCELLED;
      const written = await writeText(file, text);
      if (!written.ok) return written;
      recent.add(file);
      return succeed(grants.grant(file, 'write'));
    },
    'editor:assemble': ({ name, text, token }) => {
      const file = token === undefined ? null : grants.resolve(token, 'read');
      return inspector.assemble(name, text, file);
    },
    'editor:unsaved': ({ names }) => {
      services.onUnsaved(names);
      return succeed(undefined);
    },

    'recent:list': () => succeed(recent.list()),
    'recent:clear': () => {
      recent.clear();
      return succeed(undefined);
    },
  };
}
