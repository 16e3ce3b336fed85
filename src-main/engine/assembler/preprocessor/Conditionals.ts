import type { Token } from '../Lexer.ts';
import { spanAt, type SourceLine } from '../SourceLine.ts';
import type { Preprocessor } from './Preprocessor.ts';
import { splitAtCommas } from './TokenText.ts';

const TEST = /^(if|elif)(n?)(def|idni|idn|num|id|str|empty|token|macro|ctx|env)?$/;

export const isConditional = (directive: string): boolean =>
  directive === 'else' || directive === 'endif' || TEST.test(directive);

/** Keeps the frame's stack of conditions; called for skipped lines too. */
export function handleConditional(preprocessor: Preprocessor, line: SourceLine, directive: string): void {
  const conditions = preprocessor.frames.at(-1)?.conditions;
  if (conditions === undefined) return;
  const { diagnostics } = preprocessor.host;
  const match = TEST.exec(directive);
  if (match !== null && match[1] === 'if') {
    const dead = preprocessor.skipping;
    conditions.push({ state: 'dead', origin: line.origin, elseSeen: false });
    const holds = !dead && test(preprocessor, line, match[2] === 'n', match[3]);
    conditions[conditions.length - 1].state = dead ? 'dead' : holds ? 'live' : 'waiting';
    return;
  }
  const condition = conditions.at(-1);
  if (condition === undefined) {
    diagnostics.error(spanAt(line, 0), `This %${directive} belongs to no %if.`);
    return;
  }
  if (directive === 'endif') {
    conditions.pop();
    return;
  }
  if (condition.elseSeen)
    diagnostics.error(spanAt(line, 0), `%${directive} after %else: each %if has one %else, its last part.`);
  if (directive === 'else') condition.elseSeen = true;
  if (condition.state === 'live') condition.state = 'done';
  else if (condition.state === 'waiting' && (match === null || test(preprocessor, line, match[2] === 'n', match[3])))
    condition.state = 'live';
}

function test(preprocessor: Preprocessor, line: SourceLine, negated: boolean, kind: string | undefined): boolean {
  const raw = line.tokens.slice(1);
  if (raw.length === 0 && kind !== 'empty' && kind !== 'ctx') {
    preprocessor.host.diagnostics.error(
      spanAt(line, 1),
      `%${kind === undefined ? 'if' : `if${kind}`} lacks what it is to test.`,
    );
    return false;
  }
  return outcome(preprocessor, line, raw, kind) !== negated;
}

function outcome(
  preprocessor: Preprocessor,
  line: SourceLine,
  raw: readonly Token[],
  kind: string | undefined,
): boolean {
  switch (kind) {
    case 'def':
      return raw.some((token) => preprocessor.defines.isDefined(token.text));
    case 'macro':
      return preprocessor.macros.named(raw[0].text).length > 0;
    case 'ctx':
      return raw.length === 0
        ? preprocessor.contexts.length > 0
        : raw.some((token) => preprocessor.contexts.at(-1)?.name === token.text);
    case 'env':
      return false;
    default:
      return outcomeExpanded(preprocessor, line, preprocessor.defines.expand(raw), kind);
  }
}

function outcomeExpanded(
  preprocessor: Preprocessor,
  line: SourceLine,
  tokens: readonly Token[],
  kind: string | undefined,
): boolean {
  const [first] = tokens as readonly (Token | undefined)[];
  switch (kind) {
    case undefined:
      return (preprocessor.host.evaluate({ origin: line.origin, tokens }, 0) ?? 0n) !== 0n;
    case 'idn':
    case 'idni': {
      const [left, right = []] = splitAtCommas(tokens, false);
      return spelling(left, kind === 'idni') === spelling(right, kind === 'idni');
    }
    case 'empty':
      return tokens.length === 0;
    case 'num':
      return first?.kind === 'number' || (first?.text === '-' && tokens[1]?.kind === 'number');
    case 'id':
      return first?.kind === 'id';
    case 'str':
      return first?.kind === 'string';
    default:
      return tokens.length === 1;
  }
}

function spelling(tokens: readonly Token[], ignoreCase: boolean): string {
  const text = tokens.map((token) => (token.kind === 'string' ? `'${token.text}` : token.text)).join('\0');
  return ignoreCase ? text.toLowerCase() : text;
}
