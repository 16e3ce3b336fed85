import { encodings } from '../../isa/encodings.ts';
import type { Encoding } from '../../isa/Encoding.ts';
import { decode } from '../../decode/Decoder.ts';
import { semantics } from '../../semantics/index.ts';
import { FunctionBuilder } from '../../wasm/FunctionBuilder.ts';
import { add, i32Const, unsignedLeb } from '../../wasm/Expression.ts';
import { MEMORY_IMPORT } from '../../state/layout.ts';
import { ModuleBuilder } from '../../wasm/ModuleBuilder.ts';
import { DeferredFlags } from './DeferredFlags.ts';
import { type Form, type TranslationContext, formOf, isDefined, usesDataSegment } from './Form.ts';
import { HandlerCode } from './HandlerCode.ts';
import { RECORD } from './record.ts';
import { defineRegionRuntime } from './regionRuntime.ts';
import { HANDLER_SIGNATURE, type RuntimeFunctions, defineRuntime } from './runtimeFunctions.ts';
import { STEP_KINDS, buildStepHandler, countEntry } from './stepHandlers.ts';
import { type Superinstruction, superinstructions } from './superinstructions.ts';
import { ThreadedEmitter } from './ThreadedEmitter.ts';

/**
 * Custom section that names the forms, one a line (ASCII), in the order of their handlers behind the
 * STEP_KINDS.length step handlers; behind a form's key, each after a tab, the helpers that its handler calls.
 */
export const FORMS_SECTION = 'vivarium.forms';

/**
 * Custom section that says what the handlers behind those of the forms do: for each two table indices (u16, little
 * endian), of the handler whose part comes first, and of the form's that comes last.
 */
export const SUPERINSTRUCTIONS_SECTION = 'vivarium.superinstructions';

/** Slots kept free behind the handlers, for regions. */
const REGION_SLOTS = 32_768;

/**
 * Generates the Wasm module with the handlers of every form that the instruction table gives rise to.
 * Takes two or three seconds: done when the program is built.
 *
 * @param cpu start of the vCPU block in its VM's memory: handlers address the state by constants
 */
export function buildThreadedModule(cpu: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(MEMORY_IMPORT);
  const runtime = defineRuntime(module, cpu);
  const forms = enumerateForms();
  const functions: number[] = [];
  const addHandler = (builder: FunctionBuilder): void => {
    const index = module.declare(HANDLER_SIGNATURE);
    module.define(index, builder);
    functions.push(index);
  };
  for (const kind of STEP_KINDS) addHandler(buildStepHandler(kind, runtime, cpu));
  const names = forms.map((form) => {
    const { code, helpers } = buildHandler(form, runtime, cpu);
    addHandler(code);
    return [form.key, ...helpers].join('\t');
  });
  const indices = new Map(forms.map((form, place) => [form, STEP_KINDS.length + place]));
  const aloneOf = (form: Form): number => functions[indices.get(form) as number];
  const rows = superinstructions(forms);
  for (const row of rows) addHandler(buildSuperinstruction(row, runtime, cpu, aloneOf));
  const run = module.declare(HANDLER_SIGNATURE);
  module.define(run, buildRun(runtime.handlerType));
  module.exportFunction('run', run);
  for (const name of ['walk', 'fill', 'enter'] as const) module.exportFunction(name, runtime.paging[name]);
  defineRegionRuntime(module, runtime, cpu);
  module.table(functions, functions.length + REGION_SLOTS, 'table');
  module.customSection(
    FORMS_SECTION,
    Uint8Array.from(names.join('\n'), (character) => character.charCodeAt(0)),
  );
  module.customSection(SUPERINSTRUCTIONS_SECTION, new Uint8Array(extensions(rows, indices).buffer));
  return module.encode();
}

/** See SUPERINSTRUCTIONS_SECTION. @param indices of the forms' handlers in the table */
function extensions(rows: readonly Superinstruction[], indices: ReadonlyMap<Form, number>): Uint16Array<ArrayBuffer> {
  const head = STEP_KINDS.indexOf('head');
  const pairs = new Uint16Array(2 * rows.length);
  /** Table indices of handlers by those of their parts. */
  const known = new Map([head, ...indices.values()].map((index) => [String(index), index]));
  rows.forEach(({ isHeaded, forms }, place) => {
    const parts = forms.map((form) => indices.get(form) ?? NaN);
    if (isHeaded) parts.unshift(head);
    const before = known.get(parts.slice(0, -1).join());
    if (before === undefined) throw new Error(`no handler does what comes before ${forms.at(-1)?.key}`);
    known.set(parts.join(), STEP_KINDS.length + indices.size + place);
    pairs.set([before, ...parts.slice(-1)], 2 * place);
  });
  return pairs;
}

/** A handler, and the helpers that it calls. */
export interface BuiltHandler {
  readonly code: FunctionBuilder;
  readonly helpers: ReadonlySet<string>;
}

/** The handler of all instructions of a form. */
export function buildHandler(form: Form, runtime: RuntimeFunctions, cpu: number): BuiltHandler {
  const f = new FunctionBuilder(HANDLER_SIGNATURE.parameters);
  const emitter = new ThreadedEmitter(f, form, runtime, cpu);
  define(emitter, form);
  emitter.next();
  return { code: f, helpers: emitter.helpers };
}

