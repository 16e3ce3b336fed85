import {
  type Expression,
  type I32,
  type I64,
  type Integer,
  add,
  and,
  eq,
  eqz,
  i32Const,
  load,
  or,
  load64,
  shl,
  shr,
  storeCode,
  sub,
  wrap,
  xor,
  type V128,
  type ValueType,
} from '../../wasm/Expression.ts';
import { loadVector, storeVectorCode } from '../../wasm/vectors.ts';
import type { FunctionBuilder } from '../../wasm/FunctionBuilder.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import type {
  Address,
  Alignment,
  BulkRequest,
  Emitter,
  OperandHandle,
  SegmentChoice,
  StackRegister,
  VectorWidth,
  Width,
} from '../../semantics/Emitter.ts';
import { FlagEmitter, type FlagStorage } from '../../semantics/FlagEmitter.ts';
import type { SystemHelperName } from '../../semantics/system/helpers.ts';
import {
  EXIT,
  PROFILE,
  SEGMENT,
  STATE,
  VCPU_BLOCK,
  X87_SLOT,
  registerOffset,
  segmentOffset,
} from '../../state/layout.ts';
import { ControlFlow } from './ControlFlow.ts';
import type { Form, OperandForm } from './Form.ts';
import { HandlerCode, type HandlerPart, ZERO, call } from './HandlerCode.ts';
import { MemoryAccess, loadHost } from './MemoryAccess.ts';
import { RECORD } from './record.ts';
import type { RuntimeFunctions } from './runtimeFunctions.ts';
import { type PlainElements, StringLoop } from './StringLoop.ts';
import { X87Stack } from './X87Stack.ts';

/** Jumps whose targets are noted. Returns go where their calls came from. */
const PROFILED = new Set(['jmpNearIndirect', 'callNearIndirect']);

/** A memory operand that `readToModify` has opened: `write` finishes it. */
interface OpenModification {
  readonly operand: OperandHandle;
  store(value: Integer): void;
}

/**
 * The threaded tier's Emitter: operands are read at run time from the record in parameter 0; parameter 1
 * is the budget. Registers, flags and system state stay in memory.
 */
export class ThreadedEmitter implements Emitter {
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly stackSize: 16 | 32;
  readonly condition: number;
  readonly repeat: 'none' | 'rep' | 'repne';
  readonly operands: readonly OperandForm[];
  readonly flags: FlagEmitter;
  /** Those that the handler calls. */
  readonly helpers = new Set<SystemHelperName>();

  private readonly form: Form;
  private readonly code: HandlerCode;
  private readonly f: FunctionBuilder;
  private readonly cpu: number;
  private readonly memory: MemoryAccess;
  private readonly flow: ControlFlow;
  private readonly strings: StringLoop;
  private readonly stack: X87Stack;
  private open: OpenModification | undefined;
  /** A helper ran: whether generated code has to be left is looked at when the instruction ends. */
  private mayHaveToLeave = false;

  /**
   * @param cpu start of the vCPU's block: state fields are at constant addresses
   * @param part see {@link HandlerCode}
   */
  constructor(f: FunctionBuilder, form: Form, runtime: RuntimeFunctions, cpu: number, part?: HandlerPart) {
    this.form = form;
    this.operandSize = form.operandSize;
    this.addressSize = form.addressSize;
    this.stackSize = form.stackSize;
    this.condition = form.condition;
    this.repeat = form.repeat;
    this.operands = form.operands;
    this.f = f;
    this.cpu = cpu;
    this.code = new HandlerCode(f, runtime, cpu, part);
    this.memory = new MemoryAccess(this.code);
    this.flow = new ControlFlow(this.code, form.isFlat);
    this.strings = new StringLoop(this.code, this.memory, this.flow, form.addressSize);
    this.stack = new X87Stack(this.code);
    this.flags = new FlagEmitter(part?.flags ?? this.storedFlags());
  }

  private storedFlags(): FlagStorage {
    return {
      let: (value) => this.let(value),
      result: () => this.stateField(STATE.result),
      carries: () => this.stateField(STATE.carries),
      setLazy: (result, carries) => {
        const bound = this.let(carries);
        this.setStateField(STATE.result, wrap(result));
        this.setStateField(STATE.carries, bound);
      },
    };
  }

  // Values

  let<T extends Expression>(value: T): T {
    return this.f.let(value) as T;
  }

