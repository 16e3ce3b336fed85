import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { Assembly, ProgramFormat, ProgramOptions, ProgramSource } from '../../../src-preload/contract/programs.ts';
import type { Diagnostic } from '../../../src-preload/contract/Outcome.ts';

export interface ProgramDescription {
  readonly format: ProgramFormat;
  readonly summary: string;
  readonly warnings: Diagnostic[];
}

/** Says what a program is and what is wrong with it, without a machine. */
export interface ProgramInspector {
  inspect(source: ProgramSource, options?: ProgramOptions, memoryMiB?: number): Promise<Outcome<ProgramDescription>>;
  /** `file` is where the text was opened from: what `%include` and `incbin` name is looked for beside it. */
  assemble(name: string, text: string, file: string | null): Promise<Outcome<Assembly>>;
}
