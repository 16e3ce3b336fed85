import {
  type I32,
  add,
  and,
  eq,
  eqz,
  geUnsigned,
  gtUnsigned,
  i32Const,
  leUnsigned,
  load,
  ltSigned,
  ne,
  or,
  select,
  shl,
  shr,
  storeCode,
  sub,
  xor,
} from '../wasm/Expression.ts';
import type { ModuleBuilder } from '../wasm/ModuleBuilder.ts';
import { VECTOR } from '../GuestFault.ts';
import {
  ACCESS,
  CODE_LINE_BYTES,
  EXIT,
  FILL,
  PAGE_FLAG,
  PAGING,
  RIGHT,
  STATE,
  TLB,
  TLB_FLAG,
  TLB_INVALID,
  VCPU_BLOCK,
} from '../state/layout.ts';
import { buildEntryHost, buildMark, buildWalk } from './pageWalk.ts';
import { PagingFunction, ZERO } from './PagingFunction.ts';

/** What the routines import: accesses that RAM alone does not answer. See `PagingImports` for what they do. */
export const PAGING_IMPORTS = {
  copyEntry: 2,
  codeWrite: 1,
  readElsewhere: 2,
  writeElsewhere: 3,
  modifyElsewhere: 2,
  storeElsewhere: 2,
} as const;
export type PagingImport = keyof typeof PAGING_IMPORTS;

/** Function indices. */
export interface PagingRoutines {
  /** (linear, ACCESS bits) -> RIGHT bits, or the complement of an error code. */
  readonly walk: number;
  /** (linear, ACCESS bits) -> host address, the page entered in its TLB; or FILL. */
  readonly fill: number;
  /** (linear, ACCESS bits, host address, WRITES) -> host address: enters the page of the last walk. */
  readonly enter: number;
  /** (linear) -> physical address of the page of RAM that instructions there are fetched from; FETCH_ELSEWHERE. */
  readonly fetchPage: number;
  /** (linear, bytes) -> host address of the bytes or of a copy; 0: a fault is pending. */
  readonly read: number;
  /** (linear, bytes, value) -> 1 when a fault is pending. */
  readonly write: number;
  /** (linear, bytes) -> host address, or STATE.bounce's when the bytes have to be stored by `Mmu`; 0: a fault is pending. */
  readonly modify: number;
  /** The same for bytes that are written whole: those in the bounce buffer are anything. */
  readonly store: number;
  /** `read` and `modify` of memory alone: 0 without a fault where that is not all there is to it. */
  readonly readMemory: number;
  readonly modifyMemory: number;
}

/** What becomes of writes to a page that is entered. */
export const WRITES = {
  refused: 0,
  plain: 1,
  /** Compared with the code in the page. */
  watched: 2,
} as const;

/**
 * In the place of a page: fetching there faults, leads out of RAM, or has to be looked at. No page's address, nor one
 * with bits of CODE_KEY_MODE below it, such as the jump cache compares.
 */
export const FETCH_ELSEWHERE = 0x800;

/** Every entry of both TLBs may be in a list. */
const LIST_BYTES = TLB.entries * 2 * 4;
const PAGE_MASK = 0xffff_f000 | 0;

/** Adds the page walk and what fills the TLBs to a module. The imports are given by their function indices. */
export function definePagingRoutines(
  module: ModuleBuilder,
  cpu: number,
  imports: Readonly<Record<PagingImport, number>>,
): PagingRoutines {
  const add = (f: PagingFunction): number => {
    const parameters = f.parameters.map(() => 'i32' as const);
    const index = module.declare({ parameters, results: ['i32'] });
    module.define(index, f);
    return index;
  };
  const entryHost = add(buildEntryHost(cpu, imports));
  const mark = add(buildMark(cpu, imports));
  const walk = add(buildWalk(cpu, { ...imports, entryHost, mark }));
  const enter = add(buildEnter(cpu));
  const fill = add(buildFill(cpu, walk, enter));
  const isCode = add(buildIsCode(cpu));
  const nothing = add(buildNothing(cpu));
  return {
    walk,
    fill,
    enter,
    fetchPage: add(buildFetchPage(cpu, fill)),
    read: add(buildRead(cpu, fill, imports.readElsewhere)),
    write: add(buildWrite(cpu, fill, isCode, imports.writeElsewhere)),
    modify: add(buildModify(cpu, fill, isCode, imports.modifyElsewhere)),
    store: add(buildModify(cpu, fill, isCode, imports.storeElsewhere)),
    readMemory: add(buildRead(cpu, fill, nothing)),
    modifyMemory: add(buildModify(cpu, fill, isCode, nothing)),
  };
}

