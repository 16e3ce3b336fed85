import type { Form, OperandForm } from './Form.ts';

/**
 * A handler that does what a row of records stands for, without the way from one handler to the next (superinstructions:
 * M. A. Ertl and D. Gregg, "The structure and performance of efficient interpreters", 2003). It takes the place of
 * the first record's handler; the other records stay as they are, and are what its parts read.
 */
export interface Superinstruction {
  /** The row begins with a block's `head`. */
  readonly isHeaded: boolean;
  readonly forms: readonly Form[];
}

/** Definitions that most blocks of 32-bit code begin with. */
const OFTEN_FIRST = new Set(
  `mov push pop lea test cmp xor add sub and or movzx movsx inc dec shl shr sar jcc jmpNear callNear retNear`.split(
    ' ',
  ),
);

/**
 * What 32-bit code does most in the threaded tier, by counts from two of Debian's kernels as they boot; a row stands for
 * its beginnings, too. Each instruction with its operands' kinds and widths (`m`: memory, `x`: with an index, 0: an
 * address alone), a jump with its condition's number and whether its target lies in the page. None may call a helper
 * or loop.
 */
const FREQUENT = `
  add r32 i32, add r32 i32
  add r32 i32, cmp r32 i32
  add r32 i32, cmp r32 r32
  add r32 i32, mov m32 r32
  add r32 i32, pop r32, pop r32, pop r32
  add r32 r32, add r32 r32
  add r32 r32, cmp r32 r32
  add r32 r32, lea r32 m0x
  add r32 r32, mov m32 r32, mov r32 m32
  add r32 r32, mov r32 m32, add r32 r32
  add r32 r32, mov r32 m32, xor r32 r32
  add r32 r32, mov r32 r32
  add r32 r32, xor r32 r32, mov m32 r32
  add r32 r32, xor r32 r32, mov r32 r32, mov r32 m32
  add r32 r32, xor r32 r32, rol r32 i8
  cmp m32 r32, jcc4 in
  cmp r32 i32, jcc12 in
  cmp r32 i32, jcc13 in
  cmp r32 i32, jcc14 in
  cmp r32 i32, jcc15 in
  cmp r32 i32, jcc2 in
  cmp r32 i32, jcc3 in
  cmp r32 i32, jcc4 in
  cmp r32 i32, jcc5 in
  cmp r32 i32, jcc6 in
  cmp r32 i32, jcc7 in
  cmp r32 r32, jcc12 in
  cmp r32 r32, jcc13 in
  cmp r32 r32, jcc14 in
  cmp r32 r32, jcc15 in
  cmp r32 r32, jcc2 in
  cmp r32 r32, jcc3 in
  cmp r32 r32, jcc4 in
  cmp r32 r32, jcc5 in
  cmp r32 r32, jcc6 in
  cmp r32 r32, jcc7 in
  cmp r8 i8, jcc4 in
  cmp r8 i8, jcc5 in
  head, add r32 r32, mov r32 m32
  head, cmp r8 i8, jcc4 in
  head, lea r32 m0, mov r32 r32
  head, lea r32 m0, pop r32, pop r32
  head, lea r32 m0, push r32, mov r32 r32, push r32
  head, mov m32 r32, retNear
  head, mov r32 m32, lea r32 m0
  head, mov r32 m32, mov r32 m32
  head, mov r32 m32, mov r32 r32
  head, mov r32 m32, test r32 r32, jcc4 in
  head, mov r32 r32, mov r32 r32
  head, mov r32 r32, movzx r32 m8
  head, mov r32 r32, test r32 r32
  head, pop r32, pop r32
  head, push r32, mov r32 r32, push r32, push r32
  head, test r32 r32, jcc4 in
  head, test r32 r32, jcc5 in
  jcc4 in, mov r32 m32
  jcc5 in, mov r32 m32
  jcc5 in, mov r32 r32
  lea r32 m0, lea r32 m0
  lea r32 m0, mov m32 r32, mov r32 m32
  lea r32 m0, mov r32 m32
  lea r32 m0, mov r32 r32
  lea r32 m0, pop r32, pop r32, pop r32
  lea r32 m0x, add r32 r32
  lea r32 m0x, mov m32 r32
  lea r32 m0x, mov r32 m32, xor r32 r32, mov m32 r32
  lea r32 m0x, xor r32 r32
  leave, retNear
  mov m32 i32, mov m32 i32, mov m32 i32
  mov m32 i32, mov m32 r32
  mov m32 r32, add r32 r32
  mov m32 r32, lea r32 m0
  mov m32 r32, mov m32 r32
  mov m32 r32, mov r32 i32
  mov m32 r32, mov r32 m32, add r32 r32, mov r32 m32
  mov m32 r32, mov r32 m32, mov m32 r32, mov r32 m32
  mov m32 r32, mov r32 m32, mov r32 m32
  mov m32 r32, mov r32 m32, ror r32 i8
  mov m32 r32, mov r32 m32, xor r32 r32
  mov m32 r32, mov r32 r32, mov r32 m32
  mov m32 r32, sub r32 r32
  mov m32 r32, test r32 r32
  mov m32 r32, xor r32 r32, mov r32 m32
  mov m32x r32, add r32 i32
  mov r32 i32, callNear out
  mov r32 i32, mov r32 r32
  mov r32 m32, add r32 r32, xor r32 r32, rol r32 i8
  mov r32 m32, cmp r32 i32
  mov r32 m32, cmp r32 r32
  mov r32 m32, lea r32 m0, mov m32 r32, mov r32 m32
  mov r32 m32, lea r32 m0x
  mov r32 m32, mov m32 r32, mov m32 r32
  mov r32 m32, mov m32 r32, mov r32 m32
  mov r32 m32, mov r32 m32, mov m32 r32
  mov r32 m32, mov r32 m32, mov r32 m32
  mov r32 m32, mov r32 r32
  mov r32 m32, movzx r32 m8x
  mov r32 m32, rol r32 i8, add r32 r32
  mov r32 m32, ror r32 i8, add r32 r32
  mov r32 m32, test r32 r32, jcc4 in
  mov r32 m32, xor r32 r32, mov m32 r32
  mov r32 r32, and r32 i32
  mov r32 r32, callNear in
  mov r32 r32, callNear out
  mov r32 r32, mov m32 r32
  mov r32 r32, mov r32 i32
  mov r32 r32, mov r32 m32, mov r32 m32
  mov r32 r32, mov r32 m32, rol r32 i8
  mov r32 r32, mov r32 m32, ror r32 i8, add r32 r32
  mov r32 r32, mov r32 r32
  mov r32 r32, pop r32, pop r32, pop r32
  mov r32 r32, push r32, mov r32 r32, push r32
  mov r32 r32, push r32, push r32
  mov r32 r32, shr r32 i8
  mov r32 r32, sub r32 r32
  movzx r32 m8, add r32 i32
  movzx r32 m8, test r8 r8
  pop r32, pop r32, pop r32, pop r32
  pop r32, pop r32, pop r32, retNear
  pop r32, pop r32, retNear
  pop r32, retNear
  push r32, mov r32 r32, push r32, mov r32 r32
  push r32, push r32, mov r32 r32
  push r32, push r32, push r32
  rol r32 i8, add r32 r32, xor r32 r32
  rol r32 i8, mov m32 r32, mov r32 m32
  ror r32 i8, add r32 r32, mov m32 r32, mov r32 m32
  ror r32 i8, add r32 r32, xor r32 r32, mov m32 r32
  ror r32 i8, lea r32 m0x
  ror r32 i8, mov m32 r32, mov r32 m32, add r32 r32
  shl r32 i8, add r32 r32
  sub r32 i32, mov m32 r32
  sub r32 i32, mov r32 m32, mov r32 m32
  sub r32 r32, mov m32 r32
  sub r32 r32, mov r32 r32
  test m8 i8, jcc5 in
  test r32 r32, jcc4 in, mov r32 m32
  test r32 r32, jcc5 in
  test r32 r32, jcc8 in
  test r32 r32, jcc9 in
  test r8 i8, jcc4 in
  test r8 i8, jcc5 in
  test r8 r8, jcc4 in
  test r8 r8, jcc5 in
  xor r32 r32, mov m32 r32, mov r32 m32, ror r32 i8
  xor r32 r32, mov r32 m32
  xor r32 r32, mov r32 r32, mov r32 m32
  xor r32 r32, ror r32 i8, add r32 r32
`;

