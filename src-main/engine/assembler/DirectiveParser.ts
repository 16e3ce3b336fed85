import { parseExpression, type Cursor, type Expression } from './Expression.ts';
import type { Token } from './Lexer.ts';
import { spanOfAll, type SourceLine } from './SourceLine.ts';
import type { SectionAttributes, StatementBody, StatementPart } from './Statement.ts';
import type { StatementParser } from './StatementParser.ts';
import { constant } from './Value.ts';

const number = (value: bigint): Expression => ({ kind: 'constant', value: constant(value) });

/** Directives that concern an object file, a linker or a listing: a flat program needs none of them. */
const IGNORED: ReadonlySet<string> = new Set([
  'global',
  'static',
  'required',
  'default',
  'cpu',
  'float',
  'list',
  'warning',
  'sectalign',
  'common',
]);

/** Reads the directive `word` at the cursor; null after a complaint. */
export function parseDirective(
  parser: StatementParser,
  cursor: Cursor,
  line: SourceLine,
  word: string,
): StatementPart[] | null {
  const from = cursor.at;
  const nameSpan = cursor.spanAt(cursor.at++);
  const span = spanOfAll(line, from);
  const one = (body: StatementBody): StatementPart[] => [{ body }];
  if (IGNORED.has(word)) return [];
  switch (word) {
    case 'use16':
    case 'use32':
      return parser.expectEnd(cursor) ? one({ kind: 'bits', bits: word === 'use16' ? 16 : 32 }) : null;
    case 'use64':
    case 'bits':
      return parseBits(parser, cursor, word === 'use64');
    case 'org': {
      const address = parser.only(cursor);
      return address && one({ kind: 'org', address, span });
    }
    case 'absolute': {
      const address = parser.only(cursor);
      return address && one({ kind: 'absolute', address, span });
    }
    case 'section':
    case 'segment':
      return parseSection(parser, cursor, line, from);
    case 'extern': {
      const names: { name: string; span: typeof span }[] = [];
      for (; cursor.at < cursor.tokens.length; cursor.at++) {
        const token = cursor.tokens[cursor.at];
        if (token.kind === 'id') names.push({ name: token.text, span: cursor.spanAt(cursor.at) });
      }
      return one({ kind: 'extern', names });
    }
    case 'equ':
      return parser.error(nameSpan, '“equ” gives a value to the name before it: “size equ 10”. The name is missing.');
    case 'incbin':
      return parseIncbin(parser, cursor, line, from);
    case 'align':
    case 'alignb': {
      const to = parseExpression(cursor);
      if (to === null) return null;
      let fill: StatementBody | null = null;
      if (cursor.tokens[cursor.at]?.text === ',') {
        cursor.at++;
        const parts = parser.parseBody(cursor, line);
        if (parts === null) return null;
        fill = parts[0]?.body ?? null;
      } else if (!parser.expectEnd(cursor)) return null;
      return one({ kind: 'align', to, fill, reserve: word === 'alignb', span });
    }
    default:
      return parseStructure(parser, cursor, line, word, from);
  }
}

function parseBits(parser: StatementParser, cursor: Cursor, long: boolean): StatementPart[] | null {
  const token = cursor.tokens[cursor.at] as Token | undefined;
  const bits = long ? 64n : token?.kind === 'number' ? token.value : 0n;
  const span = cursor.spanAt(long ? cursor.at - 1 : cursor.at);
  if (bits === 64n) return parser.error(span, '64-bit code is not supported yet. Use “bits 16” or “bits 32”.');
  if (bits !== 16n && bits !== 32n) return parser.error(span, '“bits” is followed by 16 or 32.');
  cursor.at++;
  return parser.expectEnd(cursor) ? [{ body: { kind: 'bits', bits: bits === 16n ? 16 : 32 } }] : null;
}

function parseSection(parser: StatementParser, cursor: Cursor, line: SourceLine, from: number): StatementPart[] | null {
  const token = cursor.tokens[cursor.at] as Token | undefined;
  if (token?.kind !== 'id' && token?.kind !== 'string')
    return parser.error(cursor.spanAt(cursor.at), 'The name of a section is expected here, as in “section .data”.');
  cursor.at++;
  const attributes: { -readonly [K in keyof SectionAttributes]: SectionAttributes[K] } = {};
  while (cursor.at < cursor.tokens.length) {
    const at = cursor.at;
    const word = cursor.tokens[cursor.at++].text.toLowerCase();
    if (word === 'nobits' || word === 'progbits') attributes.nobits = word === 'nobits';
    if (cursor.tokens[cursor.at]?.text !== '=') {
      if (/^(nobits|progbits|(no)?(exec|write|alloc)|code|data|bss|rdata|public|private)$/.test(word) || word === ',')
        continue;
      return parser.error(
        cursor.spanAt(at),
        `“${word}” is no attribute of a section. There are: align=, start=, vstart=, follows=, vfollows=, progbits, nobits.`,
      );
    }
    cursor.at++;
    if (word === 'follows' || word === 'vfollows') {
      attributes[word] = cursor.tokens[cursor.at++]?.text ?? '';
    } else if (word === 'align' || word === 'start' || word === 'vstart' || word === 'valign') {
      const value = parseExpression(cursor);
      if (value === null) return null;
      if (word !== 'valign') attributes[word] = value;
    } else
      return parser.error(
        cursor.spanAt(at),
        `“${word}=” is no attribute of a section. There are: align=, start=, vstart=, follows=, vfollows=.`,
      );
  }
  return [{ body: { kind: 'section', name: token.text, attributes, span: spanOfAll(line, from) } }];
}

