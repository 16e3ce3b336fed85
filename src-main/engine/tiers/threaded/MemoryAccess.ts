import {
  type I32,
  type Integer,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  gtSigned,
  i32Const,
  load,
  load64,
  or,
  shr,
  storeCode,
  sub,
  wrap,
} from '../../wasm/Expression.ts';
import type { Address, Width } from '../../semantics/Emitter.ts';
import { SEGMENT, STATE, TLB } from '../../state/layout.ts';
import { type HandlerCode, call } from './HandlerCode.ts';

const PAGE_MASK = 0xffff_f000 | 0;

/** Zero-extending load of guest data from a host address. */
export function loadHost(address: I32, width: Width, offset = 0): Integer {
  return width === 64 ? load64(address, offset) : load(address, width, offset);
}

/**
 * Guest memory from inside a handler: segment check, TLB probe inline, and a call for whatever the probe
 * does not answer (misses, page crossings, devices, pages with translated code).
 */
export class MemoryAccess {
  private readonly code: HandlerCode;

  constructor(code: HandlerCode) {
    this.code = code;
  }

  linearAddress(address: Address): I32 {
    if (address.isFlat || !address.segment) return address.offset;
    return add(address.offset, load(address.segment, 32, SEGMENT.base));
  }

  load(address: Address, width: Width): Integer {
    const { f, runtime } = this.code;
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = f.let(this.linearAddress(address));
    const host = this.probe(linear, bytes, TLB.readTag, runtime.slowRead);
    return loadHost(host, width);
  }

  store(address: Address, width: Width, value: Integer): void {
    if (width === 64) {
      this.loadToModify(address, width).store(value);
      return;
    }
    const { f, runtime, record } = this.code;
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    const linear = f.let(this.linearAddress(address));
    const bound = f.let(wrap(value));
    const entry = f.let(this.tlbEntry(linear));
    f.if(
      eq(load(entry, 32, TLB.writeTag), pageOfLast(linear, bytes)),
      () => f.emit(storeCode(add(linear, load(entry, 32, TLB.addend)), bound, width)),
      () => {
        const isFaulted = this.code.callWithState(runtime.slowWrite, linear, i32Const(bytes), bound);
        f.if(isFaulted, () => f.return(record));
        this.code.reloadBudget();
      },
    );
  }

  /** Reads bytes that `store` will write: all that can fault does so now. */
  loadToModify(address: Address, width: Width): { value: Integer; store(value: Integer): void } {
    const { f, runtime, cpu } = this.code;
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = f.let(this.linearAddress(address));
    const host = this.probe(linear, bytes, TLB.writeTag, runtime.slowModify);
    return {
      value: loadHost(host, width),
      store: (value) => {
        f.emit(storeCode(host, value, width));
        f.if(eq(host, i32Const(cpu + STATE.bounce)), () => f.emit(call(runtime.commitModify)));
      },
    };
  }

  /** Raises #SS(0) or #GP(0) unless all bytes lie within the segment. */
  private checkSegment(address: Address, bytes: number, span: number): void {
    const { segment } = address;
    if (address.isFlat || !segment) return;
    const { f, runtime, record } = this.code;
    const first = f.let(sub(address.offset, load(segment, 32, SEGMENT.low)));
    const limit = f.let(load64(segment, span));
    let isOutside = gtSigned(extendUnsigned(first), limit);
    if (bytes > 1) isOutside = or(isOutside, gtSigned(extendUnsigned(add(first, i32Const(bytes - 1))), limit));
    f.if(isOutside, () => this.code.tailCall(runtime.segmentFault, record, this.code.budget, segment));
  }

  /** Host address of guest bytes: by the TLB, else by a call that returns 0 for a fault. */
  private probe(linear: I32, bytes: number, tag: number, slow: number): I32 {
    const { f, record } = this.code;
    const entry = f.let(this.tlbEntry(linear));
    const local = f.newLocal('i32');
    f.if(
      eq(load(entry, 32, tag), pageOfLast(linear, bytes)),
      () => f.set(local, add(linear, load(entry, 32, TLB.addend))),
      () => {
        f.set(local, this.code.callWithState(slow, linear, i32Const(bytes)));
        f.if(eqz(f.get(local)), () => f.return(record));
        this.code.reloadBudget();
      },
    );
    return f.get(local);
  }

  private tlbEntry(linear: I32): I32 {
    const index = and(shr(linear, i32Const(12 - Math.log2(TLB.size))), i32Const((TLB.entries - 1) * TLB.size));
    return add(this.code.stateField(STATE.tlb), index);
  }
}

/** Page of an access's last byte: differs from the tag when the access crosses into the next page. */
function pageOfLast(linear: I32, bytes: number): I32 {
  return and(add(linear, i32Const(bytes - 1)), i32Const(PAGE_MASK));
}
