import type { Diagnostics, SourceSpan } from './Diagnostic.ts';
import { evaluate, type Scope } from './Evaluator.ts';
import type { Expression } from './Expression.ts';
import { encodeInstruction, type EncodingContext } from './InstructionEncoder.ts';
import { isLongModeRegister, REGISTERS } from './Registers.ts';
import { Section } from './Sections.ts';
import type { Origin } from './SourceLine.ts';
import { suggestion } from './Spelling.ts';
import type { DataItem, InstructionNode, SectionAttributes, Statement, StatementBody } from './Statement.ts';
import type { SymbolTable } from './SymbolTable.ts';
import { asRegister, constant, hasRegisters, isConstant, sectionOf, UNKNOWN, type Value } from './Value.ts';

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

/** A complaint that makes the rest of the pass pointless has been made. */
export type PassState = 'going' | 'stopped';

/** One walk over the statements: sizes and labels, and in the last pass bytes and complaints. */
export class Pass {
  readonly number: number;
  readonly final: boolean;
  state: PassState = 'going';
  bits: 16 | 32;
  org: bigint | null = null;
  /** Code size at the first byte, and whether the source chose it. */
  firstBits: 16 | 32 | null = null;
  bitsStated = false;
  firstBitsStated = false;
  readonly placed: Placed[] = [];
  private readonly run: Run;
  private readonly diagnostics: Diagnostics;
  private section: Section;
  /** Location counter of ABSOLUTE and STRUC, or null in a section. */
  private absolute: Value | null = null;
  /** `$`: the start of the statement, also in the later items of a `dd` and the later rounds of a `times`. */
  private statementStart: Value;
  private readonly context: EncodingContext;

  constructor(number: number, final: boolean, run: Run, diagnostics: Diagnostics) {
    this.number = number;
    this.final = final;
    this.run = run;
    this.diagnostics = diagnostics;
    this.bits = run.initialBits;
    for (const section of run.sections.values()) section.size = 0;
    this.section = this.sectionNamed('.text');
    this.statementStart = this.location;
    const pass = this;
    const scope: Scope = {
      get here() { return pass.statementStart; },
      get start() { return pass.start; },
      lookup: (name) => this.lookup(name),
      undefined: (name, span) => this.undefined(name, span),
    };
    this.context = {
      scope,
      diagnostics,
      get bits() { return pass.bits; },
      optimize: run.optimize,
      final,
      get location() { return pass.location; },
      resolve: (value) => this.resolve(value),
    };
  }

  get scope(): Scope {
    return this.context.scope;
  }

  /** Where the next byte goes. */
  get location(): Value {
    return this.absolute ?? { scalar: BigInt(this.section.size), terms: this.section.terms, unknown: false };
  }

  private get start(): Value {
    return this.absolute === null ? { scalar: 0n, terms: this.section.terms, unknown: false } : constant(0n);
  }

  private sectionNamed(name: string): Section {
    let section = this.run.sections.get(name);
    if (section === undefined) this.run.sections.set(name, (section = new Section(name)));
    return section;
  }

  private lookup(name: string): Value | null {
    const entry = this.run.symbols.get(name);
    if (entry === undefined) return null;
    return entry.value.unknown ? UNKNOWN : entry.value;
  }

  private undefined(name: string, span: SourceSpan): Value {
    if (this.final) this.diagnostics.error(span, this.explainUndefined(name));
    return UNKNOWN;
  }

  explainUndefined(name: string): string {
    if (this.run.externs.has(name)) return `“${name}” is declared extern, but a flat program is not linked with anything. Define it here, or %include its source.`;
    if (isLongModeRegister(name)) return `“${name}” is a register of other code than 16- and 32-bit integer code, which is what is assembled here.`;
    const dot = name.lastIndexOf('.');
    const isLocal = dot > 0 && !name.startsWith('..');
    const shown = isLocal ? name.slice(dot) : name;
    const scope = isLocal ? name.slice(0, dot) : '';
    const near = [...this.run.symbols.names()].filter((other) => !other.startsWith('..@')).map((other) => (isLocal && other.startsWith(`${scope}.`) ? other.slice(dot) : other));
    return `“${shown}” is not defined${isLocal ? ` below the label “${scope}”` : ''}.${suggestion(shown, [...near, ...REGISTERS.keys()])}`;
  }

  private resolve(value: Value): bigint {
    let number = value.scalar;
    for (const term of value.terms) number += term.factor * (this.run.sections.get(term.name)?.base ?? 0n);
    return BigInt.asIntN(64, number);
  }

  private stop(span: SourceSpan, message: string): void {
    this.diagnostics.error(span, message);
    this.state = 'stopped';
  }

