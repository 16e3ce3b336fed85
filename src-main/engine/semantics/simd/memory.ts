import { type I32, add, and, ctz, i32Const, sub, wrap } from '../../wasm/Expression.ts';
import { extractLane, splat, vector, vectorBits } from '../../wasm/vectors.ts';
import { RDI } from '../../state/layout.ts';
import type { Address, Emitter, Semantics } from '../Emitter.ts';
import { nop } from '../transfer.ts';
import { onVectors } from './instructions.ts';

const c = i32Const;

/** DS:rDI, or the segment of the override. */
function destination(e: Emitter): Address {
  return e.location('data', e.let(wrap(e.register(RDI, e.addressSize))));
}

function further(e: Emitter, address: Address, bytes: I32): Address {
  return { ...address, offset: e.let(add(address.offset, bytes)) };
}

/** Does `body` with the number of each set bit, the lowest first. */
function forEachBit(e: Emitter, bits: I32, body: (number: I32) => void): void {
  const left = e.variable(bits);
  e.while(left.get, () => {
    body(e.let(ctz(left.get())));
    left.set(and(left.get(), sub(left.get(), c(1))));
  });
}

/**
 * MASKMOVQ, MASKMOVDQU: stores the bytes whose mask byte has its highest bit set. All of them are reached before
 * any is stored; without any, no address is looked at.
 */
const maskedStore = onVectors((e, [src, selector], commit) => {
  const selected = e.let(vectorBits('i8x16.bitmask', e.readVector(selector)));
  const bytes = e.let(e.readVector(src));
  const start = destination(e);
  forEachBit(e, selected, (number) => void e.loadToModify(further(e, start, number), 8));
  forEachBit(e, selected, (number) => {
    const byte = extractLane('i8x16.extract_lane_u', vector('i8x16.swizzle', bytes, splat('i8x16.splat', number)), 0);
    e.store(further(e, start, number), 8, e.let(byte));
  });
  commit();
});

/** CLFLUSH: there is no cache to flush, but the byte must be there to be read. */
const clflush: Semantics = (e, [memory]) => {
  e.let(e.load(e.address(memory), 8));
};

export const memorySemantics: Readonly<Record<string, Semantics>> = {
  maskmovq: maskedStore,
  maskmovdqu: maskedStore,
  movnti: (e, [dst, src]) => e.write(dst, e.read(src)),
  clflush,
  lfence: nop,
  mfence: nop,
  sfence: nop,
};
