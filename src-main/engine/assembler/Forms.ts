import { encodings } from '../isa/encodings.ts';
import type { Encoding, OperandWidth } from '../isa/Encoding.ts';
import { operandShape, widthOf, type OperandShape } from '../isa/OperandCode.ts';

/** One operand place of a form, its widths settled for the form's operand size. */
export interface FormOperand {
  readonly shape: OperandShape;
  /** As a register or an immediate. */
  readonly width: OperandWidth;
  readonly memoryWidth: OperandWidth;
  /** The width follows the operand size: whoever names this operand's width chooses the size. */
  readonly scales: boolean;
}

/** A row of the instruction table in one operand size: what the assembler tries to match. */
export interface Form {
  readonly encoding: Encoding;
  /** 0 where it makes no difference. */
  readonly operandSize: 0 | 16 | 32;
  /** The mnemonic says the operand size (`movsw`, `iretd`). */
  readonly sizeIsNamed: boolean;
  /** 0: any. */
  readonly addressSize: 0 | 16 | 32;
  /** In the order they are written; `slots[i]` is the place in the row of operand i. */
  readonly operands: readonly FormOperand[];
  /** The second written operand stands for this row place too (`imul eax, 5`), or -1. */
  readonly repeated: boolean;
  /** Value of an operand left out: `aam` is `aam 10`, `fxch` is `fxch st1`. */
  readonly implied: number;
  /** `fadd to st1`. */
  readonly to: boolean;
  /** FSTCW is WAIT and FNSTCW. */
  readonly wait: boolean;
}

const SCALING: ReadonlySet<string> = new Set(['v', 'z', 'y', 'bs', 'p', 'a']);
/** The operands may change places. */
const COMMUTATIVE: ReadonlySet<string> = new Set(['xchg', 'test']);

function operandsFor(shapes: readonly OperandShape[], size: 16 | 32): FormOperand[] {
  return shapes.map((shape) => ({
    shape,
    width: widthOf(shape.type, size),
    // PUNPCKL of MMX registers reads half of what it is written with.
    memoryWidth: shape.code === 'Qd' ? 64 : widthOf(shape.memoryType, size),
    scales: SCALING.has(shape.type),
  }));
}

interface Spelling {
  readonly shapes: readonly OperandShape[];
  readonly repeated?: boolean;
  readonly implied?: number;
  readonly to?: boolean;
}

/** The ways in which the operands of a row may be written: in full, and NASM's shorter ones. */
function spellings(row: Encoding): Spelling[] {
  const shapes = row.operands.map(operandShape);
  // The string instructions name their operands by the mnemonic alone.
  if (shapes.some(({ place }) => place === 'source' || place === 'destination')) return [{ shapes: [] }];
  const ways: Spelling[] = [{ shapes }];
  if (COMMUTATIVE.has(row.mnemonic) && shapes.length === 2 && shapes[1].place !== 'immediate') {
    const swapped = { shapes: [shapes[1], shapes[0]] };
    // Of two registers XCHG has the first in ModRM.reg, TEST the second.
    if (row.mnemonic === 'xchg') ways.unshift(swapped);
    else ways.push(swapped);
  }
  if (row.mnemonic === 'imul' && shapes.length === 3) ways.push({ shapes: [shapes[0], shapes[2]], repeated: true });
  if (row.mnemonic === 'aam' || row.mnemonic === 'aad') ways.push({ shapes: [], implied: 10 });
  if (row.semantics === 'ud' && shapes.length > 0) ways.push({ shapes: [] });
  const stack = shapes.filter(({ code }) => code === 'STi');
  if (stack.length === 1) {
    if (shapes.length === 2 && shapes[0].code === 'ST0') ways.push({ shapes: stack });
    if (shapes.length === 2 && shapes[1].code === 'ST0') ways.push({ shapes: stack, to: !row.mnemonic.endsWith('p') });
    if (shapes.length === 1 && !row.mnemonic.startsWith('ff')) ways.push({ shapes: [shapes[0], operandShape('ST0')] });
    if (shapes.length === 1) ways.push({ shapes: [operandShape('ST0'), shapes[0]] });
    ways.push({ shapes: [], implied: 1 });
  }
  return ways;
}

