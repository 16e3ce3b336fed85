import type { Sample } from '../../../src-preload/contract/programs.ts';

/** The sample programs that come with the app. */
export interface SampleCatalogue {
  readonly samples: readonly Sample[];
  /** The program's file, or null when there is no such sample. */
  read(sampleId: string): { readonly fileName: string; readonly bytes: Uint8Array } | null;
}
