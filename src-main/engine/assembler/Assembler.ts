import {
  DEFAULT_MAX_BYTES,
  type AssembleOptions,
  type AssembledSymbol,
  type Assembly,
  type ListingLine,
} from './Assembly.ts';
import { Diagnostics, type Diagnostic } from './Diagnostic.ts';
import { evaluate, type Scope } from './Evaluator.ts';
import { parseExpression } from './Expression.ts';
import { formsOf } from './Forms.ts';
import { Pass, type Run } from './Pass.ts';
import { Preprocessor } from './preprocessor/Preprocessor.ts';
import type { WorkBudget } from './preprocessor/SingleLineMacros.ts';
import { layOut, type Section } from './Sections.ts';
import { spanOfAll, type SourceLine } from './SourceLine.ts';
import { decodeSource } from './SourceText.ts';
import type { Statement } from './Statement.ts';
import { isStatementWord, StatementParser } from './StatementParser.ts';
import { SymbolTable } from './SymbolTable.ts';
import { isConstant, type Value } from './Value.ts';

/** Sizes that have not settled after so many passes never will. */
const MAX_PASSES = 100;
/**
 * Statements executed over all passes, and lines and macro tokens produced: so many, and some for each
 * character of the source, so that hostile sources end in about two seconds and large honest ones still fit.
 */
const WORK = { base: 150_000, perCharacter: 4 };
const EXPANSION = { base: 200_000, perCharacter: 2 };

/**
 * Assembles NASM-syntax source into a flat program, byte for byte as `nasm -f bin` does. Encodings come from
 * the instruction table. Never throws and always ends: what is wrong with the source is in `diagnostics`.
 */
export function assemble(source: string, options: AssembleOptions = {}): Assembly {
  return new Assembler(source, options).assemble();
}

/** The statements of the program, and what was wrong with its lines. */
interface Reading {
  readonly statements: readonly Statement[];
  readonly diagnostics: Diagnostics;
}

class Assembler {
  private readonly source: string;
  private readonly file: string;
  private readonly run: Run;
  private readonly budget: WorkBudget;
  private readonly texts = new Map<string, string | null>();
  /** A condition or count of the preprocessor asked for a place in the program: it must be asked in every pass. */
  private readsPositions = false;

  constructor(source: string, options: AssembleOptions) {
    this.source = source;
    this.file = options.fileName ?? 'program.asm';
    this.budget = { left: EXPANSION.base + EXPANSION.perCharacter * source.length };
    const files = new Map<string, Uint8Array | null>();
    const reader = options.readFile ?? (() => null);
    this.run = {
      symbols: new SymbolTable(),
      sections: new Map<string, Section>(),
      externs: new Set(),
      readFile: (name) => {
        let file = files.get(name);
        if (file === undefined) files.set(name, (file = reader(name)));
        return file;
      },
      optimize: options.optimize ?? true,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      initialBits: options.bits ?? 16,
      work: WORK.base + WORK.perCharacter * source.length,
    };
  }

  assemble(): Assembly {
    const unheard = new Diagnostics();
    let pass = new Pass(1, false, this.run, unheard);
    let reading = this.read(pass);
    let settled = false;
    for (let number = 2; !settled && number <= MAX_PASSES && !pass.output.stopped && this.budget.left > 0; number++) {
      this.run.symbols.changed = false;
      const sizes = this.sizes();
      pass = new Pass(number, false, this.run, new Diagnostics());
      if (this.readsPositions) reading = this.read(pass);
      else for (const statement of reading.statements) pass.execute(statement);
      settled = !this.run.symbols.changed && sizes === this.sizes();
    }
    const stopped = pass.output.stopped || this.budget.left <= 0;
    const order = layOut([...this.run.sections.values()], pass.org ?? 0n);
    const diagnostics = new Diagnostics();
    // A pass that had to stop is made once more, aloud.
    if (stopped) this.run.work = Math.max(this.run.work, 10_000);
    const last = new Pass(MAX_PASSES + 1, true, this.run, diagnostics);
    if (this.readsPositions) reading = this.read(last);
    else for (const statement of reading.statements) last.execute(statement);
    if (!settled && !stopped) {
      diagnostics.error(
        { file: this.file, line: 1, column: 1, length: 1 },
        'The sizes of jumps and data in this program never settle: they depend on each other in a circle. Write “short” or “near” on the jumps around a “times” or “align”.',
      );
    }
    return this.result(last, order, [...reading.diagnostics.list, ...diagnostics.list]);
  }

  private sizes(): string {
    return [...this.run.sections.values()].map(({ size }) => size).join();
  }