/** Predicates of CMPPS and its like as part of the mnemonic, by the immediate's value (SDM vol. 2A, table 3-2). */
const PREDICATES = ['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord'];

/** `cmpltps xmm0, xmm1` is `cmpps xmm0, xmm1, 1`. */
function addPredicates(row: Encoding, add: (name: string, forms: Form[]) => void): void {
  const format = /^cmp([ps][sd])$/.exec(row.mnemonic)?.[1];
  if (format === undefined || row.operands.length !== 3) return;
  const shapes = row.operands.slice(0, 2).map(operandShape);
  PREDICATES.forEach((predicate, implied) => {
    add(`cmp${predicate}${format}`, formsOfRow(row, true, false, [{ shapes, implied }]));
  });
}

function formsOfRow(row: Encoding, sizeIsNamed: boolean, wait: boolean, ways = spellings(row)): Form[] {
  const sizes = row.sizes.filter((size) => size !== 64);
  const addressSizes = row.addressSizes.filter((size) => size !== 64);
  const addressSize = addressSizes.length === 1 ? addressSizes[0] : 0;
  const scales = row.operands.some((code) => SCALING.has(operandShape(code).type));
  const extends16 = /^mov[sz]x$/.test(row.mnemonic) && row.operands[1] === 'Ew';
  const indifferent = !scales && sizes.length === 2;
  const forms: Form[] = [];
  for (const { shapes, repeated = false, implied = -1, to = false } of ways) {
    for (const size of indifferent ? ([32] as const) : sizes) {
      // From 16 to 16 bits nothing is extended; NASM has no such form.
      if (extends16 && size === 16) continue;
      const operands = operandsFor(shapes, size);
      forms.push({
        encoding: row,
        operandSize: indifferent ? 0 : size,
        sizeIsNamed,
        addressSize,
        operands,
        repeated,
        implied,
        to,
        wait,
      });
    }
  }
  return forms;
}

function index(): Map<string, Form[]> {
  const byName = new Map<string, Form[]>();
  const rowsOf = new Map<string, Encoding[]>();
  for (const row of encodings) rowsOf.set(row.mnemonic, [...(rowsOf.get(row.mnemonic) ?? []), row]);
  const add = (name: string, forms: Form[]): void => void byName.set(name, [...(byName.get(name) ?? []), ...forms]);
  for (const row of encodings) {
    if (row.decodeOnly || !row.modes.protected || row.sizes.every((size) => size === 64)) continue;
    // PUSHF, IRET and their like mean the code's own size; with w and d they name it.
    const wide = row.aliases.includes(`${row.mnemonic}w`) ? rowsOf.get(`${row.mnemonic}d`) : undefined;
    const single = row.sizes.filter((size) => size !== 64).length === 1;
    if (wide === undefined) add(row.mnemonic, formsOfRow(row, single, false));
    else
      add(
        row.mnemonic,
        [row, ...wide].flatMap((sibling) => formsOfRow(sibling, false, false)),
      );
    addPredicates(row, add);
    for (const alias of row.aliases) add(alias, formsOfRow(row, single, false));
    if (/^fn(?!op)/.test(row.mnemonic)) add(`f${row.mnemonic.slice(2)}`, formsOfRow(row, single, true));
  }
  // FADD without operands pops, as Intel's assemblers have it.
  for (const [name, forms] of byName) {
    const popping = byName
      .get(`${name}p`)
      ?.filter((form) => form.operands.length === 0 && form.encoding.opcode[0] === 0xde);
    if (popping !== undefined && popping.length > 0 && !/^fi|^fcom/.test(name))
      byName.set(name, [...popping, ...forms.filter((form) => form.operands.length > 0)]);
  }
  return byName;
}

let built: Map<string, Form[]> | null = null;
const table = (): Map<string, Form[]> => (built ??= index());

/** The forms of a mnemonic or alias in lower case, in order of preference; undefined when there is none. */
export const formsOf = (mnemonic: string): readonly Form[] | undefined => table().get(mnemonic);

/** Every spelling that {@link formsOf} knows. */
export const mnemonics = (): Iterable<string> => table().keys();
