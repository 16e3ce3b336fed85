import type { Diagnostics } from '../Diagnostic.ts';
import type { Token } from '../Lexer.ts';
import { spanAt, spanOfAll, type SourceLine } from '../SourceLine.ts';
import { suggestion } from '../Spelling.ts';
import { handleConditional, isConditional } from './Conditionals.ts';
import { DIRECTIVES, handleDirective } from './Directives.ts';
import { BodyLines, TextLines, type Frame } from './Frames.ts';
import {
  matchCall,
  MultiLineMacros,
  substituteParameters,
  type MacroCall,
  type MultiLineMacro,
} from './MultiLineMacros.ts';
import { SingleLineMacros, type WorkBudget } from './SingleLineMacros.ts';
import { tokensAt } from './TokenText.ts';

/** What the preprocessor needs to know of the program being assembled. */
export interface PreprocessorHost {
  readonly diagnostics: Diagnostics;
  readonly budget: WorkBudget;
  /** The number that the tokens from `from` on are worth; null after a complaint. */
  evaluate(line: SourceLine, from: number): bigint | null;
  /** The text of an included file, or null. */
  readText(name: string): string | null;
  /** 16 or 32, for `__BITS__`. */
  readonly bits: number;
  isInstruction(name: string): boolean;
}

const MAX_FRAMES = 128;
const MAX_FILES = 32;

/** Lines gathered for a `%macro` or `%rep` until its end. */
interface Gathering {
  readonly opener: 'macro' | 'rep';
  readonly line: SourceLine;
  readonly body: SourceLine[];
  depth: number;
  finish(body: readonly SourceLine[]): void;
}

/**
 * Turns source text into the lines that the assembler sees: macros expanded, conditions decided, files
 * included. Lines are handed out one by one, so that a condition can ask about labels before it.
 */
export class Preprocessor {
  readonly host: PreprocessorHost;
  readonly defines: SingleLineMacros;
  readonly macros = new MultiLineMacros();
  readonly frames: Frame[] = [];
  /** `%push`ed contexts, innermost last. */
  readonly contexts: { readonly name: string; readonly serial: number }[] = [];
  private readonly ready: SourceLine[] = [];
  private gathering: Gathering | null = null;
  private current: SourceLine | null = null;
  private serial = 0;
  private stopped = false;

  constructor(file: string, text: string, host: PreprocessorHost) {
    this.host = host;
    this.defines = new SingleLineMacros(host.budget, (name) => this.builtin(name));
    this.frames.push({
      kind: 'file',
      lines: new TextLines(file, text),
      conditions: [],
      call: null,
      callOrigin: null,
      remaining: 0,
    });
  }

  nextSerial(): number {
    return ++this.serial;
  }

  /** The next line with anything on it for the assembler, or null at the end. */
  next(): SourceLine | null {
    for (;;) {
      const queued = this.ready.shift();
      if (queued !== undefined) return queued;
      const line = this.stopped ? null : this.read();
      if (line === null) return null;
      this.current = line;
      this.take(line);
      if (this.host.budget.left < 0) {
        this.host.diagnostics.error(
          spanOfAll(line),
          'The macros and repetitions up to here expand to more text than one program may have. Reduce the counts.',
        );
        this.stop();
      }
    }
  }

  /** `%fatal`, or a limit: nothing more is read. */
  stop(): void {
    this.stopped = true;
    this.frames.length = 0;
    this.ready.length = 0;
    this.gathering = null;
  }

  get skipping(): boolean {
    const condition = this.frames.at(-1)?.conditions.at(-1);
    return condition !== undefined && condition.state !== 'live';
  }

