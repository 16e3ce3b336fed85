import type { Diagnostics } from './Diagnostic.ts';
import { addressSizeOf, effectiveAddress, type EffectiveAddress } from './EffectiveAddress.ts';
import { isFixed } from './Expression.ts';
import { evaluate, noHint, type Scope } from './Evaluator.ts';
import { lengthOf } from './FormLength.ts';
import type { Form } from './Forms.ts';
import { matchForm, type EvaluatedOperand } from './OperandMatch.ts';
import { explainMismatch } from './Mismatch.ts';
import { register } from './Registers.ts';
import type { InstructionNode } from './Statement.ts';
import { add, asRegister, constant, hasRegisters, isStorable, sectionOf, type Value } from './Value.ts';

export interface EncodingContext {
  readonly scope: Scope;
  readonly diagnostics: Diagnostics;
  readonly bits: 16 | 32;
  /** Where the instruction's first byte goes; `scope.here` is the statement's. */
  readonly location: Value;
  /** Choose among short and near jumps by distance, as `nasm -Ox` does. */
  readonly optimize: boolean;
  /** The last pass: section bases are known, and values that do not fit are reported. */
  readonly final: boolean;
  /** The number that a value is in the end, section bases added. */
  resolve(value: Value): bigint;
}

const SEGMENT_PREFIX: Readonly<Record<string, number>> = { es: 0x26, cs: 0x2e, ss: 0x36, ds: 0x3e, fs: 0x64, gs: 0x65 };

/** The instruction's bytes, or null after a complaint. */
export function encodeInstruction(node: InstructionNode, context: EncodingContext): number[] | null {
  const evaluated = evaluateOperands(node, context);
  if (evaluated === null) return null;
  const choice = choose(node, evaluated.operands, context, evaluated.addressSize);
  if (choice === null) return null;
  const bytes = new InstructionBytes(node, choice, evaluated, context).encode();
  if (
    evaluated.operands.every(isSettled) &&
    (choice.form.operands[0]?.shape.place !== 'relative' || node.forms.length === 1)
  ) {
    node.lengths.set(context.bits, bytes.length);
  }
  return bytes;
}

/** Its size stays whatever symbols become: it has none, or is an address in a section. */
function isSettled(operand: EvaluatedOperand): boolean {
  if (operand.kind === 'register' || isFixed(operand.node.expression)) return operand.kind !== 'far';
  if (operand.kind === 'far') return false;
  const value = operand.kind === 'memory' ? operand.address.displacement : operand.value;
  return !value.unknown && value.terms.length > 0;
}

interface Evaluated {
  readonly operands: readonly EvaluatedOperand[];
  /** Address size of the memory operand, or the one asked for by a prefix or a LOOP's counter, or the code's own. */
  readonly addressSize: 16 | 32;
  /** Segment override to be emitted. */
  readonly segment: string | null;
}

function evaluateOperands(node: InstructionNode, context: EncodingContext): Evaluated | null {
  const { scope, diagnostics, bits } = context;
  let addressSize: 16 | 32 = node.prefixes.addressSize || bits;
  let { segment } = node.prefixes;
  const operands: EvaluatedOperand[] = [];
  for (const operand of node.operands) {
    const { memory, farOffset } = operand;
    if (memory !== null) {
      const hint = noHint();
      const value = evaluate(operand.expression, scope, diagnostics, hint);
      const size = addressSizeOf(value, memory, bits, node.prefixes.addressSize);
      const address =
        size === null
          ? 'This address mixes 16-bit and 32-bit parts; use registers and sizes of one width.'
          : effectiveAddress(value, hint, memory, size);
      if (typeof address === 'string') {
        diagnostics.error(operand.span, address);
        return null;
      }
      if (!isStorable(value)) {
        diagnostics.error(
          operand.span,
          'This is no address: it adds or multiplies labels. The difference of two labels is a plain number.',
        );
        return null;
      }
      if (memory.segment !== null) {
        if (segment !== null && segment !== memory.segment)
          diagnostics.error(operand.span, 'The instruction names two different segments; keep one.');
        segment = memory.segment;
      }
      addressSize = address.addressSize;
      operands.push({ kind: 'memory', node: operand, address });
      continue;
    }
    const value = evaluate(operand.expression, scope, diagnostics);
    if (farOffset !== null) {
      operands.push({
        kind: 'far',
        node: operand,
        selector: value,
        offset: evaluate(farOffset, scope, diagnostics),
        offsetSize: 0,
      });
      continue;
    }
    const name = asRegister(value);
    if (name !== null) operands.push({ kind: 'register', node: operand, register: register(name) });
    else if (hasRegisters(value)) {
      diagnostics.error(
        operand.span,
        'An operand cannot calculate with registers. For what lies in memory there, write it in brackets: “[ebx+4]”; LEA calculates addresses.',
      );
      return null;
    } else if (!isStorable(value)) {
      diagnostics.error(
        operand.span,
        'This value adds or multiplies labels, which gives no address. The difference of two labels is a plain number.',
      );
      return null;
    } else operands.push({ kind: 'value', node: operand, value });
  }
  return { operands, addressSize, segment };
}

