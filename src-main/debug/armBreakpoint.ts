import type { ArmedBreakpoint, BreakpointTarget } from '../machine/breakpoints/Breakpoint.ts';
import { tryEvaluate } from '../machine/expressions/evaluate.ts';
import type { Expression } from '../machine/expressions/Expression.ts';
import { parseExpression, type SymbolLookup } from '../machine/expressions/parseExpression.ts';
import type { BreakpointSettings, LocatedTarget } from './Breakpoints.ts';

export type ArmingResult =
  | { readonly ok: true; readonly armed: ArmedBreakpoint }
  /** `message` is one sentence for the user, about this field. */
  | { readonly ok: false; readonly field: 'location' | 'condition'; readonly message: string };

/** Linear addresses are of 32 bits. */
const ADDRESS_SPACE = 2 ** 32;

/** What a machine needs of a breakpoint. */
export function armBreakpoint(
  { id, target, condition, ignoreCount }: BreakpointSettings & { readonly id: number },
  symbols: SymbolLookup,
): ArmingResult {
  const place = resolve(target, symbols);
  if (typeof place === 'string') return { ok: false, field: 'location', message: place };
  const parsed = condition === '' ? null : parseExpression(condition, symbols);
  if (parsed?.ok === false) return { ok: false, field: 'condition', message: parsed.message };
  return { ok: true, armed: { id, target: place, condition: parsed?.expression ?? null, ignoreCount } };
}

/** The target with its address as it is now, or why it has none. */
function resolve(target: LocatedTarget, symbols: SymbolLookup): BreakpointTarget | string {
  if (target.kind !== 'code' && target.kind !== 'data') return target;
  const { location, ...rest } = target;
  const address = location === '' ? rest.linearAddress : parseAddress(location, symbols);
  if (typeof address === 'string') return address;
  const end = address + (rest.kind === 'data' ? rest.byteLength : 1);
  return end <= ADDRESS_SPACE ? { ...rest, linearAddress: address } : 'Addresses end at 0xffffffff.';
}

/** The address that a text of numbers and names stands for, such as `main+4`; or what is wrong with it. */
function parseAddress(text: string, symbols: SymbolLookup): number | string {
  const parsed = parseExpression(text, symbols);
  if (!parsed.ok) return parsed.message;
  if (!isConstant(parsed.expression)) return 'A place is made of numbers and names: registers change all the time.';
  const result = tryEvaluate(parsed.expression, NOWHERE);
  return result.ok ? Number(result.value) : result.message;
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