  /** The next raw line of the innermost frame, its macro parameters filled in unless it is being gathered. */
  private read(): SourceLine | null {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      this.host.budget.left--;
      const line = frame.lines.next();
      if (line === null) {
        this.endOfFrame(frame);
        if (this.host.budget.left < 0) return this.current;
        continue;
      }
      if (this.gathering !== null) return line;
      const placed = frame.callOrigin === null ? line : { origin: frame.callOrigin, tokens: line.tokens };
      return this.fillIn(placed, frame.call);
    }
    return null;
  }

  private fillIn(line: SourceLine, call: MacroCall | null): SourceLine {
    let { tokens } = line;
    if (call !== null) {
      tokens = substituteParameters(tokens, call, (token, message) =>
        this.host.diagnostics.error(spanAt({ ...line, tokens: [token] }, 0), message),
      );
    }
    if (tokens.some((token) => token.kind === 'pp' && /^%\{?\$/.test(token.text)))
      tokens = tokens.flatMap((token) => this.contextLocal(token, line));
    return tokens === line.tokens ? line : { origin: line.origin, tokens };
  }

  /** `%$x` of the innermost context, `%$$x` of the one around it. */
  private contextLocal(token: Token, line: SourceLine): Token[] {
    const match = token.kind === 'pp' ? /^%\{?(\$+)([^}]*)\}?$/.exec(token.text) : null;
    if (match === null) return [token];
    const context = this.contexts.at(-match[1].length);
    if (context !== undefined) return [{ ...token, kind: 'id', text: `..@${context.serial}.${match[2]}` }];
    this.host.diagnostics.error(
      spanAt({ ...line, tokens: [token] }, 0),
      `${token.text} needs a context; open one with %push.`,
    );
    return [];
  }

  private endOfFrame(frame: Frame): void {
    const { diagnostics } = this.host;
    if (this.gathering !== null) {
      const { opener, line } = this.gathering;
      this.gathering = null;
      diagnostics.error(spanOfAll(line), `This %${opener} has no %end${opener}.`);
    }
    const open = frame.conditions.pop();
    if (open !== undefined) {
      diagnostics.error(spanOfAll({ origin: open.origin, tokens: [] }), 'This %if has no %endif.');
      frame.conditions.length = 0;
    }
    if (frame.kind === 'rep' && --frame.remaining > 0) frame.lines.rewind();
    else this.frames.pop();
  }

  private take(line: SourceLine): void {
    const first = line.tokens[0] as Token | undefined;
    const directive = first?.kind === 'pp' && /^%[a-z]/i.test(first.text) ? first.text.slice(1).toLowerCase() : null;
    if (this.gathering !== null) {
      this.gather(this.gathering, line, directive);
      return;
    }
    if (directive !== null && isConditional(directive)) {
      handleConditional(this, line, directive);
      return;
    }
    if (this.skipping || first === undefined) return;
    if (directive !== null) {
      if (!handleDirective(this, line, directive)) {
        this.host.diagnostics.error(
          spanAt(line, 0),
          `Unknown preprocessor directive “${first.text}”.${suggestion(directive, DIRECTIVES)}`,
        );
      }
      return;
    }
    const tokens = this.defines.expand(line.tokens);
    const expanded = tokens === line.tokens ? line : { origin: line.origin, tokens };
    if (tokens.length > 0 && !this.callMacro(expanded)) this.ready.push(expanded);
  }

  /** Starts to gather lines up to the matching `%endmacro` or `%endrep`. */
  beginGathering(opener: 'macro' | 'rep', line: SourceLine, finish: (body: readonly SourceLine[]) => void): void {
    this.gathering = { opener, line, body: [], depth: 0, finish };
  }

  private gather(gathering: Gathering, line: SourceLine, directive: string | null): void {
    const opens = gathering.opener === 'rep' ? directive === 'rep' : directive === 'macro' || directive === 'imacro';
    const closes =
      gathering.opener === 'rep' ? directive === 'endrep' : directive === 'endmacro' || directive === 'endm';
    if (opens) gathering.depth++;
    if (closes && gathering.depth-- === 0) {
      this.gathering = null;
      gathering.finish(gathering.body);
    } else gathering.body.push(line);
  }

  /** Expands the line when it calls a macro, after an optional label. */
  private callMacro(line: SourceLine): boolean {
    const { tokens } = line;
    let at = 0;
    let macros = this.macrosAt(tokens, 0);
    if (
      macros.length === 0 &&
      tokens[0].kind === 'id' &&
      tokens.length > 1 &&
      !this.host.isInstruction(tokens[0].text)
    ) {
      at = tokens[1].kind === 'op' && tokens[1].text === ':' ? 2 : 1;
      if (at < tokens.length) macros = this.macrosAt(tokens, at);
    }
    if (macros.length === 0) return false;
    const found = matchCall(macros, tokens.slice(at + 1));
    if (found === null) {
      if (!this.host.isInstruction(tokens[at].text)) {
        this.host.diagnostics.error(
          spanAt(line, at),
          `The macro “${tokens[at].text}” takes ${countWanted(macros)}, not ${tokens.length === at + 1 ? 'none' : 'so many'}.`,
        );
        return true;
      }
      return false;
    }
    const label = tokens.slice(0, at);
    const usesLabel = found.macro.lines.some((body) =>
      body.tokens.some((token) => token.kind === 'pp' && token.text === '%00'),
    );
    if (label.length > 0 && !usesLabel)
      this.ready.push({ origin: line.origin, tokens: [label[0], ...tokensAt(':', label[0])] });
    const { origin } = line;
    const whole = spanOfAll(line, at);
    this.pushFrame(line, {
      kind: 'macro',
      lines: new BodyLines(found.macro.lines),
      conditions: [],
      call: { macro: found.macro, args: found.args, serial: this.nextSerial(), label: label.slice(0, 1), rotation: 0 },
      callOrigin: {
        file: origin.file,
        line: origin.line,
        text: origin.text,
        call: {
          column: origin.call?.column ?? whole.column,
          length: origin.call?.length ?? whole.length,
          within: `in the macro “${found.macro.name}”`,
        },
      },
      remaining: 0,
    });
    return true;
  }

  /** Macros of this name, but for those being expanded: inside itself a macro's name means the instruction. */
  private macrosAt(tokens: readonly Token[], at: number): readonly MultiLineMacro[] {
    const token = tokens[at];
    if (token.kind !== 'id') return [];
    const macros = this.macros.named(token.text);
    if (macros.length === 0) return macros;
    return macros.filter(
      (macro) => !this.frames.some((frame) => frame.kind === 'macro' && frame.call?.macro === macro),
    );
  }

  pushFrame(line: SourceLine, frame: Frame): void {
    const files = frame.kind === 'file' ? this.frames.filter(({ kind }) => kind === 'file').length : 0;
    if (this.frames.length < MAX_FRAMES && files < MAX_FILES) this.frames.push(frame);
    else
      this.host.diagnostics.error(
        spanOfAll(line),
        frame.kind === 'file'
          ? 'Files include each other too deeply: does one include itself?'
          : 'Macros and repetitions are nested too deeply here.',
      );
  }

  private builtin(name: string): string | null {
    const origin = this.current?.origin;
    switch (name.replace(/^__\?(.*)\?__$/, '__$1__')) {
      case '__LINE__':
        return String(origin?.line ?? 0);
      case '__FILE__':
        return `"${(origin?.file ?? '').replaceAll('"', '')}"`;
      case '__BITS__':
        return String(this.host.bits);
      case '__OUTPUT_FORMAT__':
        return 'bin';
      case '__NASM_MAJOR__':
        return '2';
      case '__NASM_MINOR__':
        return '16';
      case '__NASM_SUBMINOR__':
        return '1';
      case '__NASM_VER__':
        return '"2.16.01"';
      case '__NASM_VERSION_ID__':
        return '0x02100100';
      default:
        return null;
    }
  }
}

function countWanted(macros: readonly MultiLineMacro[]): string {
  const counts = macros.map(({ fewest, most }) =>
    fewest === most ? `${fewest}` : most === Infinity ? `${fewest} or more` : `${fewest} to ${most}`,
  );
  return `${counts.join(' or ')} argument${counts.join() === '1' ? '' : 's'}`;
}
