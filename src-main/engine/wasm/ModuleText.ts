import { PLAIN, PREFIXED, type PlainInstruction } from './opcodeNames.ts';

/** What the bytes of a module do not say, for its reader. */
export interface ModuleNames {
  /** The function's locals, parameters first. Those without a name are numbered. */
  readonly locals: readonly (string | undefined)[];
  /** Names of labels and remarks, by the offset in the function's code at which they begin. */
  readonly labels: ReadonlyMap<number, string>;
  readonly remarks: ReadonlyMap<number, string>;
  /** What lies at an address that is known when the code is made. */
  place(address: number): string | undefined;
}

const TYPES: Readonly<Record<number, string>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128' };
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const MOST_COLUMNS = 110;

interface Signature {
  readonly type: number;
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

/** A line of a module's text. */
export interface ModuleLine {
  readonly text: string;
  /** Offset in the function's code of the last remark before it. */
  readonly mark?: number;
}

/** Reads what the encoder writes, in its order. */
class ByteReader {
  at: number;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++];
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return byte & 0x40 ? value - (1n << shift) : value;
    }
  }

  take(count: number): Uint8Array {
    return this.bytes.subarray(this.at, (this.at += count));
  }

  text(): string {
    return String.fromCharCode(...this.take(this.unsigned()));
  }

  types(): string[] {
    return Array.from({ length: this.unsigned() }, () => TYPES[this.byte()]);
  }
}

/** An operand on the stack: its folded text, or `''` for a value that an earlier line has left there. */
interface Folded {
  readonly text: string;
}

/**
 * The text format (WebAssembly core specification, 6) of a module of one function that imports memory and
 * functions, folded where that keeps the order of evaluation: what `encodeRegion` makes, readable, and valid. Hints of
 * alignment, which nothing depends on, are left out.
 */
export function moduleText(bytes: Uint8Array, names: ModuleNames): string {
  return `${moduleLines(bytes, names)
    .map(({ text }) => text)
    .join('\n')}\n`;
}

/** The same, line by line. */
export function moduleLines(bytes: Uint8Array, names: ModuleNames): ModuleLine[] {
  const signatures: Signature[] = [],
    functions: { name: string; signature: Signature }[] = [],
    lines: ModuleLine[] = [{ text: '(module' }];
  const reader = new ByteReader(bytes, 8);
  while (reader.at < bytes.length) {
    const section = reader.byte();
    const end = reader.unsigned() + reader.at;
    const count = section === 0 ? 0 : reader.unsigned();
    for (let index = 0; index < count; index++) {
      if (section === SECTION.type) {
        reader.byte();
        const signature = { type: index, parameters: reader.types(), results: reader.types() };
        signatures.push(signature);
        const shape = `${list('param', signature.parameters)}${list('result', signature.results)}`;
        lines.push({ text: `  (type (func${shape}))` });
      } else if (section === SECTION.import) {
        lines.push({ text: importText(reader, signatures, functions) });
      } else if (section === SECTION.function) {
        functions.push({ name: 'region', signature: signatures[reader.unsigned()] });
      } else if (section === SECTION.export) {
        const name = reader.text();
        reader.byte();
        lines.push({ text: `  (export "${name}" (func $${functions[reader.unsigned()].name}))` });
      } else if (section === SECTION.code) {
        const size = reader.unsigned();
        const body = new ByteReader(bytes.subarray(0, reader.at + size), reader.at);
        lines.push(...new FunctionText(body, functions, names).lines());
        reader.at += size;
      }
    }
    reader.at = end;
  }
  const last = lines[lines.length - 1];
  return [...lines.slice(0, -1), { ...last, text: `${last.text})` }];
}

function list(word: string, types: readonly string[]): string {
  return types.length === 0 ? '' : ` (${word} ${types.join(' ')})`;
}

function importText(
  reader: ByteReader,
  signatures: readonly Signature[],
  functions: { name: string; signature: Signature }[],
): string {
  const [module, name] = [reader.text(), reader.text()];
  if (reader.byte() === 0) {
    const type = reader.unsigned();
    functions.push({ name, signature: signatures[type] });
    return `  (import "${module}" "${name}" (func $${name} (type ${type})))`;
  }
  reader.byte();
  return `  (import "${module}" "${name}" (memory ${reader.unsigned()} ${reader.unsigned()} shared))`;
}

/** One function's body. */
class FunctionText {
  private readonly reader: ByteReader;
  private readonly functions: readonly { readonly name: string; readonly signature: Signature }[];
  private readonly names: ModuleNames;
  private readonly written: string[] = [];
  /** For each line, the remark it came behind. */
  private readonly marks: (number | undefined)[] = [];
  private mark: number | undefined;
  private readonly stack: Folded[] = [];
  private readonly labels: string[] = [];
  private readonly locals: string[] = [];
  private readonly localTypes: string[] = [];
  private indent = 2;
  private labelCount = 0;

