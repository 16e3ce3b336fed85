import type { EffectiveAddress } from './EffectiveAddress.ts';
import type { Form, FormOperand } from './Forms.ts';
import type { RegisterName } from './Registers.ts';
import type { OperandNode } from './Statement.ts';
import { isConstant, type Value } from './Value.ts';

/** An operand whose values are known as well as this pass knows them. */
export type EvaluatedOperand =
  | { readonly kind: 'register'; readonly node: OperandNode; readonly register: RegisterName }
  | { readonly kind: 'memory'; readonly node: OperandNode; readonly address: EffectiveAddress }
  | { readonly kind: 'value'; readonly node: OperandNode; readonly value: Value }
  | {
      readonly kind: 'far';
      readonly node: OperandNode;
      readonly selector: Value;
      readonly offset: Value;
      readonly offsetSize: number;
    };

/** How far an operand fits one place of a form. */
type Fit =
  | 'no'
  /** Of the right kind, but of another width. */
  | 'size'
  /** Fits whatever the operand size is. */
  | 'fits'
  /** Fits, and names the operand size by its own width. */
  | 'decides'
  /** Memory without a size: another operand must say it. */
  | 'open';

export interface FormMatch {
  /** `missing`: every operand fits, but nothing says how wide the memory operand is. */
  readonly result: 'no' | 'size' | 'missing' | 'fits';
  /** Operand size when it matters; the code's own otherwise. */
  readonly operandSize: 0 | 16 | 32;
  /** For `missing`: the width that this form would take. */
  readonly width: number;
}

const NO: FormMatch = { result: 'no', operandSize: 0, width: 0 };

/** Whether the operands, as written, can be this form's in code of `bits`, `forced` being an o16 or o32 prefix. */
export function matchForm(
  form: Form,
  operands: readonly EvaluatedOperand[],
  bits: 16 | 32,
  forced: 0 | 16 | 32,
): FormMatch {
  if (form.operands.length !== operands.length || operands.some(({ node }) => node.to) !== form.to) return NO;
  let decided = form.sizeIsNamed;
  let wrongSize = false;
  let open: FormOperand | null = null;
  for (let i = 0; i < operands.length; i++) {
    const fit = fitOperand(form, form.operands[i], operands[i]);
    if (fit === 'no') return NO;
    if (fit === 'size') wrongSize = true;
    else if (fit === 'decides') decided = true;
    else if (fit === 'open') open = form.operands[i];
  }
  if (wrongSize) return { ...NO, result: 'size' };
  if (open !== null && !(open.scales ? decided : decidedBySibling(form, open, operands))) {
    const relaxed = form.encoding.flow === 'indirect' || form.encoding.operands.includes('Mp');
    if (!relaxed) return { result: 'missing', operandSize: form.operandSize, width: open.memoryWidth };
  }
  if (form.operandSize !== 0 && !decided && form.operandSize !== (forced || bits)) return NO;
  return { result: 'fits', operandSize: form.operandSize, width: 0 };
}

/** Whether an operand of this written shape can ever stand in the place, whatever its value turns out to be. */
export function mayStand({ shape }: FormOperand, node: OperandNode): boolean {
  if (node.memory !== null) return shape.place === 'offset' || (shape.place === 'rm' && shape.rm !== 'register');
  if (node.farOffset !== null) return shape.place === 'far';
  if (node.expression.kind !== 'register') {
    return shape.place === 'immediate' || shape.place === 'relative' || shape.place === 'one';
  }
  if (shape.place === 'register' || shape.place === 'reg' || shape.place === 'opcode') return true;
  return shape.place === 'rm' && shape.rm !== 'memory';
}

/** The forms worth trying for operands of these shapes, so that the passes try few. */
export function candidateForms(forms: readonly Form[], operands: readonly OperandNode[]): readonly Form[] {
  return forms.filter(
    (form) =>
      form.operands.length === operands.length && form.operands.every((place, i) => mayStand(place, operands[i])),
  );
}

/** A byte or word register beside the memory operand, of the same type, says the size: `mov [x], al`. */
function decidedBySibling(form: Form, open: FormOperand, operands: readonly EvaluatedOperand[]): boolean {
  return form.operands.some((other, i) => {
    if (other === open || other.shape.type !== open.shape.memoryType) return false;
    const operand = operands[i];
    if (operand.kind === 'value') return operand.node.size === other.width;
    return operand.kind === 'register' && other.shape.code !== 'CL' && other.shape.code !== 'DX';
  });
}

