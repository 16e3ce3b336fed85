import {
  type I32,
  type I64,
  add,
  and,
  eq,
  extendUnsigned,
  gtSigned,
  gtUnsigned,
  i32Const,
  i64Const,
  leSigned,
  load,
  load64,
  or,
  shl,
  sub,
} from '../../wasm/Expression.ts';
import { VECTOR } from '../../GuestFault.ts';
import { CS, JUMP_CACHE, SEGMENT, STATE, VCPU_BLOCK, segmentOffset } from '../../state/layout.ts';
import { type HandlerCode, ZERO } from './HandlerCode.ts';
import { RECORD } from './record.ts';
import { jumpCacheEntry } from './runtimeFunctions.ts';

/** How a handler passes control on. Every method ends the path. */
export class ControlFlow {
  private readonly code: HandlerCode;
  private readonly isCodeFlat: boolean;

  constructor(code: HandlerCode, isCodeFlat: boolean) {
    this.code = code;
    this.isCodeFlat = isCodeFlat;
  }

  /** To the record behind this one. */
  next(): void {
    const { code } = this;
    const record = code.f.let(add(code.record, i32Const(RECORD.size)));
    code.tailCallRecord(record, code.budget);
  }

  /** To the record in `link`, in the same page. */
  jumpInside(commit?: () => void): void {
    const { code } = this;
    commit?.();
    const link = code.f.let(load(code.record, 32, RECORD.link));
    const budget = code.f.let(code.chargedBudget());
    code.f.ifUnlikely(leSigned(budget, ZERO), () => code.exitBefore(link, budget));
    code.tailCallRecord(link, budget);
  }

  /** To an offset in CS: checks the limit, commits, then asks the jump cache. */
  jumpTo(offset: I32, commit?: () => void): void {
    const { code } = this;
    if (!this.isCodeFlat) {
      const limit = code.stateField(segmentOffset(CS) + SEGMENT.limit);
      code.f.ifUnlikely(gtUnsigned(offset, limit), () => code.raise(VECTOR.GP, ZERO));
    }
    commit?.();
    this.goOnAt(offset);
  }

  /**
   * To an offset in CS with the instructions before it complete: a fault in fetching there, the limit's
   * included, is the next instruction's own.
   */
  goOnAt(offset: I32): void {
    this.lookUp(offset, this.isCodeFlat);
  }

  private lookUp(offset: I32, isCodeFlat: boolean): void {
    const { code } = this;
    const base = code.stateField(segmentOffset(CS) + SEGMENT.base);
    const linear = isCodeFlat ? offset : code.f.let(add(offset, base));
    const budget = code.f.let(code.chargedBudget());
    const entry = jumpCacheEntry(code.f, linear);
    const cache = code.cpu + VCPU_BLOCK.jumpCache;
    // One comparison for address and mode: the two tags lie side by side, and so do the two wanted values.
    const wanted = or(extendUnsigned(linear), upperHalf(code.stateField(STATE.codeKey)));
    const isHit = eq(load64(entry, cache + JUMP_CACHE.linear), wanted);
    code.f.if(and(isHit, gtSigned(budget, ZERO)), () => {
      code.setStateField(STATE.eipBase, sub(offset, and(linear, i32Const(0xfff))));
      code.tailCallRecord(code.f.let(load(entry, 32, cache + JUMP_CACHE.record)), budget);
    });
    code.tailCall(code.runtime.jumpMiss, offset, budget);
  }

  /** On at STATE.rip, in the mode that the instruction has brought about; a helper may have asked to leave before. */
  resume(): void {
    const { code } = this;
    code.f.ifUnlikely(code.stateField(STATE.exit), () => code.f.return(code.record));
    this.lookUp(code.f.let(code.stateField(STATE.rip)), false);
  }
}

function upperHalf(value: I32): I64 {
  return shl(extendUnsigned(value), i64Const(32));
}
