import {
  type Code,
  type Expression,
  type I32,
  type V128,
  type ValueType,
  add,
  extendSigned,
  i32Const,
  load,
  load64,
  shl,
  storeCode,
  sub,
  unsignedLeb,
} from '../../wasm/Expression.ts';
import type { FunctionBuilder, Label, Local } from '../../wasm/FunctionBuilder.ts';
import { loadVector, storeVectorCode } from '../../wasm/vectors.ts';
import { EXIT, STATE, registerOffset, xmmOffset } from '../../state/layout.ts';
import { LEAVE_CAUSES, type LeaveCause, REGION_DATA } from './regionData.ts';
import { type Discoveries, RegionState } from './RegionState.ts';
import { RegionX87, type StackShape } from './RegionX87.ts';
import { FlagNotes } from './FlagNotes.ts';
import { RegionFlags } from './RegionFlags.ts';
import type { Site } from './RegionPlan.ts';

export const ZERO = i32Const(0);

/** General registers, in the order of their numbers: all are kept in locals. */
export const REGISTER_NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;

/** A local that serves as a temporary, and whether it is in use. */
interface Temporary {
  readonly local: Local;
  isFree: boolean;
}

/** Where a call's target is found: an index among the module's imports. */
export type FunctionIndex = (name: string) => number;

/** Of the processor when a region is made, and what its code is made for. */
export interface Assumptions {
  /** Values of the ASSUMABLE fields. */
  readonly fields: ReadonlyMap<number, number>;
  readonly stack: StackShape;
}

export interface RegionCodeOptions {
  /** Start of the vCPU's block. */
  readonly cpu: number;
  readonly functionIndex: FunctionIndex;
  /** Numbers of the XMM registers that the region uses. */
  readonly vectors: Iterable<number>;
  readonly assumptions: Assumptions;
  /** What an earlier emission has told, and where this one tells it. */
  readonly known: Discoveries;
  readonly discoveries: Discoveries;
}

/**
 * The function that a region becomes, while it is written: where guest registers, flags and the budget are, and how
 * the function is left.
 */
export class RegionCode {
  readonly f: FunctionBuilder;
  readonly cpu: number;
  readonly flags: RegionFlags;
  readonly registers: readonly Local<'i32'>[];
  readonly functionIndex: FunctionIndex;
  readonly state: RegionState;
  readonly x87: RegionX87;
  /** Registers that the region changes, and so stores when it is left. */
  readonly changed = new Set<number>();
  /** XMM registers that the region uses. */
  private readonly vectors: ReadonlyMap<number, Local<'v128'>>;
  /** The instruction being emitted. */
  site!: Site;
  /** Instructions completed since the budget was last charged. */
  uncharged = 0;
  /** Behind it the state is stored and the region left. */
  exitLabel!: Label;
  private readonly budgetLocal: Local<'i32'>;
  private readonly result: Local<'i32'>;
  private readonly carries: Local<'i32'>;
  readonly notes: FlagNotes;
  private readonly exitEip: Local<'i32'>;
  private readonly exitRecord: Local<'i32'>;
  /** Place in LEAVE_CAUSES; 0 until a way out sets it. */
  private readonly exitCause: Local<'i32'>;
  private readonly temporaries = new Map<ValueType, Temporary[]>();
  private readonly guestLocals = new Set<number>();
  /** Temporaries taken for the present instruction. */
  private taken: Temporary[] = [];

