import type { PagingExports } from '../../mmu/Paging.ts';
import type { HandlerIndex } from '../../tiers/threaded/BlockTranslator.ts';
import { STEP_KINDS, type StepKind } from '../../tiers/threaded/stepHandlers.ts';
import { FORMS_SECTION } from '../../tiers/threaded/threadedModule.ts';

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
  /** A form's key and the helpers that its handler calls, by the handler's place behind those of the steps. */
  private readonly names: readonly (readonly string[])[];

  /** @param module what `buildThreadedModule` made, compiled */
  constructor(module: WebAssembly.Module) {
    this.module = module;
    const [section] = WebAssembly.Module.customSections(module, FORMS_SECTION);
    if (!section) throw new Error('this WebAssembly module does not hold the threaded tier');
    let names = '';
    for (const byte of new Uint8Array(section)) names += String.fromCharCode(byte);
    this.names = names.split('\n').map((line) => line.split('\t'));
    this.forms = new Map(this.names.map(([key], index) => [key, STEP_KINDS.length + index]));
  }

  step(kind: StepKind): number {
    return STEP_KINDS.indexOf(kind);
  }

  form(key: string): number | undefined {
    return this.forms.get(key);
  }

  /** The form's key, or the step's kind, of a table index; undefined for that of a region. */
  describe(index: number): HandlerDescription | undefined {
    if (index < STEP_KINDS.length) return { name: STEP_KINDS[index], isStep: true, helpers: [] };
    const line = this.names[index - STEP_KINDS.length];
    return line && { name: line[0], isStep: false, helpers: line.slice(1) };
  }

  /** Table indices from here on are free for regions. */
  get firstRegionSlot(): number {
    return STEP_KINDS.length + this.forms.size;
  }

  /** An instance for one vCPU. */
  instantiate(imports: WebAssembly.Imports): HandlerExports {
    const instance = new WebAssembly.Instance(this.module, imports);
    return instance.exports as unknown as HandlerExports;
  }
}
