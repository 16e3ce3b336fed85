import {
  type I32,
  type I64,
  and,
  eq,
  eqz,
  i32Const,
  i64Const,
  add,
  or,
  select,
  shl,
  shr,
  wrap,
} from '../../wasm/Expression.ts';
import { RAISED, type RoutineName } from '../../softfloat/routines.ts';
import type { Emitter, OperandHandle, Semantics, StackRegister } from '../Emitter.ts';
import {
  BEFORE,
  BEFORE_STORE,
  NAN_MANTISSA,
  type Value,
  await_,
  conclude,
  control,
  further,
  isAnyEmpty,
  keptConditions,
  notePointers,
  pop,
  push,
  raisedOf,
  routineValue,
  unlessEmpty,
  unmaskedExceptions,
  whenUnderflown,
  valueOf,
  words,
} from './coprocessor.ts';
import { readInteger } from './operands.ts';

const c = i32Const;

/** FLD: m32, m64, m80 or ST(i). */
export const fld: Semantics = (e, [src]) => {
  await_(e);
  let value: Value;
  if (src.kind === 'register') {
    notePointers(e);
    pushCopy(e, e.stackRegister(src));
    return;
  } else if (src.width === 80) {
    value = readExtended(e, src);
  } else if (src.width === 32) {
    value = routineValue(e, 'loadFloat32', e.let(e.read(src)));
  } else {
    value = routineValue(e, 'loadFloat64', e.let(e.read(src)));
  }
  notePointers(e, src);
  push(e, value);
};

/** FLD ST(i): nothing can be wrong but an empty source or a full destination. */
function pushCopy(e: Emitter, source: StackRegister): void {
  const isEmpty = isAnyEmpty(e, source);
  const target = e.stackRegister(7);
  const { mantissa, packed } = valueOf(e, source);
  e.if(
    or(isEmpty, target.isValid()),
    () => push(e, unlessEmpty(e, isEmpty, { mantissa, packed })),
    () => {
      conclude(e, c(0), BEFORE, () => {
        target.set(mantissa, packed);
        target.setValid(true);
        e.moveStackTop(-1);
      });
    },
  );
}

function readExtended(e: Emitter, src: OperandHandle): Value {
  const address = e.address(src);
  const mantissa = e.let(e.load(address, 64)) as I64;
  const packed = e.let(wrap(e.load(further(e, address, 8), 16)));
  return { mantissa, packed };
}

/** FILD. */
export const fild: Semantics = (e, [src]) => {
  await_(e);
  const value = routineValue(e, 'fromInteger', readInteger(e, src));
  notePointers(e, src);
  push(e, value);
};

/** FBLD. */
export const fbld: Semantics = (e, [src]) => {
  await_(e);
  const { mantissa, packed } = readExtended(e, src);
  const value = routineValue(e, 'fromDecimal', mantissa, packed);
  notePointers(e, src);
  push(e, value);
};

/** A constant rounded as rounding control says (SDM vol. 1, 8.3.8): its bits chopped, and whether nearest is above. */
function loadConstant(
  high: number,
  low: number,
  signExponent: number,
  nearest: 'exact' | 'above' | 'below',
): Semantics {
  return (e) => {
    await_(e);
    notePointers(e);
    let mantissa = i64Const(low | 0, high | 0);
    if (nearest !== 'exact') {
      const mode = e.let(and(shr(control(e), c(10)), c(3)));
      const NEAREST = 0,
        UP = 2;
      const isAbove = nearest === 'above' ? or(eq(mode, c(NEAREST)), eq(mode, c(UP))) : eq(mode, c(UP));
      mantissa = e.let(add(mantissa, { type: 'i64', code: [isAbove.code, 0xad] } as I64));
    }
    push(e, { mantissa, packed: c(signExponent) });
  };
}

export const fld1 = loadConstant(0x8000_0000, 0, 0x3fff, 'exact');
export const fldz = loadConstant(0, 0, 0, 'exact');
export const fldl2t = loadConstant(0xd49a_784b, 0xcd1b_8afe, 0x4000, 'below');
export const fldl2e = loadConstant(0xb8aa_3b29, 0x5c17_f0bb, 0x3fff, 'above');
export const fldpi = loadConstant(0xc90f_daa2, 0x2168_c234, 0x4000, 'above');
export const fldlg2 = loadConstant(0x9a20_9a84, 0xfbcf_f798, 0x3ffd, 'above');
export const fldln2 = loadConstant(0xb172_17f7, 0xd1cf_79ab, 0x3ffe, 'above');

/** What a store wants to write, and what its making raised. */
interface Converted {
  readonly value: I64;
  readonly raised: I32;
}

/** ST(0) in a narrower format, or that format's indefinite value when it is empty. */
function converted(e: Emitter, routine: RoutineName, indefinite: I64, ...more: I32[]): Converted {
  const register = e.stackRegister(0);
  const isEmpty = isAnyEmpty(e, register);
  const [value, raised] = e.routine(routine, ...words(valueOf(e, register)), ...more);
  return {
    value: e.let(select(isEmpty, indefinite, value as I64) as I64),
    raised: e.let(select(isEmpty, c(RAISED.invalid | RAISED.stackFault), raised as I32) as I32),
  };
}

/** Writes memory first, since that may fault; then the status word, then pops. */
function store(e: Emitter, dst: OperandHandle, { value, raised }: Converted, pops: boolean): void {
  const unmasked = and(raised, and(unmaskedExceptions(e), c(BEFORE_STORE)));
  e.if(eqz(unmasked), () => e.write(dst, dst.width === 64 ? value : wrap(value)));
  notePointers(e, dst);
  conclude(e, raised, BEFORE_STORE, () => {
    if (pops) pop(e);
  });
}