interface Choice {
  readonly form: Form;
  readonly operands: readonly EvaluatedOperand[];
  readonly operandSize: 0 | 16 | 32;
  /** LOOP label, CX. */
  readonly addressSize: 0 | 16 | 32;
}

/** The shortest form that fits, the first of equals; null after a complaint. */
function choose(
  node: InstructionNode,
  operands: readonly EvaluatedOperand[],
  context: EncodingContext,
  memorySize: 16 | 32,
): Choice | null {
  let counter: 0 | 16 | 32 = 0;
  const last = operands.at(-1);
  // LOOP and JCXZ take their counter as a second operand: it is the address size.
  if (
    operands.length === 2 &&
    last?.kind === 'register' &&
    last.register.index === 1 &&
    /^(loop|je?cxz)/.test(node.mnemonic)
  ) {
    counter = last.register.width === 16 ? 16 : last.register.width === 32 ? 32 : 0;
    operands = operands.slice(0, 1);
  }
  let best: Choice | null = null;
  let bestLength = Infinity;
  const open: Choice[] = [];
  const widths = new Set<number>();
  const forced = node.prefixes.operandSize;
  for (const form of node.forms) {
    const match = matchForm(form, operands, context.bits, forced);
    if (match.result !== 'fits' && match.result !== 'missing') continue;
    const choice: Choice = { form, operands, operandSize: match.operandSize, addressSize: counter };
    if (match.result === 'missing') {
      widths.add(match.width);
      open.push(choice);
      continue;
    }
    const length = lengthOf(choice.form, counter, operands, context.bits, memorySize);
    if (length >= bestLength || !reaches(choice, node, context, length)) continue;
    best = choice;
    bestLength = length;
  }
  if (best !== null) return best;
  // Nobody says how wide the memory is, but there is only one width it can have.
  if (widths.size === 1) return open[0];
  // What depends on an undefined name is not to blame as well.
  const isKnown = operands.every((operand) => operand.kind !== 'value' || !operand.value.unknown);
  if (isKnown) context.diagnostics.error(node.span, explainMismatch(node, operands, open.length > 0));
  return null;
}

/** Whether a short jump is to be taken: it was asked for, or there is no other, or its target is near enough. */
function reaches({ form, operands }: Choice, node: InstructionNode, context: EncodingContext, length: number): boolean {
  const [operand] = operands;
  if (operand?.kind !== 'value' || form.operands[0].shape.code !== 'Jb' || operand.node.distance === 'short')
    return true;
  if (!node.forms.some((other) => other.encoding.operands[0] === 'Jz')) return true;
  if (!context.optimize || operand.node.strict) return false;
  if (operand.value.unknown) return true;
  if (sectionOf(operand.value) !== sectionOf(context.location)) return false;
  const distance =
    operand.value.scalar - context.location.scalar - BigInt(length + extraPrefixes(node, form, context.bits));
  return distance >= -128n && distance <= 127n;
}

