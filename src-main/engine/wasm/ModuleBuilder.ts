import { type Code, type ValueType, i32Const, unsignedLeb } from './Expression.ts';
import { ByteWriter, type FunctionBuilder, typeByte } from './FunctionBuilder.ts';

export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

const BRANCH_HINTS = 'metadata.code.branch_hint';

/** Limits of the shared memory that a module imports, in 64 KiB pages. */
export interface MemoryImport {
  readonly minimumPages: number;
  readonly maximumPages: number;
}

/**
 * Encodes a Wasm module (WebAssembly core specification, 5.5): imported functions and one imported
 * shared memory, own functions, optionally one own table filled with them.
 */
export class ModuleBuilder {
  private readonly types: string[] = [];
  private readonly typeCodes: Code[] = [];
  private readonly imports: { name: string; type: number }[] = [];
  private readonly functions: { type: number; builder: FunctionBuilder | undefined }[] = [];
  private readonly exports: { name: string; kind: number; index: number }[] = [];
  private readonly customSections: { name: string; bytes: Uint8Array }[] = [];
  private readonly dataSegments: { address: number; bytes: Uint8Array }[] = [];
  private tableElements: number[] | undefined;
  private tableSize = 0;
  private readonly memory: MemoryImport;

  constructor(memory: MemoryImport) {
    this.memory = memory;
  }

  /** Index of a function type, shared by equal signatures. */
  type(signature: Signature): number {
    const key = `${signature.parameters.join()}>${signature.results.join()}`;
    const known = this.types.indexOf(key);
    if (known >= 0) return known;
    this.types.push(key);
    this.typeCodes.push([
      0x60,
      ...vector(signature.parameters.map(typeByte)),
      ...vector(signature.results.map(typeByte)),
    ]);
    return this.types.length - 1;
  }

  /** Imports `env.name`; must precede every own function. Returns its function index. */
  importFunction(name: string, signature: Signature): number {
    if (this.functions.length > 0) throw new Error('imports come before functions');
    this.imports.push({ name, type: this.type(signature) });
    return this.imports.length - 1;
  }

  /** Reserves a function index, so that bodies may call each other in any order. */
  declare(signature: Signature): number {
    this.functions.push({ type: this.type(signature), builder: undefined });
    return this.imports.length + this.functions.length - 1;
  }

  define(functionIndex: number, builder: FunctionBuilder): void {
    const entry = this.functions[functionIndex - this.imports.length];
    entry.builder = builder;
  }

  exportFunction(name: string, functionIndex: number): void {
    this.exports.push({ name, kind: 0, index: functionIndex });
  }

  /** Bytes that the module carries along, readable by `WebAssembly.Module.customSections`. */
  customSection(name: string, bytes: Uint8Array): void {
    this.customSections.push({ name, bytes });
  }

  /** Bytes that instantiation writes to the memory. */
  data(address: number, bytes: Uint8Array): void {
    this.dataSegments.push({ address, bytes });
  }

  /** Gives the module its own table of `size` slots with these functions at its start. */
  table(functionIndices: readonly number[], size: number, exportName: string): void {
    this.tableElements = [...functionIndices];
    this.tableSize = size;
    this.exports.push({ name: exportName, kind: 1, index: 0 });
  }

  /** Which branches are hardly ever taken (branch hinting proposal); engines that do not know it pass over it. */
  private branchHints(): Code[] {
    return this.functions.flatMap(({ builder }, index) => {
      const places = builder?.unlikelyBranches ?? [];
      const hints = places.map((place): Code => [...unsignedLeb(place), 1, 0]);
      return places.length === 0 ? [] : [[unsignedLeb(this.imports.length + index), unsignedLeb(places.length), hints]];
    });
  }

  encode(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter();
    out.pushCode([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, 1, [unsignedLeb(this.typeCodes.length), this.typeCodes]);
    const memory: Code = [
      text('env'),
      text('memory'),
      2,
      3,
      unsignedLeb(this.memory.minimumPages),
      unsignedLeb(this.memory.maximumPages),
    ];
    const imports = this.imports.map((item): Code => [text('env'), text(item.name), 0, unsignedLeb(item.type)]);
    section(out, 2, [unsignedLeb(imports.length + 1), memory, imports]);
    section(out, 3, [unsignedLeb(this.functions.length), this.functions.map((item) => unsignedLeb(item.type))]);
    if (this.tableElements) section(out, 4, [1, 0x70, 0, unsignedLeb(this.tableSize)]);
    section(out, 7, [
      unsignedLeb(this.exports.length),
      this.exports.map((item): Code => [text(item.name), item.kind, unsignedLeb(item.index)]),
    ]);
    if (this.tableElements) {
      const elements = this.tableElements.map(unsignedLeb);
      section(out, 9, [1, 0, 0x41, 0, 0x0b, unsignedLeb(elements.length), elements]);
    }
    const hints = this.branchHints();
    if (hints.length > 0) section(out, 0, [text(BRANCH_HINTS), unsignedLeb(hints.length), hints]);
    const bodies = new ByteWriter();
    bodies.pushCode(unsignedLeb(this.functions.length));
    for (const { builder } of this.functions) {
      if (!builder) throw new Error('a declared function has no body');
      bodies.pushBytes(builder.encode());
    }
    out.push(10);
    out.pushCode(unsignedLeb(bodies.length));
    out.pushBytes(bodies.view());
    if (this.dataSegments.length > 0) {
      const segments = this.dataSegments.map(({ address, bytes }): Code => [
        0,
        i32Const(address).code,
        0x0b,
        vector([...bytes]),
      ]);
      section(out, 11, [unsignedLeb(segments.length), segments]);
    }
    for (const { name, bytes } of this.customSections) section(out, 0, [text(name), [...bytes]]);
    return new Uint8Array(out.view());
  }
}

function vector(bytes: readonly number[]): number[] {
  return [...unsignedLeb(bytes.length), ...bytes];
}

function text(value: string): Code {
  return vector([...value].map((character) => character.charCodeAt(0)));
}

function section(out: ByteWriter, id: number, content: Code): void {
  const bytes = new ByteWriter();
  bytes.pushCode(content);
  out.push(id);
  out.pushCode(unsignedLeb(bytes.length));
  out.pushBytes(bytes.view());
}