  constructor(f: FunctionBuilder, options: RegionCodeOptions) {
    const { cpu, functionIndex, vectors, assumptions, known, discoveries } = options;
    this.f = f;
    this.cpu = cpu;
    this.functionIndex = functionIndex;
    this.state = new RegionState(f, cpu, assumptions.fields, known, discoveries);
    this.x87 = new RegionX87(f, cpu, assumptions.stack, known, discoveries);
    this.budgetLocal = f.parameters[1] as Local<'i32'>;
    f.nameLocal(f.parameters[0], 'record');
    f.nameLocal(f.parameters[1], 'budget');
    this.registers = REGISTER_NAMES.map((name) => f.newLocal('i32', name));
    this.result = f.newLocal('i32', 'result');
    this.carries = f.newLocal('i32', 'carries');
    this.notes = new FlagNotes(f, this.registers);
    this.exitEip = f.newLocal('i32', 'exitEip');
    this.exitRecord = f.newLocal('i32', 'exitRecord');
    this.exitCause = f.newLocal('i32', 'exitCause');
    for (const local of this.registers) this.guestLocals.add(local.index);
    this.vectors = new Map([...vectors].map((index) => [index, f.newLocal('v128', `xmm${index}`)]));
    const changing = [...this.vectors.values(), ...this.x87.registerLocals, ...this.state.fieldLocals];
    for (const { index } of changing) this.guestLocals.add(index);
    this.flags = new RegionFlags({
      let: (value) => this.let(value) as typeof value,
      copy: (value) => {
        const local = this.temporary('i32');
        f.set(local, value);
        return f.get(local);
      },
      result: () => f.get(this.result),
      carries: () => f.get(this.carries),
      set: (result, carries) => {
        // Both may be made from what the locals hold.
        f.emit([result.code, carries.code]);
        f.pop(this.carries);
        f.pop(this.result);
      },
      note: (recipe) => this.notes.note(recipe),
    });
  }

  // Values

  /** Evaluates once. A guest register is copied, since it may change before the value is used. */
  let<T extends ValueType>(value: Expression<T>): Expression<T> {
    if (value.constant !== undefined) return value;
    const { code } = value;
    if (code[0] === 0x20 && code.length === 2 && !this.guestLocals.has(code[1] as number)) return value;
    const local = this.temporary(value.type);
    this.f.set(local, value);
    this.notes.localSet(local.index, code);
    return this.f.get(local);
  }

  /** A local of the present instruction. */
  temporary<T extends ValueType>(type: T): Local<T> {
    let all = this.temporaries.get(type);
    if (!all) this.temporaries.set(type, (all = []));
    let found = all.find((temporary) => temporary.isFree);
    if (!found) {
      found = { local: this.f.newLocal(type), isFree: true };
      all.push(found);
    }
    found.isFree = false;
    this.notes.localSet(found.local.index, []);
    this.taken.push(found);
    return found.local as Local<T>;
  }

  /** The temporaries of the instruction that ends here; they stay taken until `release`. */
  takenTemporaries(): Temporary[] {
    const { taken } = this;
    this.taken = [];
    return taken;
  }

  /** Undoes `takenTemporaries`: the instruction goes on. */
  retake(temporaries: readonly Temporary[]): void {
    this.taken.push(...temporaries);
  }

  /** Frees all temporaries but these. */
  keepOnly(temporaries: readonly Temporary[]): void {
    for (const all of this.temporaries.values()) for (const temporary of all) temporary.isFree = true;
    for (const temporary of temporaries) temporary.isFree = false;
    this.taken = [];
  }

  // The state in memory

  stateField(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }

