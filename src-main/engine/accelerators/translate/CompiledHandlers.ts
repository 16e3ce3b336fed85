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

/**
 * The threaded module compiled: shared by all vCPUs whose state lies at the same place in their VM's
 * memory. `module` can be posted to other threads, which then share its machine code.
 */
export class CompiledHandlers implements HandlerIndex {
  readonly module: WebAssembly.Module;
  private readonly forms: ReadonlyMap<string, number>;

  /** @param module what `buildThreadedModule` made, compiled */
  constructor(module: WebAssembly.Module) {
    this.module = module;
    const [section] = WebAssembly.Module.customSections(module, FORMS_SECTION);
    if (!section) throw new Error('this WebAssembly module does not hold the threaded tier');
    let names = '';
    for (const byte of new Uint8Array(section)) names += String.fromCharCode(byte);
    this.forms = new Map(names.split('\n').map((key, index) => [key, STEP_KINDS.length + index]));
  }

  step(kind: StepKind): number {
    return STEP_KINDS.indexOf(kind);
  }

  form(key: string): number | undefined {
    return this.forms.get(key);
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
