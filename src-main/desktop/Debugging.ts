import type { Breakpoint, Disassembly, MemoryRange } from '../../src-preload/contract/debugging.ts';
import { REGISTER_INDEX, processorMode, type RegisterName } from '../../src-preload/contract/layouts/Registers.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { Breakpoints } from '../debug/Breakpoints.ts';
import { disassembleAround, NO_KNOWLEDGE, type CodePlace, type ProgramKnowledge } from '../debug/Disassembler.ts';
import { physicalPieces, readLinear, readPhysical, type MemoryAccess } from '../debug/LinearMemory.ts';
import { inspectProgram } from '../debug/ProgramInspection.ts';
import type { HypervisorService, VcpuRegisters, VmId } from '../hypervisor/types.ts';
import { refuse, refuseWith, succeed } from '../control/outcomes.ts';
import { readerBeside } from './files/ProgramInspector.ts';
import { definedOnly } from '../control/definedOnly.ts';

/** Instruction starts remembered for each machine, so that a listing stays steady while one steps. */
const STARTS_KEPT = 4096;

export const off = (): Outcome<never> => refuse('wrong-state', 'The machine is off. Start it to look inside.');

/** Guest code as a listing of it begins. */
export interface LookedAt {
  readonly place: CodePlace & { readonly codeSize: 16 | 32 };
  /** Linear address of the vCPU's next instruction. */
  readonly current: number;
  readonly memory: MemoryAccess;
  readonly knowledge: ProgramKnowledge;
}

/** What the window's debugger panels ask of a machine. */
export class Debugging {
  private readonly hypervisor: HypervisorService;
  private readonly breakpoints: Breakpoints;
  private readonly starts = new Map<VmId, Set<number>>();
  private readonly programs = new Map<VmId, { readonly sha256: string; readonly knowledge: ProgramKnowledge }>();

  constructor(hypervisor: HypervisorService, breakpoints: Breakpoints) {
    this.hypervisor = hypervisor;
    this.breakpoints = breakpoints;
    hypervisor.on('vm-removed', ({ id }) => {
      this.starts.delete(id);
      this.programs.delete(id);
    });
    // Another program may stand at the same addresses after a start.
    hypervisor.on('vm-state', ({ id, to }) => void (to === 'starting' && this.starts.delete(id)));
  }

  registers(id: VmId, vcpu: number): Outcome<BigUint64Array> {
    const registers = this.hypervisor.registers(id, vcpu);
    return registers ? succeed(registers.values) : off();
  }

  async writeRegister(id: VmId, vcpu: number, name: RegisterName, value: bigint): Promise<Outcome<BigUint64Array>> {
    const written = await this.hypervisor.setRegister(id, vcpu, name, value);
    return written.ok ? this.registers(id, vcpu) : refuseWith(written.error);
  }

  listBreakpoints(id: VmId): Breakpoint[] {
    return [...this.breakpoints.list(id)];
  }

  /** After the set has changed: a machine that is on learns it. */
  async applyBreakpoints(id: VmId): Promise<Outcome<Breakpoint[]>> {
    const state = this.hypervisor.get(id)?.state;
    if (state === undefined) return refuse('machine-not-found', 'That machine no longer exists.');
    if (state !== 'off') {
      const set = await this.hypervisor.setBreakpoints(id, this.breakpoints.enabledAddresses(id));
      if (!set.ok) return refuseWith(set.error);
    }
    return succeed(this.listBreakpoints(id));
  }

  async disassemble(
    id: VmId,
    vcpu: number,
    linearAddress: number | undefined,
    linesBefore: number,
    linesAfter: number,
  ): Promise<Outcome<Disassembly>> {
    const looked = await this.look(id, vcpu, linearAddress);
    if (!looked) return off();
    const { place, current, memory, knowledge } = looked;
    const lines = await disassembleAround(memory, place, { before: linesBefore, after: linesAfter }, knowledge);
    return succeed({ current, codeSize: place.codeSize, lines });
  }