/** Address of the TLB entry for a linear address. */
function entryOf(tlb: I32, linear: I32): I32 {
  const index = and(shr(linear, i32Const(12 - Math.log2(TLB.size))), i32Const((TLB.entries - 1) * TLB.size));
  return add(tlb, index);
}

/** (linear, ACCESS bits) -> host address of the linear one. Enters pages of RAM; a write makes them dirty. */
function buildFill(cpu: number, walk: number, enter: number): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [linear, access] = f.arguments;
  const rights = f.invoke(walk, linear, access);
  f.if(ltSigned(rights, ZERO), () => {
    f.setField(PAGING.errorCode, xor(rights, i32Const(-1)));
    f.return(i32Const(FILL.fault));
  });
  const physical = f.let(and(f.field(PAGING.physical), f.field(PAGING.addressMask)));
  f.setField(PAGING.physical, physical);
  f.setField(PAGING.rights, rights);
  const page = f.let(shr(physical, i32Const(12)));
  const isOutside = or(f.field(PAGING.physicalHigh), geUnsigned(page, f.field(PAGING.ramPages)));
  f.if(isOutside, () => f.return(i32Const(FILL.elsewhere)));
  const flagsAddress = f.let(f.flagsOfPage(page));
  const flags = f.newLocal('i32');
  f.set(flags, load(flagsAddress, 8));
  f.if(and(f.get(flags), i32Const(PAGE_FLAG.covered)), () => f.return(i32Const(FILL.elsewhere)));
  const isSettled = and(f.get(flags), i32Const(PAGE_FLAG.dirty | PAGE_FLAG.readOnly));
  f.if(f.where(eqz(isSettled), and(access, i32Const(ACCESS.write))), () => {
    f.set(flags, or(f.get(flags), i32Const(PAGE_FLAG.dirty)));
    f.emit(storeCode(flagsAddress, f.get(flags), 8));
  });
  // Dirty, and neither code nor read-only: a bit for each that stands in the way of plain writes.
  const judged = and(f.get(flags), i32Const(PAGE_FLAG.dirty | PAGE_FLAG.code | PAGE_FLAG.readOnly));
  const obstacles = f.let(xor(judged, i32Const(PAGE_FLAG.dirty)));
  const host = f.let(add(f.field(PAGING.ramBase), physical));
  f.if(and(rights, i32Const(RIGHT.write)), () => {
    f.if(eqz(obstacles), () => f.return(f.invoke(enter, linear, access, host, i32Const(WRITES.plain))));
    const isCode = eq(obstacles, i32Const(PAGE_FLAG.code));
    f.if(isCode, () => f.return(f.invoke(enter, linear, access, host, i32Const(WRITES.watched))));
  });
  f.return(f.invoke(enter, linear, access, host, i32Const(WRITES.refused)));
  f.unreachable();
  return f;
}

/**
 * (linear, ACCESS bits, host address, WRITES) -> the host address. Enters the page of the last walk in the TLB of
 * the access's privilege, and the entry in the list of those to flush.
 */
