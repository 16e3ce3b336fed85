import { parseNumber } from './NumberLiteral.ts';

/**
 * - `id`: names, registers, mnemonics, `.local`, `$name` (the dollar removed, `forced` set)
 * - `here`: `$`; `start`: `$$`
 * - `pp`: whatever begins with a percent sign for the preprocessor: `%define`, `%1`, `%%x`, `%{1}`, `%$x`, `%0`, `%+`
 * - `op`: operators and punctuation
 * - `bad`: a character or literal that has no meaning; `text` holds the complaint's subject
 */
export type TokenKind = 'id' | 'number' | 'float' | 'string' | 'here' | 'start' | 'pp' | 'op' | 'bad';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `string` the contents, escapes resolved, one character per byte-to-be or code point. */
  readonly text: string;
  readonly value: bigint;
  /** White space stands before it: `%define f(x)` and `%define f (x)` differ. */
  readonly spaced: boolean;
  /** 1-based place in its line. */
  readonly column: number;
  readonly length: number;
  /** `$name`: a name even where it is a reserved word; a string: its quote. */
  readonly mark: string;
}

const SPACE = 1,
  DIGIT = 2,
  ID_START = 4,
  ID_PART = 8;
const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const ch = String.fromCharCode(c);
  if (c <= 32) CLASS[c] |= SPACE;
  if (ch >= '0' && ch <= '9') CLASS[c] |= DIGIT | ID_PART;
  if (/[A-Za-z_.?@]/.test(ch)) CLASS[c] |= ID_START | ID_PART;
  if (/[$#~]/.test(ch)) CLASS[c] |= ID_PART;
}
const classOf = (c: number): number => (c < 128 ? CLASS[c] : c === 0xa0 || c === 0xfeff ? SPACE : ID_START | ID_PART);

/** Longest first. */
const OPERATORS = [
  '<<<',
  '>>>',
  '<=>',
  '<<',
  '>>',
  '//',
  '==',
  '!=',
  '<>',
  '<=',
  '>=',
  '&&',
  '||',
  '^^',
  '+',
  '-',
  '*',
  '/',
  '%',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '=',
  '<',
  '>',
  '&',
  '|',
  '^',
  '~',
  '!',
  '?',
  '\\',
  '#',
];
const OPERATORS_BY_FIRST = new Map<string, string[]>();
for (const op of OPERATORS) OPERATORS_BY_FIRST.set(op[0], [...(OPERATORS_BY_FIRST.get(op[0]) ?? []), op]);

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };

