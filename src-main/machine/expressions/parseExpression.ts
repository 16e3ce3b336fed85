import type { BinaryOperator, Expression, OperandBytes, UnaryOperator } from './Expression.ts';
import { UNARY_OPERATORS } from './Expression.ts';
import { type ExpressionFault, expressionFault, type ExpressionFaultId } from './ExpressionFault.ts';
import { EXPRESSION_REGISTERS } from './expressionRegisters.ts';

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  /** `offset` counts characters of the text. */
  | ({ readonly ok: false; readonly offset: number } & ExpressionFault);

/** Address of a name; undefined when nothing is called so. */
export type SymbolLookup = (name: string) => number | undefined;

const WIDTHS = new Map<string, OperandBytes>([
  ['byte', 1],
  ['word', 2],
  ['dword', 4],
  ['qword', 8],
]);
/** As wide as a `qword` in memory, to be compared with one. */
const LARGEST_NUMBER = 2n ** 64n - 1n;
const SEGMENTS = new Set(['cs', 'ds', 'es', 'ss', 'fs', 'gs']);

/** C's precedences, the weakest first. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Longest first. Names as NASM has them, and `segment.base`. */
const TOKEN =
  /\s*(0x[0-9a-f]+\b|0b[01]+\b|[0-9][0-9a-f]*h\b|[0-9]+\b|'(?:[^'])'|[a-z_.?@$][\w.?@$~#]*|\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%~!&|^<>()[\]:])/iy;
const MOST_CHARACTERS = 1000;
const DEEPEST = 40;

/**
 * Reads C's operators over registers (`eax`, `cl`, `es.base`, `zf`, `pc`), numbers (`10`, `0x10`, `10h`, `'A'`), symbols,
 * and memory: `[ebx+4]` is a double word, `byte [es:di]` a byte at a segment's base plus an offset.
 */
export function parseExpression(text: string, symbols: SymbolLookup = () => undefined): ParsedExpression {
  if (text.length > MOST_CHARACTERS) return { ok: false, ...expressionFault('expression-too-long'), offset: 0 };
  try {
    return { ok: true, expression: new Parser(text, symbols).parse() };
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, ...error.fault, offset: error.offset };
    throw error;
  }
}

class ParseError extends Error {
  readonly fault: ExpressionFault;
  readonly offset: number;

  constructor(id: ExpressionFaultId, offset: number, part?: string) {
    const fault = expressionFault(id, part);
    super(fault.message);
    this.fault = fault;
    this.offset = offset;
  }
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly end: number;
  private readonly symbols: SymbolLookup;
  private at = 0;
  private depth = 0;

  constructor(text: string, symbols: SymbolLookup) {
    this.tokens = tokenize(text);
    this.end = text.length;
    this.symbols = symbols;
  }

  parse(): Expression {
    const expression = this.binary(0);
    const rest = this.tokens[this.at];
    if (rest) throw new ParseError('expression-unexpected', rest.offset, rest.text);
    return expression;
  }

  private binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((each) => each === this.tokens[this.at]?.text);
      if (operator === undefined) return left;
      this.at++;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Expression {
    if (++this.depth > DEEPEST) throw new ParseError('expression-too-deep', this.end);
    const expression = this.operand();
    this.depth--;
    return expression;
  }

  private operand(): Expression {
    const text = this.tokens[this.at]?.text;
    const operator = UNARY_OPERATORS.find((each): each is UnaryOperator => each === text);
    if (operator === undefined) return this.primary();
    this.at++;
    return { kind: 'unary', operator, operand: this.unary() };
  }

  private primary(): Expression {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new ParseError('expression-ends-early', this.end);
    const { text, offset } = token;
    if (text === '(') {
      const inner = this.binary(0);
      this.expect(')');
      return inner;
    }
    if (text === '[') return this.memory(4);
    if (/^[0-9]/.test(text)) return { kind: 'number', value: this.number(text, offset) };
    if (text.startsWith("'")) return { kind: 'number', value: BigInt(text.charCodeAt(1)) };
    if (/^[a-z_.?@$]/i.test(text)) return this.name(text, offset);
    throw new ParseError('expression-unexpected', offset, text);
  }

  private number(text: string, offset: number): bigint {
    const value = numberOf(text);
    if (value > LARGEST_NUMBER) throw new ParseError('expression-number-too-large', offset, text);
    return value;
  }

  private name(text: string, offset: number): Expression {
    const lower = text.toLowerCase();
    const width = WIDTHS.get(lower);
    if (width !== undefined) {
      this.expect('[');
      return this.memory(width);
    }
    // gdb's way to write a register is fine too.
    const register = lower.replace(/^\$/, '');
    if (EXPRESSION_REGISTERS.has(register)) return { kind: 'register', name: register };
    const address = this.symbols(text);
    if (address === undefined) throw new ParseError('expression-unknown-name', offset, text);
    return { kind: 'number', value: BigInt(address) };
  }

  /** Behind the opening bracket. */
  private memory(byteLength: OperandBytes): Expression {
    const segment = this.tokens[this.at]?.text.toLowerCase() ?? '';
    let base: Expression | undefined;
    if (SEGMENTS.has(segment) && this.tokens[this.at + 1]?.text === ':') {
      this.at += 2;
      base = { kind: 'register', name: `${segment}.base` };
    }
    const offset = this.binary(0);
    this.expect(']');
    const address: Expression = base ? { kind: 'binary', operator: '+', left: base, right: offset } : offset;
    return { kind: 'memory', address, byteLength };
  }

  private expect(text: string): void {
    const token = this.tokens[this.at++];
    if (token?.text !== text) throw new ParseError('expression-missing', token?.offset ?? this.end, text);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const length = text.trimEnd().length;
  for (let at = 0; at < length;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const found = match?.[1];
    if (match === null || found === undefined) {
      const rest = text.slice(at).trimStart();
      throw new ParseError('expression-no-token', text.length - rest.length, rest.slice(0, 8));
    }
    at = TOKEN.lastIndex;
    tokens.push({ text: found, offset: at - found.length });
  }
  return tokens;
}

function numberOf(text: string): bigint {
  return /h$/i.test(text) ? BigInt(`0x${text.slice(0, -1)}`) : BigInt(text.toLowerCase());
}