  setStateField(offset: number, value: I32): void {
    this.f.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  call(name: string, ...parameters: Expression[]): Code {
    return [...parameters.map((parameter) => parameter.code), 0x10, ...unsignedLeb(this.functionIndex(name))];
  }

  tailCall(name: string, ...parameters: Expression[]): void {
    this.f.emit([...parameters.map((parameter) => parameter.code), 0x12, ...unsignedLeb(this.functionIndex(name))]);
  }

  // Registers

  loadRegisters(): void {
    this.notes.forgetCopies();
    this.registers.forEach((local, index) => this.f.set(local, this.stateField(registerOffset(index))));
    this.f.set(this.result, this.stateField(STATE.result));
    this.f.set(this.carries, this.stateField(STATE.carries));
    for (const [index, local] of this.vectors) this.f.set(local, loadVector(ZERO, 128, this.cpu + xmmOffset(index)));
    this.state.loadCached();
    this.x87.loadRegisters();
  }

  vector(index: number): V128 {
    return this.f.get(this.vectorLocal(index));
  }

  setVector(index: number, value: V128): void {
    this.f.set(this.vectorLocal(index), value);
  }

  private vectorLocal(index: number): Local<'v128'> {
    const local = this.vectors.get(index);
    if (!local) throw new Error(`XMM${index} is not among the region's registers`);
    return local;
  }

  /** @param indices registers that may differ from what the state holds */
  storeRegisters(indices: Iterable<number>): void {
    for (const index of indices) this.setStateField(registerOffset(index), this.f.get(this.registers[index]));
    this.setStateField(STATE.result, this.f.get(this.result));
    this.setStateField(STATE.carries, this.f.get(this.carries));
    for (const [index, local] of this.vectors) {
      this.f.emit(storeVectorCode(ZERO, this.f.get(local), 128, this.cpu + xmmOffset(index)));
    }
    this.state.storeCached();
    this.x87.storeRegisters();
  }

  // Budget

  get budget(): I32 {
    return this.f.get(this.budgetLocal);
  }

  setBudget(value: I32): void {
    this.f.set(this.budgetLocal, value);
  }

  /** The budget before the present instruction. */
  budgetHere(): I32 {
    return sub(this.budget, i32Const(this.uncharged));
  }

  /** Charges `instructions` completed ones. */
  charge(instructions: number): void {
    if (instructions > 0) this.setBudget(sub(this.budget, i32Const(instructions)));
  }

  /**
   * Stores what functions look at that are called on behalf of the present instruction: its record, and the
   * budget as the record's handler would have it.
   */
  storePlace(): void {
    const { site } = this;
    this.setStateField(STATE.budget, add(this.budget, i32Const(site.recordCount - 1 - this.uncharged)));
    this.setStateField(STATE.record, i32Const(site.record));
    this.setStateField(STATE.eipBase, i32Const(site.eipBase));
  }

  // Ways out

  /**
   * Leaves before the present instruction, behind `storePlace`: with the pending exception, or to the instruction's
   * own record, since a jump to its address might lead to this region again.
   */
  leaveHere(cause: LeaveCause = 'memory'): void {
    this.flags.onTheWayOut(() => {
      this.charge(this.uncharged);
      this.x87.storeShape();
      this.f.set(this.exitRecord, i32Const(this.site.record));
      this.noteCause(cause);
      this.f.breakTo(this.exitLabel);
    });
  }

  /** Leaves towards an offset in CS; the budget has been charged and the flags computed. */
  leave(eip: I32, cause: LeaveCause): void {
    this.x87.storeShape();
    this.leaveStored(eip, cause);
  }

  /** The same when the state in memory says more of the x87's stack than is known here. */
  leaveStored(eip: I32, cause: LeaveCause): void {
    this.f.set(this.exitEip, eip);
    this.noteCause(cause);
    this.f.breakTo(this.exitLabel);
  }

  raise(vector: number, errorCode: I32 = i32Const(-1)): void {
    this.storePlace();
    this.setStateField(STATE.faultVector, i32Const(vector));
    this.setStateField(STATE.faultErrorCode, errorCode);
    this.setStateField(STATE.exit, i32Const(EXIT.fault));
    this.leaveHere('exception');
  }

  private noteCause(cause: LeaveCause): void {
    const index = LEAVE_CAUSES.indexOf(cause);
    if (index > 0) this.f.set(this.exitCause, i32Const(index));
  }

  /** Counts in the region's data that it is left. @param cause place in LEAVE_CAUSES */
  countExit(data: number, cause: I32): void {
    this.countUp(data + REGION_DATA.exits, shl(cause, i32Const(2)));
  }

  /** Adds 1 to a word of memory. */
  countUp(address: number, base: I32 = ZERO): void {
    this.f.emit(storeCode(base, add(load(base, 32, address), i32Const(1)), 32, address));
  }

  /**
   * Enters in the region's data that it is being left.
   * @param left what is left of the budget that it was entered with
   */
  countInstructions(data: number, left: I32): void {
    const so = load64(ZERO, data + REGION_DATA.instructions);
    this.f.emit(storeCode(ZERO, sub(so, extendSigned(left)), 64, data + REGION_DATA.instructions));
  }

  /** The end of the function: stores the state and goes on wherever `leave` said. */
  emitExit(data: number): void {
    const { f } = this;
    this.notes.emitComputation((recipe) => this.flags.computeNoted(recipe));
    this.storeRegisters(this.changed);
    this.countInstructions(data, this.budget);
    this.countExit(data, f.get(this.exitCause));
    const record = f.get(this.exitRecord);
    f.if(record, () => {
      f.ifUnlikely(this.stateField(STATE.exit), () => f.return(record));
      this.tailCall('goOn', record, this.stateField(STATE.budget));
    });
    this.tailCall('jump', f.get(this.exitEip), this.budget);
  }
}
