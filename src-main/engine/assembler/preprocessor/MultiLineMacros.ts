import type { Token } from '../Lexer.ts';
import type { SourceLine } from '../SourceLine.ts';
import { numberToken, paste, placeAt, splitAtCommas, tokensAt } from './TokenText.ts';

/** `%macro name 1-3+ default, default` ... `%endmacro`. */
export interface MultiLineMacro {
  readonly name: string;
  readonly ignoreCase: boolean;
  readonly fewest: number;
  /** Infinity for `1-*`. */
  readonly most: number;
  /** The last parameter takes the rest of the line, commas and all. */
  readonly greedy: boolean;
  readonly defaults: readonly (readonly Token[])[];
  readonly lines: readonly SourceLine[];
}

/** One expansion in progress: what `%1`, `%0`, `%%local` and `%rotate` refer to. */
export interface MacroCall {
  readonly macro: MultiLineMacro;
  readonly args: readonly (readonly Token[])[];
  /** Makes `%%x` unique to this expansion. */
  readonly serial: number;
  readonly label: readonly Token[];
  rotation: number;
}

export class MultiLineMacros {
  private readonly exact = new Map<string, MultiLineMacro[]>();
  private readonly anyCase = new Map<string, MultiLineMacro[]>();

  define(macro: MultiLineMacro): boolean {
    const [map, key] = macro.ignoreCase ? [this.anyCase, macro.name.toLowerCase()] : [this.exact, macro.name];
    const others = map.get(key) ?? [];
    const clash = others.some((other) => other.fewest <= macro.most && macro.fewest <= other.most);
    map.set(key, clash ? [macro, ...others] : [...others, macro]);
    return !clash;
  }

  undefine(name: string, fewest: number, most: number): void {
    for (const [map, key] of [
      [this.exact, name],
      [this.anyCase, name.toLowerCase()],
    ] as const) {
      const left = (map.get(key) ?? []).filter((macro) => macro.fewest !== fewest || macro.most !== most);
      if (left.length > 0) map.set(key, left);
      else map.delete(key);
    }
  }

  named(name: string): readonly MultiLineMacro[] {
    return this.exact.get(name) ?? (this.anyCase.size > 0 ? (this.anyCase.get(name.toLowerCase()) ?? []) : []);
  }

  get names(): Iterable<string> {
    return this.exact.keys();
  }
}

/** The arguments for the macro that takes so many, or null when none of that name does. */
export function matchCall(
  macros: readonly MultiLineMacro[],
  rest: readonly Token[],
): { macro: MultiLineMacro; args: Token[][] } | null {
  const args = rest.length === 0 ? [] : splitAtCommas(rest, true);
  for (const macro of macros) {
    if (args.length < macro.fewest || (args.length > macro.most && !macro.greedy)) continue;
    if (args.length > macro.most) return { macro, args: joinRest(rest, args, macro.most) };
    const filled = [...args];
    for (let i = filled.length; i < macro.fewest + macro.defaults.length && i < macro.most; i++)
      filled.push([...macro.defaults[i - macro.fewest]]);
    return { macro, args: filled };
  }
  return null;
}

/** The last argument of a greedy macro: from its first token to the end of the line. */
function joinRest(rest: readonly Token[], args: Token[][], most: number): Token[][] {
  if (most === 0) return [];
  let commas = 0,
    braces = 0,
    at = 0;
  for (; at < rest.length && commas < most - 1; at++) {
    const { kind, text } = rest[at];
    if (kind !== 'op') continue;
    if (text === '{') braces++;
    else if (text === '}') braces--;
    else if (text === ',' && braces === 0) commas++;
  }
  return [...args.slice(0, most - 1), rest.slice(at)];
}

const CONDITION_PAIRS =
  'o no b nb c nc nae ae e ne z nz be nbe na a s ns p np pe po l nl nge ge le nle ng g cxz ncxz ecxz necxz'.split(' ');
/** `z` to `nz` and back. */
const INVERSE = new Map(CONDITION_PAIRS.map((condition, i) => [condition, CONDITION_PAIRS[i ^ 1]]));

/** Replaces `%1`, `%{1}`, `%0`, `%%x`, `%-1`, ... of the expansion in progress. `trouble` hears of what is not there. */
export function substituteParameters(
  tokens: readonly Token[],
  call: MacroCall,
  trouble: (token: Token, message: string) => void,
): readonly Token[] {
  if (!tokens.some((token) => token.kind === 'pp')) return tokens;
  const out: Token[] = [];
  let glue = false;
  for (const token of tokens) {
    const made = token.kind === 'pp' ? replacement(token, call, trouble) : null;
    if (made === null) {
      const left = out.at(-1);
      if (glue && !token.spaced && left !== undefined && isWord(left) && isWord(token))
        out.splice(-1, 1, ...paste(left, token));
      else out.push(token);
      glue = false;
      continue;
    }
    const first = made[0] as Token | undefined;
    const left = out.at(-1);
    if (first !== undefined && left !== undefined && !token.spaced && isWord(left) && isWord(first)) {
      out.pop();
      for (const piece of [...paste(left, first), ...made.slice(1)]) out.push(piece);
    } else made.forEach((piece, n) => out.push(n === 0 ? { ...piece, spaced: token.spaced } : piece));
    glue = true;
  }
  return out;
}

const isWord = ({ kind, text }: Token): boolean =>
  kind === 'id' || kind === 'number' || kind === 'float' || kind === 'bad' || (kind === 'pp' && /^%[\w$]/.test(text));

function replacement(
  token: Token,
  call: MacroCall,
  trouble: (token: Token, message: string) => void,
): readonly Token[] | null {
  let name = token.text.slice(1);
  if (name.startsWith('{')) name = name.slice(1, -1).trim();
  if (name.startsWith('%')) return tokensAt(`..@${call.serial}.${name.slice(1)}`, token);
  const range = /^(-?\d+):(-?\d+)$/.exec(name);
  if (range) return argumentRange(call, Number(range[1]), Number(range[2]), token);
  if (name === '00') return call.label;
  if (name === '?' || name === '??') return [{ ...token, kind: 'id', text: call.macro.name }];
  const match = /^([+-]?)(\d+)$/.exec(name);
  if (match === null) return null;
  const number = Number(match[2]);
  if (number === 0 && match[1] === '') return [numberToken(BigInt(call.args.length), token)];
  const arg = argument(call, number);
  if (match[1] === '') return arg === null ? [] : arg.map((piece) => placeAt(piece, token));
  const condition = arg?.[0]?.text.toLowerCase() ?? '';
  if (match[1] === '+') return tokensAt(condition, token);
  const inverse = INVERSE.get(condition);
  if (inverse !== undefined) return tokensAt(inverse, token);
  trouble(token, `${token.text} inverts a condition code (nz, be, ...), but this argument is “${condition}”.`);
  return [];
}

function argument(call: MacroCall, number: number): readonly Token[] | null {
  if (number < 1 || number > call.args.length) return null;
  return call.args[(number - 1 + call.rotation) % call.args.length];
}

function argumentRange(call: MacroCall, from: number, to: number, site: Token): Token[] {
  const count = call.args.length;
  const first = from < 0 ? count + 1 + from : from;
  const last = to < 0 ? count + 1 + to : to;
  const out: Token[] = [];
  const step = first <= last ? 1 : -1;
  for (let i = first, n = 0; n <= count && (last - i) * step >= 0; i += step, n++) {
    if (out.length > 0) out.push({ ...site, kind: 'op', text: ',', spaced: false });
    for (const piece of argument(call, i) ?? []) out.push(piece);
  }
  return out;
}
