import loadWabt from 'wabt';
import { decode } from '../../src-main/engine/decode/Decoder.ts';
import { MEMORY_LAYOUT, SEGMENT, STATE, registerOffset, segmentOffset } from '../../src-main/engine/state/layout.ts';
import { type Form, formOf, type TranslationContext } from '../../src-main/engine/tiers/threaded/Form.ts';
import {
  HANDLER_SIGNATURE,
  defineRuntime,
  type RuntimeFunctions,
} from '../../src-main/engine/tiers/threaded/runtimeFunctions.ts';
import { buildHandler, buildSuperinstruction } from '../../src-main/engine/tiers/threaded/threadedModule.ts';
import { ModuleBuilder } from '../../src-main/engine/wasm/ModuleBuilder.ts';
import { machineCode } from '../support/engine/TestMachine.ts';

const CPU = MEMORY_LAYOUT.firstVcpu;

/**
 * The Wasm text of the threaded handler that serves an instruction, or several that stand in a row, with the runtime's functions and the
 * state's fields by their names. Parameter 0 is the record, parameter 1 the budget; an offset of `cpu.eax`
 * with a field of the record for its base is that register, whichever it is.
 */
export async function handlerText(source: string, bits: 16 | 32, context: TranslationContext): Promise<string> {
  const forms = formsOf(source, bits, context);
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 65_536 });
  const runtime = defineRuntime(module, CPU);
  const alone = new Map(forms.map((form) => [form, module.declare(HANDLER_SIGNATURE)]));
  for (const [form, index] of alone) module.define(index, buildHandler(form, runtime, CPU).code);
  let [handler] = alone.values();
  if (forms.length > 1) {
    handler = module.declare(HANDLER_SIGNATURE);
    const aloneOf = (form: Form): number => alone.get(form) ?? NaN;
    module.define(handler, buildSuperinstruction({ isHeaded: false, forms }, runtime, CPU, aloneOf));
  }
  module.table([handler], 1, 'table');
  const wabt = await loadWabt();
  const features = { threads: true, tail_call: true, bulk_memory: true, sign_extension: true };
  const parsed = wabt.readWasm(module.encode(), { ...features });
  const text = parsed.toText({ foldExprs: true, inlineExport: false });
  parsed.destroy();
  const names = new Map([...alone.values()].map((index, place) => [index, `alone.${place}`]));
  const keys = forms.map(({ key }) => key).join(', ');
  return `;; ${source} (${bits}-bit code): form ${keys}\n${named(functionText(text, handler), runtime, names)}`;
}

function formsOf(source: string, bits: 16 | 32, context: TranslationContext): Form[] {
  const code = machineCode(source.replaceAll(';', '\n'), bits);
  const bytes = new Uint8Array(code.length + 16);
  bytes.set(code);
  const forms: Form[] = [];
  for (let at = 0; at < code.length; ) {
    const result = decode(bytes, at, bytes.length, bits);
    if (result.kind !== 'instruction') throw new Error(`${source} is not made of instructions`);
    forms.push(formOf(result.instruction, context, true));
    at += result.instruction.length;
  }
  return forms;
}

/** The text of one function. */
function functionText(text: string, index: number): string {
  const start = text.indexOf(`  (func (;${index};)`);
  const end = text.slice(start + 1).search(/\n {2}\(/);
  return `${text.slice(start, end < 0 ? undefined : start + 1 + end)}\n`;
}

function named(text: string, runtime: RuntimeFunctions, handlers: ReadonlyMap<number, string>): string {
  const functions = new Map(handlers);
  for (const [name, index] of Object.entries(runtime)) if (typeof index === 'number') functions.set(index, name);
  functions.delete(runtime.handlerType);
  for (const [name, index] of runtime.helpers) functions.set(index, `helper.${name}`);
  const fields = stateFields();
  return text
    .replace(/^ {2}\(func \(;\d+;\)/, '  (func')
    .replace(/\b(return_call|call) (\d+)/g, (all, kind: string, index: string) => {
      const name = functions.get(Number(index));
      return name === undefined ? all : `${kind} $${name}`;
    })
    .replace(/\(type \d+\)/g, '(type $handler)')
    .replace(/offset=(\d+)/g, (all, offset: string) => {
      const name = fields.get(Number(offset) - CPU);
      return name === undefined ? all : `offset=cpu.${name}`;
    });
}

function stateFields(): Map<number, string> {
  const fields = new Map<number, string>(Object.entries(STATE).map(([name, offset]) => [offset, name]));
  ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'].forEach((name, index) =>
    fields.set(registerOffset(index), name),
  );
  ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'].forEach((name, index) => {
    for (const [field, offset] of Object.entries(SEGMENT)) {
      if (field !== 'size') fields.set(segmentOffset(index) + offset, `${name}.${field}`);
    }
  });
  return fields;
}
