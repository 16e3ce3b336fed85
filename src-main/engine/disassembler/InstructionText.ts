/**
 * Instructions as text in NASM syntax, as a list of parts that can be highlighted or joined. The text says
 * all that the bytes do: read back by an assembler in code of the same size it gives the same instruction,
 * though not always the same bytes (`add eax, 5` has a shorter form than 81 /0).
 */
import { SEGMENT_NAMES, type Instruction, type MemoryOperand, type Operand } from '../decode/Instruction.ts';
import type { OperandWidth } from '../isa/Encoding.ts';
import { operandShape, type OperandShape } from '../isa/OperandCode.ts';
import { registerName } from '../isa/registerNames.ts';

/** What a part of the text is, for highlighting. Parts of kind `space` and `punctuation` carry no meaning. */
export type TextKind =
  'prefix' | 'mnemonic' | 'register' | 'number' | 'address' | 'symbol' | 'keyword' | 'punctuation' | 'space';

export interface TextPart {
  readonly kind: TextKind;
  readonly text: string;
}

export interface FormatOptions {
  /** Offset of the instruction in its code segment (EIP), from which relative targets count. */
  readonly address: number;
  /** Names an address (a branch target or an absolute memory operand) instead of its number. */
  readonly symbols?: (address: number) => string | undefined;
}

const SIZE_KEYWORDS: Readonly<Partial<Record<OperandWidth, string>>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tword',
  128: 'oword',
};

/** Displacements from a register are shown as negative down to here; below, an address is the likelier meaning. */
const LEAST_NEGATIVE_DISPLACEMENT = { 16: -0x1000, 32: -0x10_0000, 64: -0x10_0000 } as const;

const EBP = 5;

const COMMA: readonly TextPart[] = [
  { kind: 'punctuation', text: ',' },
  { kind: 'space', text: ' ' },
];
const SPACE: TextPart = { kind: 'space', text: ' ' };

/** The text of an instruction in NASM syntax: `lock add dword [ebx+esi*4+0x10], eax`. */
export function formatInstruction(instruction: Instruction, options: FormatOptions): string {
  return instructionParts(instruction, options)
    .map(({ text }) => text)
    .join('');
}

/** The same text in parts. */
export function instructionParts(instruction: Instruction, options: FormatOptions): TextPart[] {
  const { encoding } = instruction;
  const shapes = encoding.operands.map(operandShape);
  const parts: TextPart[] = [];
  for (const prefix of prefixes(instruction, shapes)) parts.push({ kind: 'prefix', text: prefix }, SPACE);
  parts.push({ kind: 'mnemonic', text: mnemonic(instruction) });
  if (shapes.some(isStringOperand)) return parts;
  for (const [at, operand] of instruction.operands.entries()) {
    parts.push(...(at === 0 ? [SPACE] : COMMA), ...operandParts(instruction, operand, shapes[at], options));
  }
  return parts;
}

/** `pusha`, `popf` and `iret` mean the code's own size to an assembler; the 16-bit ones end in w elsewhere. */
function mnemonic({ encoding, operandSize, codeSize }: Instruction): string {
  const sized = `${encoding.mnemonic}w`;
  return operandSize !== codeSize && encoding.aliases.includes(sized) ? sized : encoding.mnemonic;
}

/** Digits need no 0x. */
function hexadecimal(value: number): string {
  return value < 10 ? value.toString() : `0x${value.toString(16)}`;
}

/** As `hexadecimal`, reading a 32-bit value as unsigned in `width` bits. */
function unsigned(value: number, width: number): string {
  return hexadecimal(width < 32 ? value & ((1 << width) - 1) : value >>> 0);
}

function isStringOperand({ place }: OperandShape): boolean {
  return place === 'source' || place === 'destination';
}

