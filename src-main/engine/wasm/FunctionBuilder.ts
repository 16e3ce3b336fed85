import { type Code, type Expression, type I32, type ValueType, localGet, unsignedLeb } from './Expression.ts';

const TYPE_BYTES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export function typeByte(type: ValueType): number {
  return TYPE_BYTES[type];
}

/** A place for a value inside a function. */
export interface Local<T extends ValueType = ValueType> {
  readonly index: number;
  readonly type: T;
}

/** Growable byte buffer. */
export class ByteWriter {
  private bytes: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Unsigned LEB128. */
  pushUnsigned(value: number): void {
    for (; value > 0x7f; value >>>= 7) this.push((value & 0x7f) | 0x80);
    this.push(value);
  }

  pushCode(code: Code): void {
    // An index: this is the innermost loop of emission, mostly run before V8 has compiled it.
    for (let index = 0; index < code.length; index++) {
      const item = code[index];
      if (typeof item === 'number') this.push(item);
      else this.pushCode(item);
    }
  }

  pushBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** A label of structured control flow, for `breakTo`. */
export interface Label {
  readonly depth: number;
}

/** What a function's bytes do not say, for readers of its text. Offsets count from the first instruction. */
export interface FunctionNotes {
  /** Names of locals, parameters first. */
  readonly locals: readonly (string | undefined)[];
  /** Names of blocks and loops by the offset of their opcode. */
  readonly labels: ReadonlyMap<number, string>;
  /** Whatever `mark` was given, by the offset of the code that follows. */
  readonly marks: ReadonlyMap<number, number>;
}

/** What most functions stay below. */
const FUNCTION_BYTES = 4096;

/** Encodes the body of one Wasm function. */
export class FunctionBuilder {
  readonly parameters: readonly Local[];
  private readonly localTypes: ValueType[] = [];
  private readonly body = new ByteWriter(FUNCTION_BYTES);
  private depth = 0;
  private readonly localNames: (string | undefined)[];
  private readonly labels = new Map<number, string>();
  private readonly marks = new Map<number, number>();
  /** Where in the body the branches lie that are hardly ever taken. */
  private readonly unlikely: number[] = [];

  constructor(parameterTypes: readonly ValueType[]) {
    this.parameters = parameterTypes.map((type, index) => ({ index, type }));
    this.localNames = parameterTypes.map(() => undefined);
  }

  get notes(): FunctionNotes {
    return { locals: this.localNames, labels: this.labels, marks: this.marks };
  }

  /** Notes what the code from here on belongs to. */
  mark(value: number): void {
    this.marks.set(this.body.length, value);
  }

  nameLocal({ index }: Local, name: string): void {
    this.localNames[index] = name;
  }

  newLocal<T extends ValueType>(type: T, name?: string): Local<T> {
    this.localTypes.push(type);
    this.localNames.push(name);
    return { index: this.parameters.length + this.localTypes.length - 1, type };
  }

  get<T extends ValueType>(local: Local<T>): Expression<T> {
    return localGet(local.index, local.type);
  }

  set(local: Local, value: Expression): void {
    this.body.pushCode(value.code);
    this.index(0x21, local.index);
  }

  /** Takes the value on top of the stack. */
  pop(local: Local): void {
    this.index(0x21, local.index);
  }

  /** Evaluates once; the result may be used any number of times. */
  let<T extends ValueType>(value: Expression<T>): Expression<T> {
    if (value.constant !== undefined || isLocalGet(value.code)) return value;
    const local = this.newLocal(value.type);
    this.set(local, value);
    return this.get(local);
  }

  emit(code: Code): void {
    this.body.pushCode(code);
  }

  if(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    this.emit([condition.code, 0x04, 0x40]);
    this.branches(whenTrue, whenFalse);
  }

  /**
   * An `if` that is hardly ever taken: the engine may lay its code aside, and keep what goes past it in registers
   * even where it calls.
   */
  ifUnlikely(condition: I32, whenTrue: () => void, whenFalse?: () => void): void {
    this.body.pushCode(condition.code);
    this.unlikely.push(this.body.length);
    this.body.pushCode([0x04, 0x40]);
    this.branches(whenTrue, whenFalse);
  }

  private branches(whenTrue: () => void, whenFalse: (() => void) | undefined): void {
    this.depth++;
    whenTrue();
    if (whenFalse) {
      this.emit([0x05]);
      whenFalse();
    }
    this.depth--;
    this.emit([0x0b]);
  }

  /** A block; breaking to its label goes behind it. */
  block(body: (label: Label) => void, name?: string): void {
    this.structured(0x02, body, name);
  }

  /** A loop; breaking to its label goes to its start. */
  loop(body: (label: Label) => void, name?: string): void {
    this.structured(0x03, body, name);
  }

  breakTo(label: Label): void {
    this.index(0x0c, this.depth - label.depth);
  }

  breakIf(condition: I32, label: Label): void {
    this.body.pushCode(condition.code);
    this.index(0x0d, this.depth - label.depth);
  }

  /** Breaks to the label that `index` counts, from 0; beyond the last to `otherwise`. */
  breakTable(index: I32, labels: readonly Label[], otherwise: Label): void {
    this.body.pushCode(index.code);
    this.index(0x0e, labels.length);
    for (const label of [...labels, otherwise]) this.body.pushCode(unsignedLeb(this.depth - label.depth));
  }

  return(...values: Expression[]): void {
    for (const { code } of values) this.body.pushCode(code);
    this.body.push(0x0f);
  }

  /** Calls a function of the module and binds its results. */
  call(functionIndex: number, results: readonly ValueType[], parameters: readonly Expression[]): Expression[] {
    this.emit([...parameters.map((parameter) => parameter.code), 0x10, ...unsignedLeb(functionIndex)]);
    const locals = results.map((type) => this.newLocal(type));
    for (const local of [...locals].reverse()) this.pop(local);
    return locals.map((local) => this.get(local));
  }

  unreachable(): void {
    this.emit([0x00]);
  }

  /**
   * Branches that are hardly ever taken: for each its place, counted from the declarations of locals on (custom
   * section "metadata.code.branch_hint" of the branch hinting proposal).
   */
  get unlikelyBranches(): number[] {
    const { length } = this.declarations();
    return this.unlikely.map((place) => length + place);
  }

  /** The function's entry in the code section: size, locals, body. */
  encode(): Uint8Array {
    const declarations = this.declarations();
    const encoded = new ByteWriter();
    encoded.pushCode(unsignedLeb(declarations.length + this.body.length + 1));
    encoded.pushBytes(declarations.view());
    encoded.pushBytes(this.body.view());
    encoded.push(0x0b);
    return encoded.view();
  }

  private declarations(): ByteWriter {
    const declarations = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    declarations.pushCode(unsignedLeb(runs.length));
    for (const run of runs) declarations.pushCode([...unsignedLeb(run.count), typeByte(run.type)]);
    return declarations;
  }

  private structured(opcode: number, body: (label: Label) => void, name: string | undefined): void {
    if (name !== undefined) this.labels.set(this.body.length, name);
    this.index(opcode, 0x40);
    this.depth++;
    body({ depth: this.depth });
    this.depth--;
    this.body.push(0x0b);
  }

  /** An opcode with an index, or the byte of an empty block type. */
  private index(opcode: number, index: number): void {
    this.body.push(opcode);
    this.body.pushUnsigned(index);
  }
}

function isLocalGet(code: Code): boolean {
  return code[0] === 0x20 && code.length <= 3;
}
