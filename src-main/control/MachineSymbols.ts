import type { Breakpoints } from '../debug/Breakpoints.ts';
import { NO_SYMBOLS, type ProgramSymbols } from '../debug/ProgramSymbols.ts';
import { inspectProgram } from '../debug/ProgramInspection.ts';
import type { HypervisorService, Result, VmId, VmProgram } from '../hypervisor/types.ts';
import { definedOnly } from './definedOnly.ts';
import { readerBeside } from './files/readerBeside.ts';

interface KnownProgram {
  /** Of what the symbols depend on. */
  readonly key: string;
  readonly symbols: Promise<ProgramSymbols | undefined>;
}

/** What the programs of machines call their addresses, found out once for each program. */
export class MachineSymbols {
  private readonly hypervisor: HypervisorService;
  private readonly programs = new Map<VmId, KnownProgram>();

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    hypervisor.on('vm-removed', ({ id }) => void this.programs.delete(id));
  }

  async of(id: VmId): Promise<ProgramSymbols> {
    const vm = this.hypervisor.get(id);
    if (!vm?.program || vm.program.format === 'bios') return NO_SYMBOLS;
    // A reload may bring another text of a file that the program includes, with the same bytes of its own.
    const key = JSON.stringify([vm.program, vm.memoryMiB, vm.changedAt]);
    let known = this.programs.get(id);
    if (known?.key !== key) {
      // Several panels ask at once: they wait for the one answer.
      known = { key, symbols: this.read(id, vm.program, vm.memoryMiB) };
      this.programs.set(id, known);
    }
    const symbols = await known.symbols;
    // What could not be read now may be readable at the next question.
    if (symbols === undefined && this.programs.get(id) === known) this.programs.delete(id);
    return symbols ?? NO_SYMBOLS;
  }

  /** Undefined: the program cannot be read. */
  private async read(id: VmId, program: VmProgram, memoryMiB: number): Promise<ProgramSymbols | undefined> {
    const { fileName, format, sourcePath, origin, bits } = program;
    const stored = await this.hypervisor.readProgram(id);
    if (!stored.ok || format === 'bios') return undefined;
    const inspection = inspectProgram({
      bytes: stored.value.bytes,
      fileName,
      format,
      memoryBytes: memoryMiB * 1024 ** 2,
      ...definedOnly({ origin, bits }),
      ...(sourcePath !== null && { readFile: readerBeside(sourcePath) }),
    });
    return inspection.kind === 'program' ? inspection.knowledge() : NO_SYMBOLS;
  }

  /** Gives a machine that is on its breakpoints. */
  async arm(id: VmId, breakpoints: Breakpoints): Promise<Result<null>> {
    return this.hypervisor.setBreakpoints(id, breakpoints.arm(id, (await this.of(id)).lookup));
  }
}