function buildEnter(cpu: number): PagingFunction {
  const f = new PagingFunction(cpu, 4);
  const [linear, access, host, writes] = f.arguments;
  const tlb = select(
    and(access, i32Const(ACCESS.user)),
    i32Const(cpu + VCPU_BLOCK.userTlb),
    i32Const(cpu + VCPU_BLOCK.supervisorTlb),
  ) as I32;
  const entry = f.let(entryOf(tlb, linear));
  const page = f.let(and(linear, i32Const(PAGE_MASK)));
  const rights = f.let(f.field(PAGING.rights));
  f.emit(storeCode(entry, page, 32, TLB.readTag));
  const writeTag = select(eq(writes, i32Const(WRITES.plain)), page, i32Const(TLB_INVALID)) as I32;
  f.emit(storeCode(entry, writeTag, 32, TLB.writeTag));
  f.emit(storeCode(entry, sub(host, linear), 32, TLB.addend));
  // RIGHT.global is bit 1, TLB_FLAG.global bit 0.
  const isGlobal = f.let(and(shr(rights, i32Const(1)), i32Const(TLB_FLAG.global)));
  const listed = f.let(and(load(entry, 32, TLB.physical), i32Const(TLB_FLAG.listed | TLB_FLAG.listedGlobal)));
  const list = f.let(select(isGlobal, i32Const(TLB_FLAG.listedGlobal), i32Const(TLB_FLAG.listed)) as I32);
  const watched = f.where(eq(writes, i32Const(WRITES.watched)), i32Const(TLB_FLAG.watched));
  const executable = and(access, i32Const(TLB_FLAG.executable));
  const flags = or(or(or(watched, isGlobal), or(listed, list)), executable);
  f.emit(storeCode(entry, or(and(f.field(PAGING.physical), i32Const(PAGE_MASK)), flags), 32, TLB.physical));
  f.if(eqz(and(listed, list)), () => {
    const paging = cpu + VCPU_BLOCK.paging;
    const counter = f.let(shl(isGlobal, i32Const(2)));
    const count = f.let(load(counter, 32, paging + PAGING.listedCount));
    const slot = add(shl(count, i32Const(2)), f.where(isGlobal, i32Const(LIST_BYTES)));
    f.emit(storeCode(slot, entry, 32, paging + PAGING.lists));
    f.emit(storeCode(counter, add(count, i32Const(1)), 32, paging + PAGING.listedCount));
  });
  f.if(and(rights, i32Const(RIGHT.large)), () => {
    const word = f.let(and(shr(linear, i32Const(25)), i32Const(0x7c)));
    const at = cpu + VCPU_BLOCK.paging + PAGING.largePages;
    const bit = shl(i32Const(1), shr(linear, i32Const(22)));
    f.emit(storeCode(word, or(load(word, 32, at), bit), 32, at));
  });
  f.return(host);
  f.unreachable();
  return f;
}

/** (physical address in RAM, up to 16 bytes, within one page) -> not 0 when code may have been translated from them. */
function buildIsCode(cpu: number): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [physical, bytes] = f.arguments;
  const shift = i32Const(Math.log2(CODE_LINE_BYTES));
  const first = f.let(shr(physical, shift));
  const others = sub(shr(add(physical, sub(bytes, i32Const(1))), shift), first);
  const bits = load(add(f.field(PAGING.codeLines), shr(first, i32Const(3))), 16);
  const mask = sub(shl(i32Const(2), others), i32Const(1));
  f.return(and(shr(bits, and(first, i32Const(7))), mask));
  f.unreachable();
  return f;
}

/** (linear, bytes) -> 0: in the place of an access that is left to someone else. */
function buildNothing(cpu: number): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  f.return(ZERO);
  f.unreachable();
  return f;
}

/** ACCESS.user when the processor is at level 3. */
function currentUser(f: PagingFunction): I32 {
  return shl(eq(f.state(STATE.cpl), i32Const(3)), i32Const(2));
}

/** Accesses that are not looked up here: across pages, and all while they are reported or checked. */
function isDetoured(f: PagingFunction, linear: I32, bytes: I32): I32 {
  return or(gtUnsigned(add(and(linear, i32Const(0xfff)), bytes), i32Const(0x1000)), f.field(PAGING.detour));
}

/** The entry just filled, or the one that a TLB probe has refused, for the current privilege. */
function currentEntry(f: PagingFunction, linear: I32): I32 {
  return f.let(entryOf(f.state(STATE.tlb), linear));
}

/** Makes a walk's page fault the pending exception. */
function pendFault(f: PagingFunction, linear: I32): void {
  f.setState(STATE.faultVector, i32Const(VECTOR.PF));
  f.setState(STATE.faultErrorCode, f.field(PAGING.errorCode));
  f.setState(STATE.faultAddress, linear);
  f.setState(STATE.exit, i32Const(EXIT.fault));
}

/**
 * (linear) -> see `fetchPage`. What may be executed may be read: one TLB serves both, and its entries tell whether
 * instructions were fetched by them.
 */
function buildFetchPage(cpu: number, fill: number): PagingFunction {
  const f = new PagingFunction(cpu, 1);
  const [linear] = f.arguments;
  const entry = currentEntry(f, linear);
  const physical = f.let(load(entry, 32, TLB.physical));
  const page = and(linear, i32Const(PAGE_MASK));
  const isKnown = f.where(eq(load(entry, 32, TLB.readTag), page), and(physical, i32Const(TLB_FLAG.executable)));
  f.if(isKnown, () => f.return(and(physical, i32Const(PAGE_MASK))));
  f.if(f.field(PAGING.detour), () => f.return(i32Const(FETCH_ELSEWHERE)));
  const host = f.invoke(fill, linear, or(currentUser(f), i32Const(ACCESS.fetch)));
  f.if(leUnsigned(host, i32Const(FILL.fault)), () => f.return(i32Const(FETCH_ELSEWHERE)));
  f.return(and(f.field(PAGING.physical), i32Const(PAGE_MASK)));
  f.unreachable();
  return f;
}

