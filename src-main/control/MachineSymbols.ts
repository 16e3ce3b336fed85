import type { Breakpoints } from '../debug/Breakpoints.ts';
import { NO_SYMBOLS, type ProgramSymbols } from '../debug/ProgramSymbols.ts';
import { inspectProgram } from '../debug/ProgramInspection.ts';
import type { HypervisorService, Result, VmId } from '../hypervisor/types.ts';
import { definedOnly } from './definedOnly.ts';
import { readerBeside } from './files/readerBeside.ts';

/** What the programs of machines call their addresses, found out once for each program. */
export class MachineSymbols {
  private readonly hypervisor: HypervisorService;
  private readonly programs = new Map<VmId, { readonly sha256: string; readonly symbols: ProgramSymbols }>();

  constructor(hypervisor: HypervisorService) {
    this.hypervisor = hypervisor;
    hypervisor.on('vm-removed', ({ id }) => void this.programs.delete(id));
  }

  async of(id: VmId): Promise<ProgramSymbols> {
    const vm = this.hypervisor.get(id);
    if (!vm?.program) return NO_SYMBOLS;
    const { sha256, fileName, format, sourcePath, origin, bits } = vm.program;
    if (format === 'bios') return NO_SYMBOLS;
    const known = this.programs.get(id);
    if (known?.sha256 === sha256) return known.symbols;
    const stored = await this.hypervisor.readProgram(id);
    let symbols = NO_SYMBOLS;
    if (stored.ok) {
      const inspection = inspectProgram({
        bytes: stored.value.bytes,
        fileName,
        format,
        memoryBytes: vm.memoryMiB * 1024 ** 2,
        ...definedOnly({ origin, bits }),
        ...(sourcePath !== null && { readFile: readerBeside(sourcePath) }),
      });
      if (inspection.kind === 'program') symbols = inspection.knowledge;
    }
    this.programs.set(id, { sha256, symbols });
    return symbols;
  }

  /** Gives a machine that is on its breakpoints. */
  async arm(id: VmId, breakpoints: Breakpoints): Promise<Result<null>> {
    return this.hypervisor.setBreakpoints(id, breakpoints.arm(id, (await this.of(id)).lookup));
  }
}
