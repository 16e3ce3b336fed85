import {
  type I32,
  add,
  and,
  eq,
  eqz,
  geUnsigned,
  i32Const,
  load,
  ne,
  or,
  select,
  shl,
  shr,
  sub,
  xor,
} from '../wasm/Expression.ts';
import type { Label } from '../wasm/FunctionBuilder.ts';
import { ACCESS, PAGE_FLAG, PAGING, RIGHT, STATE, VCPU_BLOCK } from '../state/layout.ts';
import { PagingFunction, ZERO } from './PagingFunction.ts';

/** Bits of paging-structure entries (SDM vol. 3A, table 4-6); write and user stand where ACCESS has them. */
const ENTRY = { present: 1, writable: 2, accessed: 0x20, dirty: 0x40, large: 0x80, global: 0x100 } as const;

/** The part of page-fault error codes that the tables decide (SDM vol. 3A, figure 4-12). */
const CAUSE = { absent: 0, protection: 1, reserved: 9 } as const;

/** Bits 20..13 of a PAE entry that maps 2 MiB must be zero. */
const LARGE_PAE_RESERVED = 0x001f_e000;
/** Physical addresses have 36 bits. */
const HIGH_ADDRESS = 0xf;

/** Functions that walks call. */
export interface WalkFunctions {
  /** (low half of a physical address, high half) -> host address of 8 bytes: outside of plain RAM, a copy. */
  readonly copyEntry: number;
  /** (physical address): an entry that translated code was made from is about to change. */
  readonly codeWrite: number;
  /** What `buildEntryHost` and `buildMark` make. */
  readonly entryHost: number;
  readonly mark: number;
}

/** (low half of a physical address, high half) -> host address of a paging-structure entry. */
export function buildEntryHost(cpu: number, { copyEntry }: Pick<WalkFunctions, 'copyEntry'>): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [low, high] = f.arguments;
  const gated = f.let(and(low, f.field(PAGING.addressMask)));
  const page = f.let(shr(gated, i32Const(12)));
  const isOutside = or(high, geUnsigned(page, f.field(PAGING.ramPages)));
  f.if(isOutside, () => f.return(f.invoke(copyEntry, gated, high)));
  const special = and(load(f.flagsOfPage(page), 8), i32Const(PAGE_FLAG.covered | PAGE_FLAG.readOnly));
  f.if(special, () => f.return(f.invoke(copyEntry, gated, high)));
  f.return(add(f.field(PAGING.ramBase), gated));
  f.unreachable();
  return f;
}

/**
 * (host address of an entry, what was read there, what it becomes) -> whether that is what it has become.
 * A locked update: when another processor has changed the entry since, the walk starts anew.
 */
export function buildMark(cpu: number, { codeWrite }: Pick<WalkFunctions, 'codeWrite'>): PagingFunction {
  const f = new PagingFunction(cpu, 3);
  const [host, old, marked] = f.arguments;
  // Nothing to mark, or an entry that cannot be written.
  const isDone = or(eq(old, marked), eq(host, i32Const(cpu + VCPU_BLOCK.paging + PAGING.elsewhere)));
  f.if(isDone, () => f.return(i32Const(1)));
  const physical = f.let(sub(host, f.field(PAGING.ramBase)));
  const flags = f.let(f.flagsOfPage(shr(physical, i32Const(12))));
  f.if(and(load(flags, 8), i32Const(PAGE_FLAG.code)), () => f.invoke(codeWrite, physical));
  f.setBits8(flags, PAGE_FLAG.dirty);
  const compareExchange = [host.code, old.code, marked.code, 0xfe, 0x48, 2, 0];
  f.return(eq({ type: 'i32', code: compareExchange }, old));
  f.unreachable();
  return f;
}

