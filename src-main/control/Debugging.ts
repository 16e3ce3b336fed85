import type {
  AddressSpace,
  Breakpoint,
  BreakpointSettings,
  Disassembly,
  MemoryRange,
  ProgramLabel,
  StackFrame,
  WatchValue,
} from '../../src-preload/contract/debugging.ts';
import { REGISTER_INDEX, processorMode, type RegisterName } from '../../src-preload/contract/layouts/Registers.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import { armBreakpoint } from '../debug/armBreakpoint.ts';
import { type Breakpoints, hasSameMeaning } from '../debug/Breakpoints.ts';
import { callStack, type StackContext } from '../debug/CallStack.ts';
import { disassembleAround, type CodePlace, type ProgramKnowledge } from '../debug/Disassembler.ts';
import {
  physicalPieces,
  readLinear,
  readPhysical,
  type MemoryAccess,
  type PhysicalPiece,
} from '../debug/LinearMemory.ts';
import { Watches } from '../debug/Watches.ts';
import type { HypervisorService, VcpuRegisters, VmId } from '../hypervisor/types.ts';
import type { MachineSymbols } from './symbols/MachineSymbols.ts';
import { refuse, refuseWith, succeed, toOutcome } from './outcomes.ts';

/** Instruction starts remembered for each machine, so that a listing stays steady while one steps. */
const STARTS_KEPT = 4096;
const SYMBOLS_FOUND = 50;

