import { type I32, add, and, eqz, i32Const, load, ne, storeCode, sub } from '../../wasm/Expression.ts';
import { FunctionBuilder } from '../../wasm/FunctionBuilder.ts';
import { VECTOR } from '../../GuestFault.ts';
import { CS, EXIT, PAGE_BYTES, SEGMENT, STATE, segmentOffset } from '../../state/layout.ts';
import { ControlFlow } from './ControlFlow.ts';
import { HandlerCode, ZERO } from './HandlerCode.ts';
import { RECORD } from './record.ts';
import { HANDLER_SIGNATURE, type RuntimeFunctions } from './runtimeFunctions.ts';

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
  /** Stands in the next record's place while the instruction before it is to be the last, see `StopAfter`. */
  'pause',
  /** Counts how often a block is entered, in `immediate` downwards; at zero a region may take its place. */
  'head',
  /** Ends an instruction that a region had done by its handler: the budget is charged, nothing else happens. */
  'yield',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Calls (record) -> record, and goes on there; 0: a fault is pending. */
function goOnAtResult(code: HandlerCode, functionIndex: number): void {
  const next = code.f.let(code.callWithState(functionIndex, code.record));
  code.f.if(eqz(next), () => code.f.return(code.record));
  code.tailCallRecord(next, code.budget);
}

/** What a `head` does, but for going on. */
export function countEntry(code: HandlerCode): void {
  const { f, record, budget, runtime } = code;
  const left = f.let(sub(load(record, 32, RECORD.immediate), i32Const(1)));
  f.emit(storeCode(record, left, 32, RECORD.immediate));
  f.ifUnlikely(eqz(left), () => {
    code.tailCallRecord(f.let(code.callWithState(runtime.enterHot, record)), budget);
  });
}

/** Builds the handler of a step. */
export function buildStepHandler(kind: StepKind, runtime: RuntimeFunctions, cpu: number): FunctionBuilder {
  const f = new FunctionBuilder(HANDLER_SIGNATURE.parameters);
  const code = new HandlerCode(f, runtime, cpu);
  const { record, budget } = code;
  const count = load(record, 8, RECORD.count);
  const beforeThis = sub(budget, sub(count, i32Const(1)));
  const pageOffset = (field: number, width: 16 | 32): I32 =>
    add(code.stateField(STATE.eipBase), load(record, width, field));

  switch (kind) {
    case 'goto':
      new ControlFlow(code, true).jumpInside();
      break;
    case 'leavePageFlat':
    case 'leavePageSegmented':
      new ControlFlow(code, kind === 'leavePageFlat').goOnAt(f.let(pageOffset(RECORD.displacement, 32)));
      break;
    case 'stub':
      goOnAtResult(code, runtime.translateStub);
      break;
    case 'crossPage': {
      const eip = pageOffset(RECORD.pageOffset, 16);
      const linear = add(eip, code.stateField(segmentOffset(CS) + SEGMENT.base));
      const nextPage = add(and(linear, i32Const(0xffff_f000 | 0)), i32Const(PAGE_BYTES));
      const physical = code.callPlain(runtime.paging.fetchPage, nextPage);
      f.ifUnlikely(ne(physical, load(record, 32, RECORD.immediate)), () => {
        goOnAtResult(code, runtime.checkCrossPage);
      });
      new ControlFlow(code, true).next();
      break;
    }
    case 'stale':
      code.tailCall(runtime.jumpMiss, pageOffset(RECORD.pageOffset, 16), beforeThis);
      break;
    case 'stop':
      code.exitBefore(record, sub(budget, count));
      break;
    case 'breakpoint':
      code.setStateField(STATE.budget, beforeThis);
      code.setStateField(STATE.exit, i32Const(EXIT.breakpoint));
      f.return(record);
      break;
    case 'pause':
      code.setStateField(STATE.budget, budget);
      code.setStateField(STATE.exit, i32Const(EXIT.pause));
      f.return(record);
      break;
    case 'head':
      countEntry(code);
      new ControlFlow(code, true).next();
      break;
    case 'yield':
      code.setStateField(STATE.budget, sub(budget, count));
      f.return(record);
      break;
    case 'undefined':
      code.raise(VECTOR.UD);
      break;
    case 'generalProtection':
      code.raise(VECTOR.GP, ZERO);
      break;
  }
  f.unreachable();
  return f;
}
