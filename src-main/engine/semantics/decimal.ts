import {
  type I32,
  add,
  and,
  eqz,
  gtUnsigned,
  i32Const,
  ltUnsigned,
  mul,
  or,
  remUnsigned,
  divUnsigned,
  shl,
  shr,
  sub,
  wrap,
} from '../wasm/Expression.ts';
import { RAX } from '../state/layout.ts';
import type { Emitter, Semantics } from './Emitter.ts';
import { VECTOR } from '../GuestFault.ts';

/** Flags of DAA and DAS: SZP from AL, CF and AF as given; OF is undefined (cleared here, as hardware does). */
function setDecimalFlags(e: Emitter, al: I32, carry: I32, adjust: I32): void {
  e.flags.fromParts(8, al, carry, i32Const(0), adjust);
}

/** DAA and DAS (SDM vol. 2A): adjust by 6 and by 60h, added or subtracted. */
function decimalAdjust(isAddition: boolean): Semantics {
  return (e) => {
    const combine = isAddition ? add : sub;
    const old = e.let(wrap(e.register(RAX, 8)));
    const oldCarry = e.let(e.flags.carry());
    const isLowOff = e.let(or(gtUnsigned(and(old, i32Const(15)), i32Const(9)), e.flags.adjust()));
    const isHighOff = e.let(or(gtUnsigned(old, i32Const(0x99)), oldCarry));
    const afterLow = e.let(combine(old, mul(isLowOff, i32Const(6))));
    // DAS keeps the borrow out of the first step in CF even when the second is not taken.
    const firstBorrow = isAddition ? i32Const(0) : and(isLowOff, ltUnsigned(old, i32Const(6)));
    const carry = e.let(or(isHighOff, firstBorrow));
    const al = e.let(and(combine(afterLow, mul(isHighOff, i32Const(0x60))), i32Const(0xff)));
    e.setRegister(RAX, 8, al);
    setDecimalFlags(e, al, carry, isLowOff);
  };
}

export const daa = decimalAdjust(true),
  das = decimalAdjust(false);

/** AAA and AAS: AX by 106h when the low digit is off; AL to its low digit. OF SF ZF PF are undefined. */
function asciiAdjust(isAddition: boolean): Semantics {
  return (e) => {
    const combine = isAddition ? add : sub;
    const old = e.let(wrap(e.register(RAX, 16)));
    const isOff = e.let(or(gtUnsigned(and(old, i32Const(15)), i32Const(9)), e.flags.adjust()));
    const adjusted = e.let(combine(old, mul(isOff, i32Const(0x106))));
    const ax = e.let(and(adjusted, i32Const(0xff0f)));
    e.setRegister(RAX, 16, ax);
    e.flags.fromParts(8, ax, isOff, i32Const(0), isOff);
  };
}

export const aaa = asciiAdjust(true),
  aas = asciiAdjust(false);

/** AAM: AH <- AL / imm, AL <- AL mod imm; #DE when imm is zero. */
export const aam: Semantics = (e, [base]) => {
  const divisor = e.let(and(wrap(e.read(base)), i32Const(0xff)));
  e.if(eqz(divisor), () => e.raise(VECTOR.DE));
  const al = e.let(wrap(e.register(RAX, 8)));
  const digit = e.let(remUnsigned(al, divisor));
  e.setRegister(RAX, 16, or(shl(divUnsigned(al, divisor), i32Const(8)), digit));
  e.flags.fromLogic(8, digit);
};

/** AAD: AL <- AL + AH * imm, AH <- 0. */
export const aad: Semantics = (e, [base]) => {
  const ax = e.let(wrap(e.register(RAX, 16)));
  const sum = add(ax, mul(shr(ax, i32Const(8)), and(wrap(e.read(base)), i32Const(0xff))));
  const al = e.let(and(sum, i32Const(0xff)));
  e.setRegister(RAX, 16, al);
  e.flags.fromLogic(8, al);
};
