import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import { evaluate, type Scope } from './Evaluator.ts';
import type { Expression } from './Expression.ts';
import { encodeInstruction, type EncodingContext } from './InstructionEncoder.ts';
import { Output } from './Output.ts';
import type { Section } from './Sections.ts';
import type { Origin } from './SourceLine.ts';
import type { DataItem, InstructionNode, SectionAttributes, Statement, StatementBody } from './Statement.ts';
import type { SymbolTable } from './SymbolTable.ts';
import { explainUndefined } from './UndefinedSymbol.ts';
import { asRegister, constant, hasRegisters, isConstant, isStorable, UNKNOWN, type Value } from './Value.ts';

/** What all passes of one run share. */
export interface Run {
  readonly symbols: SymbolTable;
  readonly sections: Map<string, Section>;
  readonly externs: Set<string>;
  readonly readFile: (name: string) => Uint8Array | null;
  readonly optimize: boolean;
  readonly maxBytes: number;
  readonly initialBits: 16 | 32;
  /** Executions of statements left: no source can take for ever. */
  work: number;
}

export interface Placed {
  readonly section: Section;
  readonly offset: number;
  readonly length: number;
  readonly origin: Origin;
}

/** One walk over the statements: sizes and labels, and in the last pass bytes and complaints. */
export class Pass {
  readonly number: number;
  readonly final: boolean;
  org: bigint | null = null;
  readonly output: Output;
  readonly placed: Placed[] = [];
  private readonly run: Run;
  private readonly diagnostics: Diagnostics;
  /** `$`: the start of the statement, also in the later items of a `dd` and the later rounds of a `times`. */
  private statementStart: Value;
  private readonly context: EncodingContext;

  constructor(number: number, final: boolean, run: Run, diagnostics: Diagnostics) {
    this.number = number;
    this.final = final;
    this.run = run;
    this.diagnostics = diagnostics;
    this.output = new Output(run, final, diagnostics);
    this.statementStart = this.output.location;
    this.context = this.makeContext(diagnostics);
  }

  private makeContext(diagnostics: Diagnostics): EncodingContext {
    const here = (): Value => this.statementStart;
    const start = (): Value => this.output.start;
    const location = (): Value => this.output.location;
    const bits = (): 16 | 32 => this.output.bits;
    const scope: Scope = {
      get here() {
        return here();
      },
      get start() {
        return start();
      },
      lookup: (name) => this.lookup(name),
      undefined: (name, span) => this.undefined(name, span),
    };
    return {
      scope,
      diagnostics,
      get bits() {
        return bits();
      },
      get location() {
        return location();
      },
      optimize: this.run.optimize,
      final: this.final,
      resolve: (value) => this.resolve(value),
    };
  }

  get scope(): Scope {
    return this.context.scope;
  }

  private lookup(name: string): Value | null {
    const entry = this.run.symbols.get(name);
    if (entry === undefined) return null;
    return entry.value.unknown ? UNKNOWN : entry.value;
  }

  private undefined(name: string, span: SourceSpan): Value {
    if (this.final && !this.diagnostics.isFull) this.diagnostics.error(span, this.explainUndefined(name));
    return UNKNOWN;
  }

  explainUndefined(name: string): string {
    return explainUndefined(name, this.run.symbols, this.run.externs);
  }

  private resolve(value: Value): bigint {
    let number = value.scalar;
    for (const term of value.terms) number += term.factor * (this.run.sections.get(term.name)?.base ?? 0n);
    return BigInt.asIntN(64, number);
  }

  execute(statement: Statement): void {
    if (this.output.stopped) return;
    if (--this.run.work < 0) {
      this.output.stop(
        statement.span,
        'Assembling takes too long from here on. Reduce the counts of “times” and “%rep”.',
      );
      return;
    }
    const { label, body } = statement;
    this.statementStart = this.output.location;
    if (label !== null && body?.kind !== 'equ') this.define(label.name, this.statementStart, 'label', label.span);
    if (body?.kind === 'equ') {
      const value = evaluate(body.value, this.scope, this.diagnostics);
      if (hasRegisters(value))
        this.complain(
          body.span,
          `“equ” gives a name to a number, not to a register. For another name of a register write “%define ${label?.name ?? 'name'} ${asRegister(value) ?? 'eax'}”.`,
        );
      else if (label !== null) this.define(label.name, value, 'constant', label.span);
      return;
    }
    if (body === null) return;
    const { section } = this.output;
    const before = section.size;
    const count = statement.times === null ? 1 : this.timesCount(statement.times, statement.span);
    this.repeat(body, count, statement);
    const length = section.size - before;
    if (
      this.final &&
      section === this.output.section &&
      this.output.absolute === null &&
      !section.nobits &&
      length > 0
    ) {
      this.placed.push({ section, offset: before, length, origin: statement.origin });
    }
  }

  private complain(span: SourceSpan, message: string): void {
    if (this.final) this.diagnostics.error(span, message);
  }