const HEAD = 'head';

/** All of them; a row comes after those that it begins with. */
export function superinstructions(forms: readonly Form[]): Superinstruction[] {
  const usual = forms.filter(isUsual);
  const byName = new Map(usual.map((form) => [nameOf(form), form]));
  const rows = new Map<string, readonly string[]>();
  const add = (names: readonly string[]): void => {
    for (let length = 2; length <= names.length; length++) {
      const row = names.slice(0, length);
      rows.set(row.join(), row);
    }
  };
  for (const form of usual) if (OFTEN_FIRST.has(form.semantics)) add([HEAD, nameOf(form)]);
  for (const line of FREQUENT.trim().split('\n')) add(line.split(',').map((name) => name.trim()));
  return [...rows.values()].map(([first, ...rest]) => {
    const isHeaded = first === HEAD;
    const names = isHeaded ? rest : [first, ...rest];
    return { isHeaded, forms: names.map((name) => known(byName, name)) };
  });
}

function known(byName: ReadonlyMap<string, Form>, name: string): Form {
  const form = byName.get(name);
  if (form === undefined) throw new Error(`no form is called ${name}`);
  return form;
}

/** Flat 32-bit code on general registers. */
function isUsual({ operandSize, addressSize, stackSize, isFlat, isDataFlat, repeat, operands }: Form): boolean {
  const isWhole = operandSize === 32 && addressSize === 32 && stackSize === 32 && repeat === 'none';
  return isWhole && isFlat && isDataFlat && operands.every(isUsualOperand);
}

function isUsualOperand(operand: OperandForm): boolean {
  if (operand.kind === 'register') return operand.file === 'general' && operand.field !== 'none';
  return operand.kind !== 'memory' || (operand.isFlat && operand.addressSize === 32);
}

/** A usual form as the rows above call it. */
function nameOf({ semantics, condition, operands }: Form): string {
  return [`${semantics}${condition < 0 ? '' : condition}`, ...operands.map(operandName)].join(' ');
}

function operandName(operand: OperandForm): string {
  switch (operand.kind) {
    case 'register':
      return `r${operand.width}`;
    case 'memory':
      return `m${operand.width}${operand.hasIndex ? 'x' : ''}`;
    case 'immediate':
      return `i${operand.width}`;
    case 'relative':
      return operand.isInside ? 'in' : 'out';
    case 'far':
      return 'far';
  }
}