  execute(statement: Statement): void {
    if (this.state === 'stopped') return;
    if (--this.run.work < 0) {
      this.stop(statement.span, 'Assembling takes too long from here on. Reduce the counts of “times” and “%rep”.');
      return;
    }
    const { label, body } = statement;
    this.statementStart = this.location;
    if (label !== null && body?.kind !== 'equ') this.define(label.name, this.statementStart, 'label', label.span);
    if (body?.kind === 'equ') {
      const value = evaluate(body.value, this.scope, this.diagnostics);
      if (hasRegisters(value)) this.complain(body.span, `“equ” gives a name to a number, not to a register. For another name of a register write “%define ${label?.name ?? 'name'} ${asRegister(value) ?? 'eax'}”.`);
      else if (label !== null) this.define(label.name, value, 'constant', label.span);
      return;
    }
    if (body === null) return;
    const before = this.absolute === null ? this.section.size : 0;
    const section = this.section;
    const count = statement.times === null ? 1 : this.timesCount(statement.times, statement.span);
    this.repeat(body, count, statement);
    const length = section.size - before;
    if (this.final && section === this.section && this.absolute === null && !section.nobits && length > 0) {
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
    const same = kind === 'constant' && earlier.kind === 'constant' && earlier.value.scalar === value.scalar && earlier.value.terms.length === value.terms.length;
    const shown = name.slice(Math.max(0, name.startsWith('..') ? 0 : name.lastIndexOf('.')));
    if (!same) this.complain(span, `“${shown}” is defined twice; the first time in line ${earlier.span.line}${earlier.span.file === span.file ? '' : ` of ${earlier.span.file}`}. Rename one.`);
  }

  private timesCount(expression: Expression, span: SourceSpan): number {
    const value = evaluate(expression, this.scope, this.diagnostics);
    if (value.unknown) return 0;
    if (!isConstant(value)) {
      this.complain(span, '“times” needs a plain number, not an address. The difference of two labels, as in “510-($-$$)”, is one.');
      return 0;
    }
    if (value.scalar < 0n) {
      this.complain(span, `“times” has the count ${value.scalar}: what stands before is ${-value.scalar} bytes too large for the place it is to fill.`);
      return 0;
    }
    return Number(value.scalar);
  }

  private repeat(body: StatementBody, count: number, statement: Statement): void {
    if (count === 0) return;
    const first = this.section.size;
    this.emit(body, statement);
    if (count === 1 || this.state === 'stopped') return;
    const length = this.section.size - first;
    const span = statement.span;
    if (body.kind === 'reserve' || length === 0 || (this.absolute === null && this.isFixed(body))) {
      if (length * count > this.run.maxBytes && !this.section.nobits) {
        this.tooLarge(span);
        return;
      }
      if (body.kind === 'reserve') {
        const units = evaluate(body.count, this.scope, this.diagnostics);
        this.reserve(units.unknown ? 0 : Number(units.scalar) * body.unit * (count - 1), span);
      } else if (length > 0 && !this.section.nobits) {
        const room = this.extend(length * (count - 1), span);
        if (room === null || !this.final) return;
        const pattern = this.section.contents.slice(first, first + length);
        for (let at = 0; at < room.length; at += length) room.set(pattern, at);
      }
      return;
    }
    for (let i = 1; i < count && this.state === 'going'; i++) {
      if (--this.run.work < 0) this.stop(span, 'Assembling takes too long here: reduce the count of “times”.');
      else this.emit(body, statement);
    }
  }

  /** The body comes to the same bytes wherever it stands. */
  private isFixed(body: StatementBody): boolean {
    if (body.kind === 'instruction') return body.fixed;
    return body.kind === 'data' || body.kind === 'incbin';
  }

  private tooLarge(span: SourceSpan): void {
    this.stop(span, `The program becomes larger than ${formatSize(this.run.maxBytes)} here, which is more than it may be. Reduce the count or the address; space that needs no contents belongs into section .bss.`);
  }

  /** Room for bytes of code or data in the current section; null where none can be stored. */
  private extend(count: number, span: SourceSpan): Uint8Array | null {
    if (this.absolute !== null) {
      this.absolute = { ...this.absolute, scalar: this.absolute.scalar + BigInt(count) };
      this.complain(span, 'Nothing can be stored in absolute space; it only names addresses. Use resb and its like here, or go back with “section .text”.');
      return null;
    }
    const { section } = this;
    if (section.nobits) {
      this.warn(span, `Section ${section.name} only reserves space; what is stored here is lost. Put it into section .data.`);
      section.size += count;
      return null;
    }
    if (section.size + count > this.run.maxBytes) {
      this.tooLarge(span);
      return null;
    }
    if (this.firstBits === null && count > 0) {
      this.firstBits = this.bits;
      this.firstBitsStated = this.bitsStated;
    }
    if (this.final) return section.extend(count);
    section.size += count;
    return null;
  }

  private put(bytes: ArrayLike<number>, span: SourceSpan): void {
    this.extend(bytes.length, span)?.set(bytes);
  }

  private reserve(count: number, span: SourceSpan): void {
    if (count < 0) this.complain(span, `${count} bytes cannot be reserved; the count must not be negative.`);
    if (count <= 0) return;
    if (this.absolute !== null) this.absolute = { ...this.absolute, scalar: this.absolute.scalar + BigInt(count) };
    else if (this.section.nobits) {
      this.section.size += count;
      if (this.section.size > 0xffff_ffff) this.stop(span, `Section ${this.section.name} becomes larger than the 4 GiB that can be addressed.`);
    } else {
      this.extend(count, span)?.fill(0);
    }
  }

  private emit(body: StatementBody, statement: Statement): void {
    switch (body.kind) {
      case 'instruction':
        this.instruction(body);
        break;
      case 'data':
        for (const item of body.items) this.item(item, 0);
        break;
      case 'reserve': {
        const count = evaluate(body.count, this.scope, this.diagnostics);
        if (!count.unknown && !isConstant(count)) this.complain(body.span, 'The count of reserved items is a plain number, not an address.');
        else if (!count.unknown) this.reserve(Number(count.scalar) * body.unit, body.span);
        break;
      }
      case 'incbin':
        this.incbin(body);
        break;
      case 'align':
        this.align(body, statement);
        break;
      case 'bits':
        this.bits = body.bits;
        this.bitsStated = true;
        break;
      case 'org': {
        const address = evaluate(body.address, this.scope, this.diagnostics);
        if (!isConstant(address)) this.complain(body.span, '“org” needs a plain number that is known here.');
        else if (this.org !== null && this.org !== address.scalar) this.complain(body.span, 'The program has two “org”s; a program has one origin. To place a part elsewhere use “section name vstart=address”.');
        else this.org = address.scalar;
        break;
      }
      case 'section':
        this.enter(body.name, body.attributes, body.span);
        break;
      case 'absolute': {
        const address = evaluate(body.address, this.scope, this.diagnostics);
        this.absolute = address.unknown || hasRegisters(address) ? constant(0n) : address;
        break;
      }
      case 'endabsolute':
        this.absolute = null;
        break;
      case 'extern':
        for (const { name } of body.names) this.run.externs.add(name);
        break;
      case 'equ':
        break;
    }
  }

  private instruction(node: InstructionNode): void {
    const cached = this.final ? undefined : node.encoded.get(this.bits);
    const bytes = cached ?? encodeInstruction(node, this.context);
    if (bytes === null) return;
    if (node.fixed) node.encoded.set(this.bits, bytes);
    this.put(bytes, node.span);
  }

  private item(item: DataItem, depth: number): void {
    if (this.state === 'stopped') return;
    switch (item.kind) {
      case 'bytes':
        this.put(item.bytes, this.nowhere);
        break;
      case 'reserve':
        this.reserve(item.unit, this.nowhere);
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
        for (let i = 0n; i < count.scalar && this.state === 'going'; i++) {
          if (--this.run.work < 0) this.stop(item.span, 'Assembling takes too long here: reduce the count of “dup”.');
          for (const inner of item.items) this.item(inner, depth + 1);
        }
      }
    }
  }

