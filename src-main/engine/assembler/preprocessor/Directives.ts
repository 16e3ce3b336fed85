import { stringBytes, tokenize, type Token } from '../Lexer.ts';
import { spanAt, spanOfAll, type SourceLine } from '../SourceLine.ts';
import { BodyLines, TextLines } from './Frames.ts';
import type { Preprocessor } from './Preprocessor.ts';
import { numberToken, splitAtCommas, stringToken, textOf } from './TokenText.ts';

type Handler = (preprocessor: Preprocessor, line: SourceLine, directive: string) => void;

const ignore: Handler = () => undefined;

const HANDLERS: Readonly<Record<string, Handler>> = {
  define,
  idefine: define,
  xdefine: define,
  ixdefine: define,
  assign,
  iassign: assign,
  undef: (p, line) => {
    for (const token of line.tokens.slice(1)) p.defines.undefine(token.text);
  },
  defstr: defineText,
  idefstr: defineText,
  deftok: defineText,
  ideftok: defineText,
  strlen: defineText,
  istrlen: defineText,
  strcat: defineText,
  istrcat: defineText,
  substr: defineText,
  isubstr: defineText,
  macro: beginMacro,
  imacro: beginMacro,
  unmacro: removeMacro,
  unimacro: removeMacro,
  endmacro: misplaced,
  endm: misplaced,
  endrep: misplaced,
  exitmacro: (p) => leave(p, 'macro'),
  exitrep: (p) => leave(p, 'rep'),
  rotate,
  rep: beginRepetition,
  include,
  error: complain,
  warning: complain,
  fatal: complain,
  note: ignore,
  push: (p, line) => {
    p.contexts.push({ name: line.tokens[1]?.text ?? '', serial: p.nextSerial() });
  },
  repl: (p, line) => {
    if (p.contexts.pop()) p.contexts.push({ name: line.tokens[1]?.text ?? '', serial: p.nextSerial() });
  },
  pop: (p, line) => {
    if (p.contexts.pop() === undefined)
      p.host.diagnostics.error(spanAt(line, 0), '%pop without a context: there is no %push before it.');
  },
  line: ignore,
  pragma: ignore,
  depend: ignore,
  clear: ignore,
  use: unsupported,
  arg: unsupported,
  local: unsupported,
  stacksize: unsupported,
  pathsearch: unsupported,
  defalias: unsupported,
};

export const DIRECTIVES: readonly string[] = [
  ...Object.keys(HANDLERS),
  'if',
  'elif',
  'else',
  'endif',
  'ifdef',
  'ifndef',
];

/** Obeys the directive at the start of the line; false when there is none of that name. */
export function handleDirective(preprocessor: Preprocessor, line: SourceLine, directive: string): boolean {
  const handler = Object.hasOwn(HANDLERS, directive) ? HANDLERS[directive] : undefined;
  handler?.(preprocessor, line, directive);
  return handler !== undefined;
}

function unsupported(p: Preprocessor, line: SourceLine, directive: string): void {
  p.host.diagnostics.error(spanAt(line, 0), `%${directive} is not supported. Write the code that it stands for.`);
}

function misplaced(p: Preprocessor, line: SourceLine, directive: string): void {
  const opener = directive === 'endrep' ? 'rep' : 'macro';
  p.host.diagnostics.error(spanAt(line, 0), `This %${directive} belongs to no %${opener}.`);
}

/** The name that a defining directive begins with; null after a complaint. */
function nameIn(p: Preprocessor, line: SourceLine, directive: string): Token | null {
  const token = line.tokens[1] as Token | undefined;
  if (token?.kind === 'id') return token;
  p.host.diagnostics.error(spanAt(line, 1), `%${directive} needs a name here.`);
  return null;
}

