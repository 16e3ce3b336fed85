import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import { stringBytes, type Token } from './Lexer.ts';
import { constant, type Value } from './Value.ts';

/** An expression, parsed once and evaluated in every pass. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'symbol'; readonly name: string; readonly span: SourceSpan }
  /** `$` and `$$`. */
  | { readonly kind: 'here' | 'start' }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression; readonly span: SourceSpan }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly span: SourceSpan;
    };

/** A place in a line's tokens; every parser of the assembler advances one of these. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  /** The span of a token of this line, or of its end. */
  spanAt(index: number): SourceSpan;
  readonly diagnostics: Diagnostics;
  /** Turns a name as written (`.loop`, `foo`) into its full one (`main.loop`). */
  qualify(name: string): string;
  isRegister(name: string): boolean;
  /** Operators read so far on this line; bounded, since trees are walked by recursion. */
  operators: number;
}

/** Loosest first; operators of one row group from the left. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['^^'],
  ['&&'],
  ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '<=>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '<<<', '>>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '%%'],
];
const LEVEL_OF = new Map<string, number>(
  LEVELS.flatMap((operators, level) => operators.map((op) => [op, level] as const)),
);

/** Parentheses and signs nested deeper than this are refused; the parser is recursive. */
const MAX_DEPTH = 120;
const MAX_OPERATORS = 2000;

/** Characters of a constant count from the lowest byte: `'ab'` is 6261h. At most eight. */
function characterConstant(token: Token): bigint {
  let value = 0n;
  const bytes = stringBytes(token.text);
  for (let i = Math.min(8, bytes.length) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

/** Reads one expression; reports and returns null when there is none. */
export function parseExpression(cursor: Cursor): Expression | null {
  return parseChoice(cursor, 0);
}

function parseChoice(cursor: Cursor, depth: number): Expression | null {
  const condition = parseBinary(cursor, 0, depth);
  if (condition === null || !isOperator(cursor, '?')) return condition;
  const span = cursor.spanAt(cursor.at++);
  const then = parseChoice(cursor, depth + 1);
  if (then === null) return null;
  if (!isOperator(cursor, ':')) {
    cursor.diagnostics.error(cursor.spanAt(cursor.at), 'The condition “a ? b : c” lacks its “:”.');
    return null;
  }
  cursor.at++;
  const otherwise = parseChoice(cursor, depth + 1);
  return otherwise && { kind: 'choice', condition, then, otherwise, span };
}

/** Precedence climbing. */
function parseBinary(cursor: Cursor, level: number, depth: number): Expression | null {
  let left = parseUnary(cursor, depth);
  while (left !== null) {
    const token = cursor.tokens[cursor.at] as Token | undefined;
    if (token === undefined || token.kind !== 'op') break;
    const found = LEVEL_OF.get(token.text);
    if (found === undefined || found < level) break;
    const span = cursor.spanAt(cursor.at++);
    if (++cursor.operators > MAX_OPERATORS) return tooDeep(cursor, span);
    const right = parseBinary(cursor, found + 1, depth + 1);
    if (right === null) return null;
    left = fold({ kind: 'binary', operator: token.text, left, right, span });
  }
  return left;
}

/** Plain sums of constants are common (`7*16+3`) and fold here; all else waits for the evaluator. */
function fold(node: Extract<Expression, { kind: 'binary' }>): Expression {
  const { left, right, operator } = node;
  if (left.kind !== 'constant' || right.kind !== 'constant') return node;
  const a = left.value.scalar,
    b = right.value.scalar;
  if (operator === '+') return { kind: 'constant', value: constant(a + b) };
  if (operator === '-') return { kind: 'constant', value: constant(a - b) };
  if (operator === '*') return { kind: 'constant', value: constant(a * b) };
  return node;
}

function isOperator(cursor: Cursor, text: string): boolean {
  const token = cursor.tokens[cursor.at] as Token | undefined;
  return token !== undefined && token.kind === 'op' && token.text === text;
}

function tooDeep(cursor: Cursor, span: SourceSpan): null {
  cursor.diagnostics.error(span, 'This expression is nested too deeply; split it with “equ” or “%assign”.');
  return null;
}

function parseUnary(cursor: Cursor, depth: number): Expression | null {
  const span = cursor.spanAt(cursor.at);
  if (depth > MAX_DEPTH) return tooDeep(cursor, span);
  const token = cursor.tokens[cursor.at] as Token | undefined;
  if (token === undefined) {
    cursor.diagnostics.error(span, 'A value is missing here, at the end of the line.');
    return null;
  }
  cursor.at++;
  switch (token.kind) {
    case 'number':
      return { kind: 'constant', value: constant(token.value) };
    case 'string':
      return { kind: 'constant', value: constant(characterConstant(token)) };
    case 'here':
    case 'start':
      return { kind: token.kind };
    case 'id':
      if (token.mark === '' && cursor.isRegister(token.text))
        return { kind: 'register', name: token.text.toLowerCase() };
      if (token.mark === '' && /^(seg|wrt)$/i.test(token.text)) {
        cursor.diagnostics.error(
          span,
          `“${token.text}” needs an object format with segments; a flat program has none. Use a plain address.`,
        );
        return null;
      }
      return { kind: 'symbol', name: cursor.qualify(token.text), span };
    case 'op':
      if (token.text === '(') {
        const inner = parseChoice(cursor, depth + 1);
        if (inner === null) return null;
        if (isOperator(cursor, ')')) {
          cursor.at++;
          return inner;
        }
        cursor.diagnostics.error(cursor.spanAt(cursor.at), 'A closing parenthesis “)” is missing here.');
        return null;
      }
      if ('+-~!'.includes(token.text)) {
        const operand = parseUnary(cursor, depth + 1);
        if (operand === null || token.text === '+') return operand;
        if (token.text === '-' && operand.kind === 'constant')
          return { kind: 'constant', value: constant(-operand.value.scalar) };
        return { kind: 'unary', operator: token.text, operand, span };
      }
      break;
    case 'bad':
      cursor.diagnostics.error(span, describeBad(token));
      return null;
    case 'float':
      cursor.diagnostics.error(span, `The floating-point number ${token.text} can only stand in dd, dq or dt.`);
      return null;
    case 'pp':
      break;
  }
  cursor.at--;
  cursor.diagnostics.error(span, `A value is expected here, not “${token.text}”.`);
  return null;
}

/** The complaint about a token that the lexer could not read. */
export function describeBad(token: Token): string {
  if (token.mark !== '') return `This string has no closing ${token.mark} on its line.`;
  if (/^[0-9$]/.test(token.text))
    return `“${token.text}” is not a number: hexadecimal is 0x1f or 1fh, binary 0b101 or 101b.`;
  return `The character “${token.text}” has no meaning here.`;
}

/** Whether the value may change from pass to pass or place to place. */
export function isFixed(expression: Expression): boolean {
  switch (expression.kind) {
    case 'constant':
    case 'register':
      return true;
    case 'symbol':
    case 'here':
    case 'start':
      return false;
    case 'unary':
      return isFixed(expression.operand);
    case 'binary':
      return isFixed(expression.left) && isFixed(expression.right);
    case 'choice':
      return isFixed(expression.condition) && isFixed(expression.then) && isFixed(expression.otherwise);
  }
}
