import { z } from 'zod';
import { Sample } from '../../../src-preload/contract/programs.ts';
import type { SampleCatalogue } from './SampleCatalogue.ts';

/** The sample programs and their list, embedded when the app is built. */
const FILES: Readonly<Record<string, string>> = import.meta.glob('../../../resources/programs/**/*', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const FOLDER = '../../../resources/programs/';
const LIST = 'samples.json';

/** The samples that are built into the app, in the order of resources/programs/samples.json. */
export class BundledSamples implements SampleCatalogue {
  readonly samples: readonly Sample[];
  private readonly files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>> = FILES) {
    this.files = files;
    this.samples = z.array(Sample).parse(JSON.parse(files[FOLDER + LIST] ?? '[]'));
  }

  read(sampleId: string): { readonly fileName: string; readonly bytes: Uint8Array } | null {
    const sample = this.samples.find(({ id }) => id === sampleId);
    const text = sample && this.files[FOLDER + sample.fileName];
    if (!sample || text === undefined) return null;
    return { fileName: sample.fileName.replace(/.*\//, ''), bytes: new TextEncoder().encode(text) };
  }
}
