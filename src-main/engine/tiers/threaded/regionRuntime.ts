import {
  type I32,
  add,
  and,
  eq,
  eqz,
  extendUnsigned,
  gtSigned,
  i32Const,
  i64Const,
  load,
  load64,
  or,
  shl,
  shr,
  storeCode,
  sub,
  unsignedLeb,
} from '../../wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../../wasm/FunctionBuilder.ts';
import type { ModuleBuilder } from '../../wasm/ModuleBuilder.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import { CS, JUMP_CACHE, SEGMENT, STATE, TLB, VCPU_BLOCK, segmentOffset } from '../../state/layout.ts';
import { RECORD } from './record.ts';
import { type RuntimeFunctions, emitEnter, jumpCacheEntry } from './runtimeFunctions.ts';

/**
 * What regions import from the threaded module, which alone owns the table of handlers. By name:
 * - `jump` (offset in CS, budget) -> record: goes on there by the jump cache; tail-called.
 * - `goOn` (record, budget) -> record: goes on with a record; tail-called.
 * - `single` (record, budget) -> record: runs one record that is followed by `yield`, and comes back.
 * - `readable`, `writable` (linear, bytes) -> host address, and in STATE.regionPage the page it stands for. 0: with
 *   a fault pending; or without one, when the access is for the threaded tier: across pages, to devices, to code.
 * - `validate` (region's data) -> 0 or 1.
 * - `bulkMove`, `bulkFill`, `clipToSegment`: see RuntimeFunctions.
 * - the floating-point routines, as `routine.<name>`.
 */
export const REGION_RUNTIME = {
  jump: { parameters: ['i32', 'i32'], results: ['i32'] },
  goOn: { parameters: ['i32', 'i32'], results: ['i32'] },
  single: { parameters: ['i32', 'i32'], results: ['i32'] },
  readable: { parameters: ['i32', 'i32'], results: ['i32'] },
  writable: { parameters: ['i32', 'i32'], results: ['i32'] },
  validate: { parameters: ['i32'], results: ['i32'] },
  bulkMove: { parameters: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] },
  bulkFill: { parameters: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] },
  clipToSegment: { parameters: ['i32', 'i32', 'i64', 'i32', 'i32'], results: ['i32'] },
} as const;
export type RegionRuntimeName = keyof typeof REGION_RUNTIME;

const ZERO = i32Const(0);
const c = i32Const;

/** Defines and exports these functions. */
export function defineRegionRuntime(module: ModuleBuilder, runtime: RuntimeFunctions, cpu: number): void {
  const define = (name: RegionRuntimeName, build: (f: FunctionBuilder, locals: Local<'i32'>[]) => void): void => {
    const signature = REGION_RUNTIME[name];
    const index = module.declare(signature);
    const f = new FunctionBuilder(signature.parameters);
    build(f, f.parameters as Local<'i32'>[]);
    module.define(index, f);
    module.exportFunction(name, index);
  };
  const field = (offset: number): I32 => load(ZERO, 32, cpu + offset);
  const setField = (f: FunctionBuilder, offset: number, value: I32): void =>
    f.emit(storeCode(ZERO, value, 32, cpu + offset));
  const call = (index: number, ...parameters: I32[]): I32 => ({
    type: 'i32',
    code: [...parameters.map((parameter) => parameter.code), 0x10, ...unsignedLeb(index)],
  });

  define('jump', (f, [offset, budget]) => {
    const linear = f.let(add(f.get(offset), field(segmentOffset(CS) + SEGMENT.base)));
    const entry = jumpCacheEntry(f, linear);
    const cache = cpu + VCPU_BLOCK.jumpCache;
    const wanted = or(extendUnsigned(linear), shl(extendUnsigned(field(STATE.codeKey)), i64Const(32)));
    f.if(and(eq(load64(entry, cache + JUMP_CACHE.linear), wanted), gtSigned(f.get(budget), ZERO)), () => {
      setField(f, STATE.eipBase, sub(f.get(offset), and(linear, c(0xfff))));
      emitEnter(f, runtime.handlerType, f.let(load(entry, 32, cache + JUMP_CACHE.record)), f.get(budget));
    });
    f.emit([f.get(offset).code, f.get(budget).code, 0x12, ...unsignedLeb(runtime.jumpMiss)]);
  });

  define('goOn', (f, [record, budget]) => emitEnter(f, runtime.handlerType, f.get(record), f.get(budget)));

  define('single', (f, [record, budget]) => {
    const handler = load(f.get(record), 32, RECORD.handler);
    const type = unsignedLeb(runtime.handlerType);
    f.emit([f.get(record).code, f.get(budget).code, handler.code, 0x11, ...type, 0]);
  });

  const pageOf = (linear: I32): I32 => and(linear, c(0xffff_f000 | 0));
  const entryOf = (f: FunctionBuilder, linear: I32): I32 => {
    const index = and(shr(linear, c(12 - Math.log2(TLB.size))), c((TLB.entries - 1) * TLB.size));
    return f.let(add(field(STATE.tlb), index));
  };
  const notePage = (f: FunctionBuilder, linear: I32): void =>
    f.emit(storeCode(ZERO, sub(i64Const(-0x1000), extendUnsigned(pageOf(linear))), 64, cpu + STATE.regionPage));
  /** Answers from the TLB, noting the page; falls through otherwise. */
  const probe = (f: FunctionBuilder, linear: I32, bytes: I32, tag: number): void => {
    const entry = entryOf(f, linear);
    f.if(eq(load(entry, 32, tag), pageOf(sub(add(linear, bytes), c(1)))), () => {
      notePage(f, linear);
      f.return(add(linear, load(entry, 32, TLB.addend)));
    });
  };

  const access = (name: 'readable' | 'writable', tag: number, lookUp: number): void =>
    define(name, (f, [linear, bytes]) => {
      probe(f, f.get(linear), f.get(bytes), tag);
      const host = f.let(call(lookUp, f.get(linear), f.get(bytes)));
      f.if(eqz(host), () => f.return(ZERO));
      // Bytes beside translated code are in no TLB: the page is good for this once.
      probe(f, f.get(linear), f.get(bytes), tag);
      f.emit(storeCode(ZERO, i64Const(0), 64, cpu + STATE.regionPage));
      f.emit(host.code);
    });
  access('readable', TLB.readTag, runtime.paging.readMemory);
  access('writable', TLB.writeTag, runtime.paging.modifyMemory);

  define('validate', (f, [data]) => f.emit(call(runtime.validateRegion, f.get(data)).code));

  for (const name of ['bulkMove', 'bulkFill', 'clipToSegment'] as const) module.exportFunction(name, runtime[name]);
  for (const name of Object.keys(ROUTINES) as RoutineName[]) {
    const index = runtime.routines.get(name);
    if (index !== undefined) module.exportFunction(`routine.${name}`, index);
  }
}
