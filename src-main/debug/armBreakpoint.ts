import type { ArmedBreakpoint, BreakpointTarget } from '../machine/breakpoints/Breakpoint.ts';
import { tryEvaluate } from '../machine/expressions/evaluate.ts';
import { type ExpressionFault, expressionFault } from '../machine/expressions/ExpressionFault.ts';
import type { Expression } from '../machine/expressions/Expression.ts';
import { parseExpression, type SymbolLookup } from '../machine/expressions/parseExpression.ts';
import type { BreakpointSettings, LocatedTarget } from './Breakpoints.ts';

export type ArmingResult =
  | { readonly ok: true; readonly armed: ArmedBreakpoint }
  /** What is wrong with this field. */
  | ({ readonly ok: false; readonly field: 'location' | 'condition' } & ExpressionFault);

/** Linear addresses are of 32 bits. */
const ADDRESS_SPACE = 2 ** 32;

/** What a machine needs of a breakpoint. */
export function armBreakpoint(
  { id, target, condition, ignoreCount }: BreakpointSettings & { readonly id: number },
  symbols: SymbolLookup,
): ArmingResult {
  const place = resolve(target, symbols);
  if ('message' in place) return { ok: false, field: 'location', ...place };
  const parsed = condition === '' ? null : parseExpression(condition, symbols);
  if (parsed?.ok === false) return { ok: false, field: 'condition', message: parsed.message, text: parsed.text };
  return { ok: true, armed: { id, target: place, condition: parsed?.expression ?? null, ignoreCount } };
}

/** The target with its address as it is now, or why it has none. */
function resolve(target: LocatedTarget, symbols: SymbolLookup): BreakpointTarget | ExpressionFault {
  if (target.kind !== 'code' && target.kind !== 'data') return target;
  const { location, ...rest } = target;
  const address = location === '' ? rest.linearAddress : parseAddress(location, symbols);
  if (typeof address !== 'number') return address;
  const end = address + (rest.kind === 'data' ? rest.byteLength : 1);
  return end <= ADDRESS_SPACE ? { ...rest, linearAddress: address } : expressionFault('place-beyond-end');
}

/** The address that a text of numbers and names stands for, such as `main+4`; or what is wrong with it. */
function parseAddress(text: string, symbols: SymbolLookup): number | ExpressionFault {
  const parsed = parseExpression(text, symbols);
  if (!parsed.ok) return { message: parsed.message, text: parsed.text };
  if (!isConstant(parsed.expression)) return expressionFault('place-not-constant');
  const result = tryEvaluate(parsed.expression, NOWHERE);
  // Nothing else can go wrong with a constant.
  return result.ok ? Number(result.value) : expressionFault('expression-zero-divisor');
}

function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
      return true;
    case 'register':
    case 'memory':
      return false;
    case 'unary':
      return isConstant(expression.operand);
    case 'binary':
      return isConstant(expression.left) && isConstant(expression.right);
  }
}

/** A constant asks for neither. */
const NOWHERE = {
  get state(): never {
    throw new Error('a constant has no registers');
  },
  readLinear: () => new Uint8Array(0),
};