/** FST, FSTP. */
function storeFloat(pops: boolean): Semantics {
  return (e, [dst]) => {
    await_(e);
    if (dst.kind === 'register') storeRegister(e, dst, pops);
    else if (dst.width === 80) storeExtended(e, dst);
    else if (dst.width === 32) {
      store(e, dst, converted(e, 'toFloat32', i64Const(0xffc0_0000 | 0), control(e)), pops);
    } else {
      store(e, dst, converted(e, 'toFloat64', i64Const(0, 0xfff8_0000 | 0), control(e)), pops);
    }
  };
}

export const fst = storeFloat(false),
  fstp = storeFloat(true);

function storeRegister(e: Emitter, dst: OperandHandle, pops: boolean): void {
  notePointers(e);
  const [top, target] = [e.stackRegister(0), e.stackRegister(dst)];
  const commit = ({ mantissa, packed }: Value): void => {
    target.set(mantissa, packed);
    target.setValid(true);
    if (pops) pop(e);
  };
  const copy = (): void => conclude(e, c(0), BEFORE, () => commit(valueOf(e, top)));
  whenUnderflown(e, isAnyEmpty(e, top), commit, copy);
}

/** FSTP m80: the bits as they are. Only emptiness can be wrong. */
function storeExtended(e: Emitter, dst: OperandHandle): void {
  const top = e.stackRegister(0);
  const value = unlessEmpty(e, isAnyEmpty(e, top), valueOf(e, top));
  writeExtended(e, dst, value, raisedOf(value.packed));
}

function writeExtended(e: Emitter, dst: OperandHandle, value: Value, raised: I32): void {
  const bound = e.let(raised);
  const unmasked = and(bound, and(unmaskedExceptions(e), c(BEFORE_STORE)));
  e.if(eqz(unmasked), () => {
    const address = e.address(dst);
    const upper = e.loadToModify(further(e, address, 8), 16);
    e.store(address, 64, value.mantissa);
    upper.store(and(value.packed, c(0xffff)));
  });
  notePointers(e, dst);
  conclude(e, bound, BEFORE_STORE, () => pop(e));
}

/** FBSTP. */
export const fbstp: Semantics = (e, [dst]) => {
  await_(e);
  const top = e.stackRegister(0);
  const isEmpty = isAnyEmpty(e, top);
  const [low, high, raised] = e.routine('toDecimal', ...words(valueOf(e, top)), control(e));
  const value: Value = {
    mantissa: e.let(select(isEmpty, NAN_MANTISSA, low as I64) as I64),
    packed: e.let(select(isEmpty, c(0xffff), high as I32) as I32),
  };
  const flags = select(isEmpty, c(RAISED.invalid | RAISED.stackFault), raised as I32) as I32;
  writeExtended(e, dst, value, flags);
};

/** FIST, FISTP; FISTTP chops whatever rounding control says. */
function storeInteger(pops: boolean, chops = false): Semantics {
  return (e, [dst]) => {
    await_(e);
    const CHOP = 0xc00;
    const mode = chops ? or(control(e), c(CHOP)) : control(e);
    const indefinite = shl(i64Const(-1), i64Const(dst.width - 1));
    store(e, dst, converted(e, 'toInteger', indefinite, mode, c(dst.width)), pops);
  };
}

export const fist = storeInteger(false),
  fistp = storeInteger(true),
  fisttp = storeInteger(true, true);

/** FXCH: an empty register counts as the default NaN. */
export const fxch: Semantics = (e, [other]) => {
  await_(e);
  notePointers(e);
  const registers = [e.stackRegister(0), e.stackRegister(other)];
  const values = registers.map((register) => valueOf(e, register));
  const exchange = (first: Value, second: Value): void => {
    registers[0].set(second.mantissa, second.packed);
    registers[1].set(first.mantissa, first.packed);
  };
  const exchangeEmpty = (): void => {
    const [first, second] = values.map((value, index) => {
      return unlessEmpty(e, e.let(eqz(registers[index].isValid())), value);
    });
    exchange(first, second);
    for (const register of registers) register.setValid(true);
  };
  whenUnderflown(e, isAnyEmpty(e, ...registers), exchangeEmpty, () => {
    conclude(e, c(0), BEFORE, () => exchange(values[0], values[1]));
  });
};

/** FCMOVcc: both registers must hold values, whatever the condition. */
export const fcmov: Semantics = (e, [, src]) => {
  await_(e);
  notePointers(e);
  const [top, source] = [e.stackRegister(0), e.stackRegister(src)];
  const isEmpty = isAnyEmpty(e, top, source);
  const condition = e.let(e.flags.condition(e.condition));
  const [kept, moved] = [valueOf(e, top), valueOf(e, source)];
  const value = unlessEmpty(e, isEmpty, {
    mantissa: select(condition, moved.mantissa, kept.mantissa) as I64,
    packed: select(condition, moved.packed, kept.packed) as I32,
  });
  const commit = (): void => {
    top.set(value.mantissa, value.packed);
    top.setValid(true);
  };
  conclude(e, raisedOf(value.packed), BEFORE, commit, keptConditions(e, isEmpty));
};

/** FSTPNCE (D9 /3 with a register): FSTP ST(i) that of an empty ST(0) stores nothing, and does not mind. */
export const fstpnce: Semantics = (e, [dst]) => {
  await_(e);
  notePointers(e);
  const [top, target] = [e.stackRegister(0), e.stackRegister(dst)];
  const value = valueOf(e, top);
  conclude(e, c(0), BEFORE, () => {
    e.if(top.isValid(), () => {
      target.set(value.mantissa, value.packed);
      target.setValid(true);
    });
    pop(e);
  });
};