  constructor(
    reader: ByteReader,
    functions: readonly { readonly name: string; readonly signature: Signature }[],
    names: ModuleNames,
  ) {
    this.reader = reader;
    this.functions = functions;
    this.names = names;
  }

  lines(): ModuleLine[] {
    const { signature } = this.functions[this.functions.length - 1];
    const parameters = signature.parameters.map((type) => ` (param ${this.declare(type)})`);
    this.push(`  (func $region (type ${signature.type})${parameters.join('')}${list('result', signature.results)}`);
    const locals: string[] = [];
    for (let runs = this.reader.unsigned(); runs > 0; runs--) {
      const count = this.reader.unsigned();
      const type = TYPES[this.reader.byte()];
      for (let index = 0; index < count; index++) locals.push(`(local ${this.declare(type)})`);
    }
    this.flow(locals);
    const start = this.reader.at;
    while (this.reader.at < this.reader.bytes.length) this.instruction(start);
    this.written[this.written.length - 1] += ')';
    return this.written.map((text, index) => {
      const mark = this.marks[index];
      return mark === undefined ? { text } : { text, mark };
    });
  }

  private declare(type: string): string {
    const index = this.locals.length;
    this.locals.push(`$${this.names.locals[index] ?? index}`);
    this.localTypes.push(type);
    return `${this.locals[index]} ${type}`;
  }

  /** Writes short texts, as many to a line as fit. */
  private flow(texts: readonly string[]): void {
    let line = '';
    for (const text of texts) {
      if (line !== '' && line.length + text.length > MOST_COLUMNS - 10) {
        this.line(line);
        line = '';
      }
      line += line === '' ? text : ` ${text}`;
    }
    if (line !== '') this.line(line);
  }

  private line(text: string): void {
    const indent = '  '.repeat(this.indent);
    const whole = indent + text;
    this.push(...(whole.length <= MOST_COLUMNS ? [whole] : broken(text, this.indent)));
  }

  private push(...lines: readonly string[]): void {
    for (const line of lines) {
      this.written.push(line);
      this.marks.push(this.mark);
    }
  }

  /** Writes what lies on the stack as lines of their own, since what comes next is not part of one expression with it. */
  private flush(): void {
    this.stack.forEach(({ text }, index) => {
      if (text !== '') this.line(text);
      this.stack[index] = { text: '' };
    });
  }

  private operands(count: number): string {
    // Behind a value that an earlier line has left, the order of lines is the order of values.
    const taken = this.stack.splice(this.stack.length - count, count);
    return taken.map(({ text }) => (text === '' ? '' : ` ${text}`)).join('');
  }

  private statement(text: string): void {
    this.flush();
    this.line(text);
  }

  private instruction(start: number): void {
    const { reader, names } = this;
    const offset = reader.at - start;
    const remark = names.remarks.get(offset);
    if (remark !== undefined) {
      this.flush();
      this.mark = offset;
      this.line(`;; ${remark}`);
    }
    const opcode = reader.byte();
    const prefixed = PREFIXED.get(opcode);
    const plain = prefixed ? prefixed.get(reader.unsigned()) : PLAIN.get(opcode);
    if (plain) this.plain(plain);
    else this.control(opcode, offset);
  }

  private plain(instruction: PlainInstruction): void {
    const { name, operands, results } = instruction;
    const values = this.operands(operands);
    const text = `(${name}${this.immediate(instruction)}${values})`;
    if (results > 0) this.stack.push({ text });
    else this.statement(text);
  }

  private immediate({ immediate, zeros = 0 }: PlainInstruction): string {
    const { reader } = this;
    switch (immediate) {
      case 'none':
        return '';
      case 'memory':
      case 'memoryAndLane': {
        // The alignment is a hint alone, and none is given.
        reader.unsigned();
        const offset = reader.unsigned();
        const place = this.names.place(offset);
        const lane = immediate === 'memoryAndLane' ? ` ${reader.byte()}` : '';
        return `${offset === 0 ? '' : ` offset=${offset}`}${lane}${place === undefined ? '' : ` (;${place};)`}`;
      }
      case 'lane':
        return ` ${reader.byte()}`;
      case 'shuffle':
        return ` ${reader.take(16).join(' ')}`;
      case 'v128': {
        const bytes = reader.take(16);
        const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
        const hex = (index: number): string => `0x${view.getUint32(index * 4, true).toString(16)}`;
        return ` i32x4 ${hex(0)} ${hex(1)} ${hex(2)} ${hex(3)}`;
      }
      case 'zeros':
        reader.take(zeros);
        return '';
    }
  }