/** Reads one line (no line end in it). Never fails: what it cannot read becomes a `bad` token. */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = false;
  const push = (kind: TokenKind, text: string, from: number, value = 0n, mark = ''): void => {
    tokens.push({ kind, text, value, spaced, column: from + 1, length: at - from, mark });
    spaced = false;
  };
  while (at < line.length) {
    const c = line.charCodeAt(at);
    const kind = classOf(c);
    if (kind & SPACE) {
      at++;
      spaced = true;
      continue;
    }
    const from = at;
    if (c === 0x3b /* ; */) break;
    if (kind & DIGIT) {
      at = endOfNumber(line, at);
      pushNumber(line.slice(from, at), from);
    } else if (c === 0x3f /* ? */ && !(at + 1 < line.length && classOf(line.charCodeAt(at + 1)) & ID_PART)) {
      at++;
      push('op', '?', from);
    } else if (kind & ID_START) {
      at = endOfName(line, at);
      push('id', line.slice(from, at), from);
    } else if (c === 0x24 /* $ */) {
      at++;
      const next = at < line.length ? classOf(line.charCodeAt(at)) : 0;
      if (next & DIGIT) {
        at = endOfNumber(line, at);
        pushNumber(line.slice(from, at), from);
      } else if (next & ID_START) {
        at = endOfName(line, at);
        push('id', line.slice(from + 1, at), from, 0n, '$');
      } else if (line[at] === '$') {
        at++;
        push('start', '$$', from);
      } else push('here', '$', from);
    } else if (c === 0x27 || c === 0x22 || c === 0x60) {
      readString(line[at]);
    } else if (c === 0x25 /* % */ && readPercent()) {
      // pushed
    } else {
      const operator = OPERATORS_BY_FIRST.get(line[at])?.find((op) => line.startsWith(op, from));
      at += operator === undefined ? ((line.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) : operator.length;
      push(operator === undefined ? 'bad' : 'op', line.slice(from, at), from);
    }
  }
  return tokens;

  function pushNumber(text: string, from: number): void {
    const value = parseNumber(text);
    if (value !== null) push('number', text, from, value);
    else push(/^[0-9][0-9_]*(\.|[eE])|^0[xX][0-9a-fA-F_.]*[.pP]/.test(text) ? 'float' : 'bad', text, from);
  }

  function readString(quote: string): void {
    const from = at++;
    let text = '';
    for (;;) {
      if (at >= line.length) {
        push('bad', line.slice(from), from, 0n, quote);
        return;
      }
      const ch = line[at++];
      if (ch === quote) break;
      if (ch !== '\\' || quote !== '`') {
        text += ch;
        continue;
      }
      text += readEscape();
    }
    push('string', text, from, 0n, quote);
  }

  /** After a backslash in a backquoted string. Bytes of `\x` and octal escapes are marked by {@link RAW_BYTE}. */
  function readEscape(): string {
    const ch = line[at++] ?? '';
    if (ch in ESCAPES) return String.fromCharCode(ESCAPES[ch]);
    const rest = line.slice(at - 1);
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (octal) {
      at += octal[0].length - 1;
      return rawByte(parseInt(octal[0], 8) & 0xff);
    }
    const hex = /^(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/.exec(rest);
    if (hex) {
      at += hex[0].length - 1;
      const code = parseInt(hex[0].slice(1), 16);
      return ch === 'x' ? rawByte(code) : code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    return ch;
  }

  /** `%` begins a preprocessor token unless it stands as an operator: `a % b`, `a %% b`. */
  function readPercent(): boolean {
    const from = at;
    const found = PERCENT.exec(line.slice(at, at + 256));
    if (found === null) {
      if (line[at + 1] === '%') {
        at += 2;
        push('op', '%%', from);
        return true;
      }
      return false;
    }
    at += found[0].length;
    if (found[0].length >= 255) at = Math.min(line.length, at);
    push('pp', found[0], from);
    return true;
  }
}

/** `%{...}`, `%[`, `%%name`, `%$name`, `%+1`, `%-1`, `%1`, `%*1`, `%+`, `%?`, `%??`, `%name`, `%!name`. */
const PERCENT =
  /^%(\{[^}]*\}|\[|%[A-Za-z_.?@~#0-9][\w.?@~#$]*|\$+[A-Za-z_.?@][\w.?@~#$]*|[+-]?\d+|\*\*?\d*|\+|\?\??|!?[A-Za-z_][\w]*|00)/;

function endOfName(line: string, from: number): number {
  let at = from + 1;
  while (at < line.length && classOf(line.charCodeAt(at)) & ID_PART) at++;
  return at;
}

/** Numbers take letters, digits, underscores and points, and a sign after a decimal exponent's `e` (`p` when hexadecimal). */
function endOfNumber(line: string, from: number): number {
  let at = from + 1;
  const hexadecimal = /^0[xX]/.test(line.slice(from, from + 2));
  for (; at < line.length; at++) {
    const ch = line[at];
    if (/[0-9A-Za-z_.]/.test(ch)) continue;
    const before = line[at - 1];
    const exponent = hexadecimal ? before === 'p' || before === 'P' : before === 'e' || before === 'E';
    const sign = (ch === '+' || ch === '-') && exponent && /[0-9]/.test(line[at + 1] ?? '');
    if (!sign || !(hexadecimal || /^[0-9][0-9_.]*[eE]$/.test(line.slice(from, at)))) break;
  }
  return at;
}

/**
 * Strings hold text, which becomes UTF-8; a byte written as `\x80` must stay one byte. Such bytes travel as
 * code units of this private range.
 */
export const RAW_BYTE = 0xf700;
const rawByte = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : RAW_BYTE + byte);

/** The bytes of a string token: UTF-8, escapes as they were written. */
export function stringBytes(text: string): number[] {
  const bytes: number[] = [];
  for (const ch of text) {
    const c = ch.codePointAt(0) ?? 0;
    if (c < 0x80) bytes.push(c);
    else if (c >= RAW_BYTE + 0x80 && c <= RAW_BYTE + 0xff) bytes.push(c - RAW_BYTE);
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return bytes;
}
