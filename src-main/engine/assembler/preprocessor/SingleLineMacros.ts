import type { Token } from '../Lexer.ts';
import { paste, placeAt, splitAtCommas, tokensAt } from './TokenText.ts';

/** `%define name(parameters) body`. */
export interface SingleLineMacro {
  readonly name: string;
  /** Null for a macro without a parameter list. */
  readonly parameters: readonly string[] | null;
  readonly body: readonly Token[];
}

/** How much text one run may produce: expansions count here, so that no source can take for ever. */
export interface WorkBudget {
  left: number;
}

/** Macros that expand to macros that expand ...; deeper than this the text stays as it is. */
const MAX_DEPTH = 64;

type Active = { readonly name: string; readonly outer: Active } | null;

/** The table of `%define`s, and their expansion. */
export class SingleLineMacros {
  private readonly exact = new Map<string, SingleLineMacro[]>();
  private readonly anyCase = new Map<string, SingleLineMacro[]>();
  private readonly budget: WorkBudget;
  /** Values that the place decides: `__LINE__`. */
  private readonly builtin: (name: string) => string | null;

  constructor(budget: WorkBudget, builtin: (name: string) => string | null) {
    this.budget = budget;
    this.builtin = builtin;
  }

  define(macro: SingleLineMacro, ignoreCase: boolean): void {
    const [map, key] = ignoreCase ? [this.anyCase, macro.name.toLowerCase()] : [this.exact, macro.name];
    const others = (map.get(key) ?? []).filter((other) => other.parameters?.length !== macro.parameters?.length);
    map.set(key, [...others, macro]);
  }

  undefine(name: string): void {
    this.exact.delete(name);
    this.anyCase.delete(name.toLowerCase());
  }

  isDefined(name: string): boolean {
    return this.exact.has(name) || this.anyCase.has(name.toLowerCase()) || this.builtin(name) !== null;
  }

  get names(): Iterable<string> {
    return this.exact.keys();
  }

  private find(name: string): readonly SingleLineMacro[] | undefined {
    return this.exact.get(name) ?? (this.anyCase.size > 0 ? this.anyCase.get(name.toLowerCase()) : undefined);
  }

  /** All macros in `tokens` replaced, and `%+` joins done. */
  expand(tokens: readonly Token[]): readonly Token[] {
    if (
      !tokens.some(
        (token) =>
          token.kind === 'pp' ||
          (token.kind === 'id' && (this.find(token.text) !== undefined || token.text.startsWith('__'))),
      )
    ) {
      return tokens;
    }
    return join(this.expandAll(tokens, null, 0));
  }

  private expandAll(tokens: readonly Token[], active: Active, depth: number): Token[] {
    const out: Token[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if (--this.budget.left < 0) return out;
      if (token.kind === 'pp' && token.text === '%[') {
        const end = closingBracket(tokens, i);
        append(out, this.expandAll(tokens.slice(i + 1, end), active, depth + 1));
        i = end;
        continue;
      }
      const found = token.kind === 'id' ? this.find(token.text) : undefined;
      if (found === undefined || depth > MAX_DEPTH || isActive(active, token.text)) {
        const text = token.kind === 'id' && token.text.startsWith('__') ? this.builtin(token.text) : null;
        if (text === null) out.push(token);
        else out.push(...tokensAt(text, token).map((made, n) => (n === 0 ? { ...made, spaced: token.spaced } : made)));
        continue;
      }
      const call = readCall(found, tokens, i);
      if (call === null) {
        out.push(token);
        continue;
      }
      const args = call.args.map((arg) => this.expandAll(arg, active, depth + 1));
      const body = substitute(call.macro, args, token);
      append(out, this.expandAll(join(body), { name: token.text, outer: active }, depth + 1));
      i = call.end;
    }
    return out;
  }
}

/** Unlike `push(...)`, for any number of tokens. */
function append(out: Token[], more: readonly Token[]): void {
  for (const token of more) out.push(token);
}

function isActive(active: Active, name: string): boolean {
  for (let at = active; at !== null; at = at.outer) if (at.name === name) return true;
  return false;
}

function closingBracket(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i];
    if (text === '%[' || (kind === 'op' && text === '[')) depth++;
    else if (kind === 'op' && text === ']' && --depth === 0) return i;
  }
  return tokens.length;
}

/** The macro and its arguments at `tokens[at]`, or null when the name stands without the parentheses it needs. */
function readCall(
  macros: readonly SingleLineMacro[],
  tokens: readonly Token[],
  at: number,
): { macro: SingleLineMacro; args: Token[][]; end: number } | null {
  const plain = macros.find((macro) => macro.parameters === null);
  const open = tokens[at + 1] as Token | undefined;
  if (open?.kind === 'op' && open.text === '(') {
    let depth = 0;
    for (let end = at + 1; end < tokens.length; end++) {
      const token = tokens[end];
      if (token.kind !== 'op') continue;
      if (token.text === '(') depth++;
      else if (token.text === ')' && --depth === 0) {
        const inside = tokens.slice(at + 2, end);
        const args = splitAtCommas(inside, false);
        const count = inside.length === 0 ? 0 : args.length;
        const macro =
          macros.find((m) => m.parameters?.length === count) ??
          macros.find((m) => m.parameters?.length === 1 && count === 0);
        if (macro !== undefined) return { macro, args, end };
        break;
      }
    }
  }
  return plain === undefined ? null : { macro: plain, args: [], end: at };
}

function substitute(macro: SingleLineMacro, args: readonly Token[][], site: Token): Token[] {
  const out: Token[] = [];
  for (const token of macro.body) {
    const at = token.kind === 'id' && macro.parameters !== null ? macro.parameters.indexOf(token.text) : -1;
    if (at >= 0) {
      const arg = args[at] ?? [];
      arg.forEach((piece, n) => out.push(n === 0 ? { ...piece, spaced: token.spaced } : piece));
    } else if (token.kind === 'pp' && (token.text === '%?' || token.text === '%??')) {
      out.push({ ...placeAt(site, site), spaced: token.spaced, text: token.text === '%?' ? site.text : macro.name });
    } else out.push(placeAt(token, site));
  }
  if (out.length > 0) out[0] = { ...out[0], spaced: site.spaced };
  return out;
}

/** `a %+ b` becomes `ab`. */
function join(tokens: Token[]): Token[] {
  if (!tokens.some((token) => token.kind === 'pp' && token.text === '%+')) return tokens;
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const left = out.at(-1);
    const right = tokens[i + 1] as Token | undefined;
    if (tokens[i].text === '%+' && tokens[i].kind === 'pp' && left !== undefined && right !== undefined) {
      out.pop();
      out.push(...paste(left, right));
      i++;
    } else out.push(tokens[i]);
  }
  return out;
}