  private control(opcode: number, offset: number): void {
    const { reader } = this;
    switch (opcode) {
      case 0x00:
        this.statement('(unreachable)');
        break;
      case 0x02:
      case 0x03: {
        reader.byte();
        const word = opcode === 0x02 ? 'block' : 'loop';
        this.statement(`(${word} ${this.open(this.names.labels.get(offset) ?? `${word}${++this.labelCount}`)}`);
        this.indent++;
        break;
      }
      case 0x04: {
        reader.byte();
        const condition = this.operands(1);
        this.statement(`(if${condition}`);
        this.open('');
        this.indent++;
        this.line('(then');
        this.indent++;
        break;
      }
      case 0x05:
        this.flush();
        this.close();
        this.line('(else');
        this.indent++;
        break;
      case 0x0b:
        this.end();
        break;
      case 0x0c:
        this.statement(`(br ${this.label(reader.unsigned())})`);
        break;
      case 0x0d: {
        const label = this.label(reader.unsigned());
        this.statement(`(br_if ${label}${this.operands(1)})`);
        break;
      }
      case 0x0e: {
        const count = reader.unsigned();
        const labels = Array.from({ length: count + 1 }, () => this.label(reader.unsigned()));
        this.statement(`(br_table ${labels.join(' ')}${this.operands(1)})`);
        break;
      }
      case 0x0f:
        this.statement(`(return${this.operands(1)})`);
        break;
      case 0x10:
      case 0x12:
        this.call(opcode === 0x10 ? 'call' : 'return_call', reader.unsigned());
        break;
      case 0x20:
        this.stack.push({ text: `(local.get ${this.locals[reader.unsigned()]})` });
        break;
      case 0x21: {
        const local = this.locals[reader.unsigned()];
        this.statement(`(local.set ${local}${this.operands(1)})`);
        break;
      }
      case 0x22: {
        const local = this.locals[reader.unsigned()];
        this.stack.push({ text: `(local.tee ${local}${this.operands(1)})` });
        break;
      }
      case 0x41:
      case 0x42:
        this.stack.push({ text: `(${opcode === 0x41 ? 'i32' : 'i64'}.const ${readable(reader.signed())})` });
        break;
      case 0x44: {
        const bytes = reader.take(8);
        const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
        this.stack.push({ text: `(f64.const ${value})` });
        break;
      }
      default:
        throw new Error(`no text for opcode ${opcode.toString(16)} at ${offset}`);
    }
  }

  private call(word: string, index: number): void {
    const { name, signature } = this.functions[index];
    const text = `(${word} $${name}${this.operands(signature.parameters.length)})`;
    if (word === 'call' && signature.results.length === 1) {
      this.stack.push({ text });
      return;
    }
    this.statement(text);
    if (word === 'call') for (const _ of signature.results) this.stack.push({ text: '' });
  }

  private open(name: string): string {
    this.labels.push(name);
    return name === '' ? '' : `$${name}`;
  }

  /** Two labels may have one name: the inner one is meant, so outer ones are told by their distance. */
  private label(depth: number): string {
    const name = this.labels[this.labels.length - 1 - depth];
    return name === '' || this.labels.lastIndexOf(name) !== this.labels.length - 1 - depth ? `${depth}` : `$${name}`;
  }

  private end(): void {
    this.flush();
    const name = this.labels.pop();
    if (name === undefined) return;
    this.close();
    if (name === '') this.close();
  }

  private close(): void {
    this.indent--;
    this.written[this.written.length - 1] += ')';
  }
}

function readable(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  return magnitude < 4096n ? String(value) : `${value < 0n ? '-' : ''}0x${magnitude.toString(16)}`;
}

/** A folded expression over several lines, an operand to a line where it is too long. */
function broken(text: string, indent: number): string[] {
  const parts = split(text);
  const pad = '  '.repeat(indent);
  if (parts === undefined) return [pad + text];
  const [head, ...operands] = parts;
  const lines = [pad + head];
  for (const operand of operands) {
    const whole = `${'  '.repeat(indent + 1)}${operand}`;
    lines.push(...(whole.length <= MOST_COLUMNS ? [whole] : broken(operand, indent + 1)));
  }
  return lines;
}

/** `(head (operand) (operand))` in its parts; undefined when there are no operands. Unclosed heads stay as they are. */
function split(text: string): string[] | undefined {
  const parts: string[] = [];
  let depth = 0,
    start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(' && text[at + 1] !== ';') {
      if (depth === 1) {
        parts.push(text.slice(start, at).trimEnd());
        start = at;
      }
      depth++;
    } else if (character === ')' && text[at - 1] !== ';') depth--;
  }
  parts.push(text.slice(start));
  return parts.length > 1 ? parts : undefined;
}
