import { type I32, type I64, extendSigned, wrap } from '../../wasm/Expression.ts';
import type { Emitter, OperandHandle } from '../Emitter.ts';
import { signed } from '../values.ts';
import { type Value, routineValue, valueOf } from './coprocessor.ts';

/** How a memory operand is to be read. */
export type MemoryFormat = 'float' | 'integer';

/** An operand's value as arithmetic takes it: signalling NaNs untouched, a denormal reported. Register or memory. */
export function readValue(e: Emitter, operand: OperandHandle, format: MemoryFormat): Value {
  if (operand.kind === 'register') return valueOf(e, e.stackRegister(operand));
  if (format === 'integer') return routineValue(e, 'fromInteger', readInteger(e, operand));
  return operand.width === 32
    ? routineValue(e, 'fromFloat32', e.let(e.read(operand)))
    : routineValue(e, 'fromFloat64', e.let(e.read(operand)));
}

/** A signed integer of 16, 32 or 64 bits. */
export function readInteger(e: Emitter, operand: OperandHandle): I64 {
  const value = e.let(e.read(operand));
  if (operand.width === 64) return value as I64;
  const narrow: I32 = operand.width === 16 ? wrap(signed(16, value)) : wrap(value);
  return e.let(extendSigned(narrow));
}
