import {
  type I32,
  type Integer,
  type V128,
  add,
  and,
  eqz,
  extendUnsigned,
  gtSigned,
  i32Const,
  i64Const,
  load,
  load64,
  ltUnsigned,
  ne,
  or,
  shr,
  storeCode,
  sub,
} from '../../wasm/Expression.ts';
import { loadVector, storeVectorCode } from '../../wasm/vectors.ts';
import type { Address, Alignment, VectorWidth, Width } from '../../semantics/Emitter.ts';
import { VECTOR } from '../../GuestFault.ts';
import { PAGE_BYTES, SEGMENT, SS, STATE, TLB, segmentOffset } from '../../state/layout.ts';
import type { PageWindow, PageWindows } from './PageWindows.ts';
import { type RegionCode, ZERO } from './RegionCode.ts';

/** An address, and which others are likely to lie in the same page: those made from the same registers. */
export interface RegionAddress extends Address {
  readonly group?: string;
}

/** The group of the stack, which is read and written alike: one window serves both. */
export const STACK_GROUP = 'stack';

/** What an access is, and whether the window that it shares is written through, by it or by others. */
interface WindowUse {
  readonly lookUp: 'readable' | 'writable';
  readonly isWritten: boolean;
}

/**
 * Guest memory from inside a region. Accesses that are likely to stay in one page share a window: the page they were
 * in last. Outside of it a function of the threaded module looks in the TLB, and beyond.
 */
export class RegionMemory {
  private readonly code: RegionCode;
  readonly windows: PageWindows;

  constructor(code: RegionCode, windows: PageWindows) {
    this.code = code;
    this.windows = windows;
  }

  linearAddress(address: Address): I32 {
    if (address.isFlat || !address.segment) return address.offset;
    return add(address.offset, load(address.segment, 32, SEGMENT.base));
  }

  load(address: RegionAddress, width: Width): Integer {
    const host = this.readable(address, width / 8, 'any');
    return width === 64 ? load64(host) : load(host, width);
  }

  loadVector(address: RegionAddress, width: VectorWidth, alignment: Alignment): V128 {
    return loadVector(this.readable(address, width / 8, alignment), width);
  }

  storeVector(address: RegionAddress, width: VectorWidth, value: V128, alignment: Alignment): void {
    this.checkSegment(address, width / 8, SEGMENT.writeSpan);
    const bound = this.code.let(value);
    this.code.f.emit(storeVectorCode(this.writable(address, width / 8, alignment), bound, width));
  }

  store(address: RegionAddress, width: Width, value: Integer): void {
    this.checkSegment(address, width / 8, SEGMENT.writeSpan);
    const bound = this.code.let(value);
    this.code.f.emit(storeCode(this.writable(address, width / 8), bound, width));
  }

  loadToModify(address: RegionAddress, width: Width): { value: Integer; store(value: Integer): void } {
    this.checkSegment(address, width / 8, SEGMENT.writeSpan);
    this.checkSegment(address, width / 8, SEGMENT.readSpan);
    const host = this.code.let(this.writable(address, width / 8));
    return {
      value: width === 64 ? load64(host) : load(host, width),
      store: (value) => this.code.f.emit(storeCode(host, value, width)),
    };
  }

  private readable(address: RegionAddress, bytes: number, alignment: Alignment): I32 {
    this.checkSegment(address, bytes, SEGMENT.readSpan);
    const group = address.group ?? '';
    const linear = this.code.let(this.linearAddress(address));
    if (alignment === 'natural') this.requireAligned(linear, bytes);
    const isWritten = group === STACK_GROUP;
    const window = this.windows.of(`${group} ${isWritten ? 'write' : 'read'}`);
    return this.host(window, linear, bytes, { lookUp: 'readable', isWritten });
  }

  /** Leaves what has to be aligned and is not to the threaded tier, which raises #GP(0). */
  private requireAligned(linear: I32, bytes: number): void {
    const { code } = this;
    code.f.ifUnlikely(and(linear, i32Const(bytes - 1)), () => {
      code.storePlace();
      code.leaveHere();
    });
  }

  private writable(address: RegionAddress, bytes: number, alignment: Alignment = 'any'): I32 {
    const linear = this.code.let(this.linearAddress(address));
    if (alignment === 'natural') this.requireAligned(linear, bytes);
    const window = this.windows.of(`${address.group ?? ''} write`);
    return this.host(window, linear, bytes, { lookUp: 'writable', isWritten: true });
  }

  /**
   * Host address of guest bytes. A window through which others write takes no page but such as may be written: what is
   * read of another one is good for this once.
   */
  private host(window: PageWindow, linear: I32, bytes: number, { lookUp, isWritten }: WindowUse): I32 {
    const { code } = this;
    const { f } = code;
    const last = add(extendUnsigned(linear), i64Const(bytes - 1));
    const distance = add(last, window.minusEnd.get());
    const addend = this.windows.addendOf(window);
    f.ifUnlikely(ltUnsigned(distance, i64Const(bytes - 1 - PAGE_BYTES)), () => {
      const entry = code.let(this.tlbEntry(linear));
      const page = code.let(and(linear, i32Const(-PAGE_BYTES)));
      const tag = load(entry, 32, isWritten ? TLB.writeTag : TLB.readTag);
      const pageOfLast = bytes === 1 ? page : and(add(linear, i32Const(bytes - 1)), i32Const(-PAGE_BYTES));
      addend.set(load(entry, 32, TLB.addend));
      window.minusEnd.set(sub(i64Const(-PAGE_BYTES), extendUnsigned(page)));
      f.ifUnlikely(ne(tag, pageOfLast), () => {
        const host = code.temporary('i32');
        f.set(host, { type: 'i32', code: code.call(lookUp, linear, i32Const(bytes)) });
        f.ifUnlikely(eqz(f.get(host)), () => {
          code.storePlace();
          code.leaveHere();
        });
        addend.set(sub(f.get(host), linear));
        const isForOnce = isWritten && lookUp === 'readable';
        window.minusEnd.set(isForOnce ? i64Const(0) : load64(ZERO, code.cpu + STATE.regionPage));
      });
    });
    return add(linear, addend.get());
  }

  private tlbEntry(linear: I32): I32 {
    const index = and(shr(linear, i32Const(12 - Math.log2(TLB.size))), i32Const((TLB.entries - 1) * TLB.size));
    return add(this.code.stateField(STATE.tlb), index);
  }

  /** Raises #SS(0) or #GP(0) unless all bytes lie within the segment. */
  private checkSegment(address: Address, bytes: number, span: number): void {
    const { segment } = address;
    if (address.isFlat || !segment) return;
    const { code } = this;
    const first = code.let(sub(address.offset, load(segment, 32, SEGMENT.low)));
    const limit = code.let(load64(segment, span));
    let isOutside = gtSigned(extendUnsigned(first), limit);
    if (bytes > 1) isOutside = or(isOutside, gtSigned(extendUnsigned(add(first, i32Const(bytes - 1))), limit));
    const isStack = segment.constant === code.cpu + segmentOffset(SS);
    code.f.ifUnlikely(isOutside, () => code.raise(isStack ? VECTOR.SS : VECTOR.GP, ZERO));
  }
}
