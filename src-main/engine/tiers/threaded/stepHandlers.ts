import { type I32, add, eqz, i32Const, leSigned, load, storeCode, sub, unsignedLeb } from '../../wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../../wasm/FunctionBuilder.ts';
import { VECTOR } from '../../semantics/system/GuestFault.ts';
import { EXIT, STATE } from '../../state/layout.ts';
import type { Form } from './Form.ts';
import { RECORD } from './record.ts';
import { type RuntimeFunctions, emitEnter } from './runtimeFunctions.ts';
import { ThreadedEmitter } from './ThreadedEmitter.ts';

/**
 * The translator's own steps: records that are no guest instruction. `count` holds the instructions of
 * the block before them (plus one for those that stand in an instruction's place, marked *).
 */
export const STEP_KINDS = [
  /** Goes on at `link`, in the same page. */
  'goto',
  /** Goes on at page offset `displacement`, beyond the page; flat and segmented CS. */
  'leavePageFlat',
  'leavePageSegmented',
  /** A jump's target that has not been translated yet. */
  'stub',
  /** *The instruction's bytes have changed: translate anew. */
  'stale',
  /** Ends a single step: leaves before the instruction that follows. */
  'stop',
  /** *A breakpoint stands here. */
  'breakpoint',
  /** *#UD, and #GP(0) for instructions that are too long or lie beyond CS's limit. */
  'undefined',
  'generalProtection',
  /** *An instruction that reaches into the next page follows: checks where that page lies now. */
  'crossPage',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

const ZERO = i32Const(0);

const JUMP_FORM: Form = {
  key: '',
  semantics: '',
  operandSize: 32,
  addressSize: 32,
  stackSize: 32,
  isFlat: true,
  isDataFlat: true,
  condition: -1,
  repeat: 'none',
  operands: [],
};

/** Builds the handler of a step. */
export function buildStepHandler(kind: StepKind, runtime: RuntimeFunctions, cpu: number): FunctionBuilder {
  const f = new FunctionBuilder(['i32', 'i32']);
  const [recordLocal, budgetLocal] = f.parameters as [Local<'i32'>, Local<'i32'>];
  const record = f.get(recordLocal),
    budget = f.get(budgetLocal);
  const count = load(record, 8, RECORD.count);
  const setState = (offset: number, value: I32): void => f.emit(storeCode(ZERO, value, 32, cpu + offset));
  const state = (offset: number): I32 => load(ZERO, 32, cpu + offset);
  const leave = (exit: number, at: I32, left: I32): void => {
    setState(STATE.budget, left);
    setState(STATE.exit, i32Const(exit));
    f.return(at);
  };
  const beforeThis = sub(budget, sub(count, i32Const(1)));
  const eip = add(state(STATE.eipBase), load(record, 16, RECORD.pageOffset));
  const tailCall = (functionIndex: number, ...parameters: I32[]): void =>
    f.emit([...parameters.map((parameter) => parameter.code), 0x12, ...unsignedLeb(functionIndex)]);

  switch (kind) {
    case 'goto': {
      const link = f.let(load(record, 32, RECORD.link));
      const left = f.let(sub(budget, count));
      f.if(leSigned(left, ZERO), () => leave(EXIT.budget, link, left));
      emitEnter(f, runtime.handlerType, link, left);
      break;
    }
    case 'leavePageFlat':
    case 'leavePageSegmented': {
      const emitter = new ThreadedEmitter(f, { ...JUMP_FORM, isFlat: kind === 'leavePageFlat' }, runtime, cpu);
      emitter.jumpTo(emitter.let(add(state(STATE.eipBase), load(record, 32, RECORD.displacement))));
      break;
    }
    case 'stub':
    case 'crossPage': {
      const importIndex = kind === 'stub' ? runtime.translateStub : runtime.checkCrossPage;
      setState(STATE.budget, budget);
      setState(STATE.record, record);
      const next = f.let<'i32'>({ type: 'i32', code: [record.code, 0x10, ...unsignedLeb(importIndex)] });
      f.if(eqz(next), () => f.return(record));
      emitEnter(f, runtime.handlerType, next, budget);
      break;
    }
    case 'stale':
      tailCall(runtime.jumpMiss, eip, beforeThis);
      break;
    case 'stop':
      leave(EXIT.budget, record, sub(budget, count));
      break;
    case 'breakpoint':
      leave(EXIT.breakpoint, record, beforeThis);
      break;
    case 'undefined':
      tailCall(runtime.raise, record, budget, i32Const(VECTOR.UD), i32Const(-1));
      break;
    case 'generalProtection':
      tailCall(runtime.raise, record, budget, i32Const(VECTOR.GP), ZERO);
      break;
  }
  f.unreachable();
  return f;
}
