import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import { parseDataItems } from './DataParser.ts';
import { parseDirective } from './DirectiveParser.ts';
import { describeBad, isFixed, parseExpression, type Cursor, type Expression } from './Expression.ts';
import { formsOf, mnemonics } from './Forms.ts';
import { DATA_UNITS, DIRECTIVES, FOREIGN, PREFIXES, RESERVE_UNITS } from './Keywords.ts';
import type { Token } from './Lexer.ts';
import { candidateForms } from './OperandMatch.ts';
import { parseOperands } from './OperandParser.ts';
import { isRegisterName, REGISTERS } from './Registers.ts';
import { spanAt, spanOfAll, type SourceLine } from './SourceLine.ts';
import { suggestion } from './Spelling.ts';
import type { InstructionNode, PrefixNode, Statement, StatementBody, StatementPart } from './Statement.ts';

const REPEAT: ReadonlyMap<string, 0xf2 | 0xf3> = new Map([
  ['rep', 0xf3],
  ['repe', 0xf3],
  ['repz', 0xf3],
  ['repne', 0xf2],
  ['repnz', 0xf2],
]);

/** Whether a word starts a statement, so that one before it must be a label. */
export function isStatementWord(word: string): boolean {
  return (
    formsOf(word) !== undefined ||
    DATA_UNITS.has(word) ||
    RESERVE_UNITS.has(word) ||
    PREFIXES.has(word) ||
    DIRECTIVES.has(word)
  );
}

/** Reads preprocessed lines into statements; remembers the last label, to which local labels belong. */
export class StatementParser {
  private readonly diagnostics: Diagnostics;
  /** The last label that is not local. */
  private scope = '';
  /** The struc in progress, and the istruc: name and where it began. */
  readonly structures: { readonly kind: 'struc' | 'istruc'; readonly name: string; readonly start: string }[] = [];
  private serial = 0;