  variable<T extends ValueType>(initial: Expression<T>): { get(): Expression<T>; set(value: Expression<T>): void } {
    const local = this.f.newLocal(initial.type);
    this.f.set(local, initial);
    return { get: () => this.f.get(local), set: (value) => this.f.set(local, value) };
  }

  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    if (condition.constant === undefined) {
      this.branch(() => this.f.if(condition, whenTrue, whenFalse));
    } else if (condition.constant !== 0) whenTrue();
    else whenFalse?.();
  }

  private branch(write: () => void): void {
    const flags = this.code.part?.flags;
    if (!flags) {
      write();
      return;
    }
    flags.store();
    flags.inBranch(write);
  }

  while(condition: () => I32, body: () => void): void {
    if (this.code.part) throw new Error('no superinstruction holds a loop');
    this.f.block((done) => {
      this.f.loop((again) => {
        this.f.breakIf(eqz(condition()), done);
        body();
        this.f.breakTo(again);
      });
    });
  }

  /** What ran before a handler is not known. */
  invariant(_name: 'sse' | 'x87', check: () => void): void {
    check();
  }

  // Operands

  read(operand: OperandHandle): Integer {
    const form = operand as OperandForm;
    switch (form.kind) {
      case 'register':
        return loadHost(this.registerField(form), form.width as Width, this.cpu);
      case 'immediate':
        return load(this.code.record, form.width === 8 || form.width === 16 ? form.width : 32, RECORD[form.field]);
      case 'memory':
        return this.load(this.address(form), form.width as Width);
      default:
        throw new Error(`a ${form.kind} operand has no value`);
    }
  }

  readToModify(operand: OperandHandle): Integer {
    if (operand.kind !== 'memory') return this.read(operand);
    const memory = this.loadToModify(this.address(operand), operand.width as Width);
    this.open = { operand, store: memory.store };
    return memory.value;
  }

  write(operand: OperandHandle, value: Integer): void {
    const form = operand as OperandForm;
    if (form.kind === 'register') {
      this.f.emit(storeCode(this.registerField(form), value, form.width as Width, this.cpu));
      this.markMmxRegister(form);
    } else if (form.kind === 'memory') {
      if (this.open?.operand === operand) this.open.store(value);
      else this.store(this.address(form), form.width as Width, value);
    } else {
      throw new Error(`a ${form.kind} operand cannot be written`);
    }
  }

  readVector(operand: OperandHandle, alignment?: Alignment): V128 {
    const form = operand as OperandForm;
    const width = form.width as VectorWidth;
    if (form.kind === 'register') return loadVector(this.registerField(form), width, this.cpu);
    return this.memory.loadVector(this.address(form), width, alignment ?? alignmentOf(width));
  }

  writeVector(operand: OperandHandle, value: V128, alignment?: Alignment): void {
    const form = operand as OperandForm;
    const width = form.width as VectorWidth;
    if (form.kind === 'register') {
      this.f.emit(storeVectorCode(this.registerField(form), value, width, this.cpu));
      this.markMmxRegister(form);
    } else {
      this.memory.storeVector(this.address(form), width, value, alignment ?? alignmentOf(width));
    }
  }

  offset(operand: OperandHandle): I32 {
    const form = memoryForm(operand);
    const { record } = this.code;
    const register = (field: number): I32 => load(load(record, 16, field), 32, this.cpu);
    let offset = add(register(RECORD.base), load(record, 32, RECORD.displacement));
    if (form.hasIndex) offset = add(offset, shl(register(RECORD.index), load(record, 8, RECORD.scale)));
    return form.addressSize === 16 ? and(offset, i32Const(0xffff)) : offset;
  }

  address(operand: OperandHandle, displacement: I32 = ZERO): Address {
    const form = memoryForm(operand);
    let offset = add(this.offset(form), displacement);
    if (form.addressSize === 16 && displacement !== ZERO) offset = and(offset, i32Const(0xffff));
    return { offset: this.let(offset), isFlat: form.isFlat, segment: form.isFlat ? undefined : this.recordSegment() };
  }

  registerNumber(operand: OperandHandle): I32 {
    const form = operand as OperandForm;
    if (form.kind !== 'register') throw new Error('only registers have a number');
    const field = this.registerField(form);
    switch (form.file) {
      case 'segment':
        return shr(sub(field, i32Const(STATE.segments)), i32Const(Math.log2(SEGMENT.size)));
      case 'control':
        return shr(sub(field, i32Const(STATE.cr0)), i32Const(3));
      case 'debug':
        return shr(sub(field, i32Const(STATE.dr0)), i32Const(3));
      default:
        return shr(field, i32Const(3));
    }
  }

  farPointer(_operand: OperandHandle): { offset: I32; selector: I32 } {
    return { offset: load(this.code.record, 32, RECORD.immediate), selector: load(this.code.record, 32, RECORD.link) };
  }

  // Registers

  register(index: number, width: Width): Integer {
    return loadHost(ZERO, width, this.cpu + registerOffset(index));
  }

  setRegister(index: number, width: Width, value: Integer): void {
    this.f.emit(storeCode(ZERO, value, width, this.cpu + registerOffset(index)));
  }

  stateField(offset: number): I32 {
    return this.code.stateField(offset);
  }

  setStateField(offset: number, value: I32): void {
    this.code.setStateField(offset, value);
  }

  stateBits(offset: number, mask: number): I32 {
    return and(this.stateField(offset), i32Const(mask));
  }

  addStateBits(offset: number, bits: I32): void {
    this.setStateField(offset, or(this.stateField(offset), bits));
  }

  stateField64(offset: number): I64 {
    return load64(ZERO, this.cpu + offset);
  }

  setStateField64(offset: number, value: I64): void {
    this.f.emit(storeCode(ZERO, value, 64, this.cpu + offset));
  }

  // The x87's stack

  stackRegister(which: number | OperandHandle): StackRegister {
    if (typeof which === 'number') return this.stack.register(i32Const(which));
    return this.stack.register(this.registerField(which as OperandForm & { kind: 'register' }));
  }

  moveStackTop(by: number): void {
    this.stack.setTop(and(add(this.stack.top(), i32Const(by)), i32Const(7)));
  }

  stackTop(): I32 {
    return this.stack.top();
  }

  setStackTop(top: I32): void {
    this.stack.setTop(top);
  }

  // Memory

  location(segment: SegmentChoice, offset: I32): Address {
    const isFlat = segment === 'data' ? this.form.isDataFlat : this.form.isFlat;
    if (isFlat) return { offset, isFlat, segment: undefined };
    return {
      offset,
      isFlat,
      segment: segment === 'data' ? this.recordSegment() : i32Const(this.cpu + segmentOffset(segment)),
    };
  }

  linearAddress(address: Address): I32 {
    return this.memory.linearAddress(address);
  }

  load(address: Address, width: Width): Integer {
    return this.memory.load(address, width);
  }

  store(address: Address, width: Width, value: Integer): void {
    this.memory.store(address, width, value);
  }

  loadToModify(address: Address, width: Width): { value: Integer; store(value: Integer): void } {
    return this.memory.loadToModify(address, width);
  }

  // Events

  raise(vector: number, errorCode?: I32): void {
    this.code.raise(vector, errorCode);
  }

  helper(name: SystemHelperName, ...parameters: I32[]): I32 {
    const { code, f } = this;
    if (code.part) throw new Error('no superinstruction calls a helper');
    const helper = code.runtime.helpers.get(name);
    if (helper === undefined) throw new Error(`no helper ${name}`);
    this.helpers.add(name);
    const all = [0, 1, 2].map((index) => (parameters[index] ?? ZERO).code);
    code.setStateField(STATE.budget, code.budget);
    code.setStateField(STATE.record, code.record);
    const result = f.let<'i32'>({ type: 'i32', code: [...all, ...call(helper)] });
    f.ifUnlikely(eq(code.stateField(STATE.exit), i32Const(EXIT.fault)), () => f.return(code.record));
    this.mayHaveToLeave = true;
    return result;
  }

  routine(name: RoutineName, ...parameters: Expression[]): Expression[] {
    const index = this.code.runtime.routines.get(name);
    if (index === undefined) throw new Error(`no routine ${name}`);
    return this.f.call(index, ROUTINES[name].results, parameters);
  }

  eip(): I32 {
    return add(this.stateField(STATE.eipBase), load(this.code.record, 16, RECORD.pageOffset));
  }

  escapeOpcode(): I32 {
    return load(this.code.record, 32, RECORD.immediate);
  }

  selector(operand: OperandHandle): I32 {
    memoryForm(operand);
    return load(load(this.code.record, 16, RECORD.segment), 32, this.cpu + SEGMENT.selector);
  }

  // Control flow

  nextEip(): I32 {
    return add(this.stateField(STATE.eipBase), load(this.code.record, 16, RECORD.nextOffset));
  }

  jumpRelative(operand: OperandHandle, commit?: () => void): void {
    const form = operand as OperandForm;
    if (form.kind !== 'relative') throw new Error('not a relative operand');
    this.leavePart();
    if (form.isInside) {
      this.flow.jumpInside(commit);
      return;
    }
    const target = add(this.stateField(STATE.eipBase), load(this.code.record, 32, RECORD.displacement));
    this.flow.jumpTo(this.let(this.operandSize === 16 ? and(target, i32Const(0xffff)) : target), commit);
  }

  jumpTo(offset: I32, commit?: () => void): void {
    this.leavePart();
    this.flow.jumpTo(offset, () => {
      commit?.();
      if (PROFILED.has(this.form.semantics)) this.noteTarget(offset);
    });
  }

  /** Enters a jump's target in the profile that regions are formed by. */
  private noteTarget(offset: I32): void {
    const { record } = this.code;
    const place = and(xor(shr(record, i32Const(Math.log2(RECORD.size))), offset), i32Const(PROFILE.entries - 1));
    const entry = this.let(shl(place, i32Const(Math.log2(PROFILE.size))));
    const profile = this.cpu + VCPU_BLOCK.targetProfile;
    this.f.emit(storeCode(entry, record, 32, profile + PROFILE.record));
    this.f.emit(storeCode(entry, offset, 32, profile + PROFILE.target));
  }

  resume(): void {
    this.flow.resume();
  }

  // Strings

  repeatString(body: (request: BulkRequest) => I32, until?: () => I32): void {
    if (this.repeat === 'none') body({ elements: i32Const(1) });
    else this.strings.run(body, until, () => this.mayHaveToLeave);
  }

  bulkMove(destination: Address, source: Address, bytes: number, elements: I32): I32 {
    return this.strings.bulkMove(destination, source, bytes, elements);
  }

  bulkPortIn(destination: Address, port: I32, bytes: number, elements: I32): I32 {
    return this.bulkPort('portInBlock', this.strings.plainElements(destination, 'write', bytes, elements), port, bytes);
  }

  bulkPortOut(source: Address, port: I32, bytes: number, elements: I32): I32 {
    return this.bulkPort('portOutBlock', this.strings.plainElements(source, 'read', bytes, elements), port, bytes);
  }

  private bulkPort(helper: 'portInBlock' | 'portOutBlock', plain: PlainElements, port: I32, bytes: number): I32 {
    const done = this.variable(ZERO);
    const request = or(port, i32Const(bytes << 16));
    this.if(plain.count, () => done.set(this.helper(helper, request, plain.host, plain.count)));
    return done.get();
  }

  bulkFill(destination: Address, bytes: number, value: I32, elements: I32): I32 {
    return this.strings.bulkFill(destination, bytes, value, elements);
  }

  /** Ends the handler: on to the next record, unless a helper asked to leave. */
  next(): void {
    if (this.mayHaveToLeave) this.f.ifUnlikely(this.stateField(STATE.exit), () => this.f.return(this.code.record));
    this.leavePart();
    this.flow.next();
  }

  /** The path that is being written leaves the handler. */
  private leavePart(): void {
    this.code.part?.flags.storeHere();
  }

  private registerField(form: OperandForm & { kind: 'register' }): I32 {
    if (form.field === 'none') throw new Error('this register has no field in the record');
    return load(this.code.record, 16, RECORD[form.field]);
  }

  /** An MMX register that is written reads as a NaN or an infinity to the x87 (SDM vol. 1, 9.2.2). */
  private markMmxRegister(form: OperandForm & { kind: 'register' }): void {
    if (form.file !== 'mmx') return;
    this.f.emit(storeCode(this.registerField(form), i32Const(0xffff), 16, this.cpu + X87_SLOT.signExponent));
  }

  /** Host address of the segment register that the record names. */
  private recordSegment(): I32 {
    return this.let(add(load(this.code.record, 16, RECORD.segment), i32Const(this.cpu)));
  }
}

function alignmentOf(width: VectorWidth): Alignment {
  return width === 128 ? 'natural' : 'any';
}

function memoryForm(operand: OperandHandle): OperandForm & { kind: 'memory' } {
  const form = operand as OperandForm;
  if (form.kind !== 'memory') throw new Error('only memory operands have an address');
  return form;
}
