import type {
  AccessReport,
  DescriptorTable,
  LinearMap,
  PageTable,
  TaskState,
  VectorRegisters,
} from '../../../src-preload/contract/inspection.ts';
import { REGISTER_INDEX, type RegisterName } from '../../../src-preload/contract/layouts/Registers.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { refuseWith, succeed } from '../outcomes.ts';
import { readDescriptors, readTaskState, readVectors } from '../../debug/DescriptorTables.ts';
import { descriptorKind } from '../../debug/descriptors.ts';
import type { MemoryAccess } from '../../debug/LinearMemory.ts';
import { causeOfFault, PageTables } from '../../debug/PageTables.ts';
import type { HypervisorService, ProbedAccess, VmId } from '../../hypervisor/types.ts';
import { type Debugging, off } from '../Debugging.ts';

const CR0_PE = 1;
/** A map that nobody could read to its end any more. */
const LINEAR_RANGES_MOST = 4096;
/** Selectors without their RPL. */
const SELECTOR_MASK = ~3;

interface Looked {
  readonly memory: MemoryAccess;
  value(name: RegisterName): number;
}

/** What the window asks about a vCPU's registers beyond the general ones, and about the tables that they name. */
export class ProcessorInspection {
  private readonly hypervisor: HypervisorService;
  private readonly debugging: Debugging;

  constructor(hypervisor: HypervisorService, debugging: Debugging) {
    this.hypervisor = hypervisor;
    this.debugging = debugging;
  }

  vectors(id: VmId, vcpu: number): Outcome<VectorRegisters> {
    const registers = this.hypervisor.inspection.extendedRegisters(id, vcpu);
    if (!registers) return off();
    const { stack, x87Control, x87Status, mxcsr, xmm } = registers;
    return succeed({ stack: [...stack], x87Control, x87Status, mxcsr, xmm });
  }

  async descriptors(id: VmId, vcpu: number, table: 'gdt' | 'ldt' | 'idt'): Promise<Outcome<DescriptorTable>> {
    const looked = this.look(id, vcpu);
    if (!looked) return off();
    const { memory, value } = looked;
    if (table === 'ldt' && (value('ldtr') & SELECTOR_MASK) === 0) {
      return succeed({ base: 0, limit: 0, entries: [], isCut: false });
    }
    const register = table === 'ldt' ? 'ldtr' : (`${table}r` as const);
    const where = { base: value(`${register}.base`), limit: value(`${register}.limit`) };
    const isReal = (value('cr0') & CR0_PE) === 0;
    const read = await (table === 'idt' && isReal
      ? readVectors(memory, where)
      : readDescriptors(memory, where, table === 'idt'));
    return succeed({ ...read, entries: [...read.entries] });
  }

  async taskState(id: VmId, vcpu: number): Promise<Outcome<TaskState | null>> {
    const looked = this.look(id, vcpu);
    if (!looked) return off();
    const { memory, value } = looked;
    const selector = value('tr');
    if ((selector & SELECTOR_MASK) === 0) return succeed(null);
    const where = { base: value('tr.base'), limit: value('tr.limit') };
    const is32Bit = descriptorKind(value('tr.attributes')).startsWith('tss32');
    return succeed({ selector, ...where, is32Bit, fields: [...(await readTaskState(memory, where, is32Bit))] });
  }

  pageTable(id: VmId, vcpu: number, path: readonly number[]): Outcome<PageTable | null> {
    const tables = this.pageTables(id, vcpu);
    if (!tables) return off();
    if (tables.mode === 'off') return succeed({ mode: 'off', ranges: [] });
    const ranges = tables.ranges(path);
    return succeed(ranges ? { mode: tables.mode, ranges } : null);
  }

  linearMap(id: VmId, vcpu: number): Outcome<LinearMap> {
    const tables = this.pageTables(id, vcpu);
    return tables ? succeed({ mode: tables.mode, ...tables.map(LINEAR_RANGES_MOST) }) : off();
  }

  async access(id: VmId, vcpu: number, linearAddress: number, access: ProbedAccess): Promise<Outcome<AccessReport>> {
    const tables = this.pageTables(id, vcpu);
    if (!tables) return off();
    const verdict = await this.hypervisor.inspection.probeAccess(id, vcpu, linearAddress, access);
    if (!verdict.ok) return refuseWith(verdict.error);
    const walk = tables.walk(linearAddress);
    if (verdict.value.kind === 'allowed') return succeed({ mode: tables.mode, walk, verdict: verdict.value });
    const { errorCode } = verdict.value;
    const cause = causeOfFault(errorCode, access, walk);
    return succeed({ mode: tables.mode, walk, verdict: { kind: 'fault', errorCode, ...cause } });
  }

  private look(id: VmId, vcpu: number): Looked | undefined {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return undefined;
    const value = (name: RegisterName): number => Number(registers.values[REGISTER_INDEX[name]] ?? 0n);
    return { memory: this.debugging.memoryOf(id, vcpu, registers), value };
  }

  private pageTables(id: VmId, vcpu: number): PageTables | undefined {
    const looked = this.look(id, vcpu);
    const extended = this.hypervisor.inspection.extendedRegisters(id, vcpu);
    if (!looked || !extended) return undefined;
    const { value, memory } = looked;
    const { pageDirectoryPointers } = extended;
    const registers = { cr0: value('cr0'), cr3: value('cr3'), cr4: value('cr4'), pageDirectoryPointers };
    return new PageTables(registers, (address, length) => memory.readPhysical(address, length));
  }
}
