import type { Form } from './Forms.ts';
import type { EvaluatedOperand } from './OperandMatch.ts';

const immediateLength = (form: Form): number =>
  form.encoding.operands.reduce((sum, code) => {
    const size = form.operandSize === 16 ? 2 : 4;
    if (code === 'Ib' || code === 'Ibs' || code === 'Jb') return sum + 1;
    if (code === 'Iw') return sum + 2;
    if (code === 'Iz' || code === 'Iv' || code === 'Jz') return sum + size;
    return code === 'Ap' ? sum + size + 2 : sum;
  }, 0);

/** Bytes of the instruction, without prefixes that only the source asks for. `counter`: address size of LOOP's counter. */
export function lengthOf(
  form: Form,
  counterSize: 0 | 16 | 32,
  operands: readonly EvaluatedOperand[],
  bits: 16 | 32,
  memorySize: 16 | 32,
): number {
  const { encoding } = form;
  let length =
    encoding.opcode.length +
    immediateLength(form) +
    (encoding.digit >= 0 ? 1 : 0) +
    (encoding.mandatoryPrefix === 0 ? 0 : 1) +
    (form.wait ? 1 : 0);
  if (form.operandSize !== 0 && form.operandSize !== bits) length++;
  const counter = counterSize || form.addressSize;
  if (counter !== 0 ? counter !== bits : memorySize !== bits) length++;
  for (const operand of operands) {
    if (operand.kind !== 'memory') continue;
    if (encoding.digit >= 0) length += operand.address.displacementSize + (operand.address.sib >= 0 ? 1 : 0);
    else length += operand.address.addressSize === 16 ? 2 : 4;
  }
  return length;
}
