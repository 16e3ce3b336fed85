/** One finding of the assembler, in the words of the person who wrote the source. */
export interface Diagnostic {
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** Name of the source the line belongs to, as it was handed in or included. */
  readonly file: string;
  /** 1-based; column and length count UTF-16 code units, as editors do. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly severity: 'error' | 'warning';
}

/** A place in the source: where a token or a statement stands. */
export interface SourceSpan {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Set inside an expanded macro: names it and the line of its body, for the message. */
  readonly within?: string;
}

/** Beyond this many errors the rest is noise: the list ends with a line that says so. */
export const MAX_ERRORS = 100;

/** Collects what is found; the same finding at the same place counts once. */
export class Diagnostics {
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private errors = 0;

  get list(): readonly Diagnostic[] {
    return this.found;
  }

  get errorCount(): number {
    return this.errors;
  }

  report(severity: Diagnostic['severity'], span: SourceSpan, message: string): void {
    if (severity === 'error' && this.errors > MAX_ERRORS) return;
    const text = span.within === undefined ? message : `${message} (${span.within})`;
    const key = `${span.file}\0${span.line}\0${span.column}\0${text}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (severity === 'error') this.errors++;
    const { file, line, column, length } = span;
    this.found.push(
      this.errors > MAX_ERRORS
        ? { message: `More than ${MAX_ERRORS} errors: the rest is not listed.`, file, line, column, length, severity }
        : { message: text, file, line, column, length, severity },
    );
  }

  /** What is found from here on is not listed: no need to think about how to say it. */
  get isFull(): boolean {
    return this.errors > MAX_ERRORS;
  }

  error(span: SourceSpan, message: string): void {
    this.report('error', span, message);
  }

  warning(span: SourceSpan, message: string): void {
    this.report('warning', span, message);
  }
}