/** Prefixes that the source asks for beyond what the form needs: they move the end of the instruction. */
function extraPrefixes(node: InstructionNode, form: Form, bits: 16 | 32): number {
  const { lock, repeat, segment, operandSize, addressSize, wait } = node.prefixes;
  let count = (lock ? 1 : 0) + (repeat !== 0 ? 1 : 0) + (segment !== null ? 1 : 0) + (wait ? 1 : 0);
  if (operandSize !== 0 && operandSize !== bits && form.operandSize === 0) count++;
  if (addressSize !== 0 && addressSize !== bits && form.addressSize === 0) count++;
  return count;
}

/** Writes one chosen form out. */
class InstructionBytes {
  private readonly node: InstructionNode;
  private readonly choice: Choice;
  private readonly evaluated: Evaluated;
  private readonly context: EncodingContext;
  private readonly bytes: number[] = [];

  constructor(node: InstructionNode, choice: Choice, evaluated: Evaluated, context: EncodingContext) {
    this.node = node;
    this.choice = choice;
    this.evaluated = evaluated;
    this.context = context;
  }

  encode(): number[] {
    const { bytes, choice } = this;
    const { form } = choice;
    const { encoding } = form;
    this.prefixes();
    if (encoding.mandatoryPrefix !== 0) bytes.push(encoding.mandatoryPrefix);
    bytes.push(...encoding.opcode);
    this.modrm();
    for (const code of encoding.operands) this.immediate(code);
    // Relative displacements count from the end of the instruction, so they come last and know its length.
    const relative = form.operands.findIndex(({ shape }) => shape.place === 'relative');
    if (relative >= 0) this.relative(relative);
    return bytes;
  }

  private prefixes(): void {
    const { bytes, node, choice, context } = this;
    const { form } = choice;
    const { prefixes } = node;
    if (prefixes.wait || form.wait) bytes.push(0x9b);
    if (prefixes.repeat !== 0) bytes.push(prefixes.repeat);
    if (prefixes.lock) {
      const [first] = choice.operands;
      const legal =
        form.encoding.lockable &&
        choice.operands.some(({ kind }) => kind === 'memory') &&
        (first.kind === 'memory' || form.encoding.mnemonic === 'xchg');
      if (!legal && context.final)
        context.diagnostics.warning(
          node.span,
          `“lock ${node.mnemonic}” is undefined here: LOCK needs a read-modify-write instruction with its destination in memory.`,
        );
      bytes.push(0xf0);
    }
    if (this.evaluated.segment !== null) bytes.push(SEGMENT_PREFIX[this.evaluated.segment]);
    // A size prefix in the source has the last word.
    const operandSize = prefixes.operandSize || choice.operandSize;
    if (operandSize !== 0 && operandSize !== context.bits) bytes.push(0x66);
    const addressSize = choice.addressSize || form.addressSize || this.evaluated.addressSize;
    if (addressSize !== context.bits) bytes.push(0x67);
  }

  /** The operand written for a place of the row. */
  private operandAt(code: string, nth: number): EvaluatedOperand | undefined {
    const { form, operands } = this.choice;
    let seen = 0;
    for (let i = 0; i < form.operands.length; i++) {
      if (form.operands[i].shape.code === code && seen++ === nth) return operands[i];
    }
    // `imul eax, 5` names its register once for both places.
    return form.repeated && (code === 'Ev' || code === 'Gv') ? operands[0] : undefined;
  }

  private modrm(): void {
    const { bytes } = this;
    const { form } = this.choice;
    const { encoding } = form;
    let reg = encoding.digit >= 0 && encoding.digit < 8 ? encoding.digit : 0;
    let rm: EffectiveAddress | number | null = null;
    for (let i = 0; i < encoding.operands.length; i++) {
      const code = encoding.operands[i];
      const operand = this.operandAt(code, encoding.operands.slice(0, i).filter((other) => other === code).length);
      const place = this.placeOf(code);
      if (operand?.kind === 'register') {
        if (place === 'opcode') bytes[bytes.length - 1] |= operand.register.index;
        else if (place === 'reg') reg = operand.register.index;
        else if (place === 'rm') rm = operand.register.index;
      } else if (operand?.kind === 'memory') {
        if (place === 'rm') rm = operand.address;
        else if (place === 'offset') {
          this.number(operand.address.displacement, operand.address.addressSize, operand, true);
          return;
        }
      } else if (operand === undefined && place === 'rm' && form.implied >= 0) rm = form.implied;
    }
    // LFENCE and its like have a ModRM byte that names nothing.
    if (rm === null && encoding.modrm === 'register') rm = 0;
    if (encoding.digit < 0 || rm === null) return;
    if (typeof rm === 'number') {
      bytes.push(0xc0 | (reg << 3) | rm);
      return;
    }
    bytes.push(rm.modrm | (reg << 3));
    if (rm.sib >= 0) bytes.push(rm.sib);
    if (rm.displacementSize > 0) {
      const memory = this.choice.operands.find(({ kind }) => kind === 'memory');
      this.number(rm.displacement, (rm.displacementSize * 8) as 8 | 16 | 32, memory, true); // 1, 2 or 4 bytes
    }
  }

