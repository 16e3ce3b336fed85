import {
  type Code,
  type I32,
  type Integer,
  type V128,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  gtSigned,
  i32Const,
  load,
  load64,
  ne,
  or,
  shr,
  storeCode,
  sub,
  wrap,
} from '../../wasm/Expression.ts';
import { loadVector, storeVectorCode } from '../../wasm/vectors.ts';
import { VECTOR } from '../../GuestFault.ts';
import type { Address, Alignment, VectorWidth, Width } from '../../semantics/Emitter.ts';
import { SEGMENT, STATE, TLB } from '../../state/layout.ts';
import { type HandlerCode, ZERO, call } from './HandlerCode.ts';

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
    return loadHost(this.readable(address, width / 8, 'any'), width);
  }

  loadVector(address: Address, width: VectorWidth, alignment: Alignment): V128 {
    return loadVector(this.readable(address, width / 8, alignment), width);
  }

  store(address: Address, width: Width, value: Integer): void {
    if (width === 64) {
      const wide = this.code.f.let(value);
      this.storeWide(address, 8, 'any', (host) => storeCode(host, wide, 64));
      return;
    }
    const { f, runtime, record } = this.code;
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    const linear = f.let(this.linearAddress(address));
    const bound = f.let(wrap(value));
    const entry = f.let(this.tlbEntry(linear));
    f.ifUnlikely(
      ne(load(entry, 32, TLB.writeTag), pageOfLast(linear, bytes)),
      () => {
        if (this.code.retreat()) return;
        const isFaulted = this.code.callWithState(runtime.slowWrite, linear, i32Const(bytes), bound);
        f.if(isFaulted, () => f.return(record));
        this.code.reloadBudget();
      },
      () => f.emit(storeCode(add(linear, load(entry, 32, TLB.addend)), bound, width)),
    );
  }

  storeVector(address: Address, width: VectorWidth, value: V128, alignment: Alignment): void {
    const bound = this.code.f.let(value);
    this.storeWide(address, width / 8, alignment, (host) => storeVectorCode(host, bound, width));
  }

  /** Reads bytes that `store` will write: all that can fault does so now. */
  loadToModify(address: Address, width: Width): { value: Integer; store(value: Integer): void } {
    const { f, runtime } = this.code;
    const bytes = width / 8;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = f.let(this.linearAddress(address));
    const host = this.probe(linear, bytes, 'any', TLB.writeTag, runtime.slowModify);
    return {
      value: loadHost(host, width),
      store: (value) => {
        f.emit(storeCode(host, value, width));
        this.commit(host);
      },
    };
  }

  /** Host address of bytes to be read, all checks passed. */
  private readable(address: Address, bytes: number, alignment: Alignment): I32 {
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const linear = this.code.f.let(this.linearAddress(address));
    return this.probe(linear, bytes, alignment, TLB.readTag, this.code.runtime.slowRead);
  }

  /** A store of more than a call can take as a parameter. `storeTo` must not evaluate anything twice. */
  private storeWide(address: Address, bytes: number, alignment: Alignment, storeTo: (host: I32) => Code): void {
    const { f, runtime } = this.code;
    this.checkSegment(address, bytes, SEGMENT.writeSpan);
    const linear = f.let(this.linearAddress(address));
    const host = this.probe(linear, bytes, alignment, TLB.writeTag, runtime.slowStore);
    f.emit(storeTo(host));
    this.commit(host);
  }

  /** Takes what was stored in the bounce buffer to where it belongs; a superinstruction does without that buffer. */
  private commit(host: I32): void {
    const { code } = this;
    if (code.part) return;
    code.f.ifUnlikely(eq(host, i32Const(code.cpu + STATE.bounce)), () => {
      code.f.emit(call(code.runtime.commitModify));
      code.reloadBudget();
    });
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
    f.ifUnlikely(isOutside, () => {
      if (!this.code.retreat()) this.code.tailCall(runtime.segmentFault, record, this.code.budget, segment);
    });
  }

  /**
   * Host address of guest bytes: by the TLB, else by a call that returns 0 for a fault. What has to be aligned
   * and is not never hits, so that only misses look: #GP(0).
   */
  private probe(linear: I32, bytes: number, alignment: Alignment, tag: number, slow: number): I32 {
    const { f, record } = this.code;
    const isAligned = alignment === 'natural';
    const entry = f.let(this.tlbEntry(linear));
    const local = f.newLocal('i32');
    f.ifUnlikely(
      ne(load(entry, 32, tag), isAligned ? and(linear, i32Const(PAGE_MASK | (bytes - 1))) : pageOfLast(linear, bytes)),
      () => {
        if (this.code.retreat()) return;
        if (isAligned) f.if(and(linear, i32Const(bytes - 1)), () => this.code.raise(VECTOR.GP, ZERO));
        f.set(local, this.code.callWithState(slow, linear, i32Const(bytes)));
        f.if(eqz(f.get(local)), () => f.return(record));
        this.code.reloadBudget();
      },
      () => f.set(local, add(linear, load(entry, 32, TLB.addend))),
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
