import {
  type Expression,
  type I32,
  type I64,
  type Integer,
  type V128,
  type ValueType,
  eqz,
  i32Const,
  i64Const,
  load64,
  storeCode,
  gtUnsigned,
} from '../../wasm/Expression.ts';
import type { MemoryOperand, Operand, RegisterOperand } from '../../decode/Instruction.ts';
import { VECTOR } from '../../GuestFault.ts';
import type {
  Alignment,
  BulkRequest,
  Emitter,
  OperandHandle,
  SegmentChoice,
  StackRegister,
  VectorWidth,
  Width,
} from '../../semantics/Emitter.ts';
import { semantics } from '../../semantics/index.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import { extractLane, replaceLane, vectorOfWords } from '../../wasm/vectors.ts';
import { CS, SEGMENT, STATE, segmentOffset } from '../../state/layout.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import { type RegionCode, ZERO } from './RegionCode.ts';
import type { PageWindows } from './PageWindows.ts';
import { type RegionAddress, RegionMemory } from './RegionMemory.ts';
import { RegionOperands } from './RegionOperands.ts';
import { RegionStrings } from './RegionStrings.ts';
import { type Site, relativeTarget } from './RegionPlan.ts';

/** Passes control on inside the region or out of it; ends the path. */
export interface RegionFlow {
  goTo(eip: number): void;
  /** To an offset known at run time. */
  goToOffset(offset: I32): void;
  /** Leaves behind the present instruction when what it has charged itself leaves too little to go on. */
  leaveWhenShort(): void;
}

interface RegionOperand extends OperandHandle {
  readonly operand: Operand;
}

/** The region tier's Emitter: operands are constants, registers, flags and budget are locals. */
export class RegionEmitter implements Emitter {
  operandSize: 16 | 32 = 32;
  addressSize: 16 | 32 = 32;
  stackSize: 16 | 32 = 32;
  condition = -1;
  repeat: 'none' | 'rep' | 'repne' = 'none';
  operands: readonly RegionOperand[] = [];

  readonly memory: RegionMemory;
  private readonly code: RegionCode;
  private readonly mode: TranslationMode;
  private readonly flow: RegionFlow;
  private readonly places: RegionOperands;
  private readonly strings: RegionStrings;
  private open: { readonly operand: OperandHandle; store(value: Integer): void } | undefined;

  constructor(code: RegionCode, mode: TranslationMode, windows: PageWindows, flow: RegionFlow) {
    this.code = code;
    this.mode = mode;
    this.flow = flow;
    this.memory = new RegionMemory(code, windows);
    this.places = new RegionOperands(code, mode);
    this.strings = new RegionStrings(code, this.places, this.memory);
  }

  /** Emits what an instruction does. What it does not end is for the caller to go on behind. */
  emit(site: Site): void {
    const { instruction } = site;
    const { form } = site;
    this.operandSize = form.operandSize;
    this.addressSize = form.addressSize;
    this.stackSize = form.stackSize;
    this.condition = form.condition;
    this.repeat = form.repeat;
    this.operands = form.operands.map((shape, index) => ({ ...shape, operand: instruction.operands[index] }));
    this.open = undefined;
    const define = semantics[site.semantics];
    if (!define) throw new Error(`no semantics for ${site.semantics}`);
    define(this, this.operands);
  }

  get flags(): RegionCode['flags'] {
    return this.code.flags;
  }

  private get site(): Site {
    return this.code.site;
  }

  // Values

  let<T extends Expression>(value: T): T {
    return this.code.let(value) as T;
  }

