import {
  type Code,
  type I32,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  geUnsigned,
  gtSigned,
  i32Const,
  leSigned,
  load,
  load64,
  ltUnsigned,
  mul,
  ne,
  or,
  select,
  shl,
  shr,
  storeCode,
  sub,
  unsignedLeb,
  xor,
} from '../../wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../../wasm/FunctionBuilder.ts';
import type { ModuleBuilder, Signature } from '../../wasm/ModuleBuilder.ts';
import { VECTOR } from '../../GuestFault.ts';
import { type SystemHelperName, systemHelpers } from '../../semantics/system/helpers.ts';
import {
  PAGING_IMPORTS,
  type PagingImport,
  type PagingRoutines,
  definePagingRoutines,
} from '../../mmu/pagingRoutines.ts';
import { defineRoutines } from '../../softfloat/defineRoutines.ts';
import type { RoutineName } from '../../softfloat/routines.ts';
import {
  CODE_KEY_MODE,
  CS,
  EXIT,
  JUMP_CACHE,
  MEMORY_LAYOUT,
  SEGMENT,
  SS,
  STATE,
  TLB,
  VCPU_BLOCK,
  segmentOffset,
} from '../../state/layout.ts';
import { RECORD } from './record.ts';

/** Function indices that handlers call, within the threaded module. */
export interface RuntimeFunctions {
  /** Type index of handlers: (record, budget) -> record. */
  readonly handlerType: number;
  readonly helpers: ReadonlyMap<SystemHelperName, number>;
  /** The 80-bit floating-point library. */
  readonly routines: ReadonlyMap<RoutineName, number>;
  readonly paging: PagingRoutines;
  /** (linear, bytes) -> host address of the bytes or of a copy; 0: a fault is pending. */
  readonly slowRead: number;
  /** (linear, bytes, value) -> 1 when a fault is pending. */
  readonly slowWrite: number;
  /** (linear, bytes) -> host address, or STATE.bounce's when `commitModify` has to follow; 0: fault. */
  readonly slowModify: number;
  /** The same for bytes that are written whole: those in the bounce buffer are anything. */
  readonly slowStore: number;
  readonly commitModify: number;
  /** (record, budget, vector, error code) -> record. */
  readonly raise: number;
  /** (record, budget, address of the segment register) -> record: #SS(0) for SS, else #GP(0). */
  readonly segmentFault: number;
  /**
   * (offset in CS, budget) -> record: the jump cache does not know, or the budget is spent. What it knew before a flush
   * is looked at again here; the rest is `lookup`'s.
   */
  readonly jumpMiss: number;
  /** (destination, source, log2 of the element's bytes, elements) -> elements moved. */
  readonly bulkMove: number;
  readonly bulkFill: number;
  /** (linear address) -> address in the VM's memory, 0 when the access has to go the slow way. */
  readonly plainReadable: number;
  readonly plainWritable: number;
  /** (offset, low, span, log2, elements) -> elements that lie within the segment. */
  readonly clipToSegment: number;
  /** (record) -> record to go on with, or 0: a stub's target is wanted. */
  readonly translateStub: number;
  /** (record) -> record: the next page's mapping is what it was, or a new translation; 0: fault. */
  readonly checkCrossPage: number;
  /** (record) -> record: a block's head has been entered often; goes on at what stands for the block now. */
  readonly enterHot: number;
  /** (region's data) -> 1 when its code still lies where it lay. */
  readonly validateRegion: number;
}

const I32_TO: Signature = { parameters: ['i32'], results: ['i32'] };

function signature(parameters: number): Signature {
  return { parameters: Array.from({ length: parameters }, () => 'i32' as const), results: ['i32'] };
}

export const HANDLER_SIGNATURE = signature(2);

/** Names of the imports, apart from helpers, which are imported as `helper.<name>`. */
export const IMPORTS = {
  commitModify: 'commitModify',
  lookup: 'lookup',
  translateStub: 'translateStub',
  checkCrossPage: 'checkCrossPage',
  enterHot: 'enterHot',
  validateRegion: 'validateRegion',
} as const;

const ZERO = i32Const(0);

function call(functionIndex: number, ...parameters: I32[]): I32 {
  return { type: 'i32', code: [...parameters.map((parameter) => parameter.code), 0x10, ...unsignedLeb(functionIndex)] };
}

