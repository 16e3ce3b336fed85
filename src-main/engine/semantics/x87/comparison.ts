import { type I32, and, eqz, i32Const, i64Const, ne, select } from '../../wasm/Expression.ts';
import { RAISED } from '../../softfloat/routines.ts';
import type { Emitter, OperandHandle, Semantics, StackRegister } from '../Emitter.ts';
import {
  BEFORE,
  CONDITIONS,
  STATUS,
  type Value,
  await_,
  conclude,
  isAnyEmpty,
  keptConditions,
  notePointers,
  pop,
  valueOf,
  words,
} from './coprocessor.ts';
import { type MemoryFormat, readValue } from './operands.ts';

const c = i32Const;
const UNORDERED = STATUS.c3 | STATUS.c2 | STATUS.c0;
const STACK_FAULT = RAISED.invalid | RAISED.stackFault;

interface Comparison {
  /** FUCOM: a quiet NaN is no exception. */
  readonly isUnordered?: boolean;
  readonly format?: MemoryFormat;
  readonly pops?: 0 | 1 | 2;
}

/** C3, C2, C0 and exceptions of ST(0) compared; unordered with a stack fault when a register is empty. */
function compared(e: Emitter, registers: StackRegister[], right: Value, isUnordered: boolean): I32 {
  const isEmpty = isAnyEmpty(e, ...registers);
  const left = valueOf(e, registers[0]);
  const [result] = e.routine('compare', ...words(left), ...words(right), c(isUnordered ? 1 : 0));
  return e.let(select(isEmpty, c(UNORDERED | STACK_FAULT), result as I32) as I32);
}

/** FCOM, FUCOM, FICOM and those that pop. */
function comparison({ isUnordered = false, format = 'float', pops = 0 }: Comparison): Semantics {
  return (e, operands) => {
    await_(e);
    const source: OperandHandle | undefined = operands[0];
    const registers = [e.stackRegister(0)];
    if (source?.kind === 'register') registers.push(e.stackRegister(source));
    // FCOMPP and FUCOMPP have no operand: ST(1).
    if (source === undefined) registers.push(e.stackRegister(1));
    const right = source === undefined ? valueOf(e, registers[1]) : readValue(e, source, format);
    notePointers(e, source);
    const result = compared(e, registers, right, isUnordered);
    concludeComparison(e, result, () => {
      for (let count = 0; count < pops; count++) pop(e);
    });
  };
}

function concludeComparison(e: Emitter, result: I32, commit: () => void): void {
  const raised = and(result, c(~CONDITIONS));
  conclude(e, raised, BEFORE, commit, and(result, c(CONDITIONS)));
}

export const fcom = comparison({}),
  fcomp = comparison({ pops: 1 }),
  fcompp = comparison({ pops: 2 });
export const ficom = comparison({ format: 'integer' }),
  ficomp = comparison({ format: 'integer', pops: 1 });
export const fucom = comparison({ isUnordered: true }),
  fucomp = comparison({ isUnordered: true, pops: 1 }),
  fucompp = comparison({ isUnordered: true, pops: 2 });

/** FTST: with +0. */
export const ftst: Semantics = (e) => {
  await_(e);
  notePointers(e);
  const zero: Value = { mantissa: i64Const(0), packed: c(0) };
  concludeComparison(e, compared(e, [e.stackRegister(0)], zero, false), () => undefined);
};

/** FCOMI, FUCOMI: the result goes to ZF, PF and CF; OF, SF and AF are cleared (SDM vol. 2A,
 * FCOMI). Processors do that even when an unmasked exception keeps them from popping. */
function compareToFlags({ isUnordered = false, pops = 0 }: Comparison): Semantics {
  return (e, [, src]) => {
    await_(e);
    notePointers(e);
    const registers = [e.stackRegister(0), e.stackRegister(src)];
    const result = compared(e, registers, valueOf(e, registers[1]), isUnordered);
    const isEmpty = and(result, c(RAISED.stackFault));
    const kept = keptConditions(e, isEmpty);
    const bit = (mask: number): I32 => ne(and(result, c(mask)), c(0));
    e.flags.setAll({
      carry: bit(STATUS.c0),
      parity: bit(STATUS.c2),
      zero: bit(STATUS.c3),
      adjust: c(0),
      sign: c(0),
      overflow: c(0),
    });
    const commit = (): void => {
      if (pops === 1) pop(e);
    };
    conclude(e, and(result, c(~CONDITIONS)), BEFORE, commit, kept);
  };
}

export const fcomi = compareToFlags({}),
  fcomip = compareToFlags({ pops: 1 });
export const fucomi = compareToFlags({ isUnordered: true }),
  fucomip = compareToFlags({ isUnordered: true, pops: 1 });

/** FXAM. */
export const fxam: Semantics = (e) => {
  await_(e);
  notePointers(e);
  const register = e.stackRegister(0);
  const [result] = e.routine('examine', ...words(valueOf(e, register)), eqz(register.isValid()));
  conclude(e, c(0), BEFORE, () => undefined, result as I32);
};