/** Whether the operand's text tells the operand size, so that no o16 or o32 is needed. */
function showsOperandSize(instruction: Instruction, operand: Operand, { place, type }: OperandShape): boolean {
  const dependsOnSize = type === 'v' || type === 'z' || type === 'y';
  switch (operand.kind) {
    case 'register':
      return dependsOnSize && operand.file === 'general';
    case 'memory':
      return dependsOnSize || isFarTransfer(instruction, operand);
    case 'immediate':
      return place === 'immediate' && dependsOnSize;
    case 'relative':
      return dependsOnSize;
    case 'far':
      return true;
  }
}

/** Whether the operand's text tells the address size, so that no a16 or a32 is needed. */
function showsAddressSize(operand: Operand, { place }: OperandShape): boolean {
  return operand.kind === 'memory' && (place === 'rm' || place === 'offset');
}

function prefixes(instruction: Instruction, shapes: readonly OperandShape[]): string[] {
  const { encoding, operands, codeSize, operandSize, addressSize } = instruction;
  const list: string[] = [];
  if (instruction.lock) list.push('lock');
  if (instruction.repeat !== 'none') {
    const isEqual = instruction.repeat === 'rep';
    list.push(isEqual ? (encoding.repeat === 'repe' ? 'repe' : 'rep') : 'repne');
  }
  // `some` over the shapes of one row, each with its operand.
  const some = (test: (operand: Operand, shape: OperandShape) => boolean): boolean =>
    operands.some((operand, at) => test(operand, shapes[at]));
  // A memory operand in brackets shows the override there.
  if (instruction.segmentOverride !== -1 && !some(showsAddressSize)) {
    list.push(SEGMENT_NAMES[instruction.segmentOverride]);
  }
  const saysOperandSize =
    encoding.sizes.length === 1 ||
    (!shapes.some(isStringOperand) && some((operand, shape) => showsOperandSize(instruction, operand, shape)));
  if (operandSize !== codeSize && !saysOperandSize) list.push(`o${operandSize}`);
  const saysAddressSize = encoding.addressSizes.length === 1 || some(showsAddressSize);
  if (addressSize !== codeSize && !saysAddressSize) list.push(`a${addressSize}`);
  return list;
}

function isFarTransfer({ encoding }: Instruction, operand: Operand): boolean {
  return (
    operand.kind === 'memory' && (encoding.semantics === 'jmpFarIndirect' || encoding.semantics === 'callFarIndirect')
  );
}

function keyword(text: string): TextPart[] {
  return [{ kind: 'keyword', text }, SPACE];
}

function operandParts(
  instruction: Instruction,
  operand: Operand,
  shape: OperandShape,
  options: FormatOptions,
): TextPart[] {
  switch (operand.kind) {
    case 'register': {
      const number = operand.highByte ? operand.index + 4 : operand.index;
      return [{ kind: 'register', text: registerName(operand.file, number, operand.width) }];
    }
    case 'memory':
      return [...memoryKeywords(instruction, operand), ...memoryParts(instruction, operand, options)];
    case 'immediate':
      return immediateParts(instruction, operand.value, shape);
    case 'relative':
      return relativeParts(instruction, operand.displacement, shape, options);
    case 'far':
      return [
        ...(instruction.operandSize === instruction.codeSize ? [] : keyword(sizeKeyword(instruction.operandSize))),
        { kind: 'number', text: hexadecimal(operand.selector) },
        { kind: 'punctuation', text: ':' },
        { kind: 'address', text: hexadecimal(operand.offset) },
      ];
  }
}

function sizeKeyword(width: OperandWidth): string {
  return SIZE_KEYWORDS[width] ?? '';
}

function immediateParts(instruction: Instruction, value: number, shape: OperandShape): TextPart[] {
  const { encoding, operandSize } = instruction;
  const isSignedByte = shape.type === 'bs';
  const parts: TextPart[] = [];
  // Alone, an immediate's size decides how much PUSH pushes.
  if (encoding.semantics === 'push') parts.push(...keyword(isSignedByte ? 'byte' : sizeKeyword(operandSize)));
  const width = shape.type === 'b' ? 8 : shape.type === 'w' ? 16 : operandSize;
  const text = !isSignedByte ? unsigned(value, width) : value < 0 ? `-${hexadecimal(-value)}` : hexadecimal(value);
  parts.push({ kind: 'number', text });
  return parts;
}