/** Declares the imports and defines the shared functions. */
export function defineRuntime(module: ModuleBuilder, cpu: number): RuntimeFunctions {
  const pagingNames = Object.keys(PAGING_IMPORTS) as PagingImport[];
  const pagingImports = Object.fromEntries(
    pagingNames.map((name) => [name, module.importFunction(name, signature(PAGING_IMPORTS[name]))]),
  ) as Record<PagingImport, number>;
  const commitModify = module.importFunction(IMPORTS.commitModify, { parameters: [], results: [] });
  const lookup = module.importFunction(IMPORTS.lookup, I32_TO);
  const translateStub = module.importFunction(IMPORTS.translateStub, I32_TO);
  const checkCrossPage = module.importFunction(IMPORTS.checkCrossPage, I32_TO);
  const enterHot = module.importFunction(IMPORTS.enterHot, I32_TO);
  const validateRegion = module.importFunction(IMPORTS.validateRegion, I32_TO);
  const helpers = new Map<SystemHelperName, number>();
  for (const name of Object.keys(systemHelpers) as SystemHelperName[]) {
    helpers.set(name, module.importFunction(`helper.${name}`, signature(3)));
  }
  const handlerType = module.type(HANDLER_SIGNATURE);
  const paging = definePagingRoutines(module, cpu, pagingImports);

  const define = (parameters: number, build: (f: FunctionBuilder, locals: Local<'i32'>[]) => void): number => {
    const index = module.declare(signature(parameters));
    const f = new FunctionBuilder(Array.from({ length: parameters }, () => 'i32' as const));
    build(f, f.parameters as Local<'i32'>[]);
    module.define(index, f);
    return index;
  };
  const getState = (offset: number): I32 => load(ZERO, 32, cpu + offset);
  const setState = (f: FunctionBuilder, offset: number, value: I32): void =>
    f.emit(storeCode(ZERO, value, 32, cpu + offset));

  const raise = define(4, (f, [record, budget, vector, errorCode]) => {
    setState(f, STATE.budget, f.get(budget));
    setState(f, STATE.faultVector, f.get(vector));
    setState(f, STATE.faultErrorCode, f.get(errorCode));
    setState(f, STATE.exit, i32Const(EXIT.fault));
    f.emit(f.get(record).code);
  });

  const segmentFault = define(3, (f, [record, budget, segment]) => {
    const isStack = eq(f.get(segment), i32Const(cpu + segmentOffset(SS)));
    const vector = select(isStack, i32Const(VECTOR.SS), i32Const(VECTOR.GP));
    f.emit(call(raise, f.get(record), f.get(budget), vector as I32, ZERO).code);
  });

  const jumpMiss = define(2, (f, [offset, budget]) => {
    setState(f, STATE.rip, f.get(offset));
    setState(f, STATE.budget, f.get(budget));
    f.if(leSigned(f.get(budget), ZERO), () => {
      setState(f, STATE.exit, i32Const(EXIT.target));
      f.return(ZERO);
    });
    const linear = f.let(add(f.get(offset), getState(segmentOffset(CS) + SEGMENT.base)));
    const codeKey = f.let(getState(STATE.codeKey));
    const mode = f.let(and(codeKey, i32Const(CODE_KEY_MODE)));
    const entry = jumpCacheEntry(f, linear);
    const cache = cpu + VCPU_BLOCK.jumpCache;
    const wasFirst = f.let(eq(load(entry, 32, cache + JUMP_CACHE.linear), linear));
    f.if(eqz(wasFirst), () => exchange(f, entry, f.let(xor(entry, i32Const(JUMP_CACHE.size))), JUMP_CACHE.size, cache));
    const isOfAddress = eq(load(entry, 32, cache + JUMP_CACHE.linear), linear);
    const isGood = f.newLocal('i32');
    f.set(isGood, eq(load(entry, 32, cache + JUMP_CACHE.codeKey), codeKey));
    // A handler that found it was led to a stale record: its bytes have changed.
    f.if(and(isOfAddress, eqz(and(wasFirst, f.get(isGood)))), () => {
      const place = f.let(load(entry, 32, cache + JUMP_CACHE.place));
      const isOfMode = eq(and(place, i32Const(0xfff)), mode);
      f.if(and(isOfMode, eqz(f.get(isGood))), () => {
        f.set(isGood, eq(or(call(paging.fetchPage, linear), mode), place));
      });
      f.if(f.get(isGood), () => {
        f.emit(storeCode(entry, codeKey, 32, cache + JUMP_CACHE.codeKey));
        setState(f, STATE.eipBase, sub(f.get(offset), and(linear, i32Const(0xfff))));
        emitEnter(f, handlerType, f.let(load(entry, 32, cache + JUMP_CACHE.record)), getState(STATE.budget));
      });
    });
    const record = f.let(call(lookup, f.get(offset)));
    f.if(eqz(record), () => f.return(ZERO));
    emitEnter(f, handlerType, record, getState(STATE.budget));
  });

  const tlbEntry = (f: FunctionBuilder, linear: I32): I32 => {
    const index = and(shr(linear, i32Const(12 - Math.log2(TLB.size))), i32Const((TLB.entries - 1) * TLB.size));
    return f.let(add(load(ZERO, 32, cpu + STATE.tlb), index));
  };
  const page = (linear: I32): I32 => and(linear, i32Const(0xffff_f000));
  const elementsInPage = (linear: I32, shift: I32): I32 =>
    shr(sub(i32Const(0x1000), and(linear, i32Const(0xfff))), shift);
  const minimum = (f: FunctionBuilder, a: I32, b: I32): I32 => f.let(select(ltUnsigned(a, b), a, b)) as I32;

  const bulkMove = define(4, (f, [destination, source, shift, elements]) => {
    const to = f.get(destination),
      from = f.get(source),
      log2 = f.get(shift);
    const fromEntry = tlbEntry(f, from),
      toEntry = tlbEntry(f, to);
    const isSlow = or(ne(load(fromEntry, 32, TLB.readTag), page(from)), ne(load(toEntry, 32, TLB.writeTag), page(to)));
    f.if(isSlow, () => f.return(ZERO));
    const fitting = minimum(f, f.let(elementsInPage(from, log2)), f.let(elementsInPage(to, log2)));
    const count = minimum(f, f.get(elements), fitting);
    f.if(eqz(count), () => f.return(ZERO));
    const bytes = f.let(shl(count, log2));
    const hostTo = f.let(add(to, load(toEntry, 32, TLB.addend))),
      hostFrom = f.let(add(from, load(fromEntry, 32, TLB.addend)));
    // Moving upwards into the source's own bytes repeats a pattern; memory.copy would not.
    f.if(
      geUnsigned(sub(hostTo, hostFrom), bytes),
      () => f.emit([hostTo.code, hostFrom.code, bytes.code, 0xfc, 10, 0, 0]),
      () => {
        const at = f.newLocal('i32');
        const step = f.let(shl(i32Const(1), log2));
        f.set(at, ZERO);
        f.loop((again) => {
          copyElement(f, add(hostTo, f.get(at)), add(hostFrom, f.get(at)), log2);
          f.set(at, add(f.get(at), step));
          f.breakIf(ltUnsigned(f.get(at), bytes), again);
        });
      },
    );
    f.emit(count.code);
  });

  const bulkFill = define(4, (f, [destination, value, shift, elements]) => {
    const to = f.get(destination),
      log2 = f.get(shift);
    const entry = tlbEntry(f, to);
    f.if(ne(load(entry, 32, TLB.writeTag), page(to)), () => f.return(ZERO));
    const count = minimum(f, f.get(elements), f.let(elementsInPage(to, log2)));
    f.if(eqz(count), () => f.return(ZERO));
    const bytes = f.let(shl(count, log2));
    const host = f.let(add(to, load(entry, 32, TLB.addend)));
    const byte = f.let(and(f.get(value), i32Const(0xff)));
    const spread = f.let(mul(byte, i32Const(0x0101_0101)));
    const mask = f.let(
      select(eq(log2, i32Const(2)), i32Const(-1), sub(shl(i32Const(1), shl(i32Const(8), log2)), i32Const(1))),
    ) as I32;
    f.if(
      eqz(and(sub(spread, f.get(value)), mask)),
      () => f.emit([host.code, byte.code, bytes.code, 0xfc, 11, 0]),
      () => {
        const at = f.newLocal('i32');
        const step = f.let(shl(i32Const(1), log2));
        f.set(at, ZERO);
        f.loop((again) => {
          const address = add(host, f.get(at));
          f.if(
            eq(log2, i32Const(2)),
            () => f.emit(storeCode(address, f.get(value), 32)),
            () => f.emit(storeCode(address, f.get(value), 16)),
          );
          f.set(at, add(f.get(at), step));
          f.breakIf(ltUnsigned(f.get(at), bytes), again);
        });
      },
    );
    f.emit(count.code);
  });

  const [plainReadable, plainWritable] = [TLB.readTag, TLB.writeTag].map((tag) =>
    define(1, (f, [linear]) => {
      const address = f.get(linear);
      const entry = tlbEntry(f, address);
      const host = add(address, load(entry, 32, TLB.addend));
      f.emit(select(eq(load(entry, 32, tag), page(address)), host, ZERO).code);
    }),
  ) as [number, number];

  const clipToSegment = module.declare({ parameters: ['i32', 'i32', 'i64', 'i32', 'i32'], results: ['i32'] });
  const clip = new FunctionBuilder(['i32', 'i32', 'i64', 'i32', 'i32']);
  {
    const [offset, low, span, shift, elements] = clip.parameters as [
      Local<'i32'>,
      Local<'i32'>,
      Local<'i64'>,
      Local<'i32'>,
      Local<'i32'>,
    ];
    const first = extendUnsigned(sub(clip.get(offset), clip.get(low)));
    // Bytes from the offset to the segment's end; not positive when the offset lies outside.
    const room = clip.let(add(sub(clip.get(span), first), { type: 'i64', code: [0x42, 1] } as const));
    clip.if(leSigned(room, { type: 'i64', code: [0x42, 0] }), () => clip.return(ZERO));
    const whole = clip.let<'i64'>({ type: 'i64', code: [room.code, extendUnsigned(clip.get(shift)).code, 0x88] });
    const isEnough = gtSigned(whole, extendUnsigned(clip.get(elements)));
    const narrow: I32 = { type: 'i32', code: [whole.code, 0xa7] };
    clip.emit(select(isEnough, clip.get(elements), narrow).code);
  }
  module.define(clipToSegment, clip);

  return {
    handlerType,
    helpers,
    routines: defineRoutines(module, MEMORY_LAYOUT.constants),
    paging,
    slowRead: paging.read,
    slowWrite: paging.write,
    slowModify: paging.modify,
    slowStore: paging.store,
    commitModify,
    raise,
    segmentFault,
    jumpMiss,
    bulkMove,
    bulkFill,
    plainReadable,
    plainWritable,
    clipToSegment,
    translateStub,
    checkCrossPage,
    enterHot,
    validateRegion,
  };
}

