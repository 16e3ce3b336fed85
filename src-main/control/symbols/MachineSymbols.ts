import type { Breakpoints } from '../../debug/Breakpoints.ts';
import { NO_SYMBOLS, ProgramSymbols } from '../../debug/ProgramSymbols.ts';
import { makeSymbolTable, type SymbolTable } from '../../debug/symbols/SymbolTable.ts';
import type { HypervisorService, Result, VmId, VmProgram, VmSymbols } from '../../hypervisor/types.ts';
import { definedOnly } from '../definedOnly.ts';
import { readerBeside } from '../files/readerBeside.ts';
import type { SymbolReply } from './readSymbols.ts';
import { symbolReader, type SymbolReader } from './SymbolReader.ts';

const NOTHING = makeSymbolTable({});

/** Something that was found out once, while what it depends on is as it was. */
interface Known<Value> {
  readonly key: string;
  readonly value: Promise<Value>;
}

/** What machines call their addresses: by their programs, and by symbol files beside them, each read once. */
export class MachineSymbols {
  private readonly hypervisor: HypervisorService;
  private readonly read: SymbolReader;
  private readonly programs = new Map<VmId, Known<SymbolTable | undefined>>();
  private readonly files = new Map<VmId, Known<SymbolReply>>();
  private readonly all = new Map<VmId, Known<ProgramSymbols>>();

  constructor(hypervisor: HypervisorService, read: SymbolReader = symbolReader()) {
    this.hypervisor = hypervisor;
    this.read = read;
    hypervisor.on('vm-removed', ({ id }) => {
      for (const known of [this.programs, this.files, this.all]) known.delete(id);
    });
    // Who starts a system again has often built it anew.
    hypervisor.on('vm-state', ({ id, to }) => {
      if (to !== 'starting') return;
      this.files.delete(id);
      this.all.delete(id);
    });
  }

  /** The nearest knows best: of a name that both have, the symbol file. */
  of(id: VmId): Promise<ProgramSymbols> {
    const vm = this.hypervisor.get(id);
    if (!vm) return Promise.resolve(NO_SYMBOLS);
    const key = JSON.stringify([this.programKey(id), vm.symbols]);
    const known = this.all.get(id);
    // Several panels ask at once: they wait for the one answer.
    if (known?.key === key) return known.value;
    const value = this.combine(id, key);
    this.all.set(id, { key, value });
    return value;
  }

  private async combine(id: VmId, key: string): Promise<ProgramSymbols> {
    const vm = this.hypervisor.get(id);
    const [file, program] = await Promise.all([this.ofFile(id), this.ofProgram(id)]);
    // What could not be read now may be readable at the next question.
    if (program === undefined && this.all.get(id)?.key === key) this.all.delete(id);
    const tables = [...(file?.ok ? [file.table] : []), ...(program ? [program] : [])];
    const beside = [vm?.symbols?.path, vm?.program?.sourcePath].flatMap((place) => (place == null ? [] : [readerBeside(place)])); // prettier-ignore
    return new ProgramSymbols(tables, (name) => {
      for (const read of beside) {
        const bytes = read(name);
        if (bytes) return new TextDecoder().decode(bytes);
      }
      return null;
    });
  }

  /** What its symbol file holds; null: it has none. */
  ofFile(id: VmId): Promise<SymbolReply | null> {
    const symbols = this.hypervisor.get(id)?.symbols;
    if (!symbols) return Promise.resolve(null);
    return this.readFile(id, symbols);
  }

  /** Looks into a file that is to be a machine's, as it is now; it is not read again when it has become that. */
  tryFile(id: VmId, file: VmSymbols): Promise<SymbolReply> {
    this.files.delete(id);
    this.all.delete(id);
    return this.readFile(id, file);
  }

  private readFile(id: VmId, { path, offset }: VmSymbols): Promise<SymbolReply> {
    const key = JSON.stringify([path, offset]);
    const known = this.files.get(id);
    if (known?.key === key) return known.value;
    const value = this.read({ kind: 'file', path, offset });
    this.files.set(id, { key, value });
    return value;
  }

  /** Of what the program's symbols depend on; a reload may bring another text of a file that the program includes. */
  private programKey(id: VmId): string {
    const vm = this.hypervisor.get(id);
    return JSON.stringify([vm?.program, vm?.memoryMiB, vm?.changedAt]);
  }

  private async ofProgram(id: VmId): Promise<SymbolTable | undefined> {
    const vm = this.hypervisor.get(id);
    if (!vm?.program || vm.program.format === 'bios') return NOTHING;
    const key = this.programKey(id);
    let known = this.programs.get(id);
    if (known?.key !== key) {
      known = { key, value: this.readProgram(id, vm.program, vm.memoryMiB) };
      this.programs.set(id, known);
    }
    const table = await known.value;
    if (table === undefined && this.programs.get(id) === known) this.programs.delete(id);
    return table;
  }

  /** Undefined: the program cannot be read. */
  private async readProgram(id: VmId, program: VmProgram, memoryMiB: number): Promise<SymbolTable | undefined> {
    const { fileName, format, sourcePath, origin, bits } = program;
    const stored = await this.hypervisor.readProgram(id);
    if (!stored.ok || format === 'bios') return undefined;
    const { bytes } = stored.value;
    const file = { bytes, fileName, format, memoryBytes: memoryMiB * 1024 ** 2, ...definedOnly({ origin, bits }) };
    const reply = await this.read({ kind: 'program', program: file, sourcePath });
    return reply.ok ? reply.table : NOTHING;
  }

  /** Gives a machine that is on its breakpoints. */
  async arm(id: VmId, breakpoints: Breakpoints): Promise<Result<null>> {
    return this.hypervisor.setBreakpoints(id, breakpoints.arm(id, (await this.of(id)).lookup));
  }
}