function define(p: Preprocessor, line: SourceLine, directive: string): void {
  const name = nameIn(p, line, directive);
  if (name === null) return;
  const open = line.tokens[2] as Token | undefined;
  let parameters: string[] | null = null;
  let from = 2;
  if (open?.kind === 'op' && open.text === '(' && !open.spaced) {
    const close = line.tokens.findIndex((token) => token.kind === 'op' && token.text === ')');
    if (close < 0) {
      p.host.diagnostics.error(spanAt(line, 2), `The parameter list of “${name.text}” lacks its “)”.`);
      return;
    }
    const inside = line.tokens.slice(3, close);
    parameters =
      inside.length === 0
        ? []
        : splitAtCommas(inside, true).map((part) => part.find((token) => token.kind === 'id')?.text ?? '');
    from = close + 1;
  }
  let body = line.tokens.slice(from);
  if (directive.endsWith('xdefine')) body = [...p.defines.expand(body)];
  p.defines.define({ name: name.text, parameters, body }, directive.startsWith('i'));
}

function assign(p: Preprocessor, line: SourceLine, directive: string): void {
  const name = nameIn(p, line, directive);
  if (name === null) return;
  const tokens = p.defines.expand(line.tokens.slice(2));
  const value = tokens.length === 0 ? 0n : p.host.evaluate({ origin: line.origin, tokens }, 0);
  if (value === null) return;
  const body = value < 0n ? [...tokenize('-'), numberToken(-value, name)] : [numberToken(value, name)];
  p.defines.define({ name: name.text, parameters: null, body }, directive.startsWith('i'));
}

/** `%defstr %deftok %strlen %strcat %substr`: a name, then what it becomes. */
function defineText(p: Preprocessor, line: SourceLine, directive: string): void {
  const name = nameIn(p, line, directive);
  if (name === null) return;
  const rest = p.defines.expand(line.tokens.slice(2));
  const strings = rest.filter((token) => token.kind === 'string').map((token) => token.text);
  const kind = directive.replace(/^i(?=def|str|sub)/, '');
  if (kind !== 'defstr' && strings.length === 0) {
    p.host.diagnostics.error(spanAt(line, 2), `%${directive} needs a string here.`);
    return;
  }
  let body: readonly Token[];
  if (kind === 'defstr') body = [stringToken(textOf(rest), name)];
  else if (kind === 'deftok') body = tokenize(strings[0]);
  else if (kind === 'strlen')
    body = [numberToken(BigInt(strings.reduce((sum, text) => sum + stringBytes(text).length, 0)), name)];
  else if (kind === 'strcat') body = [stringToken(strings.join('').slice(0, 1 << 20), name)];
  else {
    const part = substring(p, line, rest);
    if (part === null) return;
    body = [stringToken(part, name)];
  }
  p.host.budget.left -= Math.ceil(strings.join('').length / 64);
  p.defines.define({ name: name.text, parameters: null, body }, directive.startsWith('i'));
}

/** `%substr name 'text' first[,count]`: counts from 1; a negative count leaves so many at the end. */
function substring(p: Preprocessor, line: SourceLine, rest: readonly Token[]): string | null {
  const [, ...numbers] = rest;
  const parts = splitAtCommas(numbers[0]?.text === ',' ? numbers.slice(1) : numbers, false);
  const first = p.host.evaluate({ origin: line.origin, tokens: parts[0] }, 0);
  const count = parts.length < 2 ? 1n : p.host.evaluate({ origin: line.origin, tokens: parts[1] }, 0);
  if (first === null || count === null) return null;
  const { text } = rest[0];
  const from = Math.max(0, Number(first) - 1);
  return count < 0n ? text.slice(from, text.length + Number(count) + 1) : text.slice(from, from + Number(count));
}

/** `name 1-2+.nolist default, default` */
const MACRO_HEAD = /^\s*%i?macro\s+(\S+)\s+(\d+)(?:-(\d+|\*))?(\+)?(?:\.nolist)?(?:\s+(.*))?$/i;