function define(emitter: ThreadedEmitter, form: Form): void {
  const definition = semantics[form.semantics];
  if (!definition) throw new Error(`no semantics for ${form.key}`);
  definition(emitter, emitter.operands);
}

/**
 * The handler of a row of instructions, behind a block's head or not. What it does rarely it leaves to the handlers of
 * single instructions.
 *
 * @param aloneOf index of the function that does a form alone
 */
export function buildSuperinstruction(
  { isHeaded, forms }: Superinstruction,
  runtime: RuntimeFunctions,
  cpu: number,
  aloneOf: (form: Form) => number,
): FunctionBuilder {
  const f = new FunctionBuilder(HANDLER_SIGNATURE.parameters);
  const first = new HandlerCode(f, runtime, cpu);
  if (isHeaded) countEntry(first);
  const flags = new DeferredFlags(f, cpu);
  forms.forEach((form, index) => {
    const record = f.let(add(first.record, i32Const((index + (isHeaded ? 1 : 0)) * RECORD.size)));
    const emitter = new ThreadedEmitter(f, form, runtime, cpu, { record, alone: aloneOf(form), flags });
    define(emitter, form);
    if (index === forms.length - 1) emitter.next();
  });
  return f;
}

/** `run(record, budget)`: enters at a record and returns the record at which generated code was left. */
function buildRun(handlerType: number): FunctionBuilder {
  const f = new FunctionBuilder(HANDLER_SIGNATURE.parameters);
  const [record, budget] = f.parameters;
  const recordValue = f.get(record),
    budgetValue = f.get(budget);
  f.emit([recordValue.code, budgetValue.code, recordValue.code, 0x28, 0, 0, 0x11, ...unsignedLeb(handlerType), 0]);
  return f;
}

const PREFIXES = { operandSize: 0x66, addressSize: 0x67, fs: 0x64, repne: 0xf2, rep: 0xf3 };

/** ModRM bytes (and SIB) that show every shape of operand: register; memory without and with an index. */
const MODRM_SHAPES = {
  register: [[0xc0]],
  // 32-bit: [eax], [eax+eax*1]; read as 16-bit addressing the same bytes give [bx+si] and [si].
  memory: [[0x00], [0x04, 0x00], [0x07, 0x00]],
};

function* sampleEncodings(row: Encoding): Generator<Uint8Array> {
  const namesMemory = row.modrm === 'any' || row.modrm === 'memory' || row.operands.some((code) => /^[OXY]/.test(code));
  const segments = namesMemory || usesDataSegment(row.semantics) ? [[], [PREFIXES.fs]] : [[]];
  const repeats = row.repeat === 'none' ? [[]] : [[], [PREFIXES.rep], [PREFIXES.repne]];
  const shapes: number[][] = [];
  if (row.modrm === 'none') shapes.push([]);
  if (row.modrm === 'any' || row.modrm === 'register') shapes.push(...MODRM_SHAPES.register);
  if (row.modrm === 'any' || row.modrm === 'memory') shapes.push(...MODRM_SHAPES.memory);
  const digit = row.digit >= 0 && row.digit < 8 ? row.digit << 3 : 0;
  for (const operandSize of [[], [PREFIXES.operandSize]]) {
    for (const addressSize of [[], [PREFIXES.addressSize]]) {
      for (const segment of segments) {
        for (const repeat of repeats) {
          for (const [modrm, ...rest] of shapes) {
            const mandatory = row.mandatoryPrefix === 0 ? [] : [row.mandatoryPrefix];
            const tail = modrm === undefined ? [] : [modrm | digit, ...rest];
            const bytes = [...operandSize, ...addressSize, ...segment, ...repeat, ...mandatory, ...row.opcode, ...tail];
            const padded = new Uint8Array(24);
            padded.set(bytes);
            yield padded;
          }
        }
      }
    }
  }
}

const CONTEXTS: readonly TranslationContext[] = [
  { codeSize: 32, stackSize: 32, isFlat: true, hasX87: true },
  { codeSize: 32, stackSize: 32, isFlat: false, hasX87: true },
  { codeSize: 32, stackSize: 16, isFlat: false, hasX87: true },
  { codeSize: 32, stackSize: 16, isFlat: true, hasX87: true },
  { codeSize: 32, stackSize: 32, isFlat: true, hasX87: false },
];

/** Every form that decoding can produce, once. */
export function enumerateForms(): Form[] {
  const forms = new Map<string, Form>();
  for (const row of encodings) {
    for (const bytes of sampleEncodings(row)) {
      const result = decode(bytes, 0, bytes.length, 32);
      if (result.kind !== 'instruction') continue;
      const { instruction } = result;
      const targets = instruction.operands.some((operand) => operand.kind === 'relative') ? [true, false] : [false];
      for (const context of CONTEXTS) {
        // Only the x87's own instructions differ without one.
        if (!context.hasX87 && row.feature !== 'fpu') continue;
        if (!isDefined(instruction, context)) continue;
        for (const isInside of targets) {
          const form = formOf(instruction, context, isInside);
          if (!forms.has(form.key)) forms.set(form.key, form);
        }
      }
    }
  }
  return [...forms.values()];
}
