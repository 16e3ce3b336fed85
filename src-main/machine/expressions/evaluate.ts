import type { CpuState } from '../../engine/state/CpuState.ts';
import type { BinaryOperator, EvaluationResult, Expression } from './Expression.ts';
import { type ExpressionFault, expressionFault, type ExpressionFaultId } from './ExpressionFault.ts';
import { EXPRESSION_REGISTERS } from './expressionRegisters.ts';

/** What an expression is about. */
export interface ExpressionContext {
  readonly state: CpuState;
  /** RAM at a linear address; shorter where it is not mapped, or no RAM. */
  readLinear(linearAddress: number, byteLength: number): Uint8Array;
}

/** The expression has no value here. */
export class EvaluationError extends Error {
  readonly fault: ExpressionFault;

  constructor(id: ExpressionFaultId, part?: string) {
    const fault = expressionFault(id, part);
    super(fault.message);
    this.fault = fault;
  }
}

/** Values are unsigned. Arithmetic wraps around at the width of registers; only numbers and `qword`s as such may be wider. */
const VALUE_BITS = 32;

/** Throws {@link EvaluationError}. */
export function evaluate(expression: Expression, context: ExpressionContext): bigint {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'register':
      return wrapped(BigInt(EXPRESSION_REGISTERS.get(expression.name)?.(context.state) ?? 0));
    case 'memory':
      return readMemory(wrapped(evaluate(expression.address, context)), expression.byteLength, context);
    case 'unary': {
      const value = evaluate(expression.operand, context);
      switch (expression.operator) {
        case '-':
          return wrapped(-value);
        case '~':
          return wrapped(~value);
        case '!':
          return truth(value === 0n);
        case '+':
          return value;
      }
      break;
    }
    case 'binary': {
      const left = evaluate(expression.left, context);
      // What is not needed need not have a value: `esi != 0 && [esi] == 5`.
      if (expression.operator === '&&') return truth(left !== 0n && evaluate(expression.right, context) !== 0n);
      if (expression.operator === '||') return truth(left !== 0n || evaluate(expression.right, context) !== 0n);
      return combine(expression.operator, left, evaluate(expression.right, context));
    }
  }
}

/** The value, or why there is none. */
export function tryEvaluate(expression: Expression, context: ExpressionContext): EvaluationResult {
  try {
    return { ok: true, value: evaluate(expression, context) };
  } catch (error) {
    if (error instanceof EvaluationError) return { ok: false, ...error.fault };
    throw error;
  }
}

function combine(operator: Exclude<BinaryOperator, '&&' | '||'>, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '<=':
      return truth(left <= right);
    case '>':
      return truth(left > right);
    case '>=':
      return truth(left >= right);
    case '<<':
      return right >= VALUE_BITS ? 0n : wrapped(left << right);
    case '>>':
      return left >> right;
    case '+':
      return wrapped(left + right);
    case '-':
      return wrapped(left - right);
    case '*':
      return wrapped(left * right);
    case '/':
    case '%':
      if (right === 0n) throw new EvaluationError('expression-zero-divisor');
      return operator === '/' ? left / right : left % right;
  }
}

function readMemory(address: bigint, byteLength: number, context: ExpressionContext): bigint {
  const bytes = context.readLinear(Number(address), byteLength);
  if (bytes.length < byteLength) throw new EvaluationError('expression-no-memory', `0x${address.toString(16)}`);
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function wrapped(value: bigint): bigint {
  return BigInt.asUintN(VALUE_BITS, value);
}

function truth(isTrue: boolean): bigint {
  return isTrue ? 1n : 0n;
}
