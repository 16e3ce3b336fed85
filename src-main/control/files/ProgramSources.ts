import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { ProgramOptions, ProgramSource } from '../../../src-preload/contract/programs.ts';
import type * as hypervisor from '../../hypervisor/types.ts';
import { refuse, succeed } from '../outcomes.ts';
import type { FileGrants } from './FileGrants.ts';
import type { SampleCatalogue } from './SampleCatalogue.ts';

export const NOT_GRANTED = 'That file was chosen in an earlier run. Open it again.';

/** Turns what the window names (a token, a sample, a text) into a program that the hypervisor can take. */
export class ProgramSources {
  private readonly grants: FileGrants;
  private readonly samples: SampleCatalogue;

  constructor(grants: FileGrants, samples: SampleCatalogue) {
    this.grants = grants;
    this.samples = samples;
  }

  resolve(source: ProgramSource, options: ProgramOptions = {}): Outcome<hypervisor.ProgramSource> {
    const { format = 'auto', origin, bits, commandLine } = options;
    const wishes: hypervisor.ProgramOptions = {
      format,
      ...(origin !== undefined && { origin }),
      ...(bits !== undefined && { bits }),
      ...(commandLine !== undefined && { commandLine }),
    };
    switch (source.kind) {
      case 'file': {
        const path = this.grants.resolve(source.token, 'read');
        const initrd = source.initrd === undefined ? undefined : this.grants.resolve(source.initrd, 'read');
        const vgaBios = source.vgaBios === undefined ? undefined : this.grants.resolve(source.vgaBios, 'read');
        if (path === null || initrd === null || vgaBios === null) return refuse('access-not-granted', NOT_GRANTED);
        return succeed({
          kind: 'file',
          path,
          ...wishes,
          ...(initrd && { initrd: { kind: 'file', path: initrd } }),
          ...(vgaBios && { vgaBios: { kind: 'file', path: vgaBios } }),
        });
      }
      case 'sample': {
        const sample = this.samples.read(source.sampleId);
        return sample
          ? succeed({ kind: 'bytes', ...sample, ...wishes })
          : refuse('file-unreadable', `There is no sample called ${source.sampleId}.`);
      }
      case 'text':
        return succeed({
          kind: 'bytes',
          bytes: new TextEncoder().encode(source.text),
          fileName: source.name,
          ...wishes,
        });
      case 'bytes':
        return succeed({ kind: 'bytes', bytes: source.bytes, fileName: source.name, ...wishes });
    }
  }

  /** The file behind a source, for the list of recent files. */
  pathOf(source: ProgramSource): string | null {
    return source.kind === 'file' ? this.grants.resolve(source.token, 'read') : null;
  }
}
