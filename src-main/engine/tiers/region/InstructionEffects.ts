import type { Instruction } from '../../decode/Instruction.ts';
import type { Address, Emitter, OperandHandle, StackRegister, Width } from '../../semantics/Emitter.ts';
import { RCX, STATE } from '../../state/layout.ts';
import { FlagEmitter } from '../../semantics/FlagEmitter.ts';
import { semantics } from '../../semantics/index.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import {
  type Expression,
  type I32,
  type I64,
  type Integer,
  type V128,
  type ValueType,
  i32Const,
  localGet,
} from '../../wasm/Expression.ts';
import type { SystemHelperName } from '../../semantics/system/helpers.ts';
import type { Form } from '../threaded/Form.ts';

/** What of an instruction the region tier has to know before it emits code: found by running its definition. */
export interface InstructionEffects {
  /** Arithmetic flags matter to what it does, or stay in part. */
  readonly readsFlags: boolean;
  /** All arithmetic flags are new behind it, on every path. */
  readonly replacesFlags: boolean;
  /** It may set arithmetic flags. */
  readonly writesFlags: boolean;
  /** General registers that it may write whatever its operands, a bit each. */
  readonly writtenRegisters: number;
  /** Operands that it may write, a bit each. */
  readonly writtenOperands: number;
  /** It may fault, or otherwise leave the region before it is complete. */
  readonly mayLeave: boolean;
  /** It calls a helper. */
  readonly callsHelper: boolean;
  /** It may unmask x87 exceptions, for which there is no code behind it. */
  readonly mayUnmask: boolean;
}

const known = new Map<string, InstructionEffects>();

/** They set flags unless the count is zero. */
const SHIFTS = new Set(['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr', 'shld', 'shrd']);

/** 0 or 1: whether an immediate count moves anything; undefined when there is none. */
function immediateCount({ operands }: Instruction): 0 | 1 | undefined {
  const operand = operands.find(({ kind }) => kind === 'immediate');
  if (operand?.kind !== 'immediate') return undefined;
  return (operand.value & 31) === 0 ? 0 : 1;
}

/** Effects by form: two instructions of a form differ in operands alone. */
export function effectsOf(instruction: Instruction, form: Form): InstructionEffects {
  const count = SHIFTS.has(form.semantics) ? immediateCount(instruction) : undefined;
  const key = count === undefined ? form.key : `${form.key}|${count}`;
  let effects = known.get(key);
  if (effects === undefined) {
    const emitter = new EffectsEmitter(form, count);
    semantics[form.semantics]?.(emitter, emitter.operands);
    effects = emitter.effects();
    known.set(key, effects);
  }
  return effects;
}

const SOME_I32 = localGet(0, 'i32'),
  SOME_I64 = localGet(0, 'i64');

function some(width: number): Integer {
  return width === 64 ? SOME_I64 : SOME_I32;
}

/** Runs a definition without making code, and notes what it asks for. */
class EffectsEmitter implements Emitter {
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly stackSize: 16 | 32;
  readonly condition: number;
  readonly repeat: 'none' | 'rep' | 'repne';
  readonly operands: readonly OperandHandle[];
  readonly flags: FlagEmitter;
  private readsFlags = false;
  private replacesFlags = false;
  private writesFlags = false;
  private writtenRegisters = 0;
  private writtenOperands = 0;
  private mayLeave = false;
  private callsHelper = false;
  private mayUnmask = false;
  /** Depth of arms that need not run. */
  private depth = 0;
  private readonly count: 0 | 1 | undefined;

  /** @param count what an immediate operand reads as, where its value is known and matters */
  constructor(form: Form, count: 0 | 1 | undefined) {
    this.count = count;
    this.operandSize = form.operandSize;
    this.addressSize = form.addressSize;
    this.stackSize = form.stackSize;
    this.condition = form.condition;
    this.repeat = form.repeat;
    this.operands = form.operands;
    const readFlags = (): I32 => {
      if (!this.replacesFlags) this.readsFlags = true;
      return SOME_I32;
    };
    this.flags = new FlagEmitter({
      let: (value) => value,
      result: readFlags,
      carries: readFlags,
      setLazy: () => {
        this.writesFlags = true;
        if (this.depth === 0) this.replacesFlags = true;
      },
    });
  }

  effects(): InstructionEffects {
    const { readsFlags, replacesFlags, writesFlags, mayLeave, callsHelper, mayUnmask } = this;
    const { writtenRegisters, writtenOperands } = this;
    return {
      readsFlags,
      replacesFlags,
      writesFlags,
      writtenRegisters,
      writtenOperands,
      mayLeave,
      callsHelper,
      mayUnmask,
    };
  }

  let<T extends Expression>(value: T): T {
    return value;
  }