  private warn(span: SourceSpan, message: string): void {
    if (this.final) this.diagnostics.warning(span, message);
  }

  private define(name: string, value: Value, kind: 'label' | 'constant', span: SourceSpan): void {
    const earlier = this.run.symbols.define(name, value, kind, span, this.number);
    if (earlier === null) return;
    const same =
      kind === 'constant' &&
      earlier.kind === 'constant' &&
      earlier.value.scalar === value.scalar &&
      earlier.value.terms.length === value.terms.length;
    const shown = name.slice(Math.max(0, name.startsWith('..') ? 0 : name.lastIndexOf('.')));
    if (!same)
      this.complain(
        span,
        `“${shown}” is defined twice; the first time in line ${earlier.span.line}${earlier.span.file === span.file ? '' : ` of ${earlier.span.file}`}. Rename one.`,
      );
  }

  private timesCount(expression: Expression, span: SourceSpan): number {
    const value = evaluate(expression, this.scope, this.diagnostics);
    if (value.unknown) return 0;
    if (!isConstant(value)) {
      this.complain(
        span,
        '“times” needs a plain number, not an address. The difference of two labels, as in “510-($-$$)”, is one.',
      );
      return 0;
    }
    if (value.scalar < 0n) {
      this.complain(
        span,
        `“times” has the count ${value.scalar}: what stands before is ${-value.scalar} bytes too large for the place it is to fill.`,
      );
      return 0;
    }
    return Number(value.scalar);
  }

  private repeat(body: StatementBody, count: number, statement: Statement): void {
    if (count === 0) return;
    const first = this.output.section.size;
    this.emit(body, statement);
    if (count === 1 || this.output.stopped) return;
    const length = this.output.section.size - first;
    const span = statement.span;
    if (body.kind === 'reserve' || length === 0 || (this.output.absolute === null && this.isFixed(body))) {
      if (length * count > this.run.maxBytes && !this.output.section.nobits) {
        this.output.tooLarge(span);
        return;
      }
      if (body.kind === 'reserve') {
        const units = evaluate(body.count, this.scope, this.diagnostics);
        this.output.reserve(units.unknown ? 0 : Number(units.scalar) * body.unit * (count - 1), span);
      } else if (length > 0 && !this.output.section.nobits) {
        const room = this.output.extend(length * (count - 1), span);
        if (room === null || !this.final) return;
        const pattern = this.output.section.contents.slice(first, first + length);
        for (let at = 0; at < room.length; at += length) room.set(pattern, at);
      }
      return;
    }
    for (let i = 1; i < count && !this.output.stopped; i++) {
      if (--this.run.work < 0) this.output.stop(span, 'Assembling takes too long here: reduce the count of “times”.');
      else this.emit(body, statement);
    }
  }

  /** The body comes to the same bytes wherever it stands. */
  private isFixed(body: StatementBody): boolean {
    if (body.kind === 'instruction') return body.fixed;
    return body.kind === 'data' || body.kind === 'incbin';
  }

  private emit(body: StatementBody, statement: Statement): void {
    switch (body.kind) {
      case 'instruction':
        this.instruction(body);
        break;
      case 'data':
        for (const item of body.items) this.item(item, body.span);
        break;
      case 'reserve': {
        const count = evaluate(body.count, this.scope, this.diagnostics);
        if (!count.unknown && !isConstant(count))
          this.complain(body.span, 'The count of reserved items is a plain number, not an address.');
        else if (!count.unknown) this.output.reserve(Number(count.scalar) * body.unit, body.span);
        break;
      }
      case 'incbin':
        this.incbin(body);
        break;
      case 'align':
        this.align(body, statement);
        break;
      case 'bits':
        this.output.bits = body.bits;
        this.output.bitsStated = true;
        break;
      case 'org': {
        const address = evaluate(body.address, this.scope, this.diagnostics);
        if (!isConstant(address)) this.complain(body.span, '“org” needs a plain number that is known here.');
        else if (this.org !== null && this.org !== address.scalar)
          this.complain(
            body.span,
            'The program has two “org”s; a program has one origin. To place a part elsewhere use “section name vstart=address”.',
          );
        else this.org = address.scalar;
        break;
      }
      case 'section':
        this.enter(body.name, body.attributes, body.span);
        break;
      case 'absolute': {
        const address = evaluate(body.address, this.scope, this.diagnostics);
        this.output.absolute = address.unknown || hasRegisters(address) ? constant(0n) : address;
        break;
      }
      case 'endabsolute':
        this.output.absolute = null;
        break;
      case 'extern':
        for (const { name } of body.names) this.run.externs.add(name);
        break;
      case 'equ':
        break;
    }
  }

  private instruction(node: InstructionNode): void {
    const length = this.final ? undefined : node.lengths.get(this.output.bits);
    if (length !== undefined) {
      this.output.extend(length, node.span);
      return;
    }
    const cached = this.final ? undefined : node.encoded.get(this.output.bits);
    const bytes = cached ?? encodeInstruction(node, this.context);
    if (bytes === null) return;
    if (node.fixed) node.encoded.set(this.output.bits, bytes);
    this.output.put(bytes, node.span);
  }

