import { mayStand, type EvaluatedOperand } from './OperandMatch.ts';
import { formsOf, type Form } from './Forms.ts';
import type { InstructionNode } from './Statement.ts';

const SIZE_NAMES: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tword',
  128: 'oword',
};

function describe(operand: EvaluatedOperand): string {
  switch (operand.kind) {
    case 'register':
      return operand.node.expression.kind === 'register' ? operand.node.expression.name : 'a register';
    case 'memory':
      return operand.node.size === 0 ? 'memory' : `${SIZE_NAMES[operand.node.size]} memory`;
    case 'value':
      return operand.node.size === 0 ? 'a number' : `a ${SIZE_NAMES[operand.node.size]} number`;
    case 'far':
      return 'a far address';
  }
}

function widthOf(operand: EvaluatedOperand): number {
  if (operand.kind === 'register') return operand.register.file === 'general' ? operand.register.width : 0;
  return operand.kind === 'far' ? 0 : operand.node.size;
}

const KINDS: Readonly<Record<string, string>> = {
  E: 'register or memory',
  G: 'register',
  Z: 'register',
  M: 'memory',
  R: 'register',
  I: 'number',
  J: 'label',
  A: 'selector:offset',
  O: 'memory',
  S: 'segment register',
  C: 'control register',
  D: 'debug register',
  P: 'MMX register',
  Q: 'MMX register or memory',
  V: 'XMM register',
  W: 'XMM register or memory',
};

function pattern(form: Form): string {
  return form.operands
    .map(({ shape: { code } }) => {
      if (code === '1' || code.length === 1) return code === 'M' ? 'memory' : code;
      if (code === 'STi') return 'st0 to st7';
      if (/^(rAX|eAX)$/.test(code)) return 'ax or eax';
      return /^[A-Z][A-Z0-9]+$/.test(code) ? code.toLowerCase() : (KINDS[code[0]] ?? code);
    })
    .join(', ');
}

/** Why no form of the instruction takes these operands, and which it would take. */
export function explainMismatch(
  node: InstructionNode,
  operands: readonly EvaluatedOperand[],
  sizeIsOpen: boolean,
): string {
  const name = `“${node.mnemonic}”`;
  if (sizeIsOpen) return `How wide is the memory operand of ${name}? Write byte, word or dword before the bracket.`;
  const forms = formsOf(node.mnemonic) ?? [];
  const counts = new Set(forms.map((form) => form.operands.length));
  if (!counts.has(operands.length)) {
    const wanted = [...counts]
      .sort()
      .map((count) => (count === 0 ? 'no' : String(count)))
      .join(' or ');
    return `${name} takes ${wanted} operand${wanted === '1' ? '' : 's'}, not ${operands.length === 0 ? 'none' : operands.length}.`;
  }
  const widths = operands.map(widthOf).filter((width) => width > 0);
  if (operands.length > 1 && new Set(widths).size > 1) {
    return `The operands of ${name} have different sizes: ${operands.map((operand) => `${describe(operand)}${widthOf(operand) > 0 ? ` (${widthOf(operand)} bits)` : ''}`).join(' and ')}. Make them equal, or extend the smaller with movzx or movsx.`;
  }
  if (operands.filter(({ kind }) => kind === 'memory').length > 1) {
    return `${name} cannot take two memory operands. Go through a register.`;
  }
  // The forms that are nearest to what was written come first.
  const near = (form: Form): number => form.operands.filter((place, i) => mayStand(place, operands[i].node)).length;
  const candidates = forms.filter((form) => form.operands.length === operands.length).sort((a, b) => near(b) - near(a));
  const patterns = [...new Set(candidates.map(pattern))].slice(0, 4);
  return `${name} does not take ${operands.map(describe).join(', ')}. It takes: ${patterns.join('; ')}.`;
}
