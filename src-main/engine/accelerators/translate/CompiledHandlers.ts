import type { PagingExports } from '../../mmu/Paging.ts';
import type { HandlerIndex } from '../../tiers/threaded/BlockTranslator.ts';
import { STEP_KINDS, type StepKind } from '../../tiers/threaded/stepHandlers.ts';
import { FORMS_SECTION, SUPERINSTRUCTIONS_SECTION } from '../../tiers/threaded/threadedModule.ts';

/** What the threaded module exports. */
export interface HandlerExports extends PagingExports {
  /** Enters generated code at a record, returns the record where it was left (0: none). */
  run(record: number, budget: number): number;
  /** The handlers by index, with room for regions behind them. */
  readonly table: WebAssembly.Table;
}

/** What stands at a table index. */
export interface HandlerDescription {
  readonly name: string;
  readonly isStep: boolean;
  /** Helpers that it calls. */
  readonly helpers: readonly string[];
}

/**
 * The threaded module compiled: shared by all vCPUs whose state lies at the same place in their VM's
 * memory. `module` can be posted to other threads, which then share its machine code.
 */
export class CompiledHandlers implements HandlerIndex {
  readonly module: WebAssembly.Module;
  private readonly forms: ReadonlyMap<string, number>;
  /** Lines of FORMS_SECTION, by the handler's place behind those of the steps. */
  private readonly lines: readonly string[];
  /** Table indices of superinstructions by those of the two handlers that they do the work of: {@link pairKey}. */
  private readonly superinstructions = new Map<number, number>();
  /** Of each superinstruction the handler whose part comes first. */
  private readonly firstParts: readonly number[];

  /** @param module what `buildThreadedModule` made, compiled */
  constructor(module: WebAssembly.Module) {
    this.module = module;
    const [forms] = WebAssembly.Module.customSections(module, FORMS_SECTION);
    const [rows] = WebAssembly.Module.customSections(module, SUPERINSTRUCTIONS_SECTION);
    if (!forms || !rows) throw new Error('this WebAssembly module does not hold the threaded tier');
    this.lines = textOf(new Uint8Array(forms)).split('\n');
    this.forms = new Map(this.lines.map((line, index) => [line.split('\t', 1)[0], STEP_KINDS.length + index]));
    const pairs = new DataView(rows);
    const firstParts: number[] = [];
    for (let at = 0; at < rows.byteLength; at += 4) {
      const first = pairs.getUint16(at, true);
      this.superinstructions.set(pairKey(first, pairs.getUint16(at + 2, true)), this.firstSuperinstruction + at / 4);
      firstParts.push(first);
    }
    this.firstParts = firstParts;
  }

  step(kind: StepKind): number {
    return STEP_KINDS.indexOf(kind);
  }

  form(key: string): number | undefined {
    return this.forms.get(key);
  }

  extended(handler: number, by: number): number | undefined {
    return this.superinstructions.get(pairKey(handler, by));
  }

  /** The form's key, or the step's kind, of a table index: of a superinstruction's first part; undefined for a region. */
  describe(index: number): HandlerDescription | undefined {
    const first = this.firstParts[index - this.firstSuperinstruction] as number | undefined;
    if (first !== undefined) return this.describe(first);
    if (index < STEP_KINDS.length) return { name: STEP_KINDS[index], isStep: true, helpers: [] };
    const line = this.lines[index - STEP_KINDS.length] as string | undefined;
    if (line === undefined) return undefined;
    const [name, ...helpers] = line.split('\t');
    return { name, isStep: false, helpers };
  }

  /** Table indices from here on are free for regions. */
  get firstRegionSlot(): number {
    return this.firstSuperinstruction + this.firstParts.length;
  }

  private get firstSuperinstruction(): number {
    return STEP_KINDS.length + this.forms.size;
  }

  /** An instance for one vCPU. */
  instantiate(imports: WebAssembly.Imports): HandlerExports {
    const instance = new WebAssembly.Instance(this.module, imports);
    return instance.exports as unknown as HandlerExports;
  }
}

/** One number for two table indices, small enough to be no object. */
function pairKey(first: number, second: number): number {
  return first * 0x8000 + second;
}

/** Characters that are put together at once: more parameters than this a call may not have. */
const CHUNK = 0x2000;

function textOf(ascii: Uint8Array): string {
  let text = '';
  for (let at = 0; at < ascii.length; at += CHUNK) {
    // Bytes are numbers; spread out as parameters they would be iterated over.
    text += String.fromCharCode.apply(undefined, ascii.subarray(at, at + CHUNK) as unknown as number[]);
  }
  return text;
}