export const off = (): Outcome<never> =>
  refuse('wrong-state', 'The machine is off. Start it to look inside.', {}, 'machine-off');

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
  private readonly symbols: MachineSymbols;
  private readonly starts = new Map<VmId, Set<number>>();

  constructor(hypervisor: HypervisorService, breakpoints: Breakpoints, symbols: MachineSymbols) {
    this.hypervisor = hypervisor;
    this.breakpoints = breakpoints;
    this.symbols = symbols;
    hypervisor.on('vm-removed', ({ id }) => void this.starts.delete(id));
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

  /** Refused when its place or condition makes no sense. */
  async addBreakpoint(id: VmId, settings: BreakpointSettings): Promise<Outcome<Breakpoint[]>> {
    return (await this.refusalOf(id, settings)) ?? this.changing(id, () => this.breakpoints.add(id, settings));
  }

  /** One whose place and condition stay may also be turned off where they make no sense any more. */
  async changeBreakpoint(id: VmId, breakpointId: number, settings: BreakpointSettings): Promise<Outcome<Breakpoint[]>> {
    const before = this.breakpoints.list(id).find((each) => each.id === breakpointId);
    if (before === undefined)
      return refuse('invalid-value', 'That breakpoint no longer exists.', {}, 'breakpoint-gone');
    const refusal = hasSameMeaning(before, settings) ? undefined : await this.refusalOf(id, settings);
    return refusal ?? this.changing(id, () => this.breakpoints.change(id, breakpointId, settings));
  }

  async setBreakpoint(id: VmId, linearAddress: number, enabled: boolean): Promise<Outcome<Breakpoint[]>> {
    const target = { kind: 'code', linearAddress, location: '' } as const;
    const refusal = await this.refusalOf(id, { target, enabled, condition: '', ignoreCount: 0 });
    return refusal ?? this.changing(id, () => this.breakpoints.set(id, linearAddress, enabled));
  }

  private async refusalOf(id: VmId, settings: BreakpointSettings): Promise<Outcome<never> | undefined> {
    const checked = armBreakpoint({ ...settings, id: 0 }, (await this.symbols.of(id)).lookup);
    if (checked.ok) return undefined;
    const { message, field, text } = checked;
    return refuseWith({ code: 'invalid', message, field, text });
  }

  /** A machine that is gone gets no breakpoints: nothing would ever forget them. */
  private async changing(id: VmId, change: () => void): Promise<Outcome<Breakpoint[]>> {
    if (this.hypervisor.get(id)) change();
    return this.applyBreakpoints(id);
  }

  /** After the set has changed: a machine that is on learns it. */
  async applyBreakpoints(id: VmId): Promise<Outcome<Breakpoint[]>> {
    const state = this.hypervisor.get(id)?.state;
    if (state === undefined) return refuse('machine-not-found', 'That machine no longer exists.');
    if (state === 'off') this.breakpoints.arm(id, (await this.symbols.of(id)).lookup);
    else {
      const set = await this.symbols.arm(id, this.breakpoints);
      if (!set.ok) return refuseWith(set.error);
    }
    return succeed(this.listBreakpoints(id));
  }

  async breakpointHits(id: VmId): Promise<Outcome<{ id: number; count: number }[]>> {
    const hits = await this.hypervisor.breakpointHits(id);
    return hits.ok ? succeed(hits.value.map(([number, count]) => ({ id: number, count }))) : refuseWith(hits.error);
  }

  async evaluate(id: VmId, vcpu: number, texts: readonly string[]): Promise<Outcome<WatchValue[]>> {
    const watches = new Watches(texts, (await this.symbols.of(id)).lookup);
    const results = await this.hypervisor.evaluate(id, vcpu, watches.expressions);
    return results.ok ? succeed(watches.values(results.value)) : refuseWith(results.error);
  }

  async callStack(id: VmId, vcpu: number): Promise<Outcome<StackFrame[]>> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return off();
    const frames = await callStack(this.memoryOf(id, vcpu, registers), stackContextOf(registers.values));
    const symbols = await this.symbols.of(id);
    return succeed(
      frames.map((frame, index) => {
        // A return address may be that of the next procedure, where a call never comes back.
        const place = Math.max(0, frame.linearAddress - (index === 0 || frame.isInterrupted ? 0 : 1));
        const nearest = symbols.nearest(place);
        const offset = nearest ? nearest.offset + frame.linearAddress - place : 0;
        return { ...frame, symbol: nearest?.name ?? null, offset, source: symbols.lineAt(place) ?? null };
      }),
    );
  }

  /** Runs until the present procedure has returned. */
  async stepOut(id: VmId, vcpu: number): Promise<Outcome<void>> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return off();
    // The stack of one that runs says nothing.
    if (this.hypervisor.get(id)?.state === 'running')
      return refuse(
        'wrong-state',
        'The machine is running. Pause it to step out of a procedure.',
        {},
        'step-out-running',
      );
    const [, caller] = await callStack(this.memoryOf(id, vcpu, registers), stackContextOf(registers.values));
    if (caller === undefined)
      return refuse('invalid-value', 'Nothing on the stack looks like a place to return to: there is no caller.', {}, 'no-caller'); // prettier-ignore
    const { linearAddress, stackPointer } = caller;
    return toOutcome(await this.hypervisor.runOut(id, { linearAddress, stackPointer }), () => undefined);
  }

  async findSymbols(id: VmId, text: string): Promise<Outcome<ProgramLabel[]>> {
    return succeed([...(await this.symbols.of(id)).search(text, SYMBOLS_FOUND)]);
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
    space: AddressSpace,
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

  /** All of it or nothing. */
  async writeMemory(
    id: VmId,
    vcpu: number,
    space: AddressSpace,
    address: number,
    bytes: Uint8Array,
  ): Promise<Outcome<void>> {
    const pieces = await this.piecesOf(id, vcpu, space, address, bytes.length);
    if (!pieces.ok) return pieces;
    for (const { physicalAddress, offset, length } of pieces.value) {
      const written = await this.hypervisor.writeMemory(id, physicalAddress, bytes.subarray(offset, offset + length));
      if (!written.ok) return refuseWith(written.error);
    }
    return succeed(undefined);
  }

  /** Where in RAM a range lies; refused when a part of it is not mapped, or no RAM. */
  async piecesOf(
    id: VmId,
    vcpu: number,
    space: AddressSpace,
    address: number,
    byteLength: number,
  ): Promise<Outcome<readonly PhysicalPiece[]>> {
    const registers = this.hypervisor.registers(id, vcpu);
    if (!registers) return off();
    const memory = this.memoryOf(id, vcpu, registers);
    const pieces =
      space === 'linear'
        ? await physicalPieces(memory, address, byteLength)
        : [{ physicalAddress: address, offset: 0, length: byteLength }];
    // RAM has no gaps: where its last byte is, all of a piece is.
    const isRam = ({ physicalAddress, length }: PhysicalPiece): boolean =>
      memory.readPhysical(physicalAddress + length - 1, 1).length === 1;
    if (pieces?.every(isRam)) return succeed(pieces);
    const values = { address: `0x${address.toString(16)}`, length: byteLength };
    return refuse(
      'invalid-value',
      `There is no memory at ${values.address} for ${byteLength} bytes. Choose a range within the machine’s RAM.`,
      values,
      'memory-absent',
    );
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
    const program = await this.symbols.of(id);
    const seen = this.starts.get(id);
    return {
      label: (address) => program.label(address),
      source: (address, bytes) => program.source(address, bytes),
      starts: { has: (address) => program.starts.has(address) || seen?.has(address) === true },
    };
  }
}

function stackContextOf(values: BigUint64Array): StackContext {
  const value = (name: RegisterName): number => Number(values[REGISTER_INDEX[name]] ?? 0n);
  const { mode } = processorMode(values);
  // The stack segment's B flag says how much of the pointers counts.
  const mask = (value('ss.attributes') & 0x4000) !== 0 ? 0xffff_ffff : 0xffff;
  return {
    codeBase: value('cs.base'),
    codeSelector: value('cs'),
    instructionPointer: value('eip'),
    codeSize: mode === 'protected32' ? 32 : 16,
    stackBase: value('ss.base'),
    stackPointer: (value('esp') & mask) >>> 0,
    framePointer: (value('ebp') & mask) >>> 0,
    hasParagraphSegments: mode === 'real' || mode === 'virtual8086',
    descriptorTables: {
      gdt: { base: value('gdtr.base'), limit: value('gdtr.limit') },
      ldt: { base: value('ldtr.base'), limit: value('ldtr.limit') },
    },
  };
}
