import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic, Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { Assembly, ProgramFormat, ProgramOptions, ProgramSource } from '../../../src-preload/contract/programs.ts';
import { inspectProgram, type ProgramFile, type ProgramInspection } from '../../debug/ProgramInspection.ts';
import { refuse, refuseWith, succeed } from '../../control/outcomes.ts';
import { checkFirmware } from '../../hypervisor/threads/firmwareProgram.ts';
import { definedOnly } from '../../control/definedOnly.ts';
import { readerBeside } from '../../control/files/readerBeside.ts';
import type { ProgramSources } from '../../control/files/ProgramSources.ts';

const MIB = 1024 ** 2;
const USUAL_MEMORY_MIB = 16;

export interface ProgramDescription {
  readonly format: ProgramFormat;
  readonly summary: string;
  readonly warnings: Diagnostic[];
}

/** Says what a program is and what is wrong with it, without a machine. */
export class ProgramInspector {
  private readonly sources: ProgramSources;

  constructor(sources: ProgramSources) {
    this.sources = sources;
  }

  async inspect(
    source: ProgramSource,
    options: ProgramOptions = {},
    memoryMiB = USUAL_MEMORY_MIB,
  ): Promise<Outcome<ProgramDescription>> {
    const resolved = this.sources.resolve(source, options);
    if (!resolved.ok) return resolved;
    const program = resolved.value;
    const fileName = program.kind === 'file' ? path.basename(program.path) : program.fileName;
    const bytes = program.kind === 'file' ? await readFile(program.path).catch(() => null) : program.bytes;
    if (!bytes) return refuse('file-unreadable', `${fileName} cannot be read.`, { name: fileName });
    const { format, origin, bits, commandLine } = program;
    if (format === 'bios') return describeFirmware(bytes, fileName);
    const initrd = program.initrd?.kind === 'file' ? await readFile(program.initrd.path).catch(() => null) : undefined;
    if (initrd === null) return refuse('file-unreadable', 'The initial RAM disk cannot be read.');
    const inspection = inspectProgram({
      bytes,
      fileName,
      format,
      memoryBytes: memoryMiB * MIB,
      ...definedOnly({ origin, bits, commandLine, initrd }),
      ...(program.kind === 'file' && { readFile: readerBeside(program.path) }),
    });
    if (inspection.kind === 'refused') return refused(inspection, fileName);
    const { summary, warnings } = inspection;
    return succeed({ format: inspection.format, summary, warnings: [...warnings] });
  }

  /** `file` is where the text was opened from: what `%include` and `incbin` name is looked for beside it. */
  assemble(name: string, text: string, file: string | null): Outcome<Assembly> {
    const program: ProgramFile = {
      bytes: new TextEncoder().encode(text),
      fileName: name,
      // A list of the seed's operations is recognised; anything else in the editor is meant as assembly.
      format: 'auto',
      memoryBytes: USUAL_MEMORY_MIB * MIB,
      ...(file !== null && { readFile: readerBeside(file) }),
    };
    let inspection = inspectProgram(program);
    if (inspection.kind === 'refused' && inspection.problems.length === 0) {
      inspection = inspectProgram({ ...program, format: 'asm' });
    }
    if (inspection.kind === 'refused') {
      const { message, problems } = inspection;
      const diagnostics = problems.length > 0 ? [...problems] : [{ severity: 'error', message } as const];
      return succeed({ diagnostics, bytes: null, listing: [], symbols: [], summary: message });
    }
    const { warnings, bytes, listing, symbols, summary } = inspection;
    return succeed({
      diagnostics: [...warnings],
      bytes,
      listing: listing.map((line) => ({ address: line.address, bytes: line.bytes, line: line.line, file: line.file })),
      symbols: [...symbols],
      summary,
    });
  }
}

function describeFirmware(bytes: Uint8Array, fileName: string): Outcome<ProgramDescription> {
  const checked = checkFirmware({ bytes, fileName, vgaBios: null });
  if (checked.kind === 'refused') {
    const { message, text } = checked;
    return refuseWith({ code: 'program-refused', message, text });
  }
  return succeed({ format: 'bios', summary: checked.summary, warnings: [] });
}

function refused(inspection: ProgramInspection & { kind: 'refused' }, name: string): Outcome<never> {
  const { message, problems } = inspection;
  return { ok: false, problem: { code: 'bad-program', message, values: { name }, diagnostics: [...problems] } };
}