function fitOperand(form: Form, place: FormOperand, operand: EvaluatedOperand): Fit {
  switch (operand.kind) {
    case 'register':
      return fitRegister(form, place, operand.register);
    case 'memory':
      return fitMemory(form, place, operand.node, operand.address);
    case 'far':
      return fitFar(form, place, operand);
    case 'value':
      return place.shape.place === 'relative'
        ? fitRelative(form, place, operand.node)
        : fitImmediate(form, place, operand.node, operand.value);
  }
}

function fitRegister(form: Form, place: FormOperand, register: RegisterName): Fit {
  const { shape } = place;
  switch (shape.place) {
    case 'rm':
      if (shape.rm === 'memory') return 'no';
      break;
    case 'reg':
    case 'opcode':
      break;
    case 'register':
      if (shape.index !== register.index) return 'no';
      break;
    default:
      return 'no';
  }
  if (shape.file !== register.file) return 'no';
  if (shape.file !== 'general') return 'fits';
  if (register.width === place.width) return place.scales ? 'decides' : 'fits';
  // MOV to a segment register, LAR and LSL read 16 bits of a register of any name.
  const wide = register.file === 'general' && register.width === 32 && shape.type === 'w' && shape.place === 'rm';
  if (wide && ['mov', 'lar', 'lsl'].includes(form.encoding.mnemonic)) return 'fits';
  return 'size';
}

function fitMemory(form: Form, place: FormOperand, node: OperandNode, address: EffectiveAddress): Fit {
  const { shape } = place;
  const far =
    form.encoding.operands.includes('Mp') && (form.encoding.mnemonic === 'jmp' || form.encoding.mnemonic === 'call');
  if (shape.place === 'offset') {
    const size = node.memory?.displacementSize ?? 0;
    if (!address.isOffset || (size !== 0 && size !== address.addressSize)) return 'no';
  } else if (shape.place !== 'rm' || shape.rm === 'register') return 'no';
  if (far !== (node.distance === 'far')) return 'no';
  if (shape.memoryType === 'none') return 'fits';
  if (far) return node.size === 0 ? 'fits' : node.size === form.operandSize ? 'decides' : 'size';
  if (node.size === 0) return ['p', 'a', 's'].includes(shape.memoryType) ? 'fits' : 'open';
  if (node.size !== place.memoryWidth) return 'size';
  return place.scales ? 'decides' : 'fits';
}

function fitFar(form: Form, place: FormOperand, operand: Extract<EvaluatedOperand, { kind: 'far' }>): Fit {
  if (place.shape.place !== 'far') return 'no';
  const size = operand.offsetSize || operand.node.size;
  if (size === 0) return 'fits';
  return size === form.operandSize ? 'decides' : 'size';
}

function fitRelative(form: Form, place: FormOperand, node: OperandNode): Fit {
  const { distance, size } = node;
  if (distance === 'far') return 'no';
  if (place.shape.type === 'b') {
    const only = !['j', 'J'].includes(form.encoding.mnemonic[0]) || form.encoding.addressSizes.length === 1;
    return distance === 'near' || (size !== 0 && !only && distance !== 'short') ? 'no' : 'fits';
  }
  if (distance === 'short') return 'no';
  if (size === 0) return 'fits';
  return size === form.operandSize ? 'decides' : 'size';
}

/** Whether an immediate may be stored as a byte that the processor sign-extends to `size` bits. */
export function fitsSignedByte(value: Value, size: 16 | 32): boolean {
  if (value.unknown) return true;
  if (!isConstant(value)) return false;
  const extended = BigInt.asIntN(size, value.scalar);
  return extended >= -128n && extended <= 127n;
}

function fitImmediate(form: Form, place: FormOperand, node: OperandNode, value: Value): Fit {
  if (node.distance !== null) return 'no';
  const { shape } = place;
  if (shape.place === 'one') {
    return node.size === 0 && (value.unknown || (isConstant(value) && value.scalar === 1n)) ? 'fits' : 'no';
  }
  if (shape.place !== 'immediate') return 'no';
  if (shape.type === 'bs') {
    if (node.size === 8) return 'fits';
    if (node.strict || !fitsSignedByte(value, form.operandSize === 16 ? 16 : 32)) return 'no';
    if (node.size === 0) return 'fits';
    return node.size === form.operandSize ? 'decides' : 'no';
  }
  if (node.size === 0) return 'fits';
  if (node.size !== place.width) return 'size';
  return place.scales ? 'decides' : 'fits';
}
