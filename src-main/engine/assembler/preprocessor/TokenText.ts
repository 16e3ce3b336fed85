import { tokenize, type Token } from '../Lexer.ts';

/** The tokens as text again, one space where there was white space. */
export function textOf(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) {
    if (token.spaced && text !== '') text += ' ';
    text += sourceOf(token);
  }
  return text;
}

/** One token as it would be written. */
export function sourceOf(token: Token): string {
  if (token.kind !== 'string') return token.mark === '$' ? `$${token.text}` : token.text;
  if (!token.text.includes(token.mark) || token.mark === '`') return `${token.mark}${token.text}${token.mark}`;
  return token.text;
}

/** Tokens of `text` that stand at the place of `site`. */
export function tokensAt(text: string, site: Token): Token[] {
  return tokenize(text).map((token) => placeAt(token, site));
}

export const placeAt = (token: Token, site: Token): Token => ({ ...token, column: site.column, length: site.length });

/** A string token with these contents. */
export function stringToken(text: string, site: Token): Token {
  return { ...site, kind: 'string', text, value: 0n, mark: text.includes("'") ? '"' : "'" };
}

export function numberToken(value: bigint, site: Token): Token {
  return { ...site, kind: 'number', text: String(value), value: BigInt.asIntN(64, value), mark: '' };
}

/** Splits at commas outside of braces (and of parentheses, when asked); a part wholly in braces loses them. */
export function splitAtCommas(tokens: readonly Token[], insideParentheses: boolean): Token[][] {
  const parts: Token[][] = [[]];
  let braces = 0,
    parentheses = 0;
  for (const token of tokens) {
    if (token.kind === 'op') {
      if (token.text === '{') braces++;
      else if (token.text === '}') braces = Math.max(0, braces - 1);
      else if (token.text === '(') parentheses++;
      else if (token.text === ')') parentheses--;
      else if (token.text === ',' && braces === 0 && (insideParentheses || parentheses === 0)) {
        parts.push([]);
        continue;
      }
    }
    parts[parts.length - 1].push(token);
  }
  return parts.map(withoutBraces);
}

function withoutBraces(tokens: Token[]): Token[] {
  const first = tokens[0] as Token | undefined;
  const last = tokens.at(-1);
  if (first?.kind !== 'op' || first.text !== '{' || last?.kind !== 'op' || last.text !== '}') return tokens;
  return tokens.slice(1, -1);
}

/** Joins `left` and `right` into what they spell together: `foo` and `1` make `foo1`. */
export function paste(left: Token, right: Token): Token[] {
  const joined = tokenize(sourceOf(left) + sourceOf(right));
  return joined.map((token, i) => ({ ...placeAt(token, left), spaced: i === 0 ? left.spaced : token.spaced }));
}