  constructor(diagnostics: Diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** `.x` means `label.x`; `..@x` and all else is itself. */
  qualify(name: string): string {
    return name.startsWith('.') && !name.startsWith('..') ? this.scope + name : name;
  }

  enterScope(name: string): void {
    this.scope = name;
  }

  nextName(stem: string): string {
    return `..@${stem}${++this.serial}`;
  }

  cursor(line: SourceLine, at = 0): Cursor {
    return {
      tokens: line.tokens,
      at,
      spanAt: (index) => spanAt(line, index),
      diagnostics: this.diagnostics,
      qualify: (name) => this.qualify(name),
      isRegister: isRegisterName,
      operators: 0,
    };
  }

  /** A line makes one statement; `at` of an istruc and the like make more. */
  parse(line: SourceLine): Statement[] {
    const cursor = this.cursor(line);
    if (cursor.tokens.length > MAX_TOKENS) {
      this.diagnostics.error(spanAt(line, 0), 'This line is too long; divide it.');
      return [];
    }
    // `[bits 32]` is `bits 32`.
    if (line.tokens[0]?.text === '[' && line.tokens.at(-1)?.text === ']')
      return this.parse({ origin: line.origin, tokens: line.tokens.slice(1, -1) });
    const label = this.parseLabel(cursor, line);
    if (label === undefined) return [];
    const times = parseTimes(cursor);
    if (times === undefined) return [];
    const statement = (body: StatementBody | null): Statement => ({
      origin: line.origin,
      span: spanOfAll(line),
      label,
      times,
      body,
    });
    if (cursor.at >= cursor.tokens.length) return label === null && times === null ? [] : [statement(null)];
    if (label !== null && cursor.tokens[cursor.at].text.toLowerCase() === 'equ') {
      cursor.at++;
      const value = this.only(cursor);
      return value === null ? [] : [statement({ kind: 'equ', value, span: spanOfAll(line) })];
    }
    const parts = this.parseBody(cursor, line);
    if (parts === null || parts.length === 0) return label === null ? [] : [statement(null)];
    return parts.map((part, i) => ({
      origin: line.origin,
      span: spanOfAll(line),
      label: i === 0 ? label : null,
      times: i === 0 ? times : null,
      ...part,
    }));
  }

  /** Null: there is none. Undefined: the line has been complained about. */
  private parseLabel(cursor: Cursor, line: SourceLine): Statement['label'] | undefined {
    const [first, second] = cursor.tokens as readonly (Token | undefined)[];
    if (first === undefined) return null;
    const span = cursor.spanAt(0);
    if (first.kind !== 'id') {
      const shown =
        first.kind === 'pp'
          ? `“${first.text}” has a meaning only inside a macro.`
          : first.kind === 'bad'
            ? describeBad(first)
            : `A label or an instruction is expected at the start of the line, not “${first.text}”.`;
      this.diagnostics.error(span, shown);
      return undefined;
    }
    const word = first.text.toLowerCase();
    const colon = second?.kind === 'op' && second.text === ':';
    const next = second?.kind === 'id' ? second.text.toLowerCase() : '';
    if (!colon && first.mark === '') {
      if (isStatementWord(word) && next !== 'equ') return null;
      if (second !== undefined && !(isStatementWord(next) && !REGISTERS.has(next) && !FOREIGN.has(word))) {
        this.unknownInstruction(first, line);
        return undefined;
      }
      if (second === undefined) {
        const meant = suggestion(word, plainMnemonics());
        this.diagnostics.warning(
          span,
          `“${first.text}” stands alone and is taken for a label; end labels with a colon.${meant}`,
        );
      }
    }
    if (first.mark === '' && isRegisterName(first.text)) {
      this.diagnostics.error(
        span,
        `“${first.text}” is a register and cannot be a label. Choose another name, or write “$${first.text}”.`,
      );
      return undefined;
    }
    cursor.at = colon ? 2 : 1;
    const name = this.qualify(first.text);
    if (!first.text.startsWith('.') && !first.text.startsWith('..')) {
      const isEqu = cursor.tokens[cursor.at]?.text.toLowerCase() === 'equ';
      if (!isEqu) this.scope = name;
    }
    return { name, span };
  }

  private unknownInstruction(token: Token, line: SourceLine): void {
    if (this.diagnostics.isFull) return;
    const word = token.text.toLowerCase();
    if (isStatementWord(word)) {
      this.diagnostics.error(spanAt(line, 0), `“${token.text}” cannot stand here.`);
      return;
    }
    const foreign = FOREIGN.get(word);
    const hint = isRegisterName(word)
      ? ' A line begins with an instruction; to change the register write “mov …”.'
      : suggestion(word, heads());
    this.diagnostics.error(spanAt(line, 0), foreign ?? `Unknown instruction “${token.text}”.${hint}`);
  }

  /** From the prefixes on; null after a complaint. */
  parseBody(cursor: Cursor, line: SourceLine): StatementPart[] | null {
    const from = cursor.at;
    const prefixes = parsePrefixes(cursor);
    const token = cursor.tokens[cursor.at] as Token | undefined;
    if (token === undefined) return [{ body: prefixOnly(prefixes, cursor.spanAt(from)) }];
    const word = token.text.toLowerCase();
    const span = cursor.spanAt(cursor.at);
    if (token.kind !== 'id') {
      this.diagnostics.error(
        span,
        token.kind === 'bad' ? describeBad(token) : `An instruction is expected here, not “${token.text}”.`,
      );
      return null;
    }
    const forms = formsOf(word);
    if (forms !== undefined) {
      cursor.at++;
      const operands = parseOperands(cursor, word);
      if (operands === null) return null;
      const fixed =
        operands.every(
          ({ expression, farOffset }) => isFixed(expression) && (farOffset === null || isFixed(farOffset)),
        ) && !forms.some((form) => /^J/.test(form.encoding.operands[0] ?? ''));
      const node: InstructionNode = {
        kind: 'instruction',
        mnemonic: word,
        span: spanOfAll(line, from),
        prefixes,
        operands,
        // LOOP and JCXZ may name their counter as a second operand.
        forms: candidateForms(
          forms,
          operands.length === 2 && /^(loop|je?cxz)/.test(word) ? operands.slice(0, 1) : operands,
        ),
        fixed,
        encoded: new Map(),
        lengths: new Map(),
      };
      return [{ body: node }];
    }
    const unit = DATA_UNITS.get(word);
    if (unit !== undefined) {
      cursor.at++;
      const items = parseDataItems(cursor, unit);
      if (items === null) return null;
      if (items.length === 0) this.diagnostics.warning(span, `“${token.text}” stores nothing: its values are missing.`);
      return [{ body: { kind: 'data', unit, items, span: spanOfAll(line, from) } }];
    }
    const reserved = RESERVE_UNITS.get(word);
    if (reserved !== undefined) {
      cursor.at++;
      const count = this.only(cursor);
      return count && [{ body: { kind: 'reserve', unit: reserved, count, span: spanOfAll(line, from) } }];
    }
    if (DIRECTIVES.has(word)) return parseDirective(this, cursor, line, word);
    this.unknownInstruction(token, { origin: line.origin, tokens: line.tokens.slice(cursor.at) });
    return null;
  }

  /** An expression that ends the line. */
  only(cursor: Cursor): Expression | null {
    const expression = parseExpression(cursor);
    if (expression === null || this.expectEnd(cursor)) return expression;
    return null;
  }

  expectEnd(cursor: Cursor): boolean {
    if (cursor.at >= cursor.tokens.length) return true;
    this.diagnostics.error(
      cursor.spanAt(cursor.at),
      `The end of the line is expected here, not “${cursor.tokens[cursor.at].text}”.`,
    );
    return false;
  }

  error(span: SourceSpan, message: string): null {
    this.diagnostics.error(span, message);
    return null;
  }
}

/** A line of more tokens than this is no program text. */
const MAX_TOKENS = 20_000;

/** Null: no `times`. Undefined after a complaint. */
function parseTimes(cursor: Cursor): Expression | null | undefined {
  let product: Expression | null = null;
  while (cursor.tokens[cursor.at]?.kind === 'id' && cursor.tokens[cursor.at].text.toLowerCase() === 'times') {
    const span = cursor.spanAt(cursor.at++);
    const count = parseExpression(cursor);
    if (count === null) return undefined;
    product = product === null ? count : { kind: 'binary', operator: '*', left: product, right: count, span };
  }
  return product;
}

function parsePrefixes(cursor: Cursor): PrefixNode {
  const prefixes = {
    lock: false,
    repeat: 0 as PrefixNode['repeat'],
    segment: null as string | null,
    operandSize: 0 as PrefixNode['operandSize'],
    addressSize: 0 as PrefixNode['addressSize'],
    wait: false,
  };
  for (; ; cursor.at++) {
    const token = cursor.tokens[cursor.at] as Token | undefined;
    if (token?.kind !== 'id' || token.mark !== '') return prefixes;
    const word = token.text.toLowerCase();
    const repeat = REPEAT.get(word);
    if (repeat !== undefined) prefixes.repeat = repeat;
    else if (word === 'lock') prefixes.lock = true;
    else if (word === 'o16' || word === 'o32') prefixes.operandSize = word === 'o16' ? 16 : 32;
    else if (word === 'a16' || word === 'a32') prefixes.addressSize = word === 'a16' ? 16 : 32;
    else if ((word === 'wait' || word === 'fwait') && cursor.tokens[cursor.at + 1] !== undefined) prefixes.wait = true;
    else if (word.length === 2 && REGISTERS.get(word)?.file === 'segment') prefixes.segment = word;
    else return prefixes;
  }
}

const SEGMENT_BYTES: Readonly<Record<string, number>> = { es: 0x26, cs: 0x2e, ss: 0x36, ds: 0x3e, fs: 0x64, gs: 0x65 };

/** Prefixes alone on a line are stored as they are. */
function prefixOnly(prefixes: PrefixNode, span: SourceSpan): StatementBody {
  const bytes: number[] = [];
  if (prefixes.wait) bytes.push(0x9b);
  if (prefixes.repeat !== 0) bytes.push(prefixes.repeat);
  if (prefixes.lock) bytes.push(0xf0);
  if (prefixes.segment !== null) bytes.push(SEGMENT_BYTES[prefixes.segment]);
  return { kind: 'data', unit: 1, items: [{ kind: 'bytes', bytes }], span };
}

function* heads(): Iterable<string> {
  yield* mnemonics();
  yield* DATA_UNITS.keys();
  yield* RESERVE_UNITS.keys();
  yield* DIRECTIVES;
  yield* PREFIXES;
}

function* plainMnemonics(): Iterable<string> {
  for (const name of mnemonics()) if (formsOf(name)?.some((form) => form.operands.length === 0)) yield name;
}
