import { type Code, type I32, i32Const, load, storeCode, sub, unsignedLeb } from '../../wasm/Expression.ts';
import type { FunctionBuilder, Local } from '../../wasm/FunctionBuilder.ts';
import { EXIT, STATE } from '../../state/layout.ts';
import type { DeferredFlags } from './DeferredFlags.ts';
import { RECORD } from './record.ts';
import type { RuntimeFunctions } from './runtimeFunctions.ts';

export const ZERO = i32Const(0);

/** Calls a function of the module and leaves its result on the stack. */
export function call(functionIndex: number): Code {
  return [0x10, ...unsignedLeb(functionIndex)];
}

/** One of the instructions that a superinstruction does. */
export interface HandlerPart {
  /** Its own record. */
  readonly record: I32;
  /** Index of the function that does it alone. */
  readonly alone: number;
  readonly flags: DeferredFlags;
}

/**
 * What every handler is made of: a function (record, budget) -> record that goes on with a tail call, and
 * a vCPU whose state lies at constant addresses.
 */
export class HandlerCode {
  readonly f: FunctionBuilder;
  readonly runtime: RuntimeFunctions;
  /** Start of the vCPU's block in its VM's memory. */
  readonly cpu: number;
  readonly record: I32;
  /** undefined: the handler does the instruction, or the step, of the record that it is entered by. */
  readonly part: HandlerPart | undefined;
  private readonly budgetLocal: Local<'i32'>;

  constructor(f: FunctionBuilder, runtime: RuntimeFunctions, cpu: number, part?: HandlerPart) {
    const [record, budget] = f.parameters as [Local<'i32'>, Local<'i32'>];
    this.f = f;
    this.runtime = runtime;
    this.cpu = cpu;
    this.part = part;
    this.record = part?.record ?? f.get(record);
    this.budgetLocal = budget;
  }

  get budget(): I32 {
    return this.f.get(this.budgetLocal);
  }

  setBudget(value: I32): void {
    this.f.set(this.budgetLocal, value);
  }

  stateField(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }

  setStateField(offset: number, value: I32): void {
    this.f.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  /** The budget less the instructions of the block up to and including this one. */
  chargedBudget(): I32 {
    return sub(this.budget, load(this.record, 8, RECORD.count));
  }

  /** A runtime function's result. Pure as far as the handler's budget goes. */
  callPlain(functionIndex: number, ...parameters: I32[]): I32 {
    return { type: 'i32', code: [...parameters.map((parameter) => parameter.code), ...call(functionIndex)] };
  }

  /** Like `callPlain`, for functions that look at the state: record and budget are stored first. */
  callWithState(functionIndex: number, ...parameters: I32[]): I32 {
    this.setStateField(STATE.budget, this.budget);
    this.setStateField(STATE.record, this.record);
    return this.callPlain(functionIndex, ...parameters);
  }

  /** A device that a call reached may have cut the budget, to be looked at. */
  reloadBudget(): void {
    this.setBudget(this.stateField(STATE.budget));
  }

  tailCall(functionIndex: number, ...parameters: I32[]): void {
    this.f.emit([...parameters.map((parameter) => parameter.code), 0x12, ...unsignedLeb(functionIndex)]);
  }

  /** Goes on with the handler of a record. */
  tailCallRecord(record: I32, budget: I32): void {
    const handler = load(record, 32, RECORD.handler);
    this.f.emit([record.code, budget.code, handler.code, 0x13, ...unsignedLeb(this.runtime.handlerType), 0]);
  }

  /** Leaves generated code before the instruction of a record, the budget charged up to there. */
  exitBefore(record: I32, budget: I32, exit: number = EXIT.budget): void {
    this.setStateField(STATE.budget, budget);
    this.setStateField(STATE.exit, i32Const(exit));
    this.f.return(record);
  }

  /**
   * Leaves what is rare to the handler that does the instruction alone: it has changed nothing so far, and begins anew.
   * @returns false where this is that handler
   */
  retreat(): boolean {
    const { part } = this;
    if (part === undefined) return false;
    part.flags.storeHere();
    this.tailCall(part.alone, part.record, this.budget);
    return true;
  }

  raise(vector: number, errorCode: I32 = i32Const(-1)): void {
    if (this.retreat()) return;
    this.tailCall(this.runtime.raise, this.record, this.budget, i32Const(vector), errorCode);
  }
}