  /** Code at an address, or where a vCPU stands, and what there is to read it by; undefined while off. */
  async look(id: VmId, vcpu: number, linearAddress: number | undefined): Promise<LookedAt | undefined> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return undefined;
    const value = (name: RegisterName): number => Number(registers.values[REGISTER_INDEX[name]] ?? 0n);
    const codeBase = value('cs.base');
    const current = (codeBase + value('eip')) % 0x1_0000_0000;
    const codeSize = processorMode(registers.values).mode === 'protected32' ? 32 : 16;
    this.noteStart(id, current);
    return {
      place: { linearAddress: linearAddress ?? current, codeSize, codeBase },
      current,
      memory: this.memoryOf(id, vcpu, registers),
      knowledge: await this.knowledgeOf(id),
    };
  }

  async readMemory(
    id: VmId,
    vcpu: number,
    space: 'physical' | 'linear',
    address: number,
    length: number,
  ): Promise<Outcome<MemoryRange>> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return off();
    const memory = this.memoryOf(id, vcpu, registers);
    const range =
      space === 'linear' ? await readLinear(memory, address, length) : readPhysical(memory, address, length);
    return succeed({ ...range, missing: range.missing.map(([start, end]) => [start, end]) });
  }

  async writeMemory(
    id: VmId,
    vcpu: number,
    space: 'physical' | 'linear',
    address: number,
    bytes: Uint8Array,
  ): Promise<Outcome<void>> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return off();
    const memory = this.memoryOf(id, vcpu, registers);
    const pieces =
      space === 'linear'
        ? await physicalPieces(memory, address, bytes.length)
        : [{ physicalAddress: address, offset: 0, length: bytes.length }];
    const isRam = ({ physicalAddress, length }: { physicalAddress: number; length: number }): boolean =>
      memory.readPhysical(physicalAddress, length).length === length;
    if (!pieces?.every(isRam)) {
      return refuse('invalid-value', `There is no memory at 0x${address.toString(16)} for ${bytes.length} bytes.`);
    }
    for (const { physicalAddress, offset, length } of pieces) {
      const written = await this.hypervisor.writeMemory(id, physicalAddress, bytes.subarray(offset, offset + length));
      if (!written.ok) return refuseWith(written.error);
    }
    return succeed(undefined);
  }

  /** A machine's memory as one of its processors sees it. */
  memoryOf(id: VmId, vcpu: number, { values }: VcpuRegisters): MemoryAccess {
    const cr0 = Number(values[REGISTER_INDEX.cr0] ?? 0n);
    return {
      isPaging: cr0 >= 0x8000_0000,
      readPhysical: (address, length) => this.hypervisor.readMemory(id, address, length) ?? new Uint8Array(0),
      translate: async (linearAddress) => {
        const result = await this.hypervisor.translateLinear(id, vcpu, linearAddress);
        return result.ok ? result.value : null;
      },
    };
  }

  private noteStart(id: VmId, linearAddress: number): void {
    const known = this.starts.get(id) ?? new Set();
    this.starts.set(id, known.add(linearAddress));
    const [oldest] = known;
    if (known.size > STARTS_KEPT && oldest !== undefined) known.delete(oldest);
  }

  private async knowledgeOf(id: VmId): Promise<ProgramKnowledge> {
    const program = await this.programKnowledge(id);
    return {
      label: (address) => program.label(address),
      source: (address, bytes) => program.source(address, bytes),
      starts: new Set([...program.starts, ...(this.starts.get(id) ?? [])]),
    };
  }

  /** Labels and lines of a program that was assembled from text; found out once for each program. */
  private async programKnowledge(id: VmId): Promise<ProgramKnowledge> {
    const vm = this.hypervisor.get(id);
    if (!vm?.program) return NO_KNOWLEDGE;
    const { sha256, fileName, format, sourcePath, origin, bits } = vm.program;
    const known = this.programs.get(id);
    if (known?.sha256 === sha256) return known.knowledge;
    const stored = await this.hypervisor.readProgram(id);
    let knowledge = NO_KNOWLEDGE;
    if (stored.ok) {
      const inspection = inspectProgram({
        bytes: stored.value.bytes,
        fileName,
        format,
        memoryBytes: vm.memoryMiB * 1024 ** 2,
        ...definedOnly({ origin, bits }),
        ...(sourcePath !== null && { readFile: readerBeside(sourcePath) }),
      });
      if (inspection.kind === 'program') knowledge = inspection.knowledge;
    }
    this.programs.set(id, { sha256, knowledge });
    return knowledge;
  }
}