/** Offset in the jump cache of the entry for a linear address. */
export function jumpCacheEntry(f: FunctionBuilder, linear: I32): I32 {
  const index = and(xor(linear, shr(linear, i32Const(12))), i32Const(JUMP_CACHE.entries - 1));
  return f.let(shl(index, i32Const(Math.log2(JUMP_CACHE.size))));
}

/** Exchanges so many bytes, a multiple of 8, at two addresses. */
function exchange(f: FunctionBuilder, one: I32, other: I32, bytes: number, offset: number): void {
  for (let at = offset; at < offset + bytes; at += 8) {
    const kept = f.let(load64(one, at));
    f.emit(storeCode(one, load64(other, at), 64, at));
    f.emit(storeCode(other, kept, 64, at));
  }
}

/** Tail-calls the handler of a record. */
export function emitEnter(f: FunctionBuilder, handlerType: number, record: I32, budget: I32): void {
  f.emit([record.code, budget.code, load(record, 32, RECORD.handler).code, 0x13, ...unsignedLeb(handlerType), 0]);
}

/** Copies one element of 1, 2 or 4 bytes. */
function copyElement(f: FunctionBuilder, to: I32, from: I32, log2: I32): void {
  const copy = (width: 8 | 16 | 32): Code => storeCode(to, load(from, width), width);
  f.if(
    eqz(log2),
    () => f.emit(copy(8)),
    () => {
      f.if(
        eq(log2, i32Const(1)),
        () => f.emit(copy(16)),
        () => f.emit(copy(32)),
      );
    },
  );
}