  private item(item: DataItem, span: SourceSpan): void {
    if (this.output.stopped) return;
    switch (item.kind) {
      case 'bytes':
        this.output.put(item.bytes, span);
        break;
      case 'reserve':
        this.output.reserve(item.unit, span);
        break;
      case 'value':
        this.value(item);
        break;
      case 'repeat': {
        const count = evaluate(item.count, this.scope, this.diagnostics);
        if (count.unknown) return;
        if (!isConstant(count) || count.scalar < 0n) {
          this.complain(item.span, 'The count before “dup” is a plain number, 0 or more.');
          return;
        }
        for (let i = 0n; i < count.scalar && !this.output.stopped; i++) {
          if (--this.run.work < 0)
            this.output.stop(item.span, 'Assembling takes too long here: reduce the count of “dup”.');
          for (const inner of item.items) this.item(inner, span);
        }
      }
    }
  }

  private value(item: Extract<DataItem, { kind: 'value' }>): void {
    const { unit, span } = item;
    const value = evaluate(item.expression, this.scope, this.diagnostics);
    if (hasRegisters(value)) this.complain(span, 'A register is no data. To store its contents use mov to memory.');
    else if (!isStorable(value)) this.complain(span, 'This value adds or multiplies labels, which gives no address.');
    const number = this.final ? this.resolve(value) : 0n;
    const bits = BigInt(unit * 8);
    if (unit < 8 && (number >= 1n << bits || number < -(1n << bits)))
      this.warn(
        span,
        `${number} does not fit into ${unit} byte${unit === 1 ? '' : 's'}; only its low ${unit * 8} bits are stored.`,
      );
    if (unit > 8) this.complain(span, 'Only floating-point numbers, strings and “?” go into items of this size.');
    const room = this.output.extend(unit, span);
    if (room === null) return;
    const low = BigInt.asUintN(64, number);
    for (let i = 0; i < unit; i++) room[i] = i < 8 ? Number((low >> BigInt(8 * i)) & 0xffn) : number < 0n ? 0xff : 0;
  }

  private incbin(body: Extract<StatementBody, { kind: 'incbin' }>): void {
    const file = this.run.readFile(body.file);
    if (file === null) {
      this.complain(body.span, `The file “${body.file}” cannot be read. Put it beside this one, or correct the name.`);
      return;
    }
    const skip = body.skip === null ? 0 : Number(evaluate(body.skip, this.scope, this.diagnostics).scalar);
    const count = body.count === null ? file.length : Number(evaluate(body.count, this.scope, this.diagnostics).scalar);
    if (skip < 0 || count < 0 || skip > file.length) {
      this.complain(
        body.span,
        `“${body.file}” has ${file.length} bytes; the place or length asked for lies outside of it.`,
      );
      return;
    }
    this.output.put(file.subarray(skip, skip + count), body.span);
  }

  private align(body: Extract<StatementBody, { kind: 'align' }>, statement: Statement): void {
    const value = evaluate(body.to, this.scope, this.diagnostics);
    const to = Number(value.scalar);
    if (!isConstant(value) || to <= 0 || (to & (to - 1)) !== 0 || to > 0x4000_0000) {
      if (!value.unknown)
        this.complain(body.span, `Alignment is to a power of two up to 1 GiB, not to ${value.scalar}.`);
      return;
    }
    if (this.output.absolute === null) this.output.section.align = Math.max(this.output.section.align, to);
    const at = this.output.size;
    const count = (to - (at % to)) % to;
    if (count === 0) return;
    if (body.fill !== null) this.repeat(body.fill, count, statement);
    else if (body.reserve || this.output.section.nobits || this.output.absolute !== null)
      this.output.reserve(count, body.span);
    else this.output.extend(count, body.span)?.fill(0x90);
  }

  private enter(name: string, attributes: SectionAttributes, span: SourceSpan): void {
    const section = this.output.sectionNamed(name);
    this.output.section = section;
    this.output.absolute = null;
    if (attributes.nobits !== undefined) section.nobits = attributes.nobits;
    const number = (expression: Expression | undefined): bigint | null => {
      if (expression === undefined) return null;
      const value = evaluate(expression, this.scope, this.diagnostics);
      if (isConstant(value)) return value.scalar;
      this.complain(span, 'The attributes of a section are plain numbers that are known here.');
      return null;
    };
    const align = number(attributes.align);
    if (align !== null && align > 0n && align <= 0x4000_0000n) section.align = Math.max(section.align, Number(align));
    section.start = number(attributes.start) ?? section.start;
    section.vstart = number(attributes.vstart) ?? section.vstart;
    section.follows = attributes.follows ?? section.follows;
    section.vfollows = attributes.vfollows ?? section.vfollows;
  }
}
