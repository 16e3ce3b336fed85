import { parseExpression, type Cursor } from './Expression.ts';
import { floatBytes } from './FloatLiteral.ts';
import { SIZE_KEYWORDS } from './Keywords.ts';
import { stringBytes, type Token } from './Lexer.ts';
import { isOperator } from './OperandParser.ts';
import type { DataItem } from './Statement.ts';

/** Lists nested in lists (`3 dup (2 dup (0))`) deeper than this are refused. */
const MAX_DEPTH = 32;

/** The items after db, dw, ...; null after a complaint. Ends at the line's end, or at `)` inside a list. */
export function parseDataItems(cursor: Cursor, unit: number, depth = 0): DataItem[] | null {
  const items: DataItem[] = [];
  if (depth > MAX_DEPTH) return tooDeep(cursor);
  for (;;) {
    if (cursor.at >= cursor.tokens.length || (depth > 0 && isOperator(cursor, ')'))) return items;
    const item = parseItem(cursor, unit, depth);
    if (item === null) return null;
    items.push(item);
    if (cursor.at >= cursor.tokens.length || (depth > 0 && isOperator(cursor, ')'))) return items;
    if (!isOperator(cursor, ',')) {
      cursor.diagnostics.error(
        cursor.spanAt(cursor.at),
        `A comma is expected between the items, not “${cursor.tokens[cursor.at].text}”.`,
      );
      return null;
    }
    cursor.at++;
  }
}

function tooDeep(cursor: Cursor): null {
  cursor.diagnostics.error(cursor.spanAt(cursor.at), 'These lists are nested too deeply.');
  return null;
}

function parseItem(cursor: Cursor, unit: number, depth: number): DataItem | null {
  if (depth > MAX_DEPTH) return tooDeep(cursor);
  const token = cursor.tokens[cursor.at];
  const next = cursor.tokens[cursor.at + 1] as Token | undefined;
  const span = cursor.spanAt(cursor.at);
  const endsHere = next === undefined || (next.kind === 'op' && (next.text === ',' || next.text === ')'));
  if (token.kind === 'op' && token.text === '?' && endsHere) {
    cursor.at++;
    return { kind: 'reserve', unit };
  }
  if (token.kind === 'op' && token.text === '%') {
    cursor.at++;
    return parseList(cursor, unit, depth, 1n);
  }
  if (token.kind === 'id' && SIZE_KEYWORDS.has(token.text.toLowerCase())) {
    cursor.at++;
    const size = (SIZE_KEYWORDS.get(token.text.toLowerCase()) ?? 8) / 8;
    return isOperator(cursor, '(') || cursor.at >= cursor.tokens.length
      ? parseList(cursor, size, depth, 1n)
      : parseItem(cursor, size, depth + 1);
  }
  if (token.kind === 'string' && endsHere) {
    cursor.at++;
    const bytes = stringBytes(token.text);
    // Each string fills whole items.
    while (bytes.length % unit !== 0) bytes.push(0);
    return { kind: 'bytes', bytes };
  }
  const transform = token.kind === 'id' ? /^__\??(utf(?:16|32)(?:le|be)?)\??__$/i.exec(token.text) : null;
  if (transform !== null) return parseUnicode(cursor, transform[1].toLowerCase(), unit);
  const signed = token.kind === 'op' && (token.text === '-' || token.text === '+') && next?.kind === 'float';
  if (token.kind === 'float' || signed) {
    const literal = signed ? next.text : token.text;
    cursor.at += signed ? 2 : 1;
    const bytes = floatBytes(literal, unit, signed && token.text === '-');
    if (bytes !== null) return { kind: 'bytes', bytes };
    cursor.diagnostics.error(
      span,
      `“${literal}” cannot be stored in ${unit} byte${unit === 1 ? '' : 's'}; floating-point numbers go into dw, dd, dq and dt.`,
    );
    return null;
  }
  const from = cursor.at;
  const expression = parseExpression(cursor);
  if (expression === null) return null;
  const after = cursor.tokens[cursor.at] as Token | undefined;
  const last = cursor.spanAt(cursor.at - 1);
  const whole = { ...span, length: Math.max(span.length, last.column + last.length - span.column) };
  if (after?.kind === 'id' && after.text.toLowerCase() === 'dup' && cursor.at > from) {
    cursor.at++;
    const list = parseList(cursor, unit, depth, 1n);
    return list === null || list.kind !== 'repeat' ? list : { ...list, count: expression, span: whole };
  }
  return { kind: 'value', expression, span: whole, unit };
}

/** `(a, b)` or, after dup, a single item. */
function parseList(cursor: Cursor, unit: number, depth: number, count: bigint): DataItem | null {
  const span = cursor.spanAt(cursor.at);
  const token = cursor.tokens[cursor.at] as Token | undefined;
  if (token?.kind === 'id' && SIZE_KEYWORDS.has(token.text.toLowerCase())) {
    cursor.at++;
    return parseList(cursor, (SIZE_KEYWORDS.get(token.text.toLowerCase()) ?? 8) / 8, depth, count);
  }
  if (!isOperator(cursor, '(')) {
    cursor.diagnostics.error(span, 'A list in parentheses is expected here: “4 dup (0)”.');
    return null;
  }
  cursor.at++;
  const items = parseDataItems(cursor, unit, depth + 1);
  if (items === null) return null;
  if (!isOperator(cursor, ')')) {
    cursor.diagnostics.error(cursor.spanAt(cursor.at), 'The closing parenthesis “)” of this list is missing.');
    return null;
  }
  cursor.at++;
  return {
    kind: 'repeat',
    count: { kind: 'constant', value: { scalar: count, terms: [], unknown: false } },
    items,
    span,
  };
}

function parseUnicode(cursor: Cursor, encoding: string, unit: number): DataItem | null {
  cursor.at++;
  const open = isOperator(cursor, '(');
  if (open) cursor.at++;
  const token = cursor.tokens[cursor.at] as Token | undefined;
  if (token?.kind !== 'string') {
    cursor.diagnostics.error(cursor.spanAt(cursor.at), `A string is expected after __${encoding}__.`);
    return null;
  }
  cursor.at++;
  if (open && isOperator(cursor, ')')) cursor.at++;
  const bytes: number[] = [];
  const wide = encoding.includes('32');
  const push = (value: number, size: number): void => {
    for (let i = 0; i < size; i++) bytes.push((value >>> (8 * (encoding.endsWith('be') ? size - 1 - i : i))) & 0xff);
  };
  if (wide) for (const character of token.text) push(character.codePointAt(0) ?? 0, 4);
  else for (let i = 0; i < token.text.length; i++) push(token.text.charCodeAt(i), 2);
  while (bytes.length % unit !== 0) bytes.push(0);
  return { kind: 'bytes', bytes };
}