/**
 * (linear address, ACCESS bits) -> RIGHT bits, or the complement of a page fault's error code.
 *
 * Translates through the guest's own page tables: 32-bit and PAE paging with large pages (SDM vol. 3A, 4.3,
 * 4.4, 4.6 and 4.7). Leaves the physical address, not yet gated by A20, in PAGING.physical. Sets accessed bits level by
 * level, in the entry that maps the page only when the access is allowed, and there the dirty bit of a write.
 */
export function buildWalk(cpu: number, functions: WalkFunctions): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [linear] = f.arguments;
  const mode = f.let(f.field(PAGING.mode));
  f.if(eqz(mode), () => {
    f.setField(PAGING.physical, linear);
    f.setField(PAGING.physicalHigh, ZERO);
    f.return(i32Const(RIGHT.write));
  });
  f.if(
    eq(mode, i32Const(2)),
    () => f.loop((again) => new Walk(f, functions, again, true).build()),
    () => f.loop((again) => new Walk(f, functions, again, false).build()),
  );
  f.unreachable();
  return f;
}

/** An entry that has been read. */
interface Entry {
  readonly host: I32;
  readonly low: I32;
  /** Upper half; 0 in 32-bit paging. */
  readonly high: I32;
}

class Walk {
  private readonly f: PagingFunction;
  private readonly functions: WalkFunctions;
  private readonly again: Label;
  private readonly isPae: boolean;
  private readonly linear: I32;
  private readonly access: I32;

  constructor(f: PagingFunction, functions: WalkFunctions, again: Label, isPae: boolean) {
    this.f = f;
    this.functions = functions;
    this.again = again;
    this.isPae = isPae;
    [this.linear, this.access] = f.arguments;
  }

  build(): void {
    const { f, isPae } = this;
    const directory = isPae ? this.paeDirectory() : this.directory();
    const isLarge = and(directory.low, isPae ? i32Const(ENTRY.large) : f.field(PAGING.sizeBit));
    f.if(isLarge, () => this.largePage(directory));
    this.mark(directory, or(directory.low, i32Const(ENTRY.accessed)));
    const index = isPae
      ? and(shr(this.linear, i32Const(9)), i32Const(0xff8))
      : and(shr(this.linear, i32Const(10)), i32Const(0xffc));
    const entry = this.readEntry(this.pageOf(directory.low), this.highAddress(directory), index);
    const permissions = f.let(and(directory.low, entry.low));
    const noExecute = or(directory.high, entry.high);
    this.finish(entry, permissions, noExecute, () => {
      f.setField(PAGING.physical, or(this.pageOf(entry.low), and(this.linear, i32Const(0xfff))));
      f.setField(PAGING.physicalHigh, this.highAddress(entry));
    });
  }

  private directory(): Entry {
    const base = this.pageOf(this.f.state(STATE.cr0 + 3 * 8));
    return this.readEntry(base, ZERO, and(shr(this.linear, i32Const(20)), i32Const(0xffc)));
  }

  /** PDPTEs are registers; what they may not hold was refused when they were loaded (SDM vol. 3A, 4.4.1). */
  private paeDirectory(): Entry {
    const { f } = this;
    const slot = f.let(shl(shr(this.linear, i32Const(30)), i32Const(3)));
    const pointer = f.let(load(slot, 32, f.cpu + STATE.pdptes));
    const pointerHigh = load(slot, 32, f.cpu + STATE.pdptes + 4);
    f.if(eqz(and(pointer, i32Const(ENTRY.present))), () => this.fault(CAUSE.absent));
    return this.readEntry(this.pageOf(pointer), pointerHigh, and(shr(this.linear, i32Const(18)), i32Const(0xff8)));
  }

  /** Reads an entry and checks what makes it unusable at any level. */
  private readEntry(base: I32, baseHigh: I32, offset: I32): Entry {
    const { f, isPae } = this;
    const host = f.invoke(this.functions.entryHost, or(base, offset), baseHigh);
    const low = f.let(load(host, 32));
    const high = isPae ? f.let(load(host, 32, 4)) : ZERO;
    f.if(eqz(and(low, i32Const(ENTRY.present))), () => this.fault(CAUSE.absent));
    if (isPae) f.if(and(high, f.field(PAGING.highReserved)), () => this.fault(CAUSE.reserved));
    return { host, low, high };
  }

