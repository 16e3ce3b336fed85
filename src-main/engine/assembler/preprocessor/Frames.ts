import { tokenize } from '../Lexer.ts';
import type { Origin, SourceLine } from '../SourceLine.ts';
import type { MacroCall } from './MultiLineMacros.ts';

/** One `%if` ... `%endif` in progress. */
export interface Condition {
  /** `live`: lines count; `waiting`: an `%elif` or `%else` may still; `done`: a branch was taken; `dead`: inside a skipped branch. */
  state: 'live' | 'waiting' | 'done' | 'dead';
  readonly origin: Origin;
  elseSeen: boolean;
}

/** A place that lines are read from: a file, a macro's expansion, a repetition. */
export interface Frame {
  readonly kind: 'file' | 'macro' | 'rep';
  readonly lines: LineReader;
  readonly conditions: Condition[];
  /** The expansion that `%1` refers to here. */
  readonly call: MacroCall | null;
  /** Where lines count as standing, when not where they were written. */
  readonly callOrigin: Origin | null;
  /** `rep`: how often still. */
  remaining: number;
}

/** Lines in order, which can be read again from the start. */
export interface LineReader {
  next(): SourceLine | null;
  rewind(): void;
}

/** The lines of a text, tokenized as they are asked for; a backslash at a line's end joins it with the next. */
export class TextLines implements LineReader {
  private readonly file: string;
  private readonly lines: readonly string[];
  private at = 0;

  constructor(file: string, text: string) {
    this.file = file;
    this.lines = text.split(/\r\n|\n|\r/);
  }

  next(): SourceLine | null {
    if (this.at >= this.lines.length) return null;
    const line = this.at + 1;
    let text = this.lines[this.at++];
    let whole = text;
    // Gathered first and joined once: thousands of continued lines must not cost their square.
    if (text.endsWith('\\')) {
      const parts: string[] = [];
      while (text.endsWith('\\') && this.at < this.lines.length) {
        parts.push(text.slice(0, -1));
        text = this.lines[this.at++];
      }
      whole = parts.join(' ') + ' ' + (text.endsWith('\\') ? text.slice(0, -1) : text);
    }
    return { origin: { file: this.file, line, text: whole }, tokens: tokenize(whole) };
  }

  rewind(): void {
    this.at = 0;
  }
}

/** Lines that were gathered before: a macro's or a repetition's body. */
export class BodyLines implements LineReader {
  private readonly lines: readonly SourceLine[];
  private at = 0;

  constructor(lines: readonly SourceLine[]) {
    this.lines = lines;
  }

  next(): SourceLine | null {
    return this.at < this.lines.length ? this.lines[this.at++] : null;
  }

  rewind(): void {
    this.at = 0;
  }
}