  private placeOf(code: string): string {
    const { form } = this.choice;
    if (form.repeated && code === 'Gv') return 'reg';
    if (form.repeated && code === 'Ev') return 'rm';
    const shaped = form.operands.find(({ shape }) => shape.code === code);
    return shaped?.shape.place ?? (code === 'STi' ? 'rm' : '');
  }

  private immediate(code: string): void {
    const { form } = this.choice;
    if (code[0] !== 'I' && code !== 'Ap') return;
    const at = form.operands.findIndex(
      ({ shape }, i) => shape.code === code && !(code === 'Ib' && i > 0 && form.operands[i - 1].shape.code === 'Ib'),
    );
    const operand = at < 0 ? undefined : this.choice.operands[at];
    if (operand === undefined) {
      if (form.implied >= 0) this.bytes.push(form.implied);
      return;
    }
    if (operand.kind === 'far') {
      this.number(operand.offset, form.operandSize === 16 ? 16 : 32, operand, false);
      this.number(operand.selector, 16, operand, false);
    } else if (operand.kind === 'value') {
      const width = code === 'Ibs' ? 8 : form.operands[at].width;
      this.number(operand.value, width as 8 | 16 | 32, operand, false, code === 'Ibs' ? form.operandSize : 0); // immediates here have no other widths
    }
  }

  private number(
    value: Value,
    bits: 8 | 16 | 32,
    operand: EvaluatedOperand | undefined,
    isDisplacement: boolean,
    extendsTo = 0,
  ): void {
    const { context, bytes } = this;
    const number = context.resolve(value);
    if (context.final && operand !== undefined && !value.unknown) {
      const shown = extendsTo === 0 ? number : BigInt.asIntN(extendsTo, number);
      const fits =
        extendsTo === 0
          ? shown >= -(1n << BigInt(bits)) && shown < 1n << BigInt(bits)
          : shown >= -128n && shown <= 127n;
      if (!fits)
        context.diagnostics.warning(
          operand.node.span,
          `${number} does not fit into ${bits} bits${isDisplacement ? ' of displacement' : ''}; only its low ${bits} bits are stored.`,
        );
    }
    const low = Number(BigInt.asUintN(bits, number));
    for (let i = 0; i < bits; i += 8) bytes.push((low >>> i) & 0xff);
  }

  private relative(at: number): void {
    const { bytes, context, choice } = this;
    const operand = choice.operands[at];
    if (operand.kind !== 'value') return;
    const bits = choice.form.operands[at].shape.type === 'b' ? 8 : choice.form.operandSize === 16 ? 16 : 32;
    const end = add(context.location, constant(BigInt(bytes.length + bits / 8)));
    const distance = context.resolve(add(operand.value, end, -1n));
    if (bits === 8 && context.final && !operand.value.unknown && (distance < -128n || distance > 127n)) {
      const other = this.node.forms.some((form) => form.encoding.operands[0] === 'Jz');
      context.diagnostics.error(
        operand.node.span,
        `The target is ${distance < 0n ? -distance : distance} bytes away; a short jump reaches 127 at most. ${other ? 'Leave out “short”.' : `“${this.node.mnemonic}” has no longer form: jump over a “jmp”.`}`,
      );
    }
    const low = Number(BigInt.asUintN(bits, distance));
    for (let i = 0; i < bits; i += 8) bytes.push((low >>> i) & 0xff);
  }
}