  variable<T extends ValueType>({ type }: Expression<T>): { get(): Expression<T>; set(): void } {
    return { get: () => localGet(0, type), set: () => undefined };
  }

  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    if (condition.constant !== undefined) {
      if (condition.constant !== 0) whenTrue();
      else whenFalse?.();
      return;
    }
    this.depth++;
    whenTrue();
    whenFalse?.();
    this.depth--;
  }

  invariant(name: 'sse' | 'x87', check: () => void): void {
    if (name === 'sse') check();
  }

  while(condition: () => I32, body: () => void): void {
    this.depth++;
    condition();
    body();
    this.depth--;
  }

  read(operand: OperandHandle): Integer {
    if (operand.kind === 'memory') this.mayLeave = true;
    if (operand.kind === 'immediate' && this.count !== undefined) return i32Const(this.count);
    return some(operand.width);
  }

  readToModify(operand: OperandHandle): Integer {
    return this.read(operand);
  }

  write(operand: OperandHandle): void {
    if (operand.kind === 'memory') this.mayLeave = true;
    this.writtenOperands |= 1 << this.operands.indexOf(operand);
  }

  readVector(operand: OperandHandle): V128 {
    if (operand.kind === 'memory') this.mayLeave = true;
    return localGet(0, 'v128');
  }

  writeVector(operand: OperandHandle): void {
    if (operand.kind === 'memory') this.mayLeave = true;
  }

  offset(): I32 {
    return SOME_I32;
  }

  address(): Address {
    return { offset: SOME_I32, isFlat: true, segment: undefined };
  }

  registerNumber(): I32 {
    return SOME_I32;
  }

  farPointer(): { offset: I32; selector: I32 } {
    return { offset: SOME_I32, selector: SOME_I32 };
  }

  register(_index: number, width: Width): Integer {
    return some(width);
  }

  setRegister(index: number): void {
    this.writtenRegisters |= 1 << index;
  }

  stateField(): I32 {
    return SOME_I32;
  }

  setStateField(offset: number, value: I32): void {
    if (offset === STATE.x87Valid) this.requireKnown(value);
    if (offset === STATE.x87Control && value.constant === undefined) this.mayUnmask = true;
  }

  stateBits(): I32 {
    return SOME_I32;
  }

  addStateBits(): void {}

  stateField64(): I64 {
    return SOME_I64;
  }

  setStateField64(): void {}

  stackRegister(): StackRegister {
    return {
      mantissa: () => SOME_I64,
      signExponent: () => SOME_I32,
      set: () => undefined,
      isValid: () => SOME_I32,
      setValid: () => undefined,
    };
  }

  moveStackTop(): void {}

  stackTop(): I32 {
    return SOME_I32;
  }

  setStackTop(top: I32): void {
    this.requireKnown(top);
  }

  /** The shape of the x87's stack has to be known: what makes it depend on memory is left to handlers. */
  private requireKnown({ constant }: I32): void {
    if (constant === undefined) this.callsHelper = true;
  }

  location(): Address {
    return this.address();
  }

  load(_address: Address, width: Width): Integer {
    this.mayLeave = true;
    return some(width);
  }

  store(): void {
    this.mayLeave = true;
  }

  loadToModify(_address: Address, width: Width): { value: Integer; store(value: Integer): void } {
    this.mayLeave = true;
    return { value: some(width), store: () => undefined };
  }

  linearAddress(): I32 {
    return SOME_I32;
  }

  raise(): void {
    this.mayLeave = true;
  }

  helper(name: SystemHelperName): I32 {
    // Reached with an unmasked x87 exception alone, for which the region tier has no code.
    if (name === 'coprocessorError') return SOME_I32;
    this.callsHelper = true;
    this.mayLeave = true;
    return SOME_I32;
  }

  routine(name: RoutineName): Expression[] {
    return ROUTINES[name].results.map((type: ValueType) => localGet(0, type));
  }

  eip(): I32 {
    return SOME_I32;
  }

  escapeOpcode(): I32 {
    return SOME_I32;
  }

  selector(): I32 {
    return SOME_I32;
  }

  nextEip(): I32 {
    return SOME_I32;
  }

  jumpRelative(_operand: OperandHandle, commit?: () => void): void {
    commit?.();
  }

  jumpTo(_offset: I32, commit?: () => void): void {
    this.mayLeave = true;
    commit?.();
  }

  resume(): void {
    this.mayLeave = true;
  }

  repeatString(body: (request: { elements: I32 }) => I32, until?: () => I32): void {
    if (this.repeat === 'none') {
      body({ elements: i32Const(1) });
      return;
    }
    this.writtenRegisters |= 1 << RCX;
    this.depth++;
    body({ elements: SOME_I32 });
    until?.();
    this.depth--;
  }

  bulkMove(): I32 {
    return SOME_I32;
  }

  bulkFill(): I32 {
    return SOME_I32;
  }

  bulkPortIn(): I32 {
    return SOME_I32;
  }

  bulkPortOut(): I32 {
    return SOME_I32;
  }
}
