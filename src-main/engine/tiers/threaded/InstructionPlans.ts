import type { Instruction } from '../../decode/Instruction.ts';
import type { Encoding } from '../../isa/Encoding.ts';
import { CS, FS } from '../../state/layout.ts';
import type { TranslationMode } from './BlockTranslator.ts';
import { type Form, formOf, isDefined, semanticsOf } from './Form.ts';

/** What translating an instruction comes to, apart from its operands' values. */
export interface InstructionPlan {
  /** Table index of its handler. */
  readonly handler: number;
  /** Whether the handler looks at operands at all. */
  readonly usesOperands: boolean;
  readonly endsBlock: boolean;
}

export interface PlanOptions {
  /** Table index of a form's handler; undefined: the form does not exist, which is the engine's own mistake. */
  form(key: string): number | undefined;
  /** CPUID feature names that exist. */
  hasFeature(feature: string): boolean;
}

/** Semantics behind which a block ends, beyond what the table's `flow` says. */
const ENDS_BLOCK = new Set(['hlt', 'movToControl', 'movToDebug', 'lmsw', 'invlpg', 'clts', 'wrmsr', 'ud', 'rsm']);
const ENDS_FLOW = new Set(['jump', 'call', 'indirect']);
const TRANSFERS = new Set([
  'int',
  'int1',
  'int3',
  'iret',
  'jmpFar',
  'callFar',
  'retFar',
  'jmpFarIndirect',
  'callFarIndirect',
  'sysenter',
  'sysexit',
]);

const MODES = { real: 0, protected: 1, v86: 2 } as const;
const REPEATS = { none: 0, rep: 1, repne: 2 } as const;

/**
 * Finds the handler of instructions. Working out a form makes a text of everything that it depends on; here it is
 * done once for all instructions that agree in {@link shapeOf}, a number, and in their row of the instruction table.
 */
export class InstructionPlans {
  private readonly options: PlanOptions;
  private readonly plans = new Map<Encoding, Map<number, InstructionPlan | null>>();

  constructor(options: PlanOptions) {
    this.options = options;
  }

  /**
   * @param isTargetInside a relative jump's target may be chained inside the page
   * @returns null when the instruction does not exist in this mode or on this processor
   */
  planOf(instruction: Instruction, mode: TranslationMode, isTargetInside: boolean): InstructionPlan | null {
    const { encoding } = instruction;
    let plans = this.plans.get(encoding);
    if (plans === undefined) {
      plans = new Map();
      this.plans.set(encoding, plans);
    }
    const shape = shapeOf(instruction, mode, isTargetInside);
    let plan = plans.get(shape);
    if (plan === undefined) {
      plan = this.exists(instruction, mode) ? this.plan(instruction, mode, isTargetInside) : null;
      plans.set(shape, plan);
    }
    return plan;
  }

  private plan(instruction: Instruction, mode: TranslationMode, isTargetInside: boolean): InstructionPlan {
    const form = formOf(instruction, mode, isTargetInside);
    const handler = this.options.form(form.key);
    if (handler === undefined) {
      throw new Error(`no handler was generated for the form ${form.key} (${instruction.encoding.name})`);
    }
    return { handler, usesOperands: form.operands.length > 0, endsBlock: endsBlock(instruction, mode) };
  }

  private exists(instruction: Instruction, mode: TranslationMode): boolean {
    const { encoding } = instruction;
    if (!encoding.modes[mode.mode] || !isDefined(instruction, mode)) return false;
    const { feature } = encoding;
    // Hints stand on opcodes that do nothing where they are not known (SDM vol. 2B, NOP).
    if (encoding.semantics === 'nop') return true;
    return feature === '' || feature === 'fpu' || this.options.hasFeature(feature);
  }
}

/** Forms by row and {@link shapeOf}. */
const knownForms = new Map<Encoding, Map<number, Form>>();

/** `formOf`, worked out once for all instructions that agree in row and shape. */
export function knownFormOf(instruction: Instruction, mode: TranslationMode, isTargetInside: boolean): Form {
  let forms = knownForms.get(instruction.encoding);
  if (forms === undefined) knownForms.set(instruction.encoding, (forms = new Map<number, Form>()));
  const shape = shapeOf(instruction, mode, isTargetInside);
  let form = forms.get(shape);
  if (form === undefined) forms.set(shape, (form = formOf(instruction, mode, isTargetInside)));
  return form;
}

/** Whether no block goes on behind an instruction. */
export function endsBlock(instruction: Instruction, mode: TranslationMode): boolean {
  const name = semanticsOf(instruction, mode);
  return ENDS_FLOW.has(instruction.encoding.flow) || TRANSFERS.has(name) || ENDS_BLOCK.has(name);
}

/**
 * All that a form depends on beyond the row: sizes, repetition, how memory is addressed and through which kind of
 * segment, where a jump leads, and the mode.
 */
export function shapeOf(instruction: Instruction, mode: TranslationMode, isTargetInside: boolean): number {
  let shape = instruction.operandSize >>> 4; // 1, 2 or 4.
  shape = (shape << 3) | (instruction.addressSize >>> 4);
  shape = (shape << 2) | REPEATS[instruction.repeat];
  shape = (shape << 1) | (isSpecial(instruction.segmentOverride) ? 1 : 0);
  shape = (shape << 1) | (isTargetInside ? 1 : 0);
  shape = (shape << 2) | MODES[mode.mode];
  shape = (shape << 1) | (mode.codeSize === 32 ? 1 : 0);
  shape = (shape << 1) | (mode.stackSize === 32 ? 1 : 0);
  shape = (shape << 1) | (mode.isFlat ? 1 : 0);
  shape = (shape << 1) | (mode.hasX87 ? 1 : 0);
  const { operands } = instruction;
  // An index: this runs for each instruction that is translated, where iterators would be most of what is allocated.
  for (let place = 0; place < operands.length; place++) {
    const operand = operands[place];
    if (operand.kind !== 'memory') continue;
    return (shape << 3) | 4 | (operand.index >= 0 ? 2 : 0) | (isSpecial(operand.segment) ? 1 : 0);
  }
  return shape << 3;
}

/** CS, FS and GS are not taken for flat when the others are. */
function isSpecial(segment: number): boolean {
  return segment === CS || segment >= FS;
}
