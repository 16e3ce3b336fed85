export type TokenKind = 'text' | 'mnemonic' | 'register' | 'number';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const REGISTER = /^(?:e?(?:ax|bx|cx|dx|si|di|bp|sp|ip)|[abcd][lh]|[cdefgs]s|[cd]r[0-7]|st[0-7]?|[xm]mm[0-7])$/;
const PIECES = /0x[0-9a-f]+|\b[0-9][0-9a-f]*h?\b|[a-z][a-z0-9]*|[^a-z0-9]+|./gi;

/** Splits a disassembled instruction into pieces to be coloured. */
export function tokens(mnemonic: string, operands: string): Token[] {
  const pieces: Token[] = [{ kind: 'mnemonic', text: mnemonic }];
  if (operands === '') return pieces;
  pieces.push({ kind: 'text', text: ' ' });
  for (const piece of operands.match(PIECES) ?? []) {
    const kind = REGISTER.test(piece) ? 'register' : /^[0-9]/.test(piece) ? 'number' : 'text';
    pieces.push({ kind, text: piece });
  }
  return pieces;
}
