/**
 * What an expression is worth: a 64-bit number plus any registers and section bases it contains, each with a
 * factor. An effective address, a label and a plain number are all of this one form, as in NASM.
 */
export interface Term {
  readonly kind: 'register' | 'section';
  /** Lower-case register name, or the section's name. */
  readonly name: string;
  readonly factor: bigint;
}

export interface Value {
  /** Signed, 64 bits. */
  readonly scalar: bigint;
  /** Without zero factors; at most one per register and section. */
  readonly terms: readonly Term[];
  /** Depends on a symbol of which nothing is known yet (first pass): sizes are chosen hopefully. */
  readonly unknown: boolean;
}

const NO_TERMS: readonly Term[] = [];

export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

export const constant = (value: bigint): Value => ({ scalar: wrap(value), terms: NO_TERMS, unknown: false });

export const UNKNOWN: Value = { scalar: 0n, terms: NO_TERMS, unknown: true };

/** A plain number: no registers, no section base, nothing unknown. */
export const isConstant = (value: Value): boolean => value.terms.length === 0 && !value.unknown;

export const hasRegisters = (value: Value): boolean => value.terms.some((term) => term.kind === 'register');

/** The one register the value is, or null: `eax`, not `eax+1` or `eax*2`. */
export function asRegister(value: Value): string | null {
  const [term] = value.terms;
  if (term === undefined || value.terms.length !== 1 || value.unknown || value.scalar !== 0n) return null;
  return term.kind === 'register' && term.factor === 1n ? term.name : null;
}

/** The section whose base the value contains, exactly once and alone; null for none or several. */
export function sectionOf(value: Value): string | null {
  const [term, ...others] = value.terms.filter(({ kind }) => kind === 'section');
  return term !== undefined && others.length === 0 && term.factor === 1n ? term.name : null;
}

/** A plain number, an address, or the difference of two: all that can be stored once the sections have theirs. */
export function isStorable(value: Value): boolean {
  const bases = value.terms.reduce((sum, { kind, factor }) => (kind === 'section' ? sum + factor : sum), 0n);
  return bases === 0n || bases === 1n;
}

export function add(a: Value, b: Value, factor = 1n): Value {
  const scalar = wrap(a.scalar + factor * b.scalar);
  const unknown = a.unknown || b.unknown;
  if (b.terms.length === 0) return { scalar, terms: a.terms, unknown };
  const terms = [...a.terms];
  for (const term of b.terms) {
    const at = terms.findIndex((other) => other.kind === term.kind && other.name === term.name);
    if (at < 0) terms.push({ ...term, factor: term.factor * factor });
    else terms[at] = { ...term, factor: wrap(terms[at].factor + term.factor * factor) };
  }
  return { scalar, terms: terms.filter((term) => term.factor !== 0n), unknown };
}

/** The value times a plain number. */
export function scale(a: Value, factor: bigint): Value {
  const terms = a.terms.map((term) => ({ ...term, factor: wrap(term.factor * factor) }));
  return { scalar: wrap(a.scalar * factor), terms: terms.filter((term) => term.factor !== 0n), unknown: a.unknown };
}

export const negate = (a: Value): Value => scale(a, -1n);