function relativeParts(
  instruction: Instruction,
  displacement: number,
  shape: OperandShape,
  options: FormatOptions,
): TextPart[] {
  const { encoding, operandSize, codeSize } = instruction;
  const isShort = shape.type === 'b';
  const parts: TextPart[] = [];
  // CALL, LOOP and JCXZ have one length of displacement.
  if (encoding.semantics === 'jmpNear' || encoding.semantics === 'jcc') {
    parts.push(...keyword(isShort ? 'short' : 'near'));
  }
  if (!isShort && operandSize !== codeSize) parts.push(...keyword(sizeKeyword(operandSize)));
  const next = options.address + instruction.length + displacement;
  const target = operandSize === 16 ? next & 0xffff : next >>> 0;
  parts.push(namedAddress(target, options));
  return parts;
}

function namedAddress(address: number, { symbols }: FormatOptions): TextPart {
  const name = symbols?.(address);
  return name === undefined ? { kind: 'address', text: hexadecimal(address) } : { kind: 'symbol', text: name };
}

function memoryKeywords(instruction: Instruction, operand: MemoryOperand): TextPart[] {
  const shapes = instruction.encoding.operands.map(operandShape);
  if (isFarTransfer(instruction, operand)) {
    const { operandSize, codeSize } = instruction;
    return operandSize === codeSize ? keyword('far') : [...keyword(sizeKeyword(operandSize)), ...keyword('far')];
  }
  // Pairs and pseudo-descriptors have no keyword. A vector instruction has one size of memory operand, and
  // assemblers differ about its name.
  const isPlain = shapes.every(
    ({ type, file }) => type !== 'p' && type !== 'a' && type !== 's' && file !== 'mmx' && file !== 'xmm',
  );
  const text = isPlain ? sizeKeyword(operand.width) : '';
  return text === '' ? [] : keyword(text);
}

function memoryParts(instruction: Instruction, operand: MemoryOperand, options: FormatOptions): TextPart[] {
  const { base, index, scale, displacement, addressSize } = operand;
  const register = (number: number): TextPart => ({
    kind: 'register',
    text: registerName('general', number, addressSize),
  });
  const inner: TextPart[] = [];
  // NASM would make EBP the base, whose default segment is SS.
  if (base < 0 && index === EBP && scale < 2) inner.push(...keyword('nosplit'));
  if (base >= 0) inner.push(register(base));
  if (index >= 0) {
    if (base >= 0) inner.push({ kind: 'punctuation', text: '+' });
    inner.push(register(index));
    // An index without a base is scaled even by 1: without the factor it would be a base.
    if (scale > 0 || (base < 0 && addressSize !== 16)) {
      inner.push({ kind: 'punctuation', text: '*' }, { kind: 'number', text: (1 << scale).toString() });
    }
  }
  if (inner.length === 0) {
    if (addressSize !== instruction.codeSize) inner.push(...keyword(sizeKeyword(addressSize)));
    inner.push(namedAddress(addressSize === 16 ? displacement & 0xffff : displacement >>> 0, options));
  } else if (displacement < 0 && displacement >= LEAST_NEGATIVE_DISPLACEMENT[addressSize]) {
    inner.push({ kind: 'punctuation', text: '-' }, { kind: 'number', text: hexadecimal(-displacement) });
  } else if (displacement !== 0) {
    inner.push({ kind: 'punctuation', text: '+' }, { kind: 'number', text: unsigned(displacement, addressSize) });
  }
  const segment: TextPart[] =
    instruction.segmentOverride === -1
      ? []
      : [
          { kind: 'register', text: SEGMENT_NAMES[operand.segment] },
          { kind: 'punctuation', text: ':' },
        ];
  return [{ kind: 'punctuation', text: '[' }, ...segment, ...inner, { kind: 'punctuation', text: ']' }];
}
