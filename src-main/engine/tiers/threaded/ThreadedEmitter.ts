import {
  type Code,
  type I32,
  type I64,
  type Integer,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  gtSigned,
  gtUnsigned,
  i32Const,
  leSigned,
  load,
  load64,
  ltUnsigned,
  or,
  select,
  shl,
  shr,
  storeCode,
  sub,
  unsignedLeb,
  wrap,
  xor,
} from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import type { Address, BulkRequest, Emitter, OperandHandle, SegmentChoice, Width } from '../../semantics/Emitter.ts';
import { FlagEmitter } from '../../semantics/FlagEmitter.ts';
import { VECTOR } from '../../semantics/system/GuestFault.ts';
import type { SystemHelperName } from '../../semantics/system/helpers.ts';
import {
  CS,
  EXIT,
  JUMP_CACHE,
  RCX,
  SEGMENT,
  STATE,
  TLB,
  VCPU_BLOCK,
  registerOffset,
  segmentOffset,
} from '../../state/layout.ts';
import type { Form, OperandForm } from './Form.ts';
import { RECORD } from './record.ts';
import type { RuntimeFunctions } from './runtimeFunctions.ts';

const ZERO = i32Const(0);
const PAGE_MASK = 0xffff_f000 | 0;

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

  private readonly f: FunctionBuilder;
  private readonly form: Form;
  private readonly runtime: RuntimeFunctions;
  /** Start of the vCPU's block: state fields are at constant addresses. */
  private readonly cpu: number;
  private readonly record: I32;
  private readonly budget: Local<'i32'>;
  private open: OpenModification | undefined;
  /** A helper ran: whether generated code has to be left is looked at when the instruction ends. */
  private mayHaveToLeave = false;

  constructor(f: FunctionBuilder, form: Form, runtime: RuntimeFunctions, cpu: number) {
    this.f = f;
    this.form = form;
    this.runtime = runtime;
    this.cpu = cpu;
    this.operandSize = form.operandSize;
    this.addressSize = form.addressSize;
    this.stackSize = form.stackSize;
    this.condition = form.condition;
    this.repeat = form.repeat;
    this.operands = form.operands;
    this.record = f.get(f.parameters[0] as Local<'i32'>);
    this.budget = f.parameters[1] as Local<'i32'>;
    this.flags = new FlagEmitter({
      let: (value) => this.let(value),
      result: () => this.stateField(STATE.result),
      carries: () => this.stateField(STATE.carries),
      setLazy: (result, carries) => {
        const bound = this.let(carries);
        this.setStateField(STATE.result, wrap(result));
        this.setStateField(STATE.carries, bound);
      },
    });
  }

  // Values

  let<T extends Integer>(value: T): T {
    return this.f.let(value) as T;
  }

  variable(initial: I32): { get(): I32; set(value: I32): void } {
    const local = this.f.newLocal('i32');
    this.f.set(local, initial);
    return { get: () => this.f.get(local), set: (value) => this.f.set(local, value) };
  }

  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    if (condition.constant !== undefined) {
      if (condition.constant !== 0) whenTrue();
      else whenFalse?.();
      return;
    }
    this.f.if(condition, whenTrue, whenFalse);
  }

  while(condition: () => I32, body: () => void): void {
    this.f.block((done) => {
      this.f.loop((again) => {
        this.f.breakIf(eqz(condition()), done);
        body();
        this.f.breakTo(again);
      });
    });
  }

  // Operands

  read(operand: OperandHandle): Integer {
    const form = operand as OperandForm;
    switch (form.kind) {
      case 'register':
        return this.loadHost(this.registerField(form), form.width as Width, this.cpu);
      case 'immediate':
        return form.constant === undefined ? this.immediate(form) : i32Const(form.constant);
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
    } else if (form.kind === 'memory') {
      if (this.open?.operand === operand) this.open.store(value);
      else this.store(this.address(form), form.width as Width, value);
    } else {
      throw new Error(`a ${form.kind} operand cannot be written`);
    }
  }

  offset(operand: OperandHandle): I32 {
    const form = operand as OperandForm;
    if (form.kind !== 'memory') throw new Error('only memory operands have an offset');
    let offset = add(
      load(load(this.record, 16, RECORD.base), 32, this.cpu),
      load(this.record, 32, RECORD.displacement),
    );
    if (form.hasIndex) {
      const index = load(load(this.record, 16, RECORD.index), 32, this.cpu);
      offset = add(offset, shl(index, load(this.record, 8, RECORD.scale)));
    }
    return form.addressSize === 16 ? and(offset, i32Const(0xffff)) : offset;
  }

  address(operand: OperandHandle, displacement: I32 = ZERO): Address {
    const form = operand as OperandForm;
    if (form.kind !== 'memory') throw new Error('only memory operands have an address');
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
    return { offset: load(this.record, 32, RECORD.immediate), selector: load(this.record, 32, RECORD.link) };
  }

  // Registers

  register(index: number, width: Width): Integer {
    return this.loadHost(ZERO, width, this.cpu + this.registerAt(index));
  }

  setRegister(index: number, width: Width, value: Integer): void {
    this.f.emit(storeCode(ZERO, value, width, this.cpu + this.registerAt(index)));
  }

  stateField(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }

  setStateField(offset: number, value: I32): void {
    this.f.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  // Memory

  location(segment: SegmentChoice, offset: I32): Address {
    if (segment === 'data') {
      return { offset, isFlat: this.form.isDataFlat, segment: this.form.isDataFlat ? undefined : this.recordSegment() };
    }
    return { offset, isFlat: this.form.isFlat, segment: this.form.isFlat ? undefined : this.fixedSegment(segment) };
  }

  linearAddress(address: Address): I32 {
    if (address.isFlat || !address.segment) return address.offset;
    return add(address.offset, load(address.segment, 32, SEGMENT.base));
  }

  load(address: Address, width: Width): Integer {
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = this.let(this.linearAddress(address));
    const entry = this.let(this.tlbEntry(linear));
    const host = this.f.newLocal('i32');
    this.f.if(
      eq(load(entry, 32, TLB.readTag), this.pageOfLast(linear, bytes)),
      () => this.f.set(host, add(linear, load(entry, 32, TLB.addend))),
      () => {
        this.f.set(host, this.callRuntime(this.runtime.slowRead, linear, i32Const(bytes)));
        this.f.if(eqz(this.f.get(host)), () => this.f.return(this.record));
        this.reloadBudget();
      },
    );
    return this.loadHost(this.f.get(host), width, 0);
  }

  store(address: Address, width: Width, value: Integer): void {
    const bytes = width / 8;
    if (width === 64) {
      this.loadToModify(address, width).store(value);
      return;
    }
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    const linear = this.let(this.linearAddress(address));
    const bound = this.let(wrap(value));
    const entry = this.let(this.tlbEntry(linear));
    this.f.if(
      eq(load(entry, 32, TLB.writeTag), this.pageOfLast(linear, bytes)),
      () => this.f.emit(storeCode(add(linear, load(entry, 32, TLB.addend)), bound, width)),
      () => {
        const isFaulted = this.callRuntime(this.runtime.slowWrite, linear, i32Const(bytes), bound);
        this.f.if(isFaulted, () => this.f.return(this.record));
        this.reloadBudget();
      },
    );
  }

  loadToModify(address: Address, width: Width): { value: Integer; store(value: Integer): void } {
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = this.let(this.linearAddress(address));
    const entry = this.let(this.tlbEntry(linear));
    const local = this.f.newLocal('i32');
    this.f.if(
      eq(load(entry, 32, TLB.writeTag), this.pageOfLast(linear, bytes)),
      () => this.f.set(local, add(linear, load(entry, 32, TLB.addend))),
      () => {
        this.f.set(local, this.callRuntime(this.runtime.slowModify, linear, i32Const(bytes)));
        this.f.if(eqz(this.f.get(local)), () => this.f.return(this.record));
        this.reloadBudget();
      },
    );
    const host = this.f.get(local);
    return {
      value: this.loadHost(host, width, 0),
      store: (value) => {
        this.f.emit(storeCode(host, value, width));
        this.f.if(eq(host, i32Const(this.cpu + STATE.bounce)), () => {
          this.f.emit(call(this.runtime.commitModify));
        });
      },
    };
  }

  // Events

  raise(vector: number, errorCode?: I32): void {
    this.tailCall(
      this.runtime.raise,
      this.record,
      this.f.get(this.budget),
      i32Const(vector),
      errorCode ?? i32Const(-1),
    );
  }

  helper(name: SystemHelperName, ...parameters: I32[]): I32 {
    const all = [0, 1, 2].map((index) => parameters[index] ?? ZERO);
    this.setStateField(STATE.budget, this.f.get(this.budget));
    this.setStateField(STATE.record, this.record);
    const helper = this.runtime.helpers.get(name);
    if (helper === undefined) throw new Error(`no helper ${name}`);
    const result = this.let<I32>({ type: 'i32', code: [...all.map((parameter) => parameter.code), ...call(helper)] });
    this.f.if(eq(this.stateField(STATE.exit), i32Const(EXIT.fault)), () => this.f.return(this.record));
    this.mayHaveToLeave = true;
    return result;
  }

  // Control flow

  nextEip(): I32 {
    return add(this.stateField(STATE.eipBase), load(this.record, 16, RECORD.nextOffset));
  }

  jumpRelative(operand: OperandHandle, commit?: () => void): void {
    const form = operand as OperandForm;
    if (form.kind !== 'relative') throw new Error('not a relative operand');
    if (form.isInside) {
      commit?.();
      const link = this.let(load(this.record, 32, RECORD.link));
      const budget = this.let(this.chargedBudget());
      this.f.if(leSigned(budget, ZERO), () => this.exitBefore(link, budget));
      this.tailCallRecord(link, budget);
      return;
    }
    const target = add(this.stateField(STATE.eipBase), load(this.record, 32, RECORD.displacement));
    this.jumpTo(this.let(this.operandSize === 16 ? and(target, i32Const(0xffff)) : target), commit);
  }

  jumpTo(offset: I32, commit?: () => void): void {
    let linear = offset;
    if (!this.form.isFlat) {
      const cs = segmentOffset(CS);
      this.f.if(gtUnsigned(offset, this.stateField(cs + SEGMENT.limit)), () => this.raise(VECTOR.GP, ZERO));
      linear = this.let(add(offset, this.stateField(cs + SEGMENT.base)));
    }
    commit?.();
    const budget = this.let(this.chargedBudget());
    const hash = and(xor(linear, shr(linear, i32Const(12))), i32Const(JUMP_CACHE.entries - 1));
    const entry = this.let(shl(hash, i32Const(Math.log2(JUMP_CACHE.size))));
    const cache = this.cpu + VCPU_BLOCK.jumpCache;
    // One comparison for address and mode: the two tags lie side by side, and so do the two wanted values.
    const wanted = or(extendUnsigned(linear), shl64(extendUnsigned(this.stateField(STATE.codeKey))));
    const isHit = eq(load64(entry, cache + JUMP_CACHE.linear), wanted);
    this.f.if(and(isHit, gtSigned(budget, ZERO)), () => {
      this.setStateField(STATE.eipBase, sub(offset, and(linear, i32Const(0xfff))));
      this.tailCallRecord(this.let(load(entry, 32, cache + JUMP_CACHE.record)), budget);
    });
    this.tailCall(this.runtime.jumpMiss, offset, budget);
  }

  resume(): void {
    this.f.if(eqz(this.stateField(STATE.exit)), () => this.setStateField(STATE.exit, i32Const(EXIT.resume)));
    this.f.return(this.record);
  }

  repeatString(body: (request: BulkRequest) => I32, until?: () => I32): void {
    if (this.repeat === 'none') {
      body({ elements: i32Const(1) });
      return;
    }
    const mask = i32Const(this.addressSize === 16 ? 0xffff : -1);
    const count = this.let(wrap(this.register(RCX, this.addressSize)));
    this.f.if(eqz(count), () => this.next());
    const before = this.let(sub(load(this.record, 8, RECORD.count), i32Const(1)));
    const available = this.let(sub(this.f.get(this.budget), before));
    const allowed = this.let(select(gtSigned(available, ZERO), available, i32Const(1)) as I32);
    const elements = this.let(select(ltUnsigned(count, allowed), count, allowed) as I32);
    const done = this.let(body({ elements }));
    const left = this.let(and(sub(count, done), mask));
    this.setRegister(RCX, this.addressSize, left);
    const isFinished = this.let(until ? or(eqz(left), until()) : eqz(left));
    if (this.mayHaveToLeave) {
      // The helper has set STATE.rip behind the instruction: unless finished, it goes on at itself.
      this.f.if(this.stateField(STATE.exit), () => {
        this.f.if(eqz(isFinished), () => {
          this.setStateField(STATE.rip, add(this.stateField(STATE.eipBase), load(this.record, 16, RECORD.pageOffset)));
        });
        this.f.return(this.record);
      });
    }
    this.f.if(isFinished, () => {
      this.f.set(this.budget, sub(this.f.get(this.budget), sub(done, i32Const(1))));
      this.tailCallNext();
    });
    const budget = this.let(sub(this.f.get(this.budget), done));
    this.f.if(leSigned(sub(budget, before), ZERO), () => this.exitBefore(this.record, sub(budget, before)));
    this.tailCallRecord(this.record, budget);
  }

  bulkMove(destination: Address, source: Address, bytes: number, elements: I32): I32 {
    const shift = i32Const(Math.log2(bytes));
    const first = this.clip(source, SEGMENT.readSpan, shift, elements);
    const both = this.clip(destination, SEGMENT.writeSpan, shift, first);
    return this.callPlain(
      this.runtime.bulkMove,
      this.linearAddress(destination),
      this.linearAddress(source),
      shift,
      both,
    );
  }

  bulkFill(destination: Address, bytes: number, value: I32, elements: I32): I32 {
    const shift = i32Const(Math.log2(bytes));
    const clipped = this.clip(destination, SEGMENT.writeSpan, shift, elements);
    return this.callPlain(this.runtime.bulkFill, this.linearAddress(destination), value, shift, clipped);
  }

  /** Ends the handler: on to the next record, unless a helper asked to leave. */
  next(): void {
    if (this.mayHaveToLeave) this.f.if(this.stateField(STATE.exit), () => this.f.return(this.record));
    this.tailCallNext();
  }

  // Private

  private registerAt(index: number): number {
    return registerOffset(index);
  }

  private registerField(form: OperandForm & { kind: 'register' }): I32 {
    if (form.field === 'none') throw new Error('this register has no field in the record');
    return load(this.record, 16, RECORD[form.field]);
  }

  private immediate(form: OperandForm & { kind: 'immediate' }): Integer {
    const width = form.width === 8 || form.width === 16 ? form.width : 32;
    return load(this.record, width, RECORD[form.field]);
  }

  private recordSegment(): I32 {
    return this.let(add(load(this.record, 16, RECORD.segment), i32Const(this.cpu)));
  }

  private fixedSegment(segment: number): I32 {
    return i32Const(this.cpu + segmentOffset(segment));
  }

  private loadHost(address: I32, width: Width, offset: number): Integer {
    return width === 64 ? load64(address, offset) : load(address, width, offset);
  }

  private tlbEntry(linear: I32): I32 {
    const index = and(shr(linear, i32Const(12 - Math.log2(TLB.size))), i32Const((TLB.entries - 1) * TLB.size));
    return add(this.stateField(STATE.tlb), index);
  }

  /** Page of an access's last byte: differs from the tag when the access crosses into the next page. */
  private pageOfLast(linear: I32, bytes: number): I32 {
    return and(add(linear, i32Const(bytes - 1)), i32Const(PAGE_MASK));
  }

  private checkSegment(address: Address, bytes: number, span: number): void {
    const { segment } = address;
    if (address.isFlat || !segment) return;
    const first = this.let(sub(address.offset, load(segment, 32, SEGMENT.low)));
    const limit = this.let(load64(segment, span));
    let isOutside = gtSigned(extendUnsigned(first), limit);
    if (bytes > 1) isOutside = or(isOutside, gtSigned(extendUnsigned(add(first, i32Const(bytes - 1))), limit));
    this.f.if(isOutside, () => {
      this.tailCall(this.runtime.segmentFault, this.record, this.f.get(this.budget), segment);
    });
  }

  /** Limits a bulk operation to what the segment, and a 16-bit address, allow without wrapping. */
  private clip(address: Address, span: number, shift: I32, elements: I32): I32 {
    let clipped = elements;
    if (this.addressSize === 16) {
      const room = shr(sub(i32Const(0x1_0000), address.offset), shift);
      clipped = this.let(select(ltUnsigned(clipped, room), clipped, room) as I32);
    }
    if (address.isFlat || !address.segment) return clipped;
    const limit = load64(address.segment, span);
    return this.let<I32>({
      type: 'i32',
      code: [
        address.offset.code,
        load(address.segment, 32, SEGMENT.low).code,
        limit.code,
        shift.code,
        clipped.code,
        ...call(this.runtime.clipToSegment),
      ],
    });
  }

  private callRuntime(functionIndex: number, ...parameters: I32[]): I32 {
    this.setStateField(STATE.budget, this.f.get(this.budget));
    this.setStateField(STATE.record, this.record);
    return this.callPlain(functionIndex, ...parameters);
  }

  private callPlain(functionIndex: number, ...parameters: I32[]): I32 {
    return { type: 'i32', code: [...parameters.map((parameter) => parameter.code), ...call(functionIndex)] };
  }

  /** A device reached by a slow access may have cut the budget to be looked at. */
  private reloadBudget(): void {
    this.f.set(this.budget, this.stateField(STATE.budget));
  }

  private chargedBudget(): I32 {
    return sub(this.f.get(this.budget), load(this.record, 8, RECORD.count));
  }

  /** Leaves generated code before the instruction of a record. */
  private exitBefore(record: I32, budget: I32): void {
    this.setStateField(STATE.budget, budget);
    this.setStateField(STATE.exit, i32Const(EXIT.budget));
    this.f.return(record);
  }

  private tailCallNext(): void {
    const next = this.let(add(this.record, i32Const(RECORD.size)));
    this.tailCallRecord(next, this.f.get(this.budget));
  }

  private tailCallRecord(record: I32, budget: I32): void {
    const handler = load(record, 32, RECORD.handler);
    this.f.emit([record.code, budget.code, handler.code, 0x13, ...unsignedLeb(this.runtime.handlerType), 0]);
  }

  private tailCall(functionIndex: number, ...parameters: I32[]): void {
    this.f.emit([...parameters.map((parameter) => parameter.code), 0x12, ...unsignedLeb(functionIndex)]);
  }
}

function call(functionIndex: number): Code {
  return [0x10, ...unsignedLeb(functionIndex)];
}

/** An i32, zero-extended, moved to the upper half. */
function shl64(value: I64): I64 {
  return shl(value, { type: 'i64', code: [0x42, 32] });
}
