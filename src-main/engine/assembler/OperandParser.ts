import type { OperandWidth } from '../isa/Encoding.ts';
import type { SourceSpan } from './Diagnostic.ts';
import { parseExpression, type Cursor, type Expression } from './Expression.ts';
import { FOREIGN, SIZE_KEYWORDS } from './Keywords.ts';
import type { Token } from './Lexer.ts';
import { REGISTERS } from './Registers.ts';
import type { MemoryNode, OperandNode } from './Statement.ts';

const tokenAt = (cursor: Cursor): Token | undefined => cursor.tokens[cursor.at];

/** The lower-case word at the cursor, '' when there is none. */
function wordAt(cursor: Cursor): string {
  const token = tokenAt(cursor);
  return token?.kind === 'id' && token.mark === '' ? token.text.toLowerCase() : '';
}

export function isOperator(cursor: Cursor, text: string): boolean {
  const token = tokenAt(cursor);
  return token?.kind === 'op' && token.text === text;
}

/** From the token at `from` to the one before the cursor. */
function spanFrom(cursor: Cursor, from: number): SourceSpan {
  const first = cursor.spanAt(from);
  const last = cursor.spanAt(Math.max(from, cursor.at - 1));
  return { ...first, length: Math.max(first.length, last.column + last.length - first.column) };
}

/** The operands of an instruction up to the end of the line; null after a complaint. */
export function parseOperands(cursor: Cursor, mnemonic: string): OperandNode[] | null {
  const operands: OperandNode[] = [];
  if (cursor.at >= cursor.tokens.length) return operands;
  for (;;) {
    const operand = parseOperand(cursor, mnemonic === 'jmp' || mnemonic === 'call');
    if (operand === null) return null;
    operands.push(operand);
    if (cursor.at >= cursor.tokens.length) return operands;
    if (!isOperator(cursor, ',')) {
      const foreign = FOREIGN.get(wordAt(cursor));
      cursor.diagnostics.error(
        cursor.spanAt(cursor.at),
        foreign ??
          `A comma or the end of the line is expected after this operand, not “${tokenAt(cursor)?.text ?? ''}”.`,
      );
      return null;
    }
    cursor.at++;
    if (operands.length > 4) {
      cursor.diagnostics.error(
        cursor.spanAt(cursor.at),
        `“${mnemonic}” has too many operands; no instruction takes more than four.`,
      );
      return null;
    }
  }
}

interface Modifiers {
  size: OperandWidth;
  strict: boolean;
  to: boolean;
  distance: OperandNode['distance'];
}

function parseModifiers(cursor: Cursor): Modifiers {
  const modifiers: Modifiers = { size: 0, strict: false, to: false, distance: null };
  for (; ; cursor.at++) {
    const word = wordAt(cursor);
    const size = SIZE_KEYWORDS.get(word);
    if (size !== undefined) modifiers.size = modifiers.size || size;
    else if (word === 'strict') modifiers.strict = true;
    else if (word === 'to') modifiers.to = true;
    else if (word === 'short' || word === 'near' || word === 'far') modifiers.distance = word;
    else return modifiers;
  }
}

function parseOperand(cursor: Cursor, mayBeFar: boolean): OperandNode | null {
  const from = cursor.at;
  const modifiers = parseModifiers(cursor);
  if (FOREIGN.has(wordAt(cursor)) && tokenAt(cursor)?.text !== undefined && /^(ptr|offset)$/.test(wordAt(cursor))) {
    cursor.diagnostics.error(cursor.spanAt(cursor.at), FOREIGN.get(wordAt(cursor)) ?? '');
    return null;
  }
  let segment = parseSegment(cursor);
  if (segment !== null || isOperator(cursor, '[')) {
    if (!isOperator(cursor, '[')) {
      cursor.diagnostics.error(
        cursor.spanAt(cursor.at),
        `An address in brackets is expected after “${segment ?? ''}:”, as in “[${segment ?? ''}:di]”.`,
      );
      return null;
    }
    cursor.at++;
    const inside = parseMemory(cursor);
    if (inside === null) return null;
    segment = inside.memory.segment ?? segment;
    return {
      ...modifiers,
      span: spanFrom(cursor, from),
      expression: inside.expression,
      memory: { ...inside.memory, segment },
      farOffset: null,
    };
  }
  const expression = parseExpression(cursor);
  if (expression === null) return null;
  if (!isOperator(cursor, ':'))
    return { ...modifiers, span: spanFrom(cursor, from), expression, memory: null, farOffset: null };
  if (!mayBeFar) {
    cursor.diagnostics.error(
      cursor.spanAt(cursor.at),
      'A colon here makes a far address, which only jmp and call take. A segment is written inside the brackets: “[es:di]”.',
    );
    return null;
  }
  cursor.at++;
  const offsetModifiers = parseModifiers(cursor);
  const farOffset = parseExpression(cursor);
  if (farOffset === null) return null;
  return {
    ...modifiers,
    size: modifiers.size || offsetModifiers.size,
    span: spanFrom(cursor, from),
    expression,
    memory: null,
    farOffset,
  };
}

/** `es:` before or inside brackets. */
function parseSegment(cursor: Cursor): string | null {
  const name = wordAt(cursor);
  const colon = cursor.tokens[cursor.at + 1] as Token | undefined;
  if (colon?.kind !== 'op' || colon.text !== ':' || REGISTERS.get(name)?.file !== 'segment') return null;
  cursor.at += 2;
  return name;
}

/** The inside of brackets, up to and with the closing one. */
function parseMemory(cursor: Cursor): { expression: Expression; memory: MemoryNode } | null {
  let segment: string | null = null;
  let displacementSize: MemoryNode['displacementSize'] = 0;
  let nosplit = false;
  for (; ; cursor.at++) {
    const word = wordAt(cursor);
    if (word === 'byte') displacementSize = 8;
    else if (word === 'word' || word === 'a16') displacementSize = 16;
    else if (word === 'dword' || word === 'long' || word === 'a32') displacementSize = 32;
    else if (word === 'nosplit') nosplit = true;
    else if (word !== 'abs' && word !== 'rel') {
      const named = parseSegment(cursor);
      if (named === null) break;
      segment = named;
      cursor.at--;
    }
  }
  const expression = parseExpression(cursor);
  if (expression === null) return null;
  if (!isOperator(cursor, ']')) {
    const token = tokenAt(cursor);
    cursor.diagnostics.error(
      cursor.spanAt(cursor.at),
      token === undefined
        ? 'The closing bracket “]” of this address is missing.'
        : `“]” or an operator is expected here, not “${token.text}”.`,
    );
    return null;
  }
  cursor.at++;
  return { expression, memory: { segment, displacementSize, nosplit } };
}