function parseIncbin(parser: StatementParser, cursor: Cursor, line: SourceLine, from: number): StatementPart[] | null {
  const file = cursor.tokens[cursor.at] as Token | undefined;
  if (file?.kind !== 'string') return parser.error(cursor.spanAt(cursor.at), '“incbin” needs a file name in quotes.');
  cursor.at++;
  const numbers: Expression[] = [];
  while (cursor.tokens[cursor.at]?.text === ',' && numbers.length < 2) {
    cursor.at++;
    const value = parseExpression(cursor);
    if (value === null) return null;
    numbers.push(value);
  }
  if (!parser.expectEnd(cursor)) return null;
  return [
    {
      body: {
        kind: 'incbin',
        file: file.text,
        skip: numbers[0] ?? null,
        count: numbers[1] ?? null,
        span: spanOfAll(line, from),
      },
    },
  ];
}

/** STRUC, ENDSTRUC, ISTRUC, AT and IEND: NASM's standard macros. */
function parseStructure(
  parser: StatementParser,
  cursor: Cursor,
  line: SourceLine,
  word: string,
  from: number,
): StatementPart[] | null {
  const span = spanOfAll(line, from);
  const open = parser.structures.at(-1);
  const symbol = (name: string): Expression => ({ kind: 'symbol', name, span });
  const minus = (left: Expression, right: Expression): Expression => ({
    kind: 'binary',
    operator: '-',
    left,
    right,
    span,
  });
  const zero: StatementBody = { kind: 'data', unit: 1, items: [{ kind: 'bytes', bytes: [0] }], span };
  if (word === 'struc' || word === 'istruc') {
    const name = cursor.tokens[cursor.at++] as Token | undefined;
    if (name?.kind !== 'id') return parser.error(cursor.spanAt(from + 1), `“${word}” needs the structure's name.`);
    if (word === 'istruc') {
      const start = parser.nextName('istruc');
      parser.structures.push({ kind: 'istruc', name: name.text, start });
      return [{ label: { name: start, span }, body: null }];
    }
    let address: Expression | null = number(0n);
    if (cursor.tokens[cursor.at]?.text === ',') {
      cursor.at++;
      address = parser.only(cursor);
      if (address === null) return null;
    }
    parser.structures.push({ kind: 'struc', name: name.text, start: name.text });
    parser.enterScope(name.text);
    return [{ body: { kind: 'absolute', address, span } }, { label: { name: name.text, span }, body: null }];
  }
  const wanted = word === 'endstruc' ? 'struc' : 'istruc';
  if (open?.kind !== wanted) return parser.error(span, `“${word}” without “${wanted}” before it.`);
  if (word === 'endstruc') {
    parser.structures.pop();
    const size: StatementBody = { kind: 'equ', value: minus({ kind: 'here' }, symbol(open.name)), span };
    return [{ label: { name: `${open.name}_size`, span }, body: size }, { body: { kind: 'endabsolute' } }];
  }
  const filled = minus({ kind: 'here' }, symbol(open.start));
  if (word === 'iend') {
    parser.structures.pop();
    return [{ times: minus(symbol(`${open.name}_size`), filled), body: zero }];
  }
  const field = parseExpression({
    ...cursor,
    get at() {
      return cursor.at;
    },
    set at(value) {
      cursor.at = value;
    },
    qualify: (name) => (name.startsWith('.') && !name.startsWith('..') ? open.name + name : cursor.qualify(name)),
  });
  if (field === null) return null;
  const padding: StatementPart = { times: minus(minus(field, symbol(open.name)), filled), body: zero };
  if (cursor.at >= cursor.tokens.length) return [padding];
  if (cursor.tokens[cursor.at].text !== ',')
    return parser.error(
      cursor.spanAt(cursor.at),
      'A comma and the field’s contents are expected here: “at .field, dw 1”.',
    );
  cursor.at++;
  const contents = parser.parseBody(cursor, line);
  return contents && [padding, ...contents];
}