  /** An entry of the page directory that maps 4 MiB, or 2 MiB with PAE. */
  private largePage(entry: Entry): void {
    const { f, isPae, linear } = this;
    const reserved = isPae ? i32Const(LARGE_PAE_RESERVED) : f.field(PAGING.largeReserved);
    f.if(and(entry.low, reserved), () => this.fault(CAUSE.reserved));
    const pageMask = isPae ? 0xffe0_0000 : 0xffc0_0000;
    // PSE-36: bits 16..13 are bits 35..32 of the address.
    const high = isPae ? this.highAddress(entry) : and(shr(entry.low, i32Const(13)), i32Const(HIGH_ADDRESS));
    this.finish(
      entry,
      entry.low,
      entry.high,
      () => {
        f.setField(PAGING.physical, or(and(entry.low, i32Const(pageMask)), and(linear, i32Const(~pageMask))));
        f.setField(PAGING.physicalHigh, high);
      },
      RIGHT.large,
    );
  }

  /**
   * Checks the access against the conjunction of all levels' permissions (SDM vol. 3A, 4.6), marks the entry
   * that maps the page and returns what is allowed.
   */
  private finish(entry: Entry, permissions: I32, noExecute: I32, setAddress: () => void, rights = 0): void {
    const { f, access } = this;
    const isUser = and(access, i32Const(ACCESS.user));
    const mask = select(isUser, i32Const(ACCESS.user | ACCESS.write), f.field(PAGING.writeProtect)) as I32;
    const needed = f.let(mask);
    const missing = and(and(access, needed), xor(permissions, i32Const(-1)));
    f.if(missing, () => this.fault(CAUSE.protection));
    if (this.isPae) {
      // Fetches have bit 4: as the sign of "no execute" moved there.
      const forbidden = and(and(access, shr(noExecute, i32Const(27))), i32Const(ACCESS.fetch));
      f.if(forbidden, () => this.fault(CAUSE.protection));
    }
    const dirtied = shl(and(access, i32Const(ACCESS.write)), i32Const(5));
    const marked = f.let(or(or(entry.low, i32Const(ENTRY.accessed)), dirtied));
    this.mark(entry, marked);
    setAddress();
    const mayWrite = or(and(permissions, i32Const(ENTRY.writable)), eqz(and(needed, i32Const(ACCESS.write))));
    const isDirty = and(marked, i32Const(ENTRY.dirty));
    // CR4.PGE is bit 7, the entry's flag bit 8.
    const isGlobal = and(and(marked, i32Const(ENTRY.global)), shl(f.state(STATE.cr0 + 4 * 8), i32Const(1)));
    const write = select(isDirty, f.where(mayWrite, i32Const(RIGHT.write)), ZERO) as I32;
    f.return(or(or(write, f.where(isGlobal, i32Const(RIGHT.global))), i32Const(rights)));
  }

  /** Writes the entry back with its bits set; begins again when it has changed meanwhile. */
  private mark(entry: Entry, marked: I32): void {
    const { f } = this;
    const isSet = f.let(marked);
    f.if(and(ne(isSet, entry.low), eqz(and(this.access, i32Const(ACCESS.quiet)))), () => {
      f.breakIf(eqz(f.invoke(this.functions.mark, entry.host, entry.low, isSet)), this.again);
    });
  }

  private fault(cause: number): void {
    const { f } = this;
    const code = or(and(this.access, f.field(PAGING.reported)), i32Const(cause));
    f.return(xor(code, i32Const(-1)));
  }

  private pageOf(entry: I32): I32 {
    return and(entry, i32Const(0xffff_f000));
  }

  private highAddress(entry: Entry): I32 {
    return this.isPae ? and(entry.high, i32Const(HIGH_ADDRESS)) : ZERO;
  }
}
