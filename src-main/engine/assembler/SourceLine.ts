import type { SourceSpan } from './Diagnostic.ts';
import type { Token } from './Lexer.ts';

/** Where a line stands for the user: in a macro's expansion, the place that named the macro. */
export interface Origin {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The line as written there. */
  readonly text: string;
  /** Inside a macro every complaint points at the whole call. */
  readonly call?: { readonly column: number; readonly length: number; readonly within: string };
}

/** One line on its way through the assembler. */
export interface SourceLine {
  readonly origin: Origin;
  readonly tokens: readonly Token[];
}

/** The span of the line's token at `index`, or of the place just after its last one. */
export function spanAt(line: SourceLine, index: number): SourceSpan {
  const { file, line: number, text, call } = line.origin;
  if (call !== undefined) return { file, line: number, column: call.column, length: call.length, within: call.within };
  const token = line.tokens[index] as Token | undefined;
  if (token !== undefined) return { file, line: number, column: token.column, length: token.length };
  const last = line.tokens.at(-1);
  return {
    file,
    line: number,
    column: last === undefined ? 1 : Math.min(last.column + last.length, text.length + 1),
    length: 1,
  };
}

/** The span of everything on the line. */
export function spanOfAll(line: SourceLine, from = 0): SourceSpan {
  const first = spanAt(line, from);
  const last = line.tokens.at(-1);
  if (first.within !== undefined || last === undefined) return first;
  return { ...first, length: Math.max(first.length, last.column + last.length - first.column) };
}