  private readonly nowhere: SourceSpan = { file: '', line: 0, column: 1, length: 1 };

  private value(item: Extract<DataItem, { kind: 'value' }>): void {
    const { unit, span } = item;
    const value = evaluate(item.expression, this.scope, this.diagnostics);
    if (hasRegisters(value)) this.complain(span, 'A register is no data. To store its contents use mov to memory.');
    else if (sectionOf(value) === undefined) this.complain(span, 'This value adds or multiplies labels, which gives no address.');
    const number = this.final ? this.resolve(value) : 0n;
    const bits = BigInt(unit * 8);
    if (unit < 8 && (number >= 1n << bits || number < -(1n << bits))) this.warn(span, `${number} does not fit into ${unit} byte${unit === 1 ? '' : 's'}; only its low ${unit * 8} bits are stored.`);
    if (unit > 8) this.complain(span, 'Only floating-point numbers, strings and “?” go into items of this size.');
    const room = this.extend(unit, span);
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
      this.complain(body.span, `“${body.file}” has ${file.length} bytes; the place or length asked for lies outside of it.`);
      return;
    }
    this.put(file.subarray(skip, skip + count), body.span);
  }

  private align(body: Extract<StatementBody, { kind: 'align' }>, statement: Statement): void {
    const value = evaluate(body.to, this.scope, this.diagnostics);
    const to = Number(value.scalar);
    if (!isConstant(value) || to <= 0 || (to & (to - 1)) !== 0 || to > 0x4000_0000) {
      if (!value.unknown) this.complain(body.span, `Alignment is to a power of two up to 1 GiB, not to ${value.scalar}.`);
      return;
    }
    if (this.absolute === null) this.section.align = Math.max(this.section.align, to);
    const at = this.absolute === null ? this.section.size : Number(this.absolute.scalar);
    const count = (to - (at % to)) % to;
    if (count === 0) return;
    if (body.fill !== null) this.repeat(body.fill, count, statement);
    else if (body.reserve || this.section.nobits || this.absolute !== null) this.reserve(count, body.span);
    else this.extend(count, body.span)?.fill(0x90);
  }

  private enter(name: string, attributes: SectionAttributes, span: SourceSpan): void {
    const section = this.sectionNamed(name);
    this.section = section;
    this.absolute = null;
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

export function formatSize(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) return `${bytes >> 20} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes >> 10} KiB` : `${bytes} bytes`;
}