function beginMacro(p: Preprocessor, line: SourceLine, directive: string): void {
  const head = MACRO_HEAD.exec(textOf(line.tokens));
  if (head === null) {
    p.host.diagnostics.error(
      spanOfAll(line, 1),
      `%${directive} needs a name and how many arguments it takes: “%macro name 2”.`,
    );
    p.beginGathering('macro', line, () => undefined);
    return;
  }
  const [, name, fewestText, mostText, greedy, defaults] = head;
  const fewest = Math.min(Number(fewestText), 10_000);
  const most = mostText === undefined ? fewest : mostText === '*' ? Infinity : Math.min(Number(mostText), 10_000);
  p.beginGathering('macro', line, (lines) => {
    p.macros.define({
      name,
      ignoreCase: directive.startsWith('i'),
      fewest,
      most: Math.max(fewest, most),
      greedy: greedy !== undefined,
      defaults: defaults === undefined ? [] : splitAtCommas(tokenize(defaults), true),
      lines,
    });
  });
}

function removeMacro(p: Preprocessor, line: SourceLine): void {
  const match = /^%un\w+\s+(\S+)\s+(\d+)(?:-(\d+|\*))?/i.exec(textOf(line.tokens));
  if (match === null) return;
  const fewest = Number(match[2]);
  p.macros.undefine(match[1], fewest, match[3] === undefined ? fewest : match[3] === '*' ? Infinity : Number(match[3]));
}

/** Leaves the innermost expansion or repetition at once. */
function leave(p: Preprocessor, kind: 'macro' | 'rep'): void {
  let at = p.frames.length - 1;
  while (at >= 0 && p.frames[at].kind !== kind) at--;
  if (at >= 0) p.frames.length = at;
}

function rotate(p: Preprocessor, line: SourceLine): void {
  const call = p.frames.at(-1)?.call;
  const count = p.host.evaluate({ origin: line.origin, tokens: p.defines.expand(line.tokens.slice(1)) }, 0);
  if (call === null || call === undefined)
    p.host.diagnostics.error(spanAt(line, 0), '%rotate has a meaning only inside a macro.');
  else if (count !== null && call.args.length > 0) {
    const length = BigInt(call.args.length);
    call.rotation = Number((((BigInt(call.rotation) + count) % length) + length) % length);
  }
}

function beginRepetition(p: Preprocessor, line: SourceLine): void {
  const tokens = p.defines.expand(line.tokens.slice(1));
  const count =
    p.host.evaluate({ origin: line.origin, tokens: tokens.filter((token) => token.text !== '.nolist') }, 0) ?? 0n;
  const frame = p.frames.at(-1);
  p.beginGathering('rep', line, (lines) => {
    if (count <= 0n) return;
    const remaining = Number(count > 0xffff_ffffn ? 0xffff_ffffn : count);
    p.pushFrame(line, {
      kind: 'rep',
      lines: new BodyLines(lines),
      conditions: [],
      call: frame?.call ?? null,
      callOrigin: frame?.callOrigin ?? null,
      remaining,
    });
  });
}

function include(p: Preprocessor, line: SourceLine): void {
  const [name] = p.defines.expand(line.tokens.slice(1)) as readonly (Token | undefined)[];
  if (name?.kind !== 'string') {
    p.host.diagnostics.error(spanAt(line, 1), '%include needs a file name in quotes.');
    return;
  }
  const text = p.host.readText(name.text);
  if (text === null) {
    p.host.diagnostics.error(
      spanAt(line, 1),
      `The file “${name.text}” cannot be read. Put it beside this one, or correct the name.`,
    );
    return;
  }
  p.host.budget.left -= Math.ceil(text.length / 16);
  p.pushFrame(line, {
    kind: 'file',
    lines: new TextLines(name.text, text),
    conditions: [],
    call: null,
    callOrigin: null,
    remaining: 0,
  });
}

function complain(p: Preprocessor, line: SourceLine, directive: string): void {
  const tokens = p.defines.expand(line.tokens.slice(1));
  const message = tokens.length === 1 && tokens[0].kind === 'string' ? tokens[0].text : textOf(tokens);
  p.host.diagnostics.report(
    directive === 'warning' ? 'warning' : 'error',
    spanOfAll(line),
    message === '' ? `%${directive}` : message,
  );
  if (directive === 'fatal') p.stop();
}