function buildRead(cpu: number, fill: number, readElsewhere: number): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [linear, bytes] = f.arguments;
  f.if(isDetoured(f, linear, bytes), () => f.return(f.invoke(readElsewhere, linear, bytes)));
  const host = f.invoke(fill, linear, currentUser(f));
  f.if(leUnsigned(host, i32Const(FILL.fault)), () => {
    f.if(eq(host, i32Const(FILL.fault)), () => {
      pendFault(f, linear);
      f.return(ZERO);
    });
    f.return(f.invoke(readElsewhere, linear, bytes));
  });
  f.return(host);
  f.unreachable();
  return f;
}

/**
 * Finds where bytes within one page can be written, and leaves the function by `fault` or `elsewhere` otherwise.
 * Pages that hold code are written at once where no code was made from the bytes.
 */
function writableHost(
  f: PagingFunction,
  fill: number,
  isCode: number,
  leave: { fault(): void; elsewhere(): void },
): I32 {
  const [linear, bytes] = f.arguments;
  f.if(isDetoured(f, linear, bytes), leave.elsewhere);
  const entry = currentEntry(f, linear);
  const page = f.let(and(linear, i32Const(PAGE_MASK)));
  const isWatched = (): I32 => and(load(entry, 32, TLB.physical), i32Const(TLB_FLAG.watched));
  const flags = load(f.flagsOfPage(shr(load(entry, 32, TLB.physical), i32Const(12))), 8);
  // Where there is no code any more the entry is made anew, and lets writes through.
  const isStale = f.newLocal('i32');
  f.set(isStale, or(ne(load(entry, 32, TLB.readTag), page), eqz(isWatched())));
  f.if(eqz(f.get(isStale)), () => f.set(isStale, eqz(and(flags, i32Const(PAGE_FLAG.code)))));
  f.if(f.get(isStale), () => {
    const host = f.invoke(fill, linear, or(currentUser(f), i32Const(ACCESS.write)));
    f.if(leUnsigned(host, i32Const(FILL.fault)), () => {
      f.if(eq(host, i32Const(FILL.fault)), () => {
        pendFault(f, linear);
        leave.fault();
      });
      leave.elsewhere();
    });
  });
  f.if(ne(load(entry, 32, TLB.writeTag), page), () => {
    f.if(eqz(isWatched()), leave.elsewhere);
    const offset = and(linear, i32Const(0xfff));
    const physical = f.let(or(and(load(entry, 32, TLB.physical), i32Const(PAGE_MASK)), offset));
    f.if(f.invoke(isCode, physical, bytes), leave.elsewhere);
  });
  return f.let(add(linear, load(entry, 32, TLB.addend)));
}

function buildWrite(cpu: number, fill: number, isCode: number, writeElsewhere: number): PagingFunction {
  const f = new PagingFunction(cpu, 3);
  const [linear, bytes, value] = f.arguments;
  const host = writableHost(f, fill, isCode, {
    fault: () => f.return(i32Const(1)),
    elsewhere: () => f.return(f.invoke(writeElsewhere, linear, bytes, value)),
  });
  f.if(
    eq(bytes, i32Const(4)),
    () => f.emit(storeCode(host, value, 32)),
    () => {
      f.if(
        eq(bytes, i32Const(2)),
        () => f.emit(storeCode(host, value, 16)),
        () => f.emit(storeCode(host, value, 8)),
      );
    },
  );
  f.return(ZERO);
  f.unreachable();
  return f;
}

function buildModify(cpu: number, fill: number, isCode: number, modifyElsewhere: number): PagingFunction {
  const f = new PagingFunction(cpu, 2);
  const [linear, bytes] = f.arguments;
  f.return(
    writableHost(f, fill, isCode, {
      fault: () => f.return(ZERO),
      elsewhere: () => f.return(f.invoke(modifyElsewhere, linear, bytes)),
    }),
  );
  f.unreachable();
  return f;
}
