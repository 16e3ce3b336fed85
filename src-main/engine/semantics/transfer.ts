import {
  type I32,
  type Integer,
  add,
  and,
  clz,
  ctz,
  eqz,
  i32Const,
  or,
  popcnt as countBits,
  rotl,
  rotr,
  select,
  shl,
  shr,
  sub,
  wrap,
} from '../wasm/Expression.ts';
import { RAX, RBX } from '../state/layout.ts';
import type { Semantics } from './Emitter.ts';
import { constant, signed, truncated, widthOf } from './values.ts';

/** MOV. */
export const mov: Semantics = (e, [dst, src]) => {
  e.write(dst, e.read(src));
};

/** MOVZX. */
export const movzx: Semantics = (e, [dst, src]) => {
  e.write(dst, truncated(widthOf(dst), e.read(src)));
};

/** MOVSX. */
export const movsx: Semantics = (e, [dst, src]) => {
  e.write(dst, truncated(widthOf(dst), signed(widthOf(src), e.read(src))));
};

/** LEA: the offset alone, cut or zero-extended to the operand size. */
export const lea: Semantics = (e, [dst, src]) => {
  e.write(dst, truncated(widthOf(dst), e.offset(src)));
};

/** XCHG: memory first, since it may fault. */
export const xchg: Semantics = (e, [a, b]) => {
  const [first, second] = b.kind === 'memory' ? [b, a] : [a, b];
  const left = e.let(e.readToModify(first)),
    right = e.let(e.read(second));
  e.write(first, right);
  e.write(second, left);
};

/** CMOVcc: the source is read whatever the condition says. */
export const cmovcc: Semantics = (e, [dst, src]) => {
  const taken = e.let(e.read(src)),
    kept = e.let(e.read(dst));
  e.write(dst, select<'i32' | 'i64'>(e.flags.condition(e.condition), taken, kept) as Integer);
};

/** SETcc. */
export const setcc: Semantics = (e, [dst]) => {
  e.write(dst, e.flags.condition(e.condition));
};

/** XLAT: AL <- [DS:(E)BX + AL]. */
export const xlat: Semantics = (e) => {
  const offset = add(wrap(e.register(RBX, e.addressSize)), wrap(e.register(RAX, 8)));
  const wrapped = e.addressSize === 16 ? and(offset, i32Const(0xffff)) : offset;
  e.setRegister(RAX, 8, e.load(e.location('data', e.let(wrapped)), 8));
};

/** BSF: ZF when the source is zero, and then the destination stays. */
export const bsf: Semantics = (e, [dst, src]) => {
  const source = e.let(e.read(src));
  const isZero = e.let(eqz(source));
  e.if(eqz(isZero), () => e.write(dst, ctz(source)));
  e.flags.fromLogic(widthOf(dst), source);
};

/** BSR. */
export const bsr: Semantics = (e, [dst, src]) => {
  const width = widthOf(dst),
    source = e.let(e.read(src));
  const isZero = e.let(eqz(source));
  const top = constant(width, width === 64 ? 63 : 31);
  e.if(eqz(isZero), () => e.write(dst, sub(top, clz(source))));
  e.flags.fromLogic(width, source);
};

/** BSWAP. Of a 16-bit register the manual leaves the result open; processors give zero. */
export const bswap: Semantics = (e, [dst]) => {
  const width = widthOf(dst);
  if (width === 64) throw new Error('64-bit BSWAP is not defined yet');
  if (width === 16) {
    e.write(dst, i32Const(0));
    return;
  }
  const value = e.let(e.read(dst) as I32);
  const outer = and(rotl(value, i32Const(8)), i32Const(0x00ff_00ff));
  const inner = and(rotr(value, i32Const(8)), i32Const(0xff00_ff00 | 0));
  e.write(dst, or(outer, inner));
};

/** LAHF: AH <- SF ZF 0 AF 0 PF 1 CF. */
export const lahf: Semantics = (e) => {
  const { flags } = e;
  const high = or(shl(flags.sign(), i32Const(7)), shl(flags.zero(), i32Const(6)));
  const low = or(shl(flags.adjust(), i32Const(4)), shl(flags.parity(), i32Const(2)));
  const image = or(or(high, low), or(flags.carry(), i32Const(2)));
  const al = e.let(wrap(e.register(RAX, 8)));
  e.setRegister(RAX, 16, or(al, shl(image, i32Const(8))));
};

/** SAHF: SF ZF AF PF CF from AH; OF stays. */
export const sahf: Semantics = (e) => {
  const ah = e.let(shr(wrap(e.register(RAX, 16)), i32Const(8)));
  const bitAt = (position: number): I32 => and(shr(ah, i32Const(position)), i32Const(1));
  e.flags.setAll({
    carry: bitAt(0),
    parity: bitAt(2),
    adjust: bitAt(4),
    zero: bitAt(6),
    sign: bitAt(7),
    overflow: e.let(e.flags.overflow()),
  });
};

/** SALC: AL <- CF ? FF : 00 (undocumented). */
export const salc: Semantics = (e) => {
  e.setRegister(RAX, 8, sub(i32Const(0), e.flags.carry()));
};

export const clc: Semantics = (e) => e.flags.setCarry(i32Const(0));
export const stc: Semantics = (e) => e.flags.setCarry(i32Const(1));
export const cmc: Semantics = (e) => e.flags.setCarry(e.let(eqz(e.flags.carry())));

/** POPCNT: ZF tells an empty source, the other flags are cleared. */
export const popcnt: Semantics = (e, [dst, src]) => {
  const source = e.let(e.read(src));
  e.write(dst, countBits(source));
  const clear = i32Const(0);
  const zero = e.let(eqz(source));
  e.flags.setAll({ carry: clear, parity: clear, adjust: clear, zero, sign: clear, overflow: clear });
};

/** NOP, PAUSE, PREFETCHh and the hint NOPs: operands are not accessed. */
export const nop: Semantics = () => {};
export const pause: Semantics = () => {};