  variable<T extends ValueType>(initial: Expression<T>): { get(): Expression<T>; set(value: Expression<T>): void } {
    const { f } = this.code;
    const local = this.code.temporary(initial.type);
    f.set(local, initial);
    return { get: () => f.get(local), set: (value) => f.set(local, value) };
  }

  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    if (condition.constant !== undefined) {
      if (condition.constant !== 0) whenTrue();
      else whenFalse?.();
      return;
    }
    const { flags } = this;
    const { effects } = this.site;
    // Flags that are set on one path alone meet those from before behind it.
    if (effects.writesFlags && !effects.replacesFlags && flags.isWanted) flags.materialise();
    const before = flags.state;
    const { x87, notes } = this.code;
    const { shape } = x87;
    let after = before;
    const arm = (body: () => void) => (): void => {
      flags.state = before;
      notes.around(body);
      if (!x87.isShape(shape))
        throw new Error(`${this.site.semantics}: an arm that need not run changes the shape of the x87 stack`);
      if (flags.state === before) return;
      flags.materialise();
      after = flags.state;
    };
    this.code.f.if(condition, arm(whenTrue), whenFalse && arm(whenFalse));
    // An arm may have computed what both had as an operation: that still holds the same flags.
    flags.state = effects.writesFlags ? after : before;
  }

  invariant(name: 'sse' | 'x87', check: () => void): void {
    // Where all exceptions are masked none becomes pending, and the entry sees to that none is.
    if (name === 'x87') this.code.state.assumeNoPending();
    else check();
  }

  while(condition: () => I32, body: () => void): void {
    const { f, notes } = this.code;
    notes.forgetCopies();
    f.block((done) => {
      f.loop((again) => {
        f.breakIf(eqz(condition()), done);
        notes.around(body);
        f.breakTo(again);
      });
    });
  }

  // Operands

  read(handle: OperandHandle): Integer {
    const { operand } = handle as RegionOperand;
    switch (operand.kind) {
      case 'register':
        return this.places.read(operand);
      case 'immediate':
        return immediate(operand.value, handle.width);
      case 'memory':
        return this.load(this.address(handle), handle.width as Width);
      default:
        throw new Error(`a ${handle.kind} operand has no value`);
    }
  }

  readToModify(handle: OperandHandle): Integer {
    if (handle.kind !== 'memory') return this.read(handle);
    const memory = this.loadToModify(this.address(handle), handle.width as Width);
    this.open = { operand: handle, store: memory.store };
    return memory.value;
  }

  write(handle: OperandHandle, value: Integer): void {
    const { operand } = handle as RegionOperand;
    if (operand.kind === 'register') {
      this.places.write(operand, value);
    } else if (operand.kind === 'memory') {
      if (this.open?.operand === handle) this.open.store(value);
      else this.store(this.address(handle), handle.width as Width, value);
    } else {
      throw new Error(`a ${handle.kind} operand cannot be written`);
    }
  }

  readVector(handle: OperandHandle, alignment?: Alignment): V128 {
    const { operand } = handle as RegionOperand;
    const width = handle.width as VectorWidth;
    if (operand.kind === 'memory') {
      return this.memory.loadVector(this.address(handle), width, alignment ?? alignmentOf(width));
    }
    if (operand.kind !== 'register') throw new Error(`a ${operand.kind} operand is no vector`);
    if (operand.file === 'xmm') return this.code.vector(operand.index);
    return replaceLane('i64x2.replace_lane', vectorOfWords(0, 0, 0, 0), 0, this.code.x87.mmx(operand.index));
  }

  writeVector(handle: OperandHandle, value: V128, alignment?: Alignment): void {
    const { operand } = handle as RegionOperand;
    const width = handle.width as VectorWidth;
    if (operand.kind === 'memory') {
      this.memory.storeVector(this.address(handle), width, value, alignment ?? alignmentOf(width));
    } else if (operand.kind !== 'register') {
      throw new Error(`a ${operand.kind} operand cannot be written`);
    } else if (operand.file === 'xmm') {
      this.code.setVector(operand.index, value);
    } else {
      this.code.x87.setMmx(operand.index, extractLane('i64x2.extract_lane', value, 0));
    }
  }

  offset(handle: OperandHandle): I32 {
    return this.places.offset(memoryOperand(handle));
  }

  address(handle: OperandHandle, displacement: I32 = ZERO): RegionAddress {
    return this.places.address(memoryOperand(handle), displacement);
  }

  registerNumber(handle: OperandHandle): I32 {
    return i32Const(registerOperand(handle).index);
  }

  farPointer(handle: OperandHandle): { offset: I32; selector: I32 } {
    const { operand } = handle as RegionOperand;
    if (operand.kind !== 'far') throw new Error('not a far pointer');
    return { offset: i32Const(operand.offset), selector: i32Const(operand.selector) };
  }

  // Registers

  register(index: number, width: Width): Integer {
    return this.places.register(index, width);
  }

  setRegister(index: number, width: Width, value: Integer): void {
    this.places.setRegister(index, width, value);
  }

  stateField(offset: number): I32 {
    return offset === STATE.x87Valid ? this.code.x87.valid() : this.code.state.field(offset);
  }

  setStateField(offset: number, value: I32): void {
    if (offset === STATE.x87Valid) this.code.x87.setValid(known(value));
    else this.code.state.setField(offset, value);
  }

  stateBits(offset: number, mask: number): I32 {
    return this.code.state.bits(offset, mask);
  }

  addStateBits(offset: number, bits: I32): void {
    this.code.state.addBits(offset, bits);
  }

  stateField64(offset: number): I64 {
    return load64(ZERO, this.code.cpu + offset);
  }

  setStateField64(offset: number, value: I64): void {
    this.code.f.emit(storeCode(ZERO, value, 64, this.code.cpu + offset));
  }

  // The x87's stack

  stackRegister(which: number | OperandHandle): StackRegister {
    return this.code.x87.register(typeof which === 'number' ? which : registerOperand(which).index);
  }

  moveStackTop(by: number): void {
    const { x87 } = this.code;
    x87.setTop(x87.shape.top + by);
  }

  stackTop(): I32 {
    return this.code.x87.top();
  }

  setStackTop(top: I32): void {
    this.code.x87.setTop(known(top));
  }

  // Memory

  location(segment: SegmentChoice, offset: I32): RegionAddress {
    return this.places.location(segment, offset);
  }

  load(address: RegionAddress, width: Width): Integer {
    return this.memory.load(address, width);
  }

  store(address: RegionAddress, width: Width, value: Integer): void {
    this.memory.store(address, width, value);
  }

  loadToModify(address: RegionAddress, width: Width): { value: Integer; store(value: Integer): void } {
    return this.memory.loadToModify(address, width);
  }

  linearAddress(address: RegionAddress): I32 {
    return this.memory.linearAddress(address);
  }

  // Events

  raise(vector: number, errorCode?: I32): void {
    this.code.raise(vector, errorCode);
  }

  helper(): I32 {
    throw new Error('instructions that call helpers are left to their handlers');
  }

  routine(name: RoutineName, ...parameters: Expression[]): Expression[] {
    const { code } = this;
    const { f } = code;
    f.emit(code.call(`routine.${name}`, ...parameters));
    const locals = ROUTINES[name].results.map((type) => code.temporary(type));
    for (const local of [...locals].reverse()) f.pop(local);
    return locals.map((local) => f.get(local));
  }

  eip(): I32 {
    return i32Const(this.site.eip);
  }

  nextEip(): I32 {
    return i32Const(this.site.nextEip);
  }

  escapeOpcode(): I32 {
    const { encoding, modrm } = this.site.instruction;
    return i32Const(((encoding.opcode[0] & 7) << 8) | modrm);
  }

  selector(handle: OperandHandle): I32 {
    return this.code.stateField(segmentOffset(memoryOperand(handle).segment) + SEGMENT.selector);
  }

  // Control flow

  jumpRelative(handle: OperandHandle, commit?: () => void): void {
    const { operand } = handle as RegionOperand;
    if (operand.kind !== 'relative') throw new Error('not a relative operand');
    const target = relativeTarget(this.site, operand.displacement, this.operandSize);
    this.checkLimit(i32Const(target));
    commit?.();
    this.flow.goTo(target);
  }

  jumpTo(offset: I32, commit?: () => void): void {
    const bound = this.let(offset);
    this.checkLimit(bound);
    commit?.();
    this.flow.goToOffset(bound);
  }

  resume(): void {
    throw new Error('instructions that resume elsewhere are left to their handlers');
  }

  // Strings

  repeatString(body: (request: BulkRequest) => I32, until?: () => I32): void {
    if (this.repeat === 'none') body({ elements: i32Const(1) });
    else this.strings.run(body, until, () => this.flow.leaveWhenShort());
  }

  bulkMove(destination: RegionAddress, source: RegionAddress, bytes: number, elements: I32): I32 {
    return this.strings.bulkMove(destination, source, bytes, elements);
  }

  bulkFill(destination: RegionAddress, bytes: number, value: I32, elements: I32): I32 {
    return this.strings.bulkFill(destination, bytes, value, elements);
  }

  bulkPortIn(): I32 {
    throw new Error('instructions that call helpers are left to their handlers');
  }

  bulkPortOut(): I32 {
    throw new Error('instructions that call helpers are left to their handlers');
  }

  private checkLimit(offset: I32): void {
    if (this.mode.isFlat) return;
    const limit = this.code.stateField(segmentOffset(CS) + SEGMENT.limit);
    this.code.f.ifUnlikely(gtUnsigned(offset, limit), () => this.code.raise(VECTOR.GP, ZERO));
  }
}

function alignmentOf(width: VectorWidth): Alignment {
  return width === 128 ? 'natural' : 'any';
}

/** The value of an expression that has to be a constant: what is not is left to handlers, see `InstructionEffects`. */
function known({ constant }: I32): number {
  if (constant === undefined) throw new Error('the shape of the x87 stack has to be known');
  return constant;
}

function immediate(value: number, width: number): Integer {
  if (width === 64) return i64Const(value);
  return i32Const(width === 8 || width === 16 ? value & (2 ** width - 1) : value);
}

function registerOperand(handle: OperandHandle): RegisterOperand {
  const { operand } = handle as RegionOperand;
  if (operand.kind !== 'register') throw new Error('only registers have a number');
  return operand;
}

function memoryOperand(handle: OperandHandle): MemoryOperand {
  const { operand } = handle as RegionOperand;
  if (operand.kind !== 'memory') throw new Error('only memory operands have an address');
  return operand;
}
