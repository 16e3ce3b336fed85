import type { PagingExports } from '../../mmu/Paging.ts';
import type { HandlerIndex } from '../../tiers/threaded/BlockTranslator.ts';
import { HEADED } from '../../tiers/threaded/Form.ts';
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
  /** Lines of FORMS_SECTION, by the handler's place behind those of the steps. */
  private readonly lines: readonly string[];

  /** @param module what `buildThreadedModule` made, compiled */
  constructor(module: WebAssembly.Module) {
    this.module = module;
    const [section] = WebAssembly.Module.customSections(module, FORMS_SECTION);
    if (!section) throw new Error('this WebAssembly module does not hold the threaded tier');
    this.lines = textOf(new Uint8Array(section)).split('\n');
    this.forms = new Map(this.lines.map((line, index) => [line.split('\t', 1)[0], STEP_KINDS.length + index]));
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
    const line = this.lines[index - STEP_KINDS.length] as string | undefined;
    if (line === undefined) return undefined;
    if (line.startsWith(HEADED)) return { name: 'head', isStep: true, helpers: [] };
    const [name, ...helpers] = line.split('\t');
    return { name, isStep: false, helpers };
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

/** Characters that are put together at once: more parameters than this a call may not have. */
const CHUNK = 0x2000;

function textOf(ascii: Uint8Array): string {
  let text = '';
  for (let at = 0; at < ascii.length; at += CHUNK) text += String.fromCharCode(...ascii.subarray(at, at + CHUNK));
  return text;
}