  /** Reads the source anew, executing each statement as it is read, so that the preprocessor can ask for places. */
  private read(pass: Pass): Reading {
    const diagnostics = new Diagnostics();
    const parser = new StatementParser(diagnostics);
    const statements: Statement[] = [];
    const preprocessor: Preprocessor = new Preprocessor(this.file, this.source, {
      diagnostics,
      budget: this.budget,
      get bits() {
        return pass.output.bits;
      },
      isInstruction: (name) => formsOf(name.toLowerCase()) !== undefined || isStatementWord(name.toLowerCase()),
      readText: (name) => this.readText(name),
      evaluate: (line, from) => this.evaluateForPreprocessor(line, from, parser, pass, diagnostics),
    });
    for (let line = preprocessor.next(); line !== null; line = preprocessor.next()) {
      for (const statement of parser.parse(line)) {
        statements.push(statement);
        pass.execute(statement);
      }
      if (pass.output.stopped) break;
    }
    return { statements, diagnostics };
  }

  private readText(name: string): string | null {
    let text = this.texts.get(name);
    if (text === undefined) {
      const bytes = this.run.readFile(name);
      this.texts.set(name, (text = bytes === null ? null : decodeSource(bytes)));
    }
    return text;
  }

  private evaluateForPreprocessor(
    line: SourceLine,
    from: number,
    parser: StatementParser,
    pass: Pass,
    diagnostics: Diagnostics,
  ): bigint | null {
    const cursor = parser.cursor(line, from);
    const expression = parseExpression(cursor);
    if (expression === null || !parser.expectEnd(cursor)) return null;
    const asked = (value: Value): Value => {
      this.readsPositions = true;
      return value;
    };
    const scope: Scope = {
      get here() {
        return asked(pass.output.location);
      },
      get start() {
        return asked(pass.scope.start);
      },
      lookup: (name) => {
        this.readsPositions = true;
        return pass.scope.lookup(name);
      },
      undefined: (name, span) => {
        diagnostics.error(
          span,
          `${pass.explainUndefined(name)} The preprocessor can use only what is defined above this line.`,
        );
        return { scalar: 0n, terms: [], unknown: true };
      },
    };
    const value = evaluate(expression, scope, diagnostics);
    if (isConstant(value)) return value.scalar;
    if (!value.unknown)
      diagnostics.error(
        spanOfAll(line, from),
        'A plain number is needed here; this is an address or a register. The difference of two labels is a plain number.',
      );
    return null;
  }

  private result(pass: Pass, order: readonly Section[], found: readonly Diagnostic[]): Assembly {
    const originBase = pass.org ?? 0n;
    const bytes = this.flatten(order, found as Diagnostic[]);
    const diagnostics = [...found].sort((a, b) =>
      a.file === b.file
        ? a.line - b.line || a.column - b.column
        : a.file === this.file
          ? -1
          : b.file === this.file
            ? 1
            : 0,
    );
    const symbols: AssembledSymbol[] = [];
    for (const { name, value, kind, span } of this.run.symbols.all()) {
      if (name.startsWith('..@') || value.unknown) continue;
      let address = value.scalar;
      for (const term of value.terms) address += term.factor * (this.run.sections.get(term.name)?.base ?? 0n);
      symbols.push({ name, value: Number(address), kind, file: span.file, line: span.line });
    }
    const listing: ListingLine[] = pass.placed.map(({ section, offset, length, origin }) => ({
      address: Number(section.base) + offset,
      bytes: section.contents.slice(offset, offset + length),
      file: origin.file,
      line: origin.line,
      text: origin.text,
    }));
    listing.sort((a, b) => a.address - b.address);
    const end = Math.max(
      Number(originBase) + bytes.length,
      ...order.map((section) => Number(section.base) + section.size),
    );
    return {
      ok: !diagnostics.some(({ severity }) => severity === 'error'),
      bytes,
      origin: Number(originBase),
      hasOrigin: pass.org !== null,
      bits: pass.output.firstBits ?? pass.output.bits,
      hasBits: pass.output.firstBits === null ? pass.output.bitsStated : pass.output.firstBitsStated,
      end,
      symbols,
      listing,
      diagnostics,
    };
  }

  /** The sections at their places in the file, zeros between them. */
  private flatten(order: readonly Section[], found: Diagnostic[]): Uint8Array {
    const stored = order.filter((section) => !section.nobits && section.size > 0);
    const complain = (message: string): void =>
      void found.push({ message, file: this.file, line: 1, column: 1, length: 1, severity: 'error' });
    let length = 0;
    for (const section of stored) {
      if (section.fileOffset < length) {
        complain(`Section ${section.name} would begin inside the section before it. Correct its “start=”.`);
        return new Uint8Array(0);
      }
      length = section.fileOffset + section.size;
    }
    if (length > this.run.maxBytes) {
      complain(
        'The sections lie too far apart for one flat program. Use “vstart=” for addresses that are not places in the file.',
      );
      return new Uint8Array(0);
    }
    const bytes = new Uint8Array(length);
    for (const section of stored) bytes.set(section.contents, section.fileOffset);
    return bytes;
  }
}
