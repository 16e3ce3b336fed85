import type { SourceSpan } from './Diagnostic.ts';
import type { Value } from './Value.ts';

export interface SymbolEntry {
  readonly name: string;
  readonly span: SourceSpan;
  readonly kind: 'label' | 'constant';
  value: Value;
  /** The pass that gave it this value. */
  pass: number;
}

function sameValue(a: Value, b: Value): boolean {
  if (a.scalar !== b.scalar || a.unknown !== b.unknown || a.terms.length !== b.terms.length) return false;
  return (
    a.terms === b.terms ||
    a.terms.every((term, i) => term.name === b.terms[i].name && term.factor === b.terms[i].factor)
  );
}

/** Labels and constants, over all passes: a pass sees what the one before it found for names further down. */
export class SymbolTable {
  private readonly entries = new Map<string, SymbolEntry>();
  /** A symbol has changed its value since the pass began. */
  changed = false;

  get(name: string): SymbolEntry | undefined {
    return this.entries.get(name);
  }

  names(): Iterable<string> {
    return this.entries.keys();
  }

  all(): Iterable<SymbolEntry> {
    return this.entries.values();
  }

  /** Returns the earlier definition when there is one in this pass already. */
  define(name: string, value: Value, kind: SymbolEntry['kind'], span: SourceSpan, pass: number): SymbolEntry | null {
    const entry = this.entries.get(name);
    if (entry === undefined) {
      this.entries.set(name, { name, span, kind, value, pass });
      this.changed = true;
      return null;
    }
    if (entry.pass === pass) return entry;
    if (!sameValue(entry.value, value)) this.changed = true;
    entry.value = value;
    entry.pass = pass;
    return null;
  }
}
