import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import type { Expression } from './Expression.ts';
import { add, constant, isConstant, negate, scale, UNKNOWN, type Value } from './Value.ts';

/** Where names and places of the program get their values from. */
export interface Scope {
  /** Null when the name is not defined (yet). */
  lookup(name: string): Value | null;
  /** `$` and `$$`. */
  readonly here: Value;
  readonly start: Value;
  /** Called for a name without a value; what it returns is used instead. */
  undefined(name: string, span: SourceSpan): Value;
}

/** Which register an effective address named first, and how: it decides base and index, as in NASM. */
export interface RegisterHint {
  register: string;
  /** `base`: named plainly; `index`: named with a factor, `eax*1`; `summed`: named twice, `eax+eax`. */
  kind: 'none' | 'base' | 'index' | 'summed';
}

export const noHint = (): RegisterHint => ({ register: '', kind: 'none' });

/** Evaluates in one scope. Complaints go to `diagnostics`; the value is then {@link UNKNOWN}. */
export function evaluate(node: Expression, scope: Scope, diagnostics: Diagnostics, hint?: RegisterHint): Value {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'register':
      if (hint?.kind === 'none') {
        hint.register = node.name;
        hint.kind = 'base';
      }
      return { scalar: 0n, terms: [{ kind: 'register', name: node.name, factor: 1n }], unknown: false };
    case 'symbol':
      return scope.lookup(node.name) ?? scope.undefined(node.name, node.span);
    case 'here':
      return scope.here;
    case 'start':
      return scope.start;
    case 'unary':
      return evaluateUnary(node.operator, evaluate(node.operand, scope, diagnostics, hint), node.span, diagnostics);
    case 'choice': {
      const condition = evaluate(node.condition, scope, diagnostics);
      if (condition.unknown) return UNKNOWN;
      return evaluate(condition.scalar !== 0n ? node.then : node.otherwise, scope, diagnostics, hint);
    }
    case 'binary': {
      const left = evaluate(node.left, scope, diagnostics, hint);
      const right = evaluate(node.right, scope, diagnostics, hint);
      return evaluateBinary(node, left, right, diagnostics, hint);
    }
  }
}

function evaluateUnary(operator: string, value: Value, span: SourceSpan, diagnostics: Diagnostics): Value {
  if (operator === '-') return negate(value);
  if (value.unknown) return UNKNOWN;
  if (!isConstant(value)) return notPlain(operator, span, diagnostics);
  return constant(operator === '~' ? ~value.scalar : value.scalar === 0n ? 1n : 0n);
}

function notPlain(operator: string, span: SourceSpan, diagnostics: Diagnostics): Value {
  diagnostics.error(
    span,
    `“${operator}” works on plain numbers only, not on registers or addresses. The difference of two labels is a plain number.`,
  );
  return UNKNOWN;
}

function evaluateBinary(
  node: Extract<Expression, { kind: 'binary' }>,
  left: Value,
  right: Value,
  diagnostics: Diagnostics,
  hint: RegisterHint | undefined,
): Value {
  const { operator, span } = node;
  if (operator === '+' || operator === '-') {
    if (hint !== undefined && operator === '+') noteSum(left, right, hint);
    return add(left, right, operator === '+' ? 1n : -1n);
  }
  if (operator === '*' && (isConstant(left) || isConstant(right))) {
    const [vector, factor] = isConstant(right) ? [left, right] : [right, left];
    if (hint?.kind === 'base' && vector.terms.some((term) => term.kind === 'register' && term.name === hint.register))
      hint.kind = 'index';
    return scale(vector, factor.scalar);
  }
  if (left.unknown || right.unknown) return UNKNOWN;
  const comparison = compare(operator, left, right);
  if (comparison !== null) return constant(comparison);
  if (!isConstant(left) || !isConstant(right)) return notPlain(operator, span, diagnostics);
  const a = left.scalar,
    b = right.scalar;
  const ua = BigInt.asUintN(64, a),
    ub = BigInt.asUintN(64, b);
  switch (operator) {
    case '*':
      return constant(a * b);
    case '&':
      return constant(a & b);
    case '|':
      return constant(a | b);
    case '^':
      return constant(a ^ b);
    case '<<':
    case '<<<':
      return constant(ub > 63n ? 0n : a << ub);
    case '>>':
      return constant(ub > 63n ? 0n : ua >> ub);
    case '>>>':
      return constant(a >> (ub > 63n ? 63n : ub));
    case '&&':
      return constant(a !== 0n && b !== 0n ? 1n : 0n);
    case '||':
      return constant(a !== 0n || b !== 0n ? 1n : 0n);
    case '^^':
      return constant((a !== 0n) !== (b !== 0n) ? 1n : 0n);
  }
  if (b === 0n) {
    diagnostics.error(span, 'This divides by zero.');
    return UNKNOWN;
  }
  switch (operator) {
    case '/':
      return constant(ua / ub);
    case '%':
      return constant(ua % ub);
    case '//':
      return constant(a / b);
    default:
      return constant(a % b);
  }
}

/** Comparisons also order two addresses of one section. */
function compare(operator: string, left: Value, right: Value): bigint | null {
  if (!['=', '==', '!=', '<>', '<', '<=', '>', '>=', '<=>'].includes(operator)) return null;
  const difference = add(left, right, -1n);
  const equal = operator === '=' || operator === '==';
  if (difference.terms.length > 0) {
    if (equal) return 0n;
    return operator === '!=' || operator === '<>' ? 1n : null;
  }
  const a = left.terms.length > 0 ? difference.scalar : left.scalar;
  const b = left.terms.length > 0 ? 0n : right.scalar;
  switch (operator) {
    case '=':
    case '==':
      return a === b ? 1n : 0n;
    case '!=':
    case '<>':
      return a !== b ? 1n : 0n;
    case '<':
      return a < b ? 1n : 0n;
    case '<=':
      return a <= b ? 1n : 0n;
    case '>':
      return a > b ? 1n : 0n;
    case '>=':
      return a >= b ? 1n : 0n;
    default:
      return a < b ? -1n : a > b ? 1n : 0n;
  }
}

function noteSum(left: Value, right: Value, hint: RegisterHint): void {
  for (const term of left.terms) {
    if (
      term.kind === 'register' &&
      right.terms.some((other) => other.kind === 'register' && other.name === term.name)
    ) {
      hint.register = term.name;
      hint.kind = 'summed';
    }
  }
}
